/**
 * Why the model stopped, in Gemini's words (ai.google.dev "GenerateContentResponse: FinishReason, BlockReason", read 2026-11).
 *
 * A turn that ends in function calls says `STOP` as any other, so the calls themselves decide. What has no neutral reason
 * (`OTHER`, `LANGUAGE`, `NO_IMAGE`, …) stays unknown, with its own word; where nothing was said before it, it is why there is no answer.
 */
import type { FinishReason } from "../../../domain/Response.ts"

const table: Readonly<Record<string, FinishReason>> = {
  STOP: "stop",
  MAX_TOKENS: "length",
  SAFETY: "content_filter",
  RECITATION: "content_filter",
  BLOCKLIST: "content_filter",
  PROHIBITED_CONTENT: "content_filter",
  SPII: "content_filter",
  MODEL_ARMOR: "content_filter",
  IMAGE_SAFETY: "content_filter",
  IMAGE_PROHIBITED_CONTENT: "content_filter",
  IMAGE_RECITATION: "content_filter",
  MALFORMED_FUNCTION_CALL: "error",
  UNEXPECTED_TOOL_CALL: "error",
  TOO_MANY_TOOL_CALLS: "error",
  MALFORMED_RESPONSE: "error"
}

/**
 * The neutral reason.
 *
 * @param said what the answer holds: calls, anything, or nothing
 * @stability stable
 * @category getters
 * @since 0.1.0
 */
export const read = (raw: string, said: "calls" | "anything" | "nothing"): FinishReason => {
  const reason = Object.hasOwn(table, raw) ? table[raw]! : said === "nothing" ? "error" : "unknown"
  return reason === "stop" && said === "calls" ? "tool_calls" : reason
}

/**
 * Why the model stopped, in the words of OpenAI's Responses: a status, and a reason where the answer is incomplete.
 */
import * as Json from "../../../domain/Json.ts"
import type { FinishReason } from "../../../domain/Response.ts"

const table: Readonly<Record<string, FinishReason>> = {
  completed: "stop",
  failed: "error",
  max_output_tokens: "length",
  content_filter: "content_filter",
  // Servers that pass on another format's word.
  max_tokens: "length",
  length: "length",
  stop: "stop"
}

/**
 * The neutral reason and the provider's own word; both absent where the response has no status. An answer that calls tools ends in
 * `tool_calls`, for which this format has no word.
 *
 * @stability stable
 * @category getters
 * @since 0.1.0
 */
export const read = (
  response: Json.JsonObject,
  hasToolCalls: boolean
): { readonly reason: FinishReason; readonly raw: string } | undefined => {
  const status = Json.string(response["status"])
  const why = Json.string(Json.at(response, "incomplete_details", "reason"))
  const raw = status === "completed" ? status : why || status
  if (raw === undefined || raw === "") return undefined
  const reason = Object.hasOwn(table, raw) ? table[raw]! : "unknown"
  return { reason: reason === "stop" && hasToolCalls ? "tool_calls" : reason, raw }
}

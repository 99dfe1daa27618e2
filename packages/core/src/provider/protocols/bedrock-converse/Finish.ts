/**
 * Why the model stopped, in Bedrock's words (docs.aws.amazon.com "ConverseResponse: stopReason", read 2026-11).
 */
import * as Json from "../../../domain/Json.ts"
import type { FinishReason } from "../../../domain/Response.ts"

const table: Readonly<Record<string, FinishReason>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  tool_use: "tool_calls",
  guardrail_intervened: "content_filter",
  content_filtered: "content_filter",
  malformed_model_output: "error",
  malformed_tool_use: "error"
}

/** The neutral reason. @stability stable @category getters @since 0.1.0 */
export const read = (raw: string): FinishReason => (Object.hasOwn(table, raw) ? table[raw]! : "unknown")

/** The stop sequence that ended the answer, where the model was asked to tell it. @stability stable @category getters @since 0.1.0 */
export const sequenceOf = (fields: unknown): string | undefined =>
  Json.string(Json.at(fields, "delta", "stop_sequence")) ?? Json.string(Json.at(fields, "stop_sequence"))

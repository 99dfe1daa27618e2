/**
 * Why the model stopped, in Cohere's words (docs.cohere.com "Chat: finish_reason", read 2026-11).
 */
import type { FinishReason } from "../../../domain/Response.ts"

const table: Readonly<Record<string, FinishReason>> = {
  COMPLETE: "stop",
  STOP_SEQUENCE: "stop",
  MAX_TOKENS: "length",
  TOOL_CALL: "tool_calls",
  ERROR: "error",
  TIMEOUT: "error",
  ERROR_TOXIC: "content_filter"
}

/** The neutral reason. @stability stable @category getters @since 0.1.0 */
export const read = (raw: string): FinishReason => (Object.hasOwn(table, raw) ? table[raw]! : "unknown")

/** Whether the server broke the generation off: what came of it is no answer. @stability experimental @category predicates @since 0.1.0 */
export const isFailure = (raw: string | undefined): boolean => raw === "ERROR" || raw === "TIMEOUT"

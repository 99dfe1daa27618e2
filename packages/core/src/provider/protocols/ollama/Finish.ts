/**
 * Why the model stopped, in Ollama's words (`stop`, `length`; older servers say nothing but `done`, which ends what was
 * said and is no reason where nothing was).
 */
import type { FinishReason } from "../../../domain/Response.ts"

const table: Readonly<Record<string, FinishReason>> = { stop: "stop", length: "length" }

/**
 * The neutral reason; a call of a tool is no reason of its own in Ollama.
 *
 * @stability stable
 * @category getters
 * @since 0.1.0
 */
export const read = (raw: string | undefined, hasToolCalls: boolean): FinishReason => {
  const reason = raw === undefined ? "stop" : Object.hasOwn(table, raw) ? table[raw]! : "unknown"
  return reason === "stop" && hasToolCalls ? "tool_calls" : reason
}

/**
 * Why the model stopped, in the words of OpenAI's chat format and of those who speak it.
 */
import * as Json from "../../../domain/Json.ts"
import type { FinishReason } from "../../../domain/Response.ts"

const table: ReadonlyMap<string, FinishReason> = new Map(
  Object.entries<FinishReason>({
    stop: "stop",
    length: "length",
    tool_calls: "tool_calls",
    function_call: "tool_calls",
    content_filter: "content_filter",
    error: "error",
    // Google, with a word of its own behind it: `content_filter: PROHIBITED_CONTENT`, `function_call_filter: MALFORMED_FUNCTION_CALL`.
    function_call_filter: "error",
    // Mistral; then servers that pass on another format's word.
    model_length: "length",
    max_tokens: "length",
    end_turn: "stop",
    eos: "stop",
    eos_token: "stop",
    stop_sequence: "stop",
    tool_use: "tool_calls",
    refusal: "content_filter",
    safety: "content_filter",
    model_context_window_exceeded: "length",
    tool_call: "tool_calls",
    // Z.ai; DeepSeek and vLLM have the last two.
    sensitive: "content_filter",
    network_error: "error",
    insufficient_system_resource: "error",
    abort: "error"
  })
)

/** Words for a generation that the server broke off: what came of it is no answer. */
const failures: ReadonlySet<string> = new Set(["error", "network_error", "insufficient_system_resource", "abort"])

/**
 * Whether the server broke the answer off: OpenRouter's `error` (openrouter.ai "Errors"), DeepSeek's `insufficient_system_resource`
 * (api-docs.deepseek.com "Chat completion: finish_reason"), Z.ai's `network_error` (docs.z.ai "Chat completion"), vLLM's `abort`. Read 2026-11.
 *
 * @stability experimental
 * @category predicates
 * @since 0.1.0
 */
export const isFailure = (raw: string): boolean => failures.has(raw)

/**
 * The word of a choice; `undefined` while it goes on, which DashScope and others write as a text.
 *
 * @stability stable
 * @category getters
 * @since 0.1.0
 */
export const said = (choice: Json.JsonObject): string | undefined => {
  const raw = Json.string(choice["finish_reason"])
  return raw === "" || raw === "null" ? undefined : raw
}

/**
 * The neutral reason. An answer that calls tools and says `stop` (several servers do) ends in `tool_calls`, so that callers run them.
 *
 * @stability stable
 * @category getters
 * @since 0.1.0
 */
export const read = (raw: string, hasToolCalls: boolean): FinishReason => {
  const reason = table.get(raw) ?? table.get(raw.toLowerCase()) ?? table.get(raw.split(": ", 1)[0]!) ?? "unknown"
  return reason === "stop" && hasToolCalls ? "tool_calls" : reason
}

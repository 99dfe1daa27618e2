/**
 * Why the model stopped, in Anthropic's words (platform.claude.com "Handling stop reasons", read 2026-11).
 *
 * `pause_turn` (a turn with the provider's own tools, to be gone on with) has no neutral reason.
 */
import type { FinishReason } from "../../../domain/Response.ts"

const table: Readonly<Record<string, FinishReason>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  tool_use: "tool_calls",
  refusal: "content_filter"
}

/** The neutral reason. @stability stable @category getters @since 0.1.0 */
export const read = (raw: string): FinishReason => (Object.hasOwn(table, raw) ? table[raw]! : "unknown")

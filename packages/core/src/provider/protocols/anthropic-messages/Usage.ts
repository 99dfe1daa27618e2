/**
 * Tokens as Anthropic reports them: `input_tokens` leaves out what was read from and written to the cache, so the three are added up.
 *
 * Sources: platform.claude.com "Prompt caching: tracking cache performance"; openrouter.ai "Anthropic Messages" (`cost`). Read 2026-11.
 */
import * as Json from "../../../domain/Json.ts"
import { count, type Usage } from "../../../domain/Usage.ts"
import { costOf } from "../openai-chat/Usage.ts"

/** The usage object as neutral usage; `undefined` where it is none. @stability stable @category getters @since 0.1.0 */
export const read = (value: unknown): Usage | undefined => {
  const usage = Json.object(value)
  if (usage === undefined) return undefined
  const input = count(usage["input_tokens"])
  const outputTokens = count(usage["output_tokens"])
  if (input === undefined && outputTokens === undefined) return undefined
  const cachedTokens = count(usage["cache_read_input_tokens"])
  const cacheWriteTokens = count(usage["cache_creation_input_tokens"])
  return Json.compact({
    inputTokens: input === undefined ? undefined : input + (cachedTokens ?? 0) + (cacheWriteTokens ?? 0),
    outputTokens,
    cachedTokens,
    cacheWriteTokens,
    cacheWriteHourTokens: count(Json.at(usage, "cache_creation", "ephemeral_1h_input_tokens")),
    reasoningTokens: count(Json.at(usage, "output_tokens_details", "thinking_tokens")),
    costUsd: costOf(usage)
  })
}

/** The usage of a whole answer. @stability stable @category getters @since 0.1.0 */
export const of = (body: Json.JsonObject): Usage | undefined => read(body["usage"])

/**
 * Tokens as OpenAI's Responses report them.
 *
 * Sources: platform.openai.com "API reference: Responses, usage"; openrouter.ai "Responses API" (`cost`); docs.x.ai "Cost tracking"
 * (`cost_in_usd_ticks`). Read 2026-11.
 */
import * as Json from "../../../domain/Json.ts"
import { count, type Usage } from "../../../domain/Usage.ts"
import { costOf } from "../openai-chat/Usage.ts"

/** The usage object as neutral usage; `undefined` where it is none. @stability stable @category getters @since 0.1.0 */
export const read = (value: unknown): Usage | undefined => {
  const usage = Json.object(value)
  if (usage === undefined) return undefined
  const inputTokens = count(usage["input_tokens"])
  const outputTokens = count(usage["output_tokens"])
  if (inputTokens === undefined && outputTokens === undefined) return undefined
  return Json.compact({
    inputTokens,
    outputTokens,
    totalTokens: count(usage["total_tokens"]),
    cachedTokens: count(Json.at(usage, "input_tokens_details", "cached_tokens")),
    cacheWriteTokens: count(Json.at(usage, "input_tokens_details", "cache_write_tokens")),
    reasoningTokens: count(Json.at(usage, "output_tokens_details", "reasoning_tokens")),
    costUsd: costOf(usage)
  })
}

/** The usage of a whole answer. @stability stable @category getters @since 0.1.0 */
export const of = (body: Json.JsonObject): Usage | undefined => read(body["usage"])

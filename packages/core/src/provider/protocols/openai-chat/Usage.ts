/**
 * Tokens as OpenAI's chat format reports them, in the variants of its many speakers.
 *
 * Sources: platform.openai.com "Chat completions: usage"; api-docs.deepseek.com (`prompt_cache_hit_tokens`); openrouter.ai "Usage accounting"
 * (`cost`, `is_byok`); docs.perplexity.ai (`cost.total_cost`); docs.x.ai "Cost tracking" (`cost_in_usd_ticks`); console.groq.com (`x_groq.usage`). Read 2026-11.
 */
import * as Json from "../../../domain/Json.ts"
import { amount, count, type Usage } from "../../../domain/Usage.ts"

/** The usage object as neutral usage; `undefined` where it is none. @stability stable @category getters @since 0.1.0 */
export const read = (value: unknown): Usage | undefined => {
  const usage = Json.object(value)
  if (usage === undefined) return undefined
  // Some servers have the names of OpenAI's newer format here.
  const inputTokens = count(usage["prompt_tokens"]) ?? count(usage["input_tokens"])
  const outputTokens = count(usage["completion_tokens"]) ?? count(usage["output_tokens"])
  if (inputTokens === undefined && outputTokens === undefined) return undefined
  return Json.compact({
    inputTokens,
    outputTokens,
    totalTokens: count(usage["total_tokens"]),
    cachedTokens: cachedOf(usage),
    cacheWriteTokens: count(Json.at(usage, "prompt_tokens_details", "cache_write_tokens")),
    reasoningTokens: reasoningOf(usage),
    costUsd: costOf(usage)
  })
}

/** Outside of the details a 0 says nothing: some write it whether they count or not. */
const cachedOf = (usage: Json.JsonObject): number | undefined =>
  count(Json.at(usage, "prompt_tokens_details", "cached_tokens")) ??
  positive(usage["prompt_cache_hit_tokens"]) ??
  positive(usage["cached_tokens"])

const reasoningOf = (usage: Json.JsonObject): number | undefined =>
  count(Json.at(usage, "completion_tokens_details", "reasoning_tokens")) ?? positive(usage["reasoning_tokens"])

/** What the provider itself says that the call cost, in USD. @stability stable @category getters @since 0.1.0 */
export const costOf = (usage: Json.JsonObject): number | undefined =>
  fromOpenRouter(usage) ?? amount(Json.at(usage, "cost", "total_cost")) ?? fromTicks(usage["cost_in_usd_ticks"])

/** Where the account's own key of another provider was used, OpenRouter's part is all that it calls the cost: mostly nothing. */
const fromOpenRouter = (usage: Json.JsonObject): number | undefined => {
  const cost = amount(usage["cost"])
  if (cost === undefined || usage["is_byok"] !== true) return cost
  return cost + (amount(Json.at(usage, "cost_details", "upstream_inference_cost")) ?? 0)
}

/** xAI counts in ten thousand millionths of a dollar. */
const fromTicks = (value: unknown): number | undefined => {
  const ticks = amount(value)
  return ticks === undefined ? undefined : ticks / 1e10
}

const positive = (value: unknown): number | undefined => {
  const number = count(value)
  return number === 0 ? undefined : number
}

/** The usage of a whole answer or a chunk, wherever its speaker puts it. @stability stable @category getters @since 0.1.0 */
export const of = (body: Json.JsonObject): Usage | undefined =>
  read(body["usage"]) ?? read(Json.at(body, "x_groq", "usage")) ?? read(Json.at(body, "choices", 0, "usage"))

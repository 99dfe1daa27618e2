/**
 * Tokens as Cohere reports them: `tokens` are what the model read and wrote, `billed_units` what is paid for (its own prompts left out).
 */
import * as Json from "../../../domain/Json.ts"
import { count, type Usage } from "../../../domain/Usage.ts"

/** The usage object as neutral usage; `undefined` where it is none. @stability stable @category getters @since 0.1.0 */
export const read = (usage: unknown): Usage | undefined => {
  const of = (name: string): number | undefined =>
    count(Json.at(usage, "tokens", name)) ?? count(Json.at(usage, "billed_units", name))
  const inputTokens = of("input_tokens")
  const outputTokens = of("output_tokens")
  if (inputTokens === undefined && outputTokens === undefined) return undefined
  return Json.compact({ inputTokens, outputTokens, cachedTokens: count(Json.at(usage, "cached_tokens")) })
}

/** The usage of a whole answer. @stability stable @category getters @since 0.1.0 */
export const of = (body: Json.JsonObject): Usage | undefined => read(body["usage"])

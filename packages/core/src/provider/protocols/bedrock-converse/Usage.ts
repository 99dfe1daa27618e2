/**
 * Tokens as Bedrock reports them: `inputTokens` leaves out what was read from and written to the cache, so the three are added up.
 *
 * Source: docs.aws.amazon.com "Prompt caching for faster model inference", read 2026-11.
 */
import * as Json from "../../../domain/Json.ts"
import type { Usage } from "../../../domain/Usage.ts"
import * as Anthropic from "../anthropic-messages/Usage.ts"

/** The usage object as neutral usage; `undefined` where it is none. @stability stable @category getters @since 0.1.0 */
export const read = (value: unknown): Usage | undefined => {
  const usage = Json.object(value)
  if (usage === undefined) return undefined
  const input = Json.number(usage["inputTokens"])
  const outputTokens = Json.number(usage["outputTokens"])
  if (input === undefined && outputTokens === undefined) return undefined
  const cachedTokens = Json.number(usage["cacheReadInputTokens"])
  const cacheWriteTokens = Json.number(usage["cacheWriteInputTokens"])
  return Json.compact({
    inputTokens: input === undefined ? undefined : input + (cachedTokens ?? 0) + (cacheWriteTokens ?? 0),
    outputTokens,
    totalTokens: Json.number(usage["totalTokens"]),
    cachedTokens,
    cacheWriteTokens
  })
}

/** The usage of a whole answer. @stability stable @category getters @since 0.1.0 */
export const of = (body: Json.JsonObject): Usage | undefined =>
  body["type"] === "message" ? Anthropic.of(body) : read(body["usage"])

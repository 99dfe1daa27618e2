/**
 * Tokens as Bedrock reports them: `inputTokens` leaves out what was read from and written to the cache, so the three are added up.
 *
 * Source: docs.aws.amazon.com "Prompt caching for faster model inference", "TokenUsage", "CacheDetail", read 2026-11.
 */
import * as Json from "../../../domain/Json.ts"
import { count, type Usage } from "../../../domain/Usage.ts"
import * as Anthropic from "../anthropic-messages/Usage.ts"

/** The usage object as neutral usage; `undefined` where it is none. @stability stable @category getters @since 0.1.0 */
export const read = (value: unknown): Usage | undefined => {
  const usage = Json.object(value)
  if (usage === undefined) return undefined
  const input = count(usage["inputTokens"])
  const outputTokens = count(usage["outputTokens"])
  if (input === undefined && outputTokens === undefined) return undefined
  const cachedTokens = count(usage["cacheReadInputTokens"])
  const cacheWriteTokens = count(usage["cacheWriteInputTokens"])
  return Json.compact({
    inputTokens: input === undefined ? undefined : input + (cachedTokens ?? 0) + (cacheWriteTokens ?? 0),
    outputTokens,
    totalTokens: count(usage["totalTokens"]),
    cachedTokens,
    cacheWriteTokens,
    cacheWriteHourTokens: hoursOf(usage["cacheDetails"])
  })
}

/** Of what was written to the cache, what is kept for an hour. */
const hoursOf = (details: unknown): number | undefined => {
  const hours = Json.array(details).flatMap((detail) =>
    Json.at(detail, "ttl") === "1h" ? (count(Json.at(detail, "inputTokens")) ?? []) : []
  )
  return hours.length === 0 ? undefined : hours.reduce((sum, hour) => sum + hour, 0)
}

/** The usage of a whole answer. @stability stable @category getters @since 0.1.0 */
export const of = (body: Json.JsonObject): Usage | undefined =>
  body["type"] === "message" ? Anthropic.of(body) : read(body["usage"])

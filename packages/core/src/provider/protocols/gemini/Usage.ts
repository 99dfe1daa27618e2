/**
 * Tokens as Gemini reports them: thoughts stand beside the answer's tokens and not in them, so the two are added up; what the
 * provider's own tools read is input.
 *
 * Source: ai.google.dev "GenerateContentResponse: UsageMetadata", read 2026-11.
 */
import * as Json from "../../../domain/Json.ts"
import { count, type Usage } from "../../../domain/Usage.ts"

/** The usage object as neutral usage; `undefined` where it is none. @stability stable @category getters @since 0.1.0 */
export const read = (value: unknown): Usage | undefined => {
  const usage = Json.object(value)
  if (usage === undefined) return undefined
  const prompt = count(usage["promptTokenCount"])
  const candidates = count(usage["candidatesTokenCount"])
  const thoughts = count(usage["thoughtsTokenCount"])
  if (prompt === undefined && candidates === undefined && thoughts === undefined) return undefined
  return Json.compact({
    inputTokens: prompt === undefined ? undefined : prompt + (count(usage["toolUsePromptTokenCount"]) ?? 0),
    outputTokens: (candidates ?? 0) + (thoughts ?? 0),
    totalTokens: count(usage["totalTokenCount"]),
    cachedTokens: count(usage["cachedContentTokenCount"]),
    reasoningTokens: thoughts
  })
}

/** The usage of a whole answer or of a chunk. @stability stable @category getters @since 0.1.0 */
export const of = (body: Json.JsonObject): Usage | undefined => read(body["usageMetadata"])

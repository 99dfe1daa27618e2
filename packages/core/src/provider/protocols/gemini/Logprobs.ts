/**
 * Log probabilities: Gemini's list of chosen tokens and of alternatives, as OpenAI's shape, which is the neutral one.
 */
import * as Json from "../../../domain/Json.ts"

/** The `logprobsResult` of a candidate; `undefined` where there is none. @stability stable @category conversions @since 0.1.0 */
export const read = (result: unknown): Json.JsonObject | undefined => {
  const chosen = Json.array(Json.at(result, "chosenCandidates"))
  if (chosen.length === 0) return undefined
  const top = Json.array(Json.at(result, "topCandidates"))
  return {
    content: chosen.map((candidate, at) => ({
      ...tokenOf(candidate),
      top_logprobs: Json.array(Json.at(top[at], "candidates")).map(tokenOf)
    }))
  }
}

const tokenOf = (candidate: Json.Json) => {
  const token = Json.string(Json.at(candidate, "token")) ?? ""
  return { token, logprob: Json.number(Json.at(candidate, "logProbability")) ?? 0, bytes: [...Buffer.from(token)] }
}

/**
 * Reads `generationConfig`: sampling, limits, format of the answer, and how much to think.
 */
import * as Json from "@orelse/core/domain/Json"
import type { Request } from "@orelse/core/domain/Request"
import type { Fields } from "../Fields.ts"
import * as Schemas from "./Schemas.ts"

/** What has a neutral name, and what only Gemini knows. */
export interface Config {
  readonly neutral: Partial<Omit<Request, "messages">>
  readonly foreign: Json.JsonObject
}

/** The configuration; empty where there is none. */
export const read = (config: Fields | undefined): Config => {
  if (config === undefined) return { neutral: {}, foreign: {} }
  const format = formatOf(config)
  const thinking = thinkingOf(config)
  const modalities = config.array("responseModalities")
  const speechConfig = config.object("speechConfig")
  const neutral = Json.compact({
    maxTokens: config.number("maxOutputTokens"),
    temperature: config.number("temperature"),
    topP: config.number("topP"),
    topK: config.number("topK"),
    stop: config.strings("stopSequences"),
    seed: config.number("seed"),
    frequencyPenalty: config.number("frequencyPenalty"),
    presencePenalty: config.number("presencePenalty"),
    n: config.number("candidateCount"),
    logprobs: config.boolean("responseLogprobs"),
    topLogprobs: config.number("logprobs"),
    responseFormat: format.neutral,
    reasoning: thinking.neutral
  })
  const rest = config.extra("gemini", { thinkingConfig: thinking.foreign }).extra?.["gemini"]
  return {
    neutral,
    foreign: {
      generationConfig: rest,
      ...format.foreign,
      responseModalities: isPlain(modalities) ? undefined : modalities,
      speechConfig
    }
  }
}

/** Text alone is what every model answers with. */
const isPlain = (modalities: ReadonlyArray<Json.Json> | undefined): boolean =>
  modalities === undefined || modalities.every((one) => one === "TEXT")

const formatOf = (
  config: Fields
): { readonly neutral?: Request["responseFormat"]; readonly foreign?: Json.JsonObject } => {
  const type = config.string("responseMimeType")
  const own = config.object("responseSchema")
  const given = config.object("responseJsonSchema") ?? config.object("_responseJsonSchema")
  const schema = given ?? (own === undefined ? undefined : (Schemas.toJsonSchema(own) as typeof own))
  if (schema !== undefined && (type === undefined || type === "application/json"))
    return { neutral: { type: "jsonSchema", schema } }
  if (type === "application/json") return { neutral: { type: "json" } }
  if (type === "text/plain") return { neutral: { type: "text" } }
  return { foreign: Json.compact({ responseMimeType: type, responseSchema: own }) }
}

const thinkingOf = (
  config: Fields
): { readonly neutral?: Request["reasoning"]; readonly foreign?: Json.JsonObject | undefined } => {
  const thinking = config.inside("thinkingConfig")
  if (thinking === undefined) return {}
  const shown = thinking.boolean("includeThoughts")
  const budget = thinking.number("thinkingBudget")
  const said = thinking.string("thinkingLevel")?.toLowerCase()
  const level = said === "thinking_level_unspecified" ? undefined : said
  const foreign = thinking.extra("gemini").extra?.["gemini"]
  if (budget === 0 || (shown === false && level === "minimal")) return { neutral: { enabled: false }, foreign }
  const budgetTokens = budget !== undefined && budget > 0 ? budget : undefined
  const enabled = shown === true || budget !== undefined ? true : undefined
  const neutral = Json.compact({ enabled, effort: level, budgetTokens })
  return Object.keys(neutral).length === 0 ? { foreign } : { neutral, foreign }
}

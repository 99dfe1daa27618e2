/**
 * `generationConfig`: sampling, limits, format of the answer, and how much to think.
 *
 * Effort to budget are the steps that Google documents for its OpenAI format (1024, 8192, 24576); models since 3 take words instead
 * (ai.google.dev "Gemini thinking: levels and budgets", read 2026-11), and never both.
 */
import * as Json from "../../../domain/Json.ts"
import type { Request } from "../../../domain/Request.ts"
import * as Foreign from "../Foreign.ts"
import type { Model } from "./Models.ts"

/** The object; `undefined` where nothing is to be set. @stability stable @category combinators @since 0.1.0 */
export const encode = (request: Request, model: Model): Json.JsonObject | undefined => {
  const { generationConfig, responseMimeType, responseModalities, responseSchema, speechConfig } = Foreign.own(
    request,
    "gemini"
  )
  const { thinkingConfig: ownThinking, ...own } = Json.object(generationConfig) ?? {}
  const thinking = { ...thinkingOf(request.reasoning, model), ...Json.object(ownThinking) }
  const config = Json.compact({
    maxOutputTokens: request.maxTokens,
    temperature: request.temperature,
    topP: request.topP,
    topK: request.topK,
    stopSequences: request.stop,
    // 32 bits of it, which is all that Google takes.
    seed: request.seed === undefined ? undefined : request.seed | 0,
    frequencyPenalty: model.penalties ? request.frequencyPenalty : undefined,
    presencePenalty: model.penalties ? request.presencePenalty : undefined,
    candidateCount: request.n,
    responseLogprobs: request.logprobs,
    logprobs: request.topLogprobs,
    ...formatOf(request.responseFormat),
    thinkingConfig: Json.unlessEmpty(thinking),
    ...Json.compact({ responseMimeType, responseSchema }),
    responseModalities,
    speechConfig,
    ...own
  })
  return Json.unlessEmpty(config)
}

const formatOf = (format: Request["responseFormat"]): Json.JsonObject => {
  switch (format?.type) {
    case undefined:
      return {}
    case "text":
      return { responseMimeType: "text/plain" }
    case "json":
      return { responseMimeType: "application/json" }
    case "jsonSchema":
      return { responseMimeType: "application/json", responseJsonSchema: format.schema }
  }
}

const budgets: Readonly<Record<string, number>> = {
  minimal: 1024,
  low: 1024,
  medium: 8192,
  high: 24_576,
  xhigh: 24_576,
  max: 24_576
}

/** Least first. */
const ranks = ["minimal", "low", "medium", "high"]

/** The model's word for an effort: the next below among those that it knows, or its least. A word that nobody knows stands for much. */
const levelOf = (effort: string, { levels }: Model): string | undefined => {
  const asked = ranks.indexOf(ranks.includes(effort) ? effort : "high")
  return levels.findLast((level) => ranks.indexOf(level.toLowerCase()) <= asked) ?? levels[0]
}

/** A budget in tokens as the nearest word. */
const wordOf = (budget: number): string => (budget <= 4096 ? "low" : budget <= 16_384 ? "medium" : "high")

const thinkingOf = (reasoning: Request["reasoning"], model: Model): Json.JsonObject => {
  if (reasoning === undefined || model.thinking === "none") return {}
  if (reasoning.enabled === false || reasoning.effort === "none") return offFor(model)
  const { budgetTokens, effort } = reasoning
  const includeThoughts = reasoning.enabled === true || budgetTokens !== undefined ? true : undefined
  if (budgetTokens !== undefined)
    return model.budgets
      ? Json.compact({ includeThoughts, thinkingBudget: budgetTokens })
      : Json.compact({ includeThoughts, thinkingLevel: levelOf(effort ?? wordOf(budgetTokens), model) })
  if (effort === undefined) return Json.compact({ includeThoughts })
  return model.thinking === "level"
    ? Json.compact({ includeThoughts, thinkingLevel: levelOf(effort, model) })
    : Json.compact({ includeThoughts, thinkingBudget: Object.hasOwn(budgets, effort) ? budgets[effort] : 8192 })
}

/** As little as the model lets itself be told. */
const offFor = (model: Model): Json.JsonObject => {
  if (model.thinking === "level") return Json.compact({ includeThoughts: false, thinkingLevel: model.levels[0] })
  return { includeThoughts: false, thinkingBudget: model.disabling ? 0 : 128 }
}

/**
 * How a model is to sample and to think: Converse's own fields, and those that it hands on to the model in its maker's words.
 *
 * Claude takes Anthropic's fields, gpt-oss OpenAI's, Nova Amazon's; the other makers' models think as they are made to. Seeds and penalties
 * have no field. Sources: docs.aws.amazon.com "Inference request parameters and response fields", "Extended thinking", read 2026-11.
 */
import type * as Json from "../../../domain/Json.ts"
import type { Request } from "../../../domain/Request.ts"
import * as Claude from "../anthropic-messages/Models.ts"
import * as Thinking from "../anthropic-messages/Thinking.ts"

/** @stability stable @category models @since 0.1.0 */
export interface Settings {
  readonly inferenceConfig: Json.JsonObject
  /** `additionalModelRequestFields`. */
  readonly fields: Json.JsonObject
}

/** The settings of a request for a model. @stability stable @category getters @since 0.1.0 */
export const of = (request: Request, model: string): Settings => {
  if (model.includes("claude")) return claude(request, Claude.of(model))
  const fields = model.includes("gpt-") ? gpt(request) : model.includes("nova") ? nova(request) : {}
  return { inferenceConfig: common(request), fields }
}

const common = (request: Request): Json.JsonObject => ({
  maxTokens: request.maxTokens,
  // Converse takes no more, whoever made the model.
  temperature: request.temperature === undefined ? undefined : Math.min(request.temperature, 1),
  topP: request.topP,
  stopSequences: request.stop
})

const claude = (request: Request, model: Claude.Model): Settings => {
  const { thinking, effort, maxTokens } = Thinking.of(request, model, Claude.maxTokensOf(model))
  const thinks = thinking?.["type"] === "enabled" || thinking?.["type"] === "adaptive"
  const samples = !thinks && model.sampling !== "none"
  const { stop, temperature, topK, topP } = request
  return {
    inferenceConfig: {
      maxTokens: thinking?.["budget_tokens"] === undefined ? request.maxTokens : maxTokens,
      temperature: samples && temperature !== undefined ? Math.min(temperature, 1) : undefined,
      topP: samples && (temperature === undefined || model.sampling === "all") ? topP : undefined,
      stopSequences: stop
    },
    fields: {
      thinking,
      output_config: effort === undefined ? undefined : { effort },
      top_k: samples ? topK : undefined
    }
  }
}

const gpt = ({ reasoning }: Request): Json.JsonObject => {
  const effort = reasoning?.effort ?? (reasoning?.budgetTokens === undefined ? undefined : step(reasoning.budgetTokens))
  return effort === undefined || effort === "none" ? {} : { reasoning_effort: effort === "minimal" ? "low" : effort }
}

/** Nova thinks in three degrees from its second generation on. */
const nova = ({ reasoning, topK }: Request): Json.JsonObject => {
  const sampling = topK === undefined ? undefined : { topK }
  if (reasoning === undefined) return { inferenceConfig: sampling }
  const { budgetTokens, effort, enabled } = reasoning
  if (enabled === false || effort === "none")
    return { inferenceConfig: sampling, reasoningConfig: { type: "disabled" } }
  const wanted = effort ?? (budgetTokens === undefined ? (enabled === true ? "medium" : undefined) : step(budgetTokens))
  if (wanted === undefined) return { inferenceConfig: sampling }
  const degree = wanted === "minimal" ? "low" : wanted === "low" || wanted === "medium" ? wanted : "high"
  return { inferenceConfig: sampling, reasoningConfig: { type: "enabled", maxReasoningEffort: degree } }
}

/** A budget in tokens as the nearest word. */
const step = (budget: number): string => (budget <= 4096 ? "low" : budget <= 16_384 ? "medium" : "high")

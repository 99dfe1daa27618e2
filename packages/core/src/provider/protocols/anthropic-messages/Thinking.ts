/**
 * How much to think, as Anthropic wants to be told: a budget for older models, an effort for newer ones.
 *
 * Effort to budget are the steps that Google documents for its OpenAI format (1024, 8192, 24576); a budget is at least 1024 and below
 * `max_tokens` (platform.claude.com "Extended thinking", read 2026-11).
 */
import * as Json from "../../../domain/Json.ts"
import type { Request } from "../../../domain/Request.ts"
import type { Model } from "./Models.ts"
import * as RunningTurn from "./RunningTurn.ts"

/** What goes into the body. */
export interface Thinking {
  readonly thinking?: Json.JsonObject
  readonly effort?: string
  /** The limit on the answer, with room for the budget. */
  readonly maxTokens: number
}

const budgets: Readonly<Record<string, number>> = {
  minimal: 1024,
  low: 1024,
  medium: 8192,
  high: 24_576,
  xhigh: 32_768,
  max: 32_768
}

const budgetOf = (effort: string): number => (Object.hasOwn(budgets, effort) ? budgets[effort]! : 8192)

const least = 1024

/**
 * What a request asks for, in the words of the model.
 *
 * @param fallback the limit on the answer where the caller named none, in tokens
 * @stability stable
 * @category combinators
 * @since 0.1.0
 */
export const of = (request: Request, model: Model, fallback: number): Thinking => {
  const { maxTokens, reasoning } = request
  const limit = maxTokens ?? fallback
  if (reasoning === undefined) return { maxTokens: limit }
  if (reasoning.enabled === false) return Json.compact({ thinking: offFor(model), maxTokens: limit })
  const effort = effortOf(reasoning.effort, model)
  if (model.thinking === "none" || isForced(request)) return Json.compact({ effort, maxTokens: limit })
  if (model.thinking === "adaptive") return { ...adaptive(reasoning, effort), maxTokens: limit }
  const isAsked = reasoning.enabled === true || reasoning.budgetTokens !== undefined
  if (!isAsked && effort !== undefined) return { effort, maxTokens: limit }
  if (RunningTurn.isUnthought(request.messages)) return Json.compact({ effort, maxTokens: limit })
  const wanted = reasoning.budgetTokens ?? budgetOf(reasoning.effort ?? "medium")
  return Json.compact({ ...budgeted(wanted, maxTokens, fallback), effort })
}

/** A model that refuses to be told so does not think unasked. */
const offFor = (model: Model): Json.JsonObject | undefined =>
  model.thinking === "none" || !model.disabling ? undefined : { type: "disabled" }

/** An effort alone leads an answer without thinking, too: thinking is asked for apart. */
const adaptive = (reasoning: NonNullable<Request["reasoning"]>, effort: string | undefined) => {
  const { budgetTokens, enabled } = reasoning
  const isAsked = enabled === true || budgetTokens !== undefined
  return Json.compact({
    thinking: isAsked ? { type: "adaptive" } : undefined,
    effort: effort ?? (budgetTokens === undefined ? undefined : effortOfBudget(budgetTokens))
  })
}

const budgeted = (wanted: number, maxTokens: number | undefined, fallback: number) => {
  if (maxTokens === undefined) return { thinking: enabled(wanted), maxTokens: wanted + fallback }
  const budget = wanted < maxTokens ? wanted : Math.floor(maxTokens * 0.8)
  return { thinking: budget < least ? undefined : enabled(budget), maxTokens }
}

const enabled = (budget: number): Json.JsonObject => ({ type: "enabled", budget_tokens: budget })

/** Anthropic does not think where a tool is forced. */
const isForced = (request: Request): boolean =>
  request.toolChoice === "required" || typeof request.toolChoice === "object"

/** The model's word for an effort: the least for less than that, its `high` for what it has no word for. */
const effortOf = (effort: string | undefined, { efforts }: Model): string | undefined => {
  if (effort === undefined || effort === "none" || efforts.length === 0) return undefined
  if (effort === "minimal") return "low"
  return efforts.includes(effort) ? effort : "high"
}

const effortOfBudget = (budget: number): string => (budget <= 4096 ? "low" : budget <= 16_384 ? "medium" : "high")

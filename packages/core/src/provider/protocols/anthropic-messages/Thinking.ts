/**
 * How much to think, as Anthropic wants to be told: a budget for older models, an effort for newer ones.
 *
 * Effort to budget are the steps that Google documents for its OpenAI format (1024, 8192, 24576); a budget is at least 1024 and below
 * `max_tokens` (platform.claude.com "Extended thinking", read 2026-11).
 */
import * as Json from "../../../domain/Json.ts"
import type { Request } from "../../../domain/Request.ts"
import type { Model } from "./Models.ts"

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

const least = 1024

/** @param fallback the limit where the caller named none, in tokens */
export const of = (request: Request, model: Model, fallback: number): Thinking => {
  const { reasoning, maxTokens } = request
  const answer = maxTokens ?? fallback
  if (reasoning === undefined) return { maxTokens: answer }
  if (reasoning.enabled === false)
    return model.thinking === "none" ? { maxTokens: answer } : { thinking: { type: "disabled" }, maxTokens: answer }
  const effort = reasoning.effort === undefined || !model.effort ? undefined : effortOf(reasoning.effort)
  if (model.thinking === "none" || isForced(request)) return Json.compact({ effort, maxTokens: answer })
  if (reasoning.budgetTokens === undefined && model.thinking === "adaptive") {
    const asked = reasoning.enabled === true
    return Json.compact({ thinking: asked ? { type: "adaptive" } : undefined, effort, maxTokens: answer })
  }
  if (model.thinking === "adaptive")
    return Json.compact({
      thinking: { type: "adaptive" },
      effort: effort ?? effortOfBudget(reasoning.budgetTokens ?? 0),
      maxTokens: answer
    })
  if (model.effort && reasoning.enabled !== true && reasoning.budgetTokens === undefined)
    return Json.compact({ effort, maxTokens: answer })
  return budgeted(reasoning.budgetTokens ?? budgets[reasoning.effort ?? "medium"] ?? 8192, maxTokens, fallback, effort)
}

const budgeted = (
  wanted: number,
  maxTokens: number | undefined,
  fallback: number,
  effort: string | undefined
): Thinking => {
  if (maxTokens === undefined) return Json.compact({ thinking: enabled(wanted), effort, maxTokens: wanted + fallback })
  const budget = wanted < maxTokens ? wanted : Math.floor(maxTokens * 0.8)
  return Json.compact({ thinking: budget < least ? undefined : enabled(budget), effort, maxTokens })
}

const enabled = (budget: number): Json.JsonObject => ({ type: "enabled", budget_tokens: budget })

/** Anthropic does not think where a tool is forced. */
const isForced = (request: Request): boolean =>
  request.toolChoice === "required" || typeof request.toolChoice === "object"

const effortOf = (effort: string): string | undefined =>
  effort === "minimal" ? "low" : effort === "none" ? undefined : effort

const effortOfBudget = (budget: number): string => (budget <= 4096 ? "low" : budget <= 16_384 ? "medium" : "high")

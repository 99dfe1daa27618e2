/**
 * How much to think, as Anthropic wants to be told: a budget for older models, an effort for newer ones.
 *
 * Effort to budget are the steps that Google documents for its OpenAI format (1024, 8192, 24576); a budget is at least 1024 and below
 * `max_tokens` (platform.claude.com "Extended thinking", read 2026-11). How not to think differs by model (`Models.ts`).
 */
import * as Json from "../../../domain/Json.ts"
import type { Request } from "../../../domain/Request.ts"
import * as Foreign from "../Foreign.ts"
import { isForced } from "./Forced.ts"
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
  if (reasoning.enabled === false) return { ...offFor(model), maxTokens: limit }
  const effort = effortOf(reasoning.effort, model)
  // Anthropic does not think where a tool is forced.
  if (model.thinking === "none" || isForced(request)) return Json.compact({ effort, maxTokens: limit })
  if (model.thinking === "adaptive") return { ...adaptive(request, model, effort), maxTokens: limit }
  const isAsked = reasoning.enabled === true || reasoning.budgetTokens !== undefined
  if (!isAsked && effort !== undefined) return { effort, maxTokens: limit }
  if (RunningTurn.isUnthought(request.messages)) return Json.compact({ effort, maxTokens: limit })
  const wanted = reasoning.budgetTokens ?? budgetOf(reasoning.effort ?? "medium")
  return Json.compact({ ...budgeted(wanted, maxTokens, fallback), effort })
}

const offFor = ({ efforts, off, thinking }: Model): Pick<Thinking, "thinking" | "effort"> => {
  if (thinking === "none" || off === "silence") return {}
  return off === "effort" ? Json.compact({ effort: efforts[0] }) : { thinking: { type: off } }
}

/** An effort alone leads an answer without thinking, too: thinking is asked for apart, and to be seen. */
const adaptive = (request: Request, model: Model, effort: string | undefined) => {
  const { budgetTokens, enabled } = request.reasoning ?? {}
  const isAsked = enabled === true || budgetTokens !== undefined
  return Json.compact({
    thinking: isAsked ? Json.compact({ type: "adaptive", display: displayOf(request, model) }) : undefined,
    effort: effort ?? (budgetTokens === undefined ? undefined : effortOfBudget(budgetTokens))
  })
}

/** What the caller wants to see of it; where nothing is said, the newest models show nothing. */
const displayOf = (request: Request, { shown }: Model): string | undefined =>
  Json.string(Json.at(Foreign.own(request, "anthropic-messages"), "thinking", "display")) ??
  (shown ? undefined : "summarized")

const budgeted = (wanted: number, maxTokens: number | undefined, fallback: number) => {
  if (maxTokens === undefined) return { thinking: enabled(wanted), maxTokens: wanted + fallback }
  const budget = wanted < maxTokens ? wanted : Math.floor(maxTokens * 0.8)
  return { thinking: budget < least ? undefined : enabled(budget), maxTokens }
}

const enabled = (budget: number): Json.JsonObject => ({ type: "enabled", budget_tokens: budget })

/** The model's word for an effort: the least for less than that, its `high` for what it has no word for. */
const effortOf = (effort: string | undefined, { efforts }: Model): string | undefined => {
  if (effort === undefined || effort === "none" || efforts.length === 0) return undefined
  if (effort === "minimal") return "low"
  return efforts.includes(effort) ? effort : "high"
}

const effortOfBudget = (budget: number): string => (budget <= 4096 ? "low" : budget <= 16_384 ? "medium" : "high")

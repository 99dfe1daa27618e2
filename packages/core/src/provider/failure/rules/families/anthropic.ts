/**
 * Anthropic, and services that speak its protocol.
 */
import type { Rule } from "../../Rule.ts"
import { list } from "../list.ts"

const family = ["anthropic", "vertex"]

export const rules: ReadonlyArray<Rule> = [
  {
    id: "anthropic/money",
    when: {
      family,
      text: list(`
        credit balance is too low | api usage limits | extra usage | regain access on | monthly spend limit
      `)
    },
    reason: "QuotaExhausted",
    facts: { wait: "never" }
  },
  {
    id: "anthropic/only-for",
    when: {
      family,
      status: [400, 401, 403],
      text: list(`
        only authorized for use | not allowed for this organization | are not allowed for
        organization has been disabled | not yet available for this subscription
        oauth authentication is currently not | scope requirement
      `)
    },
    reason: "PermissionDenied",
    learned: ["github.com/anthropics/claude-code issues"]
  },
  {
    id: "anthropic/window",
    when: { family, text: ["input length and max_tokens exceed context limit", "prompt is too long"] },
    reason: "ContextWindowExceeded"
  },
  { id: "anthropic/overloaded", when: { family, code: ["overloaded_error"] }, reason: "Overloaded" },
  {
    id: "anthropic/api-error-overloaded",
    when: { family, code: ["api_error"], text: ["overloaded"] },
    reason: "Overloaded"
  },
  { id: "anthropic/rate", when: { family, code: ["rate_limit_error"] }, reason: "RateLimited" }
]

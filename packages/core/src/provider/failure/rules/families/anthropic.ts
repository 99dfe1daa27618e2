/**
 * Anthropic, and services that speak its protocol.
 */
import type { Rule } from "../../Rule.ts"
import { list } from "../list.ts"

const family = ["anthropic", "vertex"]

export const rules: ReadonlyArray<Rule> = [
  {
    // A 404, and not one of the model: the caller sends the whole conversation instead (the SDK's `ThreadNotFoundError`, read 2026-11).
    id: "anthropic/thread",
    when: { code: ["thread_not_found"] },
    reason: "InvalidRequest",
    learned: ["wording:anthropic-404"]
  },
  {
    id: "anthropic/money",
    when: {
      family,
      text: list(`
        credit balance is too low | api usage limits | extra usage | regain access on | monthly spend limit
      `)
    },
    reason: "QuotaExhausted",
    learned: ["anthropic-400-b666410d33", "anthropic-429-44813e342d"],
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
    learned: ["anthropic-401-deba779dbf", "anthropic-403-0572596d6e"]
  },
  {
    id: "anthropic/window",
    when: { family, text: ["input length and max_tokens exceed context limit", "prompt is too long"] },
    reason: "ContextWindowExceeded",
    learned: ["anthropic-400-240bfbb949", "anthropic-400-39618bd9e1", "anthropic-400-552daa0427"]
  },
  {
    id: "anthropic/overloaded",
    when: { family, code: ["overloaded_error"] },
    reason: "Overloaded",
    learned: [
      "anthropic-200-239d0b6810",
      "anthropic-529-54cb980be5",
      "anthropic-529-fe64e6479b",
      "vertex-200-41ad0b89f7"
    ]
  },
  {
    id: "anthropic/api-error-overloaded",
    when: { family, code: ["api_error"], text: ["overloaded"] },
    reason: "Overloaded",
    learned: ["anthropic-500-0f52e1f61c"]
  },
  {
    id: "anthropic/rate",
    when: { family, code: ["rate_limit_error"] },
    reason: "RateLimited",
    learned: ["anthropic-429-d2d5efe810"]
  }
]

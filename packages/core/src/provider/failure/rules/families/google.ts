/**
 * Gemini (AI Studio) and Vertex AI: `google.rpc` statuses, and details that say more than the message.
 */
import type { Rule } from "../../Rule.ts"
import { list } from "../list.ts"

const family = ["gemini", "vertex"]

export const rules: ReadonlyArray<Rule> = [
  {
    id: "google/never-granted",
    when: { family, code: ["orelse:zeroquota"] },
    reason: "QuotaExhausted",
    facts: { wait: "never" }
  },
  {
    id: "google/zero",
    when: { family, status: [429], pattern: "\\blimit: ?0(?![\\d.])" },
    reason: "QuotaExhausted",
    facts: { wait: "never" },
    learned: ["ai.google.dev/gemini-api/docs/rate-limits"]
  },
  {
    id: "google/per-day",
    when: { family, status: [429], code: ["orelse:perday"] },
    reason: "QuotaExhausted",
    facts: { wait: "never" },
    learned: ["ai.google.dev/gemini-api/docs/rate-limits"]
  },
  {
    id: "google/prepaid",
    when: {
      family,
      status: [429, 403, 400],
      text: list(`
        prepayment credits | spending cap | spend cap | billing to be enabled | billing account
      `)
    },
    reason: "QuotaExhausted",
    facts: { wait: "never" }
  },
  { id: "google/plan", when: { family, status: [429], text: ["quota will reset after"] }, reason: "QuotaExhausted" },
  {
    id: "google/capacity",
    when: {
      family,
      status: [429, 503],
      text: list(`
        exhausted your capacity | no capacity available | resource exhausted, please try again
        resource exhausted. please try again | model_capacity_exhausted
      `),
      not: ["will reset after"]
    },
    reason: "Overloaded"
  },
  {
    id: "google/per-minute",
    when: { family, status: [429], text: ["exceeded your current quota", "has been exhausted", "quota exceeded for"] },
    reason: "RateLimited"
  },
  {
    id: "google/cache",
    when: { family, status: [400, 403, 404], text: ["cachedcontent", "cached content"] },
    reason: "InvalidRequest"
  },
  { id: "google/cancelled", when: { family, code: ["CANCELLED"] }, reason: "ServerError" },
  {
    id: "google/unregistered",
    when: {
      family,
      status: [401, 403],
      text: list(`
        unregistered callers | without established identity | reported as leaked | api key
      `),
      not: ["are blocked", "referer", "ip address"]
    },
    reason: "Unauthenticated",
    learned: ["ai.google.dev/gemini-api/docs/troubleshooting"]
  },
  {
    id: "google/not-allowed",
    when: {
      family,
      status: [400, 403],
      text: list(`
        is not allowed to use | location is not supported | are blocked | not been used in project
      `)
    },
    reason: "PermissionDenied"
  },
  {
    id: "google/range",
    when: {
      family,
      status: [400],
      text: ["unable to submit request because it has a"],
      also: ["supported range"],
      not: ["maxoutputtokens", "max_output_tokens"]
    },
    reason: "InvalidRequest"
  },
  {
    id: "google/unknown-model",
    when: { family, status: [404], text: ["models/", "publisher model", "model"] },
    reason: "ModelNotFound"
  }
]

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
    learned: ["vertex-429-489b459bca"],
    facts: { wait: "never" }
  },
  {
    id: "google/zero",
    when: { family, status: [429], pattern: "\\blimit: ?0(?!\\.?\\d)" },
    reason: "QuotaExhausted",
    facts: { wait: "never" },
    learned: ["wording:gemini-429"]
  },
  {
    id: "google/per-day",
    when: { family, status: [429], code: ["orelse:perday"] },
    reason: "QuotaExhausted",
    facts: { wait: "never" },
    learned: ["wording:gemini-429"]
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
    learned: ["wording:gemini-429", "wording:vertex-403"],
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
    reason: "Overloaded",
    learned: ["vertex-429-4ac3eca9f2"]
  },
  {
    id: "google/per-minute",
    when: { family, status: [429], text: ["exceeded your current quota", "has been exhausted", "quota exceeded for"] },
    reason: "RateLimited",
    learned: [
      "gemini-429-19926bd66d",
      "gemini-429-67f6391d1c",
      "gemini-429-8a35205976",
      "gemini-429-9f8340542b",
      "vertex-429-74e26725d5",
      "vertex-429-c555ce93f0"
    ]
  },
  {
    id: "google/cache",
    when: { family, status: [400, 403, 404], text: ["cachedcontent", "cached content"] },
    reason: "InvalidRequest",
    learned: ["gemini-400-e59110f155", "gemini-403-7866ad4cd1", "vertex-400-e101ebd5c7"]
  },
  {
    id: "google/cancelled",
    when: { family, code: ["CANCELLED"] },
    reason: "ServerError",
    learned: ["gemini-200-56a52e1683"]
  },
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
    learned: ["wording:gemini-403"]
  },
  {
    id: "google/not-allowed",
    when: {
      family,
      status: [400, 403],
      text: list(`
        is not allowed to use | permission * denied | location is not supported | are blocked | not been used in project
      `)
    },
    reason: "PermissionDenied",
    learned: ["gemini-400-64f9c437da", "gemini-400-e4dfbaf563", "gemini-400-fe323a9b3c", "vertex-400-b089d1cc12"]
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
    reason: "InvalidRequest",
    learned: ["vertex-400-3169159db3"]
  },
  {
    id: "google/unknown-model",
    when: { family, status: [404], text: ["models/", "publisher model", "model"] },
    reason: "ModelNotFound",
    learned: ["vertex-404-42d82f3f91"]
  }
]

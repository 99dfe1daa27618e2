/**
 * The last word: what a status alone means where nothing else is known.
 */
import type { Rule } from "../Rule.ts"

export const rules: ReadonlyArray<Rule> = [
  {
    id: "status/400",
    when: { status: [400, 405, 406, 410, 411, 412, 415, 416, 417, 422, 426, 428, 431] },
    reason: "InvalidRequest"
  },
  {
    id: "status/401",
    when: { status: [401, 407] },
    reason: "Unauthenticated",
    learned: ["huggingface-401-f247a7cbc3"]
  },
  { id: "status/402", when: { status: [402] }, reason: "QuotaExhausted", learned: ["deepseek-402-0b7c3c6d24"] },
  { id: "status/403", when: { status: [403, 451] }, reason: "PermissionDenied" },
  { id: "status/404", when: { status: [404] }, reason: "ModelNotFound" },
  { id: "status/409", when: { status: [409, 423] }, reason: "Conflict", learned: ["anthropic-409-46818a4af1"] },
  { id: "status/413", when: { status: [413, 414] }, reason: "RequestTooLarge", learned: ["cloudflare-413-6c313ff3f7"] },
  { id: "status/424", when: { status: [424] }, reason: "ServerError", learned: ["bedrock-424-79f4d675b5"] },
  { id: "status/425", when: { status: [425, 498, 503, 529] }, reason: "Overloaded", learned: ["groq-498-f06ccfb364"] },
  { id: "status/429", when: { status: [429] }, reason: "RateLimited" },
  {
    when: { status: [504, 524] },
    reason: "TimedOut",
    facts: { phase: "firstContent" },
    learned: ["cloudflare-524-3e8aff173d"]
  },
  {
    when: { status: [522] },
    reason: "TimedOut",
    facts: { phase: "connect" },
    learned: ["cloudflare-522-b1f932c289"]
  },
  { id: "status/501", when: { status: [501] }, reason: "Unsupported" },
  { id: "status/5xx", when: { status: ["5xx"] }, reason: "ServerError" }
]

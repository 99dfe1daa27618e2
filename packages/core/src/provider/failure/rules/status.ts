/**
 * The last word: what a status alone means where nothing else is known. 401, 402, 403, 408, 429 and 504 have had theirs before
 * (`access.ts`, `money.ts`, `load.ts`), because words about the request must not be heard under them.
 */
import type { Rule } from "../Rule.ts"

export const rules: ReadonlyArray<Rule> = [
  {
    id: "status/400",
    when: { status: [400, 410, 412, 415, 416, 417, 422, 428, 431] },
    reason: "InvalidRequest"
  },
  // Method, path and framing are the gateway's own: no caller can have caused these, and another target takes them.
  { id: "status/404", when: { status: [404, 405] }, reason: "ModelNotFound" },
  { id: "status/406", when: { status: [406, 411, 426] }, reason: "Unsupported" },
  { id: "status/407", when: { status: [407] }, reason: "Unauthenticated" },
  { id: "status/409", when: { status: [409, 423] }, reason: "Conflict", learned: ["anthropic-409-46818a4af1"] },
  { id: "status/413", when: { status: [413, 414] }, reason: "RequestTooLarge", learned: ["cloudflare-413-6c313ff3f7"] },
  { id: "status/424", when: { status: [424] }, reason: "ServerError" },
  { id: "status/503", when: { status: [425, 498, 503, 529] }, reason: "Overloaded" },
  { id: "status/501", when: { status: [501] }, reason: "Unsupported" },
  { id: "status/5xx", when: { status: ["5xx"] }, reason: "ServerError" }
]

/**
 * Plain values that tests of dialects share.
 */
import type { AnswerContext, ErrorFacts } from "../../src/dialects/Dialect.ts"

export const context: AnswerContext = {
  callId: "0198c0de-0000-7000-8000-000000000001",
  model: "smart",
  created: 1_790_000_000,
  includeUsage: true,
  request: { messages: [] }
}

export const facts = (more: Partial<ErrorFacts> = {}): ErrorFacts => ({
  status: 502,
  message: "mine/m (key 1) answered 500",
  code: "provider_error",
  param: null,
  orelse: { callId: context.callId, reason: "ServerError", attempts: [] },
  ...more
})

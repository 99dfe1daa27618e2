import { assert, describe, it } from "@effect/vitest"
import type { Attempt } from "@orelse/core/domain/Attempt"
import { AttemptsExhausted, CallError } from "@orelse/core/domain/CallError"
import type { Reason, Tag } from "@orelse/core/domain/Reason"
import * as Supposed from "@orelse/core/route/explain/Supposed"
import * as Duration from "effect/Duration"
import * as ErrorResponse from "../../src/http/ErrorResponse.ts"

const attempt = (reason: Tag): Attempt => ({
  ordinal: 1,
  provider: "a",
  model: "m",
  credential: "key-1",
  startedAt: 0,
  waitedBeforeMs: 0,
  outcome: "failed",
  durationMs: 1,
  reason
})

/** What a caller sees after attempts that failed for these reasons. */
const after = (tags: readonly [Tag, ...ReadonlyArray<Tag>], retryAfter?: Duration.Duration) => {
  const last: Reason = Supposed.make(tags.at(-1) ?? tags[0], "why")
  const reason = new AttemptsExhausted({ last, retryAfter })
  return ErrorResponse.of(new CallError({ callId: "id", model: "r", attempts: tags.map(attempt), reason }))
}

describe("the status of a call whose attempts are spent", () => {
  it.each([
    [["RateLimited", "RateLimited"], 429, "rate_limit_exceeded"],
    [["RateLimited", "LimitReached"], 429, "rate_limit_exceeded"],
    [["TimedOut", "TimedOut"], 504, "timeout"],
    [["Conflict"], 409, "conflict"],
    [["ConnectionFailed", "StreamInterrupted"], 502, "stream_interrupted"]
  ] as const)("is that of all where they agree: %j", (tags, status, code) => {
    const { facts } = after(tags)
    assert.deepStrictEqual([facts.status, facts.code], [status, code])
  })

  it.each([
    [["RateLimited", "Overloaded", "ServerError"], 503, "overloaded"],
    [["TimedOut", "Unauthenticated", "RateLimited"], 502, "provider_unauthenticated"],
    [["QuotaExhausted", "RateLimited"], 429, "insufficient_quota"]
  ] as const)("is that of the first that does not pass by itself where they do not: %j", (tags, status, code) => {
    const { facts } = after(tags)
    assert.deepStrictEqual([facts.status, facts.code], [status, code])
  })

  it.each([
    [["ConnectionFailed", "RateLimited"]],
    [["RateLimited", "ConnectionFailed"]],
    [["ConnectionFailed", "TimedOut"]],
    [["ConnectionFailed", "Conflict"]],
    [["TimedOut", "LimitReached"]]
  ] as const)("is 502 where all may pass and they do not agree, and nothing is to be tried again: %j", (tags) => {
    const { facts, headers } = after(tags)
    assert.deepStrictEqual([facts.status, facts.code], [502, "provider_error"])
    assert.deepStrictEqual(headers, { "x-should-retry": "false" })
  })

  it("says how long to wait, in whole seconds, in the place of x-should-retry where waiting cures it", () => {
    assert.deepStrictEqual(after(["RateLimited"], Duration.millis(6001)).headers, { "retry-after": "7" })
    assert.deepStrictEqual(after(["Overloaded"], Duration.millis(1)).headers, { "retry-after": "1" })
    assert.deepStrictEqual(after(["ServerError"], Duration.seconds(9)).headers, { "x-should-retry": "false" })
    assert.deepStrictEqual(after(["RateLimited"]).headers, { "x-should-retry": "false" })
  })
})

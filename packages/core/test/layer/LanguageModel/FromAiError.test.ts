import { assert, describe, it } from "@effect/vitest"
import * as AiError from "effect/ai/AiError"
import * as Duration from "effect/Duration"
import * as Redacted from "effect/Redacted"
import { retryAfterOf } from "../../../src/domain/Reason.ts"
import { toReason } from "../../../src/layer/LanguageModel/FromAiError.ts"

const read = (reason: AiError.AiErrorReason) =>
  toReason(AiError.make({ module: "m", method: "m", reason }), "ai", Date.parse("2026-10-01T00:00:00Z"))

const http = (status: number, body: string, headers: Record<string, string | Redacted.Redacted<string>> = {}) => ({
  response: { status, headers },
  body
})

describe("a failure of effect/ai", () => {
  it("has the facts of the answer that came along", () => {
    const headers = { "Retry-After": "7", "x-request-id": "req_1", "set-cookie": Redacted.make("secret") }
    const reason = read(new AiError.RateLimitError({ http: http(429, '{"error":{"message":"Slow down"}}', headers) }))
    assert.deepInclude(reason, { _tag: "RateLimited", status: 429, requestId: "req_1", message: "Slow down" })
    assert.deepStrictEqual(retryAfterOf(reason), Duration.seconds(7))
  })

  it("asks for the longer of two waits that it names", () => {
    for (const [said, header] of [
      [3, "9"],
      [9, "3"]
    ] as const) {
      const retryAfter = Duration.seconds(said)
      const reason = read(
        new AiError.RateLimitError({ retryAfter, http: http(429, "Slow down", { "retry-after": header }) })
      )
      assert.deepStrictEqual(retryAfterOf(reason), Duration.seconds(9))
    }
  })

  it("keeps the wait that it names where no answer came along", () => {
    const reason = read(new AiError.RateLimitError({ retryAfter: Duration.minutes(1) }))
    assert.strictEqual(reason._tag, "RateLimited")
    assert.deepStrictEqual(retryAfterOf(reason), Duration.minutes(1))
  })

  it("is read by its answer where effect/ai has only looked at the status", () => {
    const empty = '{"error":{"message":"You exceeded your current quota","code":"insufficient_quota"}}'
    const full = '{"error":{"message":"too long","code":"context_length_exceeded"}}'
    const suspended = '{"error":{"message":"Incorrect API key provided","code":"invalid_api_key"}}'
    for (const [status, body, tag] of [
      [429, empty, "QuotaExhausted"],
      [400, full, "ContextWindowExceeded"],
      [403, suspended, "Unauthenticated"],
      [402, "", "QuotaExhausted"],
      [404, "", "ModelNotFound"],
      [529, "", "Overloaded"]
    ] as const)
      assert.strictEqual(read(AiError.reasonFromHttpStatus({ status, http: http(status, body) }))._tag, tag)
  })

  it("is what effect/ai says where that says more than the answer, with the answer's facts", () => {
    const filtered = new AiError.ContentPolicyError({ description: "no", http: http(400, '{"message":"no"}') })
    assert.deepInclude(read(filtered), { _tag: "ContentFiltered", status: 400 })
    const empty = new AiError.QuotaExhaustedError({ http: http(429, '{"message":"no"}', { "retry-after": "60" }) })
    assert.deepInclude(read(empty), { _tag: "QuotaExhausted", status: 429 })
    assert.deepStrictEqual(retryAfterOf(read(empty)), Duration.minutes(1))
  })

  it("is told by its kind where the answer was a success that nobody could read", () => {
    const reason = read(new AiError.InvalidResponseError({ description: "no JSON", http: http(200, "Slow down") }))
    assert.strictEqual(reason._tag, "MalformedResponse")
  })

  it("leaves no secret of its answer in the open", () => {
    const body = '{"error":{"message":"Incorrect API key provided: sk-proj-abcdefghijklmnopqrstuvwxyz012345"}}'
    for (const status of [401, 418])
      assert.notInclude(
        JSON.stringify(read(AiError.reasonFromHttpStatus({ status, http: http(status, body) }))),
        "abcdefghijklmnop"
      )
  })
})

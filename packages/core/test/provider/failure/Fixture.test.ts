import { assert, describe, it } from "@effect/vitest"
import * as Json from "../../../src/domain/Json.ts"
import type { UnknownFailure } from "../../../src/domain/Reason.ts"
import * as Failure from "../../../src/provider/Failure.ts"

const key = "sk-proj-AbCdEf0123456789AbCdEf0123456789"

const input = (more: Partial<Failure.Input> = {}): Failure.Input => ({
  provider: "mine",
  family: "openai-chat",
  protocol: "openai-chat",
  transport: "http",
  status: 418,
  headers: {},
  body: "I am a teapot",
  now: 0,
  ...more
})

const unknown = (more: Partial<Failure.Input> = {}): UnknownFailure => {
  const reason = Failure.classify(input(more))
  if (reason._tag !== "UnknownFailure") throw new Error(`read as ${reason._tag}`)
  return reason
}

const fixtureOf = (more: Partial<Failure.Input>) => Json.parse(unknown(more).fixture ?? "")

describe("an answer that no rule knows", () => {
  it("becomes a line in the shape of the recorded ones", () => {
    const fixture = fixtureOf({ body: '{"oops":{"code":"E77","message":"gears are stuck"}}' })
    const id = Json.string(Json.at(fixture, "id")) ?? ""
    assert.match(id, /^openai-chat-418-[0-9a-f]{8}$/)
    assert.deepStrictEqual(fixture, {
      id,
      provider: "openai-chat",
      transport: "http",
      status: 418,
      headers: {},
      body: { oops: { code: "E77", message: "gears are stuck" } },
      expected: { kind: "unknown", retry_after_ms: null },
      why: `read as UnknownFailure by rules ${Failure.ruleSetVersion}; not labelled`,
      source: "export",
      seen: "recorded",
      body_form: "redacted"
    })
  })

  it("keeps its status and the start of its body in the reason", () => {
    const { body, status } = unknown()
    assert.deepStrictEqual([status, body], [418, "I am a teapot"])
  })

  it("loses keys, cookies, addresses and prompts, in whatever field they stand", () => {
    const body = {
      note: `Bearer ${key}`,
      user: "ada",
      prompt: "tell me about my neighbour",
      deep: [{ email: "ada@example.org", api_key: "short", said: `"${"the caller's own words ".repeat(8)}"` }]
    }
    const line = JSON.stringify(
      fixtureOf({
        body: JSON.stringify(body),
        headers: { "set-cookie": "a=b", authorization: key, "x-retry-key": key }
      })
    )
    for (const secret of [key, "ada", "neighbour", "example.org", "short", "own words", "a=b"])
      assert.notInclude(line, secret)
  })

  it("keeps headers that bear on waiting, and the date only beside them", () => {
    const date = "Sat, 01 Aug 2026 00:00:00 GMT"
    assert.deepStrictEqual(
      Json.at(fixtureOf({ headers: { date, server: "x", "content-type": "text/plain" } }), "headers"),
      {
        "content-type": "text/plain"
      }
    )
    assert.deepStrictEqual(Json.at(fixtureOf({ headers: { date, "retry-after": "soon" } }), "headers"), {
      date,
      "retry-after": "soon"
    })
  })

  it("has one name however often it comes, and another for another body", () => {
    const id = (body: string) => Json.at(fixtureOf({ body }), "id")
    assert.strictEqual(id("zip"), id("zip"))
    assert.notStrictEqual(id("zip"), id("zap"))
  })

  it("stays within a few thousand characters", () => {
    for (const body of [
      "x ".repeat(50_000),
      JSON.stringify(Array.from({ length: 500 }, () => ({ a: "y ".repeat(400) })))
    ])
      assert.isAtMost(JSON.stringify(fixtureOf({ body })).length, 8000)
  })
})

describe("an answer that a rule knows", () => {
  it("is not kept, even where the rule calls it unknown", () => {
    assert.isUndefined(unknown({ transport: "network", status: undefined, code: "ABORT_ERR" }).fixture)
    assert.isUndefined(unknown({ status: 499 }).fixture)
  })
})

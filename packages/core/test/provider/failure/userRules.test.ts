import { assert, describe, it } from "@effect/vitest"
import * as Failure from "../../../src/provider/Failure.ts"
import * as RuleSet from "../../../src/provider/failure/RuleSet.ts"
import type { Rule } from "../../../src/provider/failure/Rule.ts"

const asked = (more: Partial<Failure.Input>): Failure.Input => ({
  provider: "mine",
  family: "openai-chat",
  protocol: "openai-chat",
  transport: "http",
  status: 429,
  headers: {},
  body: '{"error":{"message":"You exceeded your current quota","code":"insufficient_quota"}}',
  now: 0,
  ...more
})

const read = (rules: ReadonlyArray<Rule>, more: Partial<Failure.Input> = {}) =>
  Failure.classify(asked(more), RuleSet.make(rules))._tag

const rule = (when: Rule["when"], reason: Rule["reason"] = "Overloaded"): Rule => ({ id: "mine/one", when, reason })

describe("a rule of a user", () => {
  it("speaks before those that ship with Orelse, and the first of several before the others", () => {
    assert.strictEqual(read([]), "QuotaExhausted")
    const first = rule({ code: ["INSUFFICIENT-QUOTA"] }, "RateLimited")
    assert.strictEqual(read([first, rule({ code: ["insufficient_quota"] })]), "RateLimited")
  })

  it("is for a known family, or for a provider by its name in the configuration", () => {
    assert.strictEqual(read([rule({ family: ["mine"] })]), "Overloaded")
    assert.strictEqual(read([rule({ family: ["other"] })]), "QuotaExhausted")
    assert.strictEqual(read([rule({ family: ["groq"] })], { family: "groq" }), "Overloaded")
    assert.strictEqual(read([rule({ family: ["mine"] })], { provider: "other" }), "QuotaExhausted")
  })

  it("is for a provider by its name as it is written, also one that families write otherwise or every object has", () => {
    for (const provider of ["my_gateway", "Mine", "mine-eu", "constructor", "__proto__"])
      assert.strictEqual(read([rule({ family: [provider] })], { provider }), "Overloaded", provider)
  })

  it("speaks where all of its conditions hold, and not where one does not", () => {
    const when: Rule["when"] = {
      protocol: ["openai-chat"],
      transport: ["http"],
      status: ["4xx"],
      code: ["insufficient_quota"],
      text: ["exceeded * quota"],
      not: ["per minute"],
      pattern: "current \\w+",
      header: { "x-mine": "day" }
    }
    const headers = { "x-mine": "per Day" }
    assert.strictEqual(read([rule(when)], { headers }), "Overloaded")
    const other: Record<string, Partial<Failure.Input>> = {
      protocol: { headers, protocol: "cohere" },
      transport: { headers, transport: "stream" },
      status: { headers, status: 500 },
      header: { headers: { "x-mine": "week" } },
      not: { headers, body: '{"code":"insufficient_quota","message":"exceeded current quota per minute"}' },
      text: { headers, body: '{"code":"insufficient_quota","message":"current quota"}' }
    }
    for (const [condition, input] of Object.entries(other))
      assert.notStrictEqual(read([rule(when)], input), "Overloaded", condition)
  })

  it("hears words in whatever field they stand, where no field is known to hold a message", () => {
    const body = '{"oops":{"sigil":"Z-9","why":"There is no room in the inn","prompt":"no vacancy here"}}'
    assert.strictEqual(read([rule({ text: ["no room * inn"] })], { status: 418, body }), "Overloaded")
    assert.strictEqual(read([rule({ text: ["no vacancy"] })], { status: 418, body }), "UnknownFailure")
  })

  it("that names words may speak of an event that has no status, once no other rule knows it", () => {
    const event = { transport: "stream", status: undefined, body: '{"oops":{"message":"no room in the inn"}}' } as const
    assert.strictEqual(read([rule({ status: [418], text: ["no room * inn"] })], event), "Overloaded")
    assert.strictEqual(read([rule({ status: [418], code: ["x"] })], event), "UnknownFailure")
  })
})

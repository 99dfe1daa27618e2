import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import * as chronicle from "../../../src/policy/presets/chronicle.ts"
import * as chronicleJson from "../../../src/policy/presets/chronicleJson.ts"

const decode = Schema.decodeUnknownSync(chronicleJson.Options)
const encode = Schema.encodeSync(chronicleJson.Options)

const whole = {
  initial_backoff: 150,
  increase: { type: "exponential", multiplier: 3 },
  max_tries: 7,
  jitter: 20,
  max_backoff: 900,
  fail_if_rate_limit_exceeds_max_backoff: false
}

describe("chronicleJson.Options", () => {
  it("reads every field, and has the preset's defaults for what is left out", () => {
    assert.deepStrictEqual(decode(whole), {
      initialBackoff: Duration.millis(150),
      increase: { exponential: 3 },
      maxTries: 7,
      jitter: Duration.millis(20),
      maxBackoff: Duration.millis(900),
      failIfRateLimitExceedsMaxBackoff: false
    })
    assert.deepStrictEqual(decode({}), chronicle.defaults)
  })

  it("reads and writes each growth", () => {
    for (const [json, growth] of [
      [{ type: "constant" }, "constant"],
      [{ type: "additive", amount: 30 }, { additive: Duration.millis(30) }],
      [{ type: "exponential", multiplier: 1.5 }, { exponential: 1.5 }]
    ] as const) {
      assert.deepStrictEqual(decode({ increase: json }).increase, growth)
      assert.deepStrictEqual(encode({ ...chronicle.defaults, increase: growth }), {
        initial_backoff: 200,
        increase: json,
        max_tries: 4,
        jitter: 100,
        max_backoff: 5000,
        fail_if_rate_limit_exceeds_max_backoff: true
      })
    }
    assert.deepStrictEqual(encode(decode(whole)), whole)
  })

  it("refuses fractions of a millisecond, negative times, no tries and a growth that it does not know", () => {
    for (const wrong of [
      { initial_backoff: 1.5 },
      { jitter: -1 },
      { max_backoff: -1 },
      { max_tries: 0 },
      { increase: { type: "quadratic" } },
      { increase: { type: "additive" } },
      { fail_if_rate_limit_exceeds_max_backoff: "yes" }
    ]) {
      assert.throws(() => decode(wrong), undefined, undefined, JSON.stringify(wrong))
    }
    assert.strictEqual(decode({ max_tries: 1 }).maxTries, 1)
  })
})

describe("chronicleJson.growthOf", () => {
  it("has nothing to add and doubles where no number is given", () => {
    assert.deepStrictEqual(chronicleJson.growthOf({ type: "additive" }), { additive: Duration.zero })
    assert.deepStrictEqual(chronicleJson.growthOf({ type: "exponential" }), { exponential: 2 })
  })
})

import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Schema from "effect/Schema"
import * as Backoff from "../../../src/policy/Backoff.ts"
import { defaults, policy } from "../../../src/policy/presets/chronicle.ts"
import { Options } from "../../../src/policy/presets/chronicleJson.ts"

const decode = Schema.decodeUnknownSync(Options)
const encode = Schema.encodeUnknownSync(Options)
const ms = Duration.toMillis
const bases = (json: unknown, count: number) => {
  const { backoff } = policy(decode(json))
  return Array.from({ length: count }, (_, index) => ms(Backoff.base(backoff, index + 1) ?? Duration.infinity))
}
const waits = (json: unknown, count: number) =>
  Effect.gen(function* () {
    const { backoff } = policy(decode(json))
    const all: Array<number> = []
    for (let n = 1; n <= count; n++) all.push(ms((yield* Backoff.wait(backoff, n)) ?? Duration.infinity))
    return all
  })

/** A source of chance that always says the same, and counts. */
const constant = (value: number) => {
  const drawn = { count: 0 }
  const next = () => {
    drawn.count += 1
    return value
  }
  return { drawn, layer: Effect.provideService(Random.Random, { nextDoubleUnsafe: next, nextIntUnsafe: next }) }
}

describe("chronicle: options", () => {
  it("C-1 has six optional fields, and an empty object equals the defaults", () => {
    assert.deepStrictEqual(decode({}), defaults)
    assert.deepStrictEqual(Object.keys(encode(defaults) as object).toSorted(), [
      "fail_if_rate_limit_exceeds_max_backoff",
      "increase",
      "initial_backoff",
      "jitter",
      "max_backoff",
      "max_tries"
    ])
  })

  it("C-2 initial_backoff is whole milliseconds, 200 by default", () => {
    assert.strictEqual(ms(decode({}).initialBackoff), 200)
    assert.strictEqual(ms(decode({ initial_backoff: 350 }).initialBackoff), 350)
    assert.throws(() => decode({ initial_backoff: 1.5 }))
  })

  it("C-3 increase is tagged by type, and doubles by default", () => {
    assert.deepStrictEqual(decode({}).increase, { exponential: 2 })
  })

  it("C-4 a constant increase keeps the base", () => {
    assert.deepStrictEqual(bases({ increase: { type: "constant" } }, 4), [200, 200, 200, 200])
  })

  it("C-5 an additive increase adds its amount, which is required", () => {
    assert.deepStrictEqual(bases({ increase: { type: "additive", amount: 50 } }, 4), [200, 250, 300, 350])
    assert.throws(() => decode({ increase: { type: "additive" } }))
  })

  it("C-6 an exponential increase multiplies by a float, which is required, and cuts off at whole nanoseconds", () => {
    assert.deepStrictEqual(bases({ increase: { type: "exponential", multiplier: 1.5 } }, 4), [200, 300, 450, 675])
    assert.deepStrictEqual(bases({ increase: { type: "exponential", multiplier: 1.1 } }, 4), [200, 220, 242, 266.2])
    const slow = { initial_backoff: 1, increase: { type: "exponential", multiplier: 1.0000005 } }
    assert.deepStrictEqual(bases(slow, 4), [1, 1, 1, 1])
    assert.throws(() => decode({ increase: { type: "exponential" } }))
  })

  it("C-7 max_tries is a whole number with the first try in it, 4 by default", () => {
    assert.strictEqual(policy(decode({})).attempts, 4)
    assert.strictEqual(policy(decode({ max_tries: 1 })).attempts, 1)
  })

  it("C-8 jitter is whole milliseconds that are added, 100 by default", () => {
    assert.deepStrictEqual(policy(decode({})).backoff.jitter, { added: Duration.millis(100) })
  })

  it("C-9 max_backoff is whole milliseconds, 5000 by default", () => {
    assert.strictEqual(ms(policy(decode({})).backoff.cap), 5000)
  })

  it("C-10 fail_if_rate_limit_exceeds_max_backoff is true by default", () => {
    assert.strictEqual(policy(decode({})).retryAfter.onExceed, "fail")
    assert.strictEqual(policy(decode({ fail_if_rate_limit_exceeds_max_backoff: false })).retryAfter.onExceed, "wait")
  })

  it("C-11 goes back out as whole milliseconds; an unknown type of increase is an error", () => {
    const json = {
      initial_backoff: 20,
      increase: { type: "additive", amount: 30 },
      max_tries: 2,
      jitter: 0,
      max_backoff: 60,
      fail_if_rate_limit_exceeds_max_backoff: false
    }
    assert.deepStrictEqual(encode(decode(json)), json)
    assert.throws(() => decode({ increase: { type: "fibonacci" } }))
  })

  it.effect("C-12 returns the base and then advances it", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* waits({ jitter: 0 }, 3), [200, 400, 800])
    })
  )

  it.effect("C-13 adds chance from nothing to the whole jitter, and draws none where jitter is 0", () => {
    const [low, high, none] = [constant(0), constant(1), constant(0.5)]
    return Effect.gen(function* () {
      assert.deepStrictEqual(yield* low.layer(waits({}, 2)), [200, 400])
      assert.deepStrictEqual(yield* high.layer(waits({}, 2)), [300, 500])
      yield* none.layer(waits({ jitter: 0 }, 5))
      assert.strictEqual(none.drawn.count, 0)
    })
  })

  it.effect("C-14 caps after chance was added: at the cap the wait is the cap", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* constant(1).layer(waits({ initial_backoff: 4950 }, 2)), [5000, 5000])
      assert.deepStrictEqual(yield* constant(0.5).layer(waits({ initial_backoff: 9000 }, 1)), [5000])
    })
  )

  it("C-15 grows its base past the cap, and never from a wait that chance changed", () => {
    assert.deepStrictEqual(bases({}, 8), [200, 400, 800, 1600, 3200, 6400, 12_800, 25_600])
  })

  it.effect("C-16 waits 200–300, 400–500, 800–900, 1600–1700, 3200–3300 ms, and then exactly 5000", () =>
    Effect.gen(function* () {
      for (let round = 0; round < 100; round++) {
        const all = yield* waits({}, 7)
        const within = [200, 400, 800, 1600, 3200]
        within.forEach((base, index) => assert.isTrue(all[index]! >= base && all[index]! <= base + 100))
        assert.deepStrictEqual(all.slice(5), [5000, 5000])
      }
    }).pipe(Random.withSeed("C-16"))
  )
})

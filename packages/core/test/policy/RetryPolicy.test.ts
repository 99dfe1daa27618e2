import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import { AttemptError } from "../../src/domain/AttemptError.ts"
import * as Reason from "../../src/domain/Reason.ts"
import * as Backoff from "../../src/policy/Backoff.ts"
import * as Disposition from "../../src/policy/Disposition.ts"
import * as RetryPolicy from "../../src/policy/RetryPolicy.ts"
import { drawing } from "./chance.ts"

const waits = (retryAfter: Duration.Duration | undefined) => {
  const reason = new Reason.RateLimited({ message: "slow", ...(retryAfter === undefined ? {} : { retryAfter }) })
  const error = new AttemptError({ reason, provider: "a", model: "m" })
  return Effect.map(RetryPolicy.preview(RetryPolicy.recommended, error), (all) =>
    all.map((wait) => Duration.toMillis(wait))
  ).pipe(Random.withSeed("waits"))
}

describe("a Retry-After under the default policy", () => {
  it.effect("of 0 leaves the computed waits as they are: no hot retry", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* waits(Duration.zero), yield* waits(undefined))
    })
  )

  it.effect("is waited in full and up to a tenth more; beyond 30 s it ends the retries", () =>
    Effect.gen(function* () {
      const kept = yield* waits(Duration.seconds(30))
      assert.strictEqual(kept.length, 3)
      for (const wait of kept) assert.isTrue(wait >= 30_000 && wait <= 31_000, String(wait))
      assert.deepStrictEqual(yield* waits(Duration.millis(30_001)), [])
    })
  )
})

describe("RetryPolicy.make", () => {
  it("leaves a field as it was where undefined is given for it, and refuses too few attempts", () => {
    const unset: { readonly deadline: Duration.Duration | undefined } = { deadline: undefined }
    const fields = { ...unset, attempts: undefined, on: undefined }
    assert.deepStrictEqual(RetryPolicy.make(RetryPolicy.recommended, fields), RetryPolicy.recommended)
    assert.throws(
      () => RetryPolicy.make(RetryPolicy.recommended, { attempts: 0 }),
      "RetryPolicy.make: attempts must be at least 1, got 0"
    )
  })
})

describe("RetryPolicy.make with a time of nothing", () => {
  it("refuses it by name: every call would be late before it begins", () => {
    assert.throws(
      () => RetryPolicy.make(RetryPolicy.recommended, { deadline: Duration.zero }),
      "RetryPolicy.make: deadline must be longer than 0, got 0"
    )
    const timeouts = { ...RetryPolicy.recommended.timeouts, idle: Duration.zero }
    assert.throws(
      () => RetryPolicy.make(RetryPolicy.recommended, { timeouts }),
      "RetryPolicy.make: timeouts.idle must be longer than 0, got 0"
    )
  })
})

describe("RetryPolicy.recommended", () => {
  it("has the numbers of the reference", () => {
    const { backoff, cooldowns, on, rules, ...rest } = RetryPolicy.recommended
    assert.strictEqual(backoff, Backoff.recommended)
    assert.strictEqual(on, Disposition.recommended)
    assert.deepStrictEqual([cooldowns, rules], ["recommended", []])
    assert.deepStrictEqual(rest, {
      name: "recommended",
      attempts: 6,
      deadline: Duration.seconds(120),
      retry: { last: 3, others: 1 },
      retryAfter: {
        cap: Duration.seconds(30),
        onExceed: "fail",
        rule: "longer",
        worded: false,
        final: true,
        jitter: 0.1
      },
      timeouts: {
        connect: Duration.seconds(5),
        firstContent: Duration.seconds(60),
        idle: Duration.seconds(60),
        total: Duration.minutes(10)
      },
      contextWindow: "larger",
      commit: { on: "firstContent", maxEvents: 16, maxWait: Duration.seconds(2) },
      afterCommit: "fail",
      waits: { scope: "target", first: false },
      repairs: { scope: "target", count: false },
      health: true,
      allCooling: "probe",
      report: "typed"
    })
    assert.strictEqual(Duration.toMillis(RetryPolicy.unbounded), 365 * 24 * 3_600_000)
    assert.deepStrictEqual([...RetryPolicy.reports], ["typed", "chronicle", "reliable", "minimal", "pool", "failover"])
  })
})

describe("RetryPolicy.make", () => {
  it("replaces the given fields, and refuses a policy without attempts by name", () => {
    const made = RetryPolicy.make(RetryPolicy.recommended, { name: "own", attempts: 1 })
    assert.deepStrictEqual(made, { ...RetryPolicy.recommended, name: "own", attempts: 1 })
    for (const attempts of [0, -1, Number.NaN]) {
      assert.throws(
        () => RetryPolicy.make(RetryPolicy.recommended, { attempts }),
        `RetryPolicy.make: attempts must be at least 1, got ${attempts}`
      )
    }
  })
})

describe("RetryPolicy.preview", () => {
  const own = (fields: Partial<RetryPolicy.RetryPolicy["retryAfter"]>, more: Partial<RetryPolicy.RetryPolicy> = {}) =>
    RetryPolicy.make(RetryPolicy.recommended, {
      retryAfter: { ...RetryPolicy.recommended.retryAfter, jitter: 0, ...fields },
      ...more
    })
  const failed = (message: string, ms?: number) =>
    new AttemptError({
      reason: new Reason.RateLimited({ message, ...(ms === undefined ? {} : { retryAfter: Duration.millis(ms) }) }),
      provider: "a",
      model: "m"
    })
  /** The waits with jitter at `chance`; each error asks for `ms`. */
  const waitsOf = (policy: RetryPolicy.RetryPolicy, ms?: number, chance = 1, message = "slow") =>
    Effect.map(RetryPolicy.preview(policy, failed(message, ms)), (all) =>
      all.map((wait) => Duration.toMillis(wait))
    ).pipe(drawing(chance))

  it.effect("gives as many waits as there are retries, or as a list has", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* waitsOf(own({}, { retry: { last: 5, others: 1 } })), [250, 500, 1000, 2000, 4000])
      assert.strictEqual((yield* waitsOf(own({}, { retry: { last: 11, others: 1 } }))).length, 11)
      assert.deepStrictEqual(yield* waitsOf(own({}, { retry: { last: 0, others: 0 } })), [])
      const backoff = { ...Backoff.recommended, growth: { list: [Duration.millis(10)] }, jitter: "none" } as const
      assert.deepStrictEqual(yield* waitsOf(own({}, { backoff })), [10])
    })
  )

  it.effect("waits the longer of both, and adds a tenth, at most a second, by chance to what was asked for", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* waitsOf(own({}), 600), [600, 600, 1000])
      assert.deepStrictEqual(yield* waitsOf(own({ jitter: 0.1 }), 600), [660, 660, 1100])
      assert.deepStrictEqual(yield* waitsOf(own({ jitter: 0.1 }), 600, 0), [600, 600, 600])
      assert.deepStrictEqual(yield* waitsOf(own({ jitter: 0.1 }), 20_000, 0.5), [20_500, 20_500, 20_500])
    })
  )

  it.effect("heeds a wait up to the cap; beyond it gives up, waits it all, or waits only the cap", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* waitsOf(own({}), 30_000), [30_000, 30_000, 30_000])
      assert.deepStrictEqual(yield* waitsOf(own({}), 30_001), [])
      assert.deepStrictEqual(yield* waitsOf(own({ onExceed: "wait" }), 40_000), [40_000, 40_000, 40_000])
      assert.deepStrictEqual(yield* waitsOf(own({ onExceed: "clamp", jitter: 0.1 }), 40_000), [30_000, 30_000, 30_000])
      assert.deepStrictEqual(yield* waitsOf(own({ onExceed: "clamp", jitter: 0.1 }), 30_000), [31_000, 31_000, 31_000])
    })
  )

  it.effect(
    "takes it instead of the computed wait, beside the base without jitter, or not at all, as the rule says",
    () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* waitsOf(own({ rule: "instead" }), 10), [10, 10, 10])
        assert.deepStrictEqual(
          yield* waitsOf(own({ rule: "instead", onExceed: "clamp" }), 40_000),
          [30_000, 30_000, 30_000]
        )
        assert.deepStrictEqual(yield* waitsOf(own({ rule: "longerThanBase" }), 600, 0), [600, 600, 1000])
        const capped = { ...Backoff.recommended, cap: Duration.millis(700) }
        assert.deepStrictEqual(
          yield* waitsOf(own({ rule: "longerThanBase" }, { backoff: capped }), 600, 0),
          [600, 600, 700]
        )
        assert.deepStrictEqual(yield* waitsOf(own({ rule: "ignored", jitter: 0.1 }), 40_000), [250, 500, 1000])
      })
  )

  it.effect("reads a wait off the words only where the policy says so and nothing else says it", () =>
    Effect.gen(function* () {
      const words = "slow down, retry in 2"
      assert.deepStrictEqual(yield* waitsOf(own({}), undefined, 1, words), [250, 500, 1000])
      assert.deepStrictEqual(yield* waitsOf(own({ worded: true }), undefined, 1, words), [2000, 2000, 2000])
      assert.deepStrictEqual(yield* waitsOf(own({ worded: true }), 600, 1, words), [600, 600, 1000])
      assert.deepStrictEqual(yield* waitsOf(own({ worded: true }), undefined, 1, "slow"), [250, 500, 1000])
    })
  )

  it.effect("previews any Schedule: its first 8 waits, as many as are asked for, or as many as it has", () =>
    Effect.gen(function* () {
      const millis = (waits: ReadonlyArray<Duration.Duration>) => waits.map((wait) => Duration.toMillis(wait))
      const error = failed("slow")
      assert.strictEqual((yield* RetryPolicy.preview(Schedule.spaced("1 second"), error)).length, 8)
      const growing = Schedule.exponential("10 millis")
      assert.deepStrictEqual(millis(yield* RetryPolicy.preview(growing, error, 4)), [10, 20, 40, 80])
      const twice = growing.pipe(Schedule.upTo({ times: 2 }))
      assert.deepStrictEqual(millis(yield* RetryPolicy.preview(twice, error)), [10, 20])
      const fixed = millis(yield* RetryPolicy.preview(Schedule.fixed("1 second"), error, 3))
      assert.deepStrictEqual(fixed, [1000, 1000, 1000])
    })
  )
})

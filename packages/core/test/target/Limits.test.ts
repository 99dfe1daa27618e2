import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import * as SteppedClock from "../steppedClock.ts"
import { Limits } from "../../src/target/Limits.ts"

const perMinute = (limit: number) => ({ limit, window: Duration.minutes(1) })

/** Takes and gives back at once. */
const once = (limits: Limits["Service"], key: string, own: Parameters<typeof limits.acquire>[1], tokens = 0) =>
  Effect.flatMap(limits.acquire(key, own, tokens), ({ release, standing }) => Effect.as(release(), standing))

describe("Limits", () => {
  it.effect("takes so many requests a window, says how long to wait then, and begins anew", () =>
    Effect.gen(function* () {
      const limits = yield* Limits
      const own = { requests: perMinute(2) }
      const first = yield* once(limits, "k", own)
      assert.deepStrictEqual(first.requests, { limit: 2, remaining: 1, resetMs: 60_000 })
      yield* TestClock.adjust("20 seconds")
      assert.strictEqual((yield* once(limits, "k", own)).requests?.remaining, 0)
      const full = yield* Effect.flip(once(limits, "k", own))
      assert.strictEqual(full.limited, "requests")
      assert.strictEqual(full.retryAfter && Duration.toMillis(full.retryAfter), 40_000)
      yield* once(limits, "other", own)
      yield* TestClock.adjust(39_999)
      yield* Effect.flip(once(limits, "k", own))
      yield* TestClock.adjust(1)
      yield* once(limits, "k", own)
    }).pipe(Effect.provide(Limits.layerMemory))
  )

  it.effect("begins a window anew when its time has gone by, although the system's clock was set back", () =>
    Effect.gen(function* () {
      const clock = yield* SteppedClock.make
      yield* Effect.gen(function* () {
        const limits = yield* Limits
        const own = { requests: perMinute(1) }
        yield* once(limits, "k", own)
        clock.step(-3_600_000)
        const full = yield* Effect.flip(once(limits, "k", own))
        assert.strictEqual(full.retryAfter && Duration.toMillis(full.retryAfter), 60_000)
        yield* TestClock.adjust("1 minute")
        yield* once(limits, "k", own)
      }).pipe(Effect.provide(Limits.layerMemory), Effect.provideService(Clock.Clock, clock))
    })
  )

  it.effect("takes nothing of any limit where one of them says no", () =>
    Effect.gen(function* () {
      const limits = yield* Limits
      const own = { requests: perMinute(10), tokens: perMinute(100), concurrency: 1 }
      assert.strictEqual((yield* Effect.flip(once(limits, "k", own, 101))).limited, "tokens")
      const held = yield* limits.acquire("k", own, 60)
      assert.strictEqual((yield* Effect.flip(once(limits, "k", own, 1))).limited, "concurrency")
      yield* held.release()
      assert.strictEqual((yield* Effect.flip(once(limits, "k", own, 41))).limited, "tokens")
      const standing = yield* limits.standing("k", own)
      assert.deepStrictEqual([standing.requests?.remaining, standing.tokens?.remaining], [9, 40])
      assert.strictEqual(limits.open("k"), 0)
    }).pipe(Effect.provide(Limits.layerMemory))
  )

  it.effect("holds a place until its permit is released, each its own", () =>
    Effect.gen(function* () {
      const limits = yield* Limits
      const own = { concurrency: 2 }
      const one = yield* limits.acquire("k", own, 0)
      const other = yield* limits.acquire("k", own, 0)
      const elsewhere = yield* limits.acquire("other", own, 0)
      assert.deepStrictEqual([limits.open("k"), limits.open("other")], [2, 1])
      const full = yield* Effect.flip(once(limits, "k", own))
      assert.deepStrictEqual([full.limited, full.retryAfter], ["concurrency", undefined])
      yield* one.release()
      yield* once(limits, "k", own)
      assert.deepStrictEqual([limits.open("k"), limits.open("other")], [1, 1])
      yield* other.release()
      assert.deepStrictEqual([limits.open("k"), limits.open("other")], [0, 1])
      yield* elsewhere.release()
      assert.deepStrictEqual([limits.open("k"), limits.open("other")], [0, 0])
    }).pipe(Effect.provide(Limits.layerMemory))
  )

  it.effect("counts a lower limit against what was used under the higher one", () =>
    Effect.gen(function* () {
      const limits = yield* Limits
      for (let call = 0; call < 3; call++) yield* once(limits, "k", { requests: perMinute(10) })
      yield* Effect.flip(once(limits, "k", { requests: perMinute(3) }))
      assert.strictEqual((yield* limits.standing("k", { requests: perMinute(2) })).requests?.remaining, 0)
      yield* once(limits, "k", { requests: perMinute(4) })
    }).pipe(Effect.provide(Limits.layerMemory))
  )

  describe("standing", () => {
    it.effect("is everything where nothing was used or the window is over, and looking takes nothing", () =>
      Effect.gen(function* () {
        const limits = yield* Limits
        const own = { requests: perMinute(5), tokens: perMinute(50) }
        const whole = {
          requests: { limit: 5, remaining: 5, resetMs: 0 },
          tokens: { limit: 50, remaining: 50, resetMs: 0 }
        }
        assert.deepStrictEqual(yield* limits.standing("k", own), whole)
        yield* once(limits, "k", own, 20)
        assert.strictEqual((yield* limits.standing("k", own)).tokens?.remaining, 30)
        assert.strictEqual((yield* limits.standing("k", own)).requests?.remaining, 4)
        yield* TestClock.adjust("1 minute")
        assert.deepStrictEqual(yield* limits.standing("k", own), whole)
      }).pipe(Effect.provide(Limits.layerMemory))
    )
  })

  describe("correct", () => {
    it.effect("counts what was not known, gives back what was too much, and never more than there is", () =>
      Effect.gen(function* () {
        const limits = yield* Limits
        const own = { tokens: perMinute(100) }
        const remaining = Effect.map(limits.standing("k", own), ({ tokens }) => tokens?.remaining)
        yield* once(limits, "k", own, 50)
        yield* limits.correct("k", own, -20)
        assert.strictEqual(yield* remaining, 70)
        yield* limits.correct("k", own, 90)
        assert.strictEqual(yield* remaining, 0)
        yield* Effect.flip(once(limits, "k", own, 1))
        yield* limits.correct("k", own, -1000)
        assert.strictEqual(yield* remaining, 100)
      }).pipe(Effect.provide(Limits.layerMemory))
    )
    it.effect("changes nothing in a later window", () =>
      Effect.gen(function* () {
        const limits = yield* Limits
        const own = { tokens: perMinute(100) }
        yield* once(limits, "k", own, 50)
        yield* TestClock.adjust("1 minute")
        yield* limits.correct("k", own, 90)
        assert.strictEqual((yield* once(limits, "k", own, 10)).tokens?.remaining, 90)
      }).pipe(Effect.provide(Limits.layerMemory))
    )
  })
})

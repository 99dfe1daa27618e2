import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import * as Reason from "../../src/domain/Reason.ts"
import * as RetryPolicy from "../../src/policy/RetryPolicy.ts"
import * as Supposed from "../../src/route/explain/Supposed.ts"
import * as Route from "../../src/route/Route.ts"
import * as ScriptedProvider from "../../src/testing/ScriptedProvider.ts"
import * as Run from "./presets/run.ts"

const [a, b] = [Route.target("a/m"), Route.target("b/m")]

describe("a probe of what cools down", () => {
  const limited = new Reason.RateLimited({ message: "slow down", retryAfter: Duration.seconds(20) })
  const exact = RetryPolicy.make(RetryPolicy.recommended, {
    retryAfter: { ...RetryPolicy.recommended.retryAfter, jitter: 0 }
  })
  const policy = RetryPolicy.make(exact, { retry: { last: 0, others: 0 } })
  /** Limits its second call at once, and then its first one for a minute. */
  const askingMore = () => {
    const minute = new Reason.RateLimited({ message: "slow down", retryAfter: Duration.minutes(1) })
    return ScriptedProvider.make("a", [{ fail: minute, after: "2 seconds" }, { fail: limited }, { answer: "a" }])
  }
  /** Two calls, the second `later` after the first. */
  const twice = (route: Route.Route, seconds: number) =>
    Effect.gen(function* () {
      yield* Run.start(route)
      return yield* Run.ask(route, { time: `${seconds} seconds` })
    })

  it.effect("asks the only candidate after the wait that it asked for, where that fits", () => {
    const provider = Run.recovering("a", [limited])
    return Effect.gen(function* () {
      const outcome = yield* twice(a.pipe(Route.retry(policy)), 20)
      assert.deepStrictEqual([outcome.text, Run.times(provider)], ["a", [0, 20_000]])
      assert.strictEqual(outcome.attempts[0]?.waitedBeforeMs, 20_000)
    }).pipe(Effect.provide(Run.world(provider)))
  })

  it.effect("comes up to 10 % later than it was asked for, a second at most, and never past the deadline", () =>
    Effect.gen(function* () {
      const usual = a.pipe(Route.retry(RetryPolicy.make(policy, { retryAfter: RetryPolicy.recommended.retryAfter })))
      for (const [seconds, route, atMost] of [
        [4, usual, 4400],
        [20, usual, 21_000],
        [20, usual.pipe(Route.deadline("20002 millis")), 20_001]
      ] as const) {
        const waits: Array<number> = []
        for (let round = 0; round < 10; round++) {
          const asked = new Reason.RateLimited({ message: "slow down", retryAfter: Duration.seconds(seconds) })
          const provider = Run.recovering("a", [asked])
          const outcome = yield* twice(route, 30).pipe(Effect.provide(Run.world(provider)))
          assert.strictEqual(outcome.text, "a")
          const [first, second] = Run.times(provider)
          waits.push(second! - first!)
        }
        assert.isAtLeast(Math.min(...waits), seconds * 1000)
        assert.isAtMost(Math.max(...waits), atMost)
        if (atMost !== 20_001) assert.isAbove(new Set(waits).size, 1)
      }
    })
  )

  it.effect(
    "asks nobody where the wait is longer than the cap or the deadline, and says when it makes sense again",
    () =>
      Effect.gen(function* () {
        for (const around of [
          Route.retry({ ...policy, retryAfter: { ...policy.retryAfter, cap: Duration.millis(19_999) } }),
          Route.deadline("20 seconds")
        ]) {
          const provider = Run.recovering("a", [limited])
          const outcome = yield* twice(a.pipe(Route.retry(policy), around), 1).pipe(Effect.provide(Run.world(provider)))
          const { reason } = Run.errorOf(outcome)
          assert.deepStrictEqual([provider.seen.length, reason._tag], [1, "NoTarget"])
          assert.strictEqual(
            reason._tag === "NoTarget" && reason.retryAfter && Duration.toSeconds(reason.retryAfter),
            20
          )
        }
      })
  )

  it.effect("waits as long as the cap, and up to the last moment before the deadline", () =>
    Effect.gen(function* () {
      for (const around of [
        Route.retry({ ...policy, retryAfter: { ...policy.retryAfter, cap: Duration.seconds(20) } }),
        Route.deadline("20001 millis")
      ]) {
        const provider = Run.recovering("a", [limited])
        const outcome = yield* twice(a.pipe(Route.retry(policy), around), 20).pipe(Effect.provide(Run.world(provider)))
        const [first, second] = Run.times(provider)
        assert.deepStrictEqual([outcome.text, second! - first!], ["a", 20_000])
      }
    })
  )

  it.effect("says why, and when it makes sense again, where the provider asks another call for more meanwhile", () => {
    const provider = askingMore()
    return Effect.gen(function* () {
      const route = a.pipe(Route.retry(policy))
      const early = yield* Effect.forkChild(Run.start(route))
      yield* TestClock.adjust("1 second")
      const outcome = yield* twice(route, 30)
      yield* Fiber.join(early)
      const { message, reason } = Run.errorOf(outcome)
      assert.strictEqual(provider.seen.length, 2)
      assert.include(message, "a/m: cooling down for 41 s more after a failure of another call")
      assert.strictEqual(reason._tag === "NoTarget" && reason.skipped.length, 1)
      assert.strictEqual(Run.waitOf(outcome), 41_000)
    }).pipe(Effect.provide(Run.world(provider)))
  })

  it.effect("fails for what it saw itself where the provider asks another call for more while it waits", () => {
    const provider = askingMore()
    return Effect.gen(function* () {
      const route = a.pipe(Route.retry(exact))
      const early = yield* Effect.forkChild(Run.start(a.pipe(Route.budget({ attempts: 1 }))), {
        startImmediately: true
      })
      const outcome = yield* Run.ask(route)
      yield* Fiber.join(early)
      assert.deepStrictEqual([provider.seen.length, outcome.attempts.length], [2, 1])
      assert.strictEqual(Run.errorOf(outcome).reason._tag, "AttemptsExhausted")
    }).pipe(Effect.provide(Run.world(provider)))
  })

  it.effect("is not heeded by a policy that keeps no health", () => {
    const provider = Run.recovering("a", [limited])
    return Effect.gen(function* () {
      yield* Run.start(a.pipe(Route.retry(policy)))
      const outcome = yield* Run.start(a.pipe(Route.retry({ ...policy, health: false })))
      assert.deepStrictEqual([outcome.text, Run.times(provider)], ["a", [0, 0]])
    }).pipe(Effect.provide(Run.world(provider)))
  })

  it.effect("comes back after the cap, earlier than asked, where a policy clamps what is longer", () =>
    Effect.gen(function* () {
      const retryAfter = { ...exact.retryAfter, onExceed: "clamp", cap: Duration.seconds(5) } as const
      const provider = Run.recovering("a", [limited])
      const outcome = yield* Run.ask(a.pipe(Route.retry({ ...exact, retryAfter }))).pipe(
        Effect.provide(Run.world(provider))
      )
      assert.deepStrictEqual([outcome.text, Run.times(provider)], ["a", [0, 5000]])
    })
  )

  it.effect("waits as long as the only candidate asked for, whatever it failed for", () =>
    Effect.gen(function* () {
      for (const tag of Reason.tags) {
        // Nobody was asked.
        if (tag === "LimitReached") continue
        const provider = Run.recovering("a", [Supposed.make(tag, "later", 20_000)])
        const outcome = yield* twice(a.pipe(Route.retry(policy)), 20).pipe(Effect.provide(Run.world(provider)))
        const [first, second] = Run.times(provider)
        assert.deepStrictEqual([outcome.text, second! - first!], ["a", 20_000], tag)
      }
    })
  )

  it.effect("asks what cools down, and not what is there by name for other failures than the one that parked it", () =>
    Effect.gen(function* () {
      for (const [tag, on, served] of [
        ["Unauthenticated", ["RateLimited"], "a"],
        ["Unauthenticated", ["RateLimited", "Unauthenticated"], "b"],
        ["RateLimited", ["RateLimited"], "b"]
      ] as const) {
        const [first, second] = [Run.recovering("a", [Supposed.make(tag, "no")]), Run.answering("b")]
        yield* Effect.gen(function* () {
          yield* Run.start(a.pipe(Route.retry(policy)))
          const outcome = yield* Run.start(a.pipe(Route.orElse(b, { on }), Route.retry(policy)))
          assert.deepStrictEqual([outcome.text, outcome.attempts.length], [served, 1])
        }).pipe(Effect.provide(Run.world([first, second])))
      }
    })
  )

  it.effect("asks the one that is free first, at once where only we parked it", () =>
    Effect.gen(function* () {
      const [first, second] = [Run.recovering("a", [limited]), Run.recovering("b", [Run.limited])]
      const route = a.pipe(Route.orElse(b), Route.retry(policy))
      const outcome = yield* twice(route, 0).pipe(Effect.provide(Run.world([first, second])))
      assert.deepStrictEqual([outcome.text, Run.times(first), Run.times(second)], ["b", [0], [0, 0]])
    })
  )

  it.effect("waits for the one that is free first, rather than to ask one that we parked for longer", () =>
    Effect.gen(function* () {
      const [first, second] = [Run.failing("a", Run.noKey), Run.recovering("b", [limited])]
      const route = a.pipe(Route.orElse(b), Route.retry(policy))
      const outcome = yield* twice(route, 20).pipe(Effect.provide(Run.world([first, second])))
      assert.deepStrictEqual([outcome.text, Run.times(first), Run.times(second)], ["b", [0], [0, 20_000]])
    })
  )

  it.effect("asks one that we parked for longer where the wait for the first does not fit", () =>
    Effect.gen(function* () {
      const [first, second] = [Run.recovering("a", [Run.noKey]), Run.recovering("b", [limited])]
      const route = a.pipe(Route.orElse(b), Route.retry(policy), Route.deadline("20 seconds"))
      const outcome = yield* twice(route, 0).pipe(Effect.provide(Run.world([first, second])))
      assert.deepStrictEqual([outcome.text, Run.times(first), Run.times(second)], ["a", [0, 0], [0]])
    })
  )

  it.effect("asks, of several that only we parked, the one whose time is up first", () =>
    Effect.gen(function* () {
      for (const [one, other, served] of [
        [Run.limited, Run.empty, "a"],
        [Run.empty, Run.limited, "b"]
      ] as const) {
        const providers = [Run.recovering("a", [one]), Run.recovering("b", [other])]
        const route = a.pipe(Route.orElse(b), Route.retry(policy))
        const outcome = yield* twice(route, 0).pipe(Effect.provide(Run.world(providers)))
        assert.deepStrictEqual([outcome.text, outcome.attempts.length], [served, 1])
      }
    })
  )

  const patient = RetryPolicy.make(exact, { retry: { last: 1, others: 0 } })
  const asks = (seconds: number) =>
    new Reason.RateLimited({ message: "slow down", retryAfter: Duration.seconds(seconds) })

  it.effect(
    "comes before giving up where all that a call asked want it to come later: the one that is free first",
    () =>
      Effect.gen(function* () {
        for (const [one, other, served, times] of [
          [1, 60, "a", [0, 1_000]],
          [60, 1, "b", [0, 1_000]]
        ] as const) {
          const [first, second] = [Run.recovering("a", [asks(one)]), Run.recovering("b", [asks(other)])]
          const route = a.pipe(Route.orElse(b), Route.retry(patient))
          const outcome = yield* Run.ask(route).pipe(Effect.provide(Run.world([first, second])))
          const at = Run.times(served === "a" ? first : second)
          const waited = at.map((time) => Math.floor((time - at[0]!) / 1_000) * 1_000)
          assert.deepStrictEqual([outcome.text, outcome.attempts.length, waited], [served, 3, times])
        }
      })
  )

  it.effect("asks that one, though another comes first in the route and is free by the time of the last look", () =>
    Effect.gen(function* () {
      const usual = RetryPolicy.make(patient, { retryAfter: { ...patient.retryAfter, jitter: 1 } })
      for (let round = 0; round < 10; round++) {
        const providers = [Run.recovering("a", [asks(20.001)]), Run.recovering("b", [asks(20)])]
        const outcome = yield* Run.ask(a.pipe(Route.orElse(b), Route.retry(usual))).pipe(
          Effect.provide(Run.world(providers))
        )
        assert.deepStrictEqual(Run.who(outcome), ["a/m", "b/m", "b/m"])
      }
    })
  )

  it.effect("comes before giving up where one failed for good and another only cools down", () =>
    Effect.gen(function* () {
      const [first, second] = [Run.failing("a", Run.noKey), Run.recovering("b", [Run.limited])]
      yield* Effect.gen(function* () {
        yield* Run.start(b.pipe(Route.retry(policy)))
        const outcome = yield* Run.ask(a.pipe(Route.orElse(b)), { time: "1 second" })
        assert.deepStrictEqual([outcome.text, Run.who(outcome)], ["b", ["a/m", "b/m"]])
      }).pipe(Effect.provide(Run.world([first, second])))
    })
  )

  it.effect("comes once, and never where the request itself is at fault", () =>
    Effect.gen(function* () {
      const never = [Run.failing("a", asks(1)), Run.failing("b", asks(2))]
      const route = a.pipe(Route.orElse(b), Route.retry(patient))
      const outcome = yield* Run.ask(route).pipe(Effect.provide(Run.world(never)))
      assert.isAtMost(outcome.attempts.length, patient.attempts)
      assert.strictEqual(Run.errorOf(outcome).reason._tag, "AttemptsExhausted")
      const [wrong, parked] = [Run.failing("a", Run.badRequest), Run.recovering("b", [Run.limited])]
      yield* Effect.gen(function* () {
        yield* Run.start(b.pipe(Route.retry(policy)))
        yield* Run.ask(a.pipe(Route.orElse(b)), { time: "1 minute" })
        assert.strictEqual(parked.seen.length, 1)
      }).pipe(Effect.provide(Run.world([wrong, parked])))
    })
  )

  it.effect("waits as long as a provider asks for in every call, where the policy waits all the same", () => {
    const waiting = { ...policy, retryAfter: { ...policy.retryAfter, onExceed: "wait" as const } }
    const provider = Run.recovering("a", [asks(40)])
    return Effect.gen(function* () {
      const outcome = yield* twice(a.pipe(Route.retry(waiting)), 40)
      assert.deepStrictEqual([outcome.text, Run.times(provider)], ["a", [0, 40_000]])
    }).pipe(Effect.provide(Run.world(provider)))
  })

  describe("in a part of a route with bounds of its own", () => {
    const once = (fields: Partial<RetryPolicy.RetryPolicy>) =>
      Route.retry(RetryPolicy.make(exact, { name: "once", ...fields }))

    it.effect("asks nothing below attempts, a deadline or retries that are used up", () =>
      Effect.gen(function* () {
        for (const around of [
          Route.budget({ attempts: 1 }),
          once({ attempts: 1 }),
          once({ retry: { last: 0, others: 0 } }),
          once({ allCooling: "fail" }),
          once({ retryAfter: { ...patient.retryAfter, cap: Duration.millis(1_999) } }),
          Route.deadline("2 seconds")
        ]) {
          const [first, second] = [Run.failing("a", asks(2)), Run.failing("b", asks(60))]
          const route = a.pipe(around, Route.orElse(b))
          const outcome = yield* Run.ask(route).pipe(Effect.provide(Run.world([first, second])))
          assert.deepStrictEqual([first.seen.length, second.seen.length], [1, 1])
          assert.strictEqual(Run.errorOf(outcome).reason._tag, "AttemptsExhausted")
        }
      })
    )

    it.effect("makes no more attempts than are left of its budget, however often the call comes to it", () =>
      Effect.gen(function* () {
        for (const around of [Route.budget({ attempts: 2 }), once({ attempts: 2 })]) {
          const [first, second] = [Run.failing("a", asks(2)), Run.failing("b", asks(60))]
          const route = a.pipe(around, Route.orElse(b))
          yield* Run.ask(route).pipe(Effect.provide(Run.world([first, second])))
          assert.deepStrictEqual([first.seen.length, second.seen.length], [2, 1])
        }
      })
    )

    it.effect("asks within what is left of its deadline, and no longer", () =>
      Effect.gen(function* () {
        const first = ScriptedProvider.make("a", [{ fail: asks(2) }, { hang: true }])
        const second = Run.failing("b", asks(60))
        const route = a.pipe(Route.deadline("5 seconds"), Route.orElse(b), Route.retry(exact))
        const outcome = yield* Run.ask(route).pipe(Effect.provide(Run.world([first, second])))
        assert.deepStrictEqual(Run.times(first), [0, 2_000])
        assert.deepStrictEqual([outcome.attempts[2]?.reason, outcome.attempts[2]?.durationMs], ["TimedOut", 3_000])
      })
    )

    it.effect("begins its deadline after the wait, where the call comes to it for the first time", () =>
      Effect.gen(function* () {
        const within = a.pipe(Route.deadline("5 seconds"))
        for (const route of [within.pipe(Route.orElse(Route.target("off/m"))), b.pipe(Route.orElse(within))]) {
          const first = ScriptedProvider.make("a", [{ fail: asks(20) }, { answer: "a", after: "4 seconds" }])
          const second = Run.failing("b", Run.noKey)
          yield* Effect.gen(function* () {
            yield* Run.start(a.pipe(Route.retry(policy)))
            const outcome = yield* Run.ask(route.pipe(Route.retry(exact)))
            assert.deepStrictEqual([outcome.text, outcome.attempts.at(-1)?.waitedBeforeMs], ["a", 20_000])
          }).pipe(Effect.provide(Run.world([first, second])))
        }
      })
    )
  })
})

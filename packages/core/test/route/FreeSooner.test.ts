import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Reason from "../../src/domain/Reason.ts"
import * as Disposition from "../../src/policy/Disposition.ts"
import * as RetryPolicy from "../../src/policy/RetryPolicy.ts"
import * as Supposed from "../../src/route/explain/Supposed.ts"
import * as Route from "../../src/route/Route.ts"
import * as ScriptedProvider from "../../src/testing/ScriptedProvider.ts"
import * as Run from "./presets/run.ts"

const [a, b] = [Route.target("a/m"), Route.target("b/m")]
const asks = (seconds: number) =>
  new Reason.RateLimited({ message: "slow down", retryAfter: Duration.seconds(seconds) })
const exact = RetryPolicy.make(RetryPolicy.recommended, {
  retryAfter: { ...RetryPolicy.recommended.retryAfter, jitter: 0 }
})
const both = a.pipe(Route.orElse(b), Route.retry(exact))

/** One call on two providers that fail so and then answer; who was asked when. */
const play = (
  route: Route.Route,
  ofA: ReadonlyArray<Reason.Reason>,
  ofB: ReadonlyArray<Reason.Reason>,
  before?: Route.Route
) =>
  Effect.gen(function* () {
    const providers = [Run.recovering("a", ofA), Run.recovering("b", ofB)] as const
    const outcome = yield* Effect.gen(function* () {
      if (before !== undefined) yield* Run.start(before)
      return yield* Run.ask(route)
    }).pipe(Effect.provide(Run.world(providers)))
    const from = Math.min(...providers.flatMap(Run.times))
    const [first, second] = providers.map((provider) => Run.times(provider).map((at) => at - from))
    return { outcome, a: first, b: second }
  })

describe("the last candidate, which wants the call to come later", () => {
  it.effect("gives way to another one that is free sooner", () =>
    Effect.gen(function* () {
      const { outcome, ...asked } = yield* play(both, [asks(2)], [asks(25)])
      assert.deepStrictEqual([outcome.text, asked], ["a", { a: [0, 2000], b: [0] }])
      assert.deepStrictEqual(
        outcome.attempts.map(({ action, waitedBeforeMs }) => [action, waitedBeforeMs]),
        [
          ["nextTarget", 0],
          ["nextTarget", 0],
          [undefined, 2000]
        ]
      )
    })
  )

  it.effect("is waited for in place where it is the one that is free first, or as soon as the other", () =>
    Effect.gen(function* () {
      for (const [one, other] of [
        [25, 2],
        [9, 9]
      ] as const) {
        const { outcome, ...asked } = yield* play(both, [asks(one)], [asks(other)])
        assert.deepStrictEqual([outcome.text, asked], ["b", { a: [0], b: [0, other * 1000] }])
      }
    })
  )

  it.effect("is asked again when its own time comes first, however often that turns", () =>
    Effect.gen(function* () {
      const { outcome, ...asked } = yield* play(both, [asks(20), asks(20)], [asks(25), asks(25)])
      assert.deepStrictEqual([outcome.text, asked], ["a", { a: [0, 20_000, 40_000], b: [0, 25_000] }])
    })
  )

  it.effect("gives way where its own wait does not fit into the call, and the other's does", () =>
    Effect.gen(function* () {
      const { outcome, ...asked } = yield* play(both.pipe(Route.deadline("10 seconds")), [asks(2)], [asks(25)])
      assert.deepStrictEqual([outcome.text, asked], ["a", { a: [0, 2000], b: [0] }])
      const late = yield* play(both.pipe(Route.deadline("2 seconds")), [asks(2)], [asks(25)])
      assert.deepStrictEqual([late.outcome.text, late.a, late.b], [undefined, [0], [0]])
      assert.strictEqual(Run.waitOf(late.outcome), 2000)
    })
  )

  it.effect("gives way to one that only we parked when its cooldown is over, and not before", () =>
    Effect.gen(function* () {
      const { outcome, ...asked } = yield* play(both, [Run.limited], [asks(25)], a.pipe(Route.budget({ attempts: 1 })))
      assert.deepStrictEqual([outcome.text, asked], ["a", { a: [0, 5000], b: [0] }])
    })
  )

  it.effect("gives way to one that did not say when, once its cooldown is over", () =>
    Effect.gen(function* () {
      const { outcome, ...asked } = yield* play(both, [Run.limited], [asks(25)])
      assert.deepStrictEqual([outcome.text, asked], ["a", { a: [0, 5000], b: [0] }])
      const soon = yield* play(both, [Run.limited], [asks(4)])
      assert.deepStrictEqual([soon.outcome.text, soon.a, soon.b], ["b", [0], [0, 4000]])
      const gone = yield* play(both, [Run.limited], [asks(40)])
      assert.deepStrictEqual([gone.outcome.text, gone.a, gone.b], [undefined, [0], [0]])
    })
  )

  it.effect("gives way to nothing that is free too late for its own part of the route", () =>
    Effect.gen(function* () {
      const parks = a.pipe(Route.budget({ attempts: 1 }))
      const within = (deadline: "5 seconds" | "5001 millis") =>
        play(
          a.pipe(Route.deadline(deadline), Route.orElse(b), Route.retry(exact)),
          [asks(1), asks(5)],
          [asks(25)],
          parks
        )
      const late = yield* within("5 seconds")
      assert.deepStrictEqual([late.outcome.text, late.a, late.b], ["b", [0], [0, 25_000]])
      const fits = yield* within("5001 millis")
      assert.deepStrictEqual([fits.outcome.text, fits.a, fits.b], ["b", [0, 5000], [0, 25_000]])
    })
  )

  it.effect(
    "gives way to one that has the time of its own part of the route, and is asked itself when that is over",
    () =>
      Effect.gen(function* () {
        const first = Run.recovering("a", [asks(25)])
        const second = ScriptedProvider.make("b", [{ fail: Run.limited }, { hang: true }])
        const outcome = yield* Effect.gen(function* () {
          yield* Run.start(b.pipe(Route.budget({ attempts: 1 })))
          return yield* Run.ask(a.pipe(Route.orElse(b.pipe(Route.deadline("7 seconds"))), Route.retry(exact)))
        }).pipe(Effect.provide(Run.world([first, second])))
        assert.deepStrictEqual([outcome.attempts[1]?.reason, outcome.attempts[1]?.durationMs], ["TimedOut", 7000])
        assert.deepStrictEqual([outcome.text, Run.times(first)], ["a", [0, 25_000]])
      })
  )

  it.effect("gives way to one whose own wait is over by then, at once", () =>
    Effect.gen(function* () {
      const { outcome, ...asked } = yield* play(both, [asks(2)], [asks(2), asks(20)])
      assert.deepStrictEqual([outcome.text, asked], ["a", { a: [0, 2000], b: [0, 2000] }])
    })
  )

  it.effect("gives way to another credential of the same target as well", () =>
    Effect.gen(function* () {
      const keys = (one: number, two: number) =>
        Run.recovering("a", [asks(one), asks(two)], { credentials: ["one", "two"] })
      for (const [one, two, credential, at] of [
        [2, 25, "one", 2000],
        [25, 2, "two", 2000],
        [2, 40, "one", 2000]
      ] as const) {
        const provider = keys(one, two)
        const outcome = yield* Run.ask(a.pipe(Route.retry(exact))).pipe(Effect.provide(Run.world(provider)))
        const [from] = Run.times(provider)
        assert.deepStrictEqual(
          [outcome.served?.credential, Run.times(provider).map((time) => time - from!)],
          [credential, [0, 0, at]]
        )
      }
    })
  )

  it.effect("stays where the policy does not move on for this reason, or keeps no health", () =>
    Effect.gen(function* () {
      const stays = RetryPolicy.make(exact, { on: Disposition.override(exact.on, { RateLimited: ["retry"] }) })
      const parks = a.pipe(Route.budget({ attempts: 1 }))
      for (const policy of [stays, RetryPolicy.make(exact, { health: false })]) {
        const route = a.pipe(Route.orElse(b.pipe(Route.retry(policy))), Route.retry(exact))
        const { outcome, ...asked } = yield* play(route, [asks(2)], [asks(25)], parks)
        assert.deepStrictEqual([outcome.text, asked], ["b", { a: [0], b: [0, 25_000] }])
      }
    })
  )

  it.effect("spends no more attempts than the call has", () =>
    Effect.gen(function* () {
      const { outcome, ...asked } = yield* play(
        both.pipe(Route.budget({ attempts: 3 })),
        [asks(2), asks(2)],
        [asks(25)]
      )
      assert.deepStrictEqual([outcome.text, asked], [undefined, { a: [0, 2000], b: [0] }])
    })
  )

  it.effect("spends an attempt each time it gives way, also where nothing was sent", () =>
    Effect.gen(function* () {
      const ours = new Reason.LimitReached({ message: "our own limit", retryAfter: Duration.seconds(25) })
      const waits = RetryPolicy.make(exact, {
        on: Disposition.override(exact.on, { LimitReached: ["nextTarget", "retry"] })
      })
      const route = a.pipe(Route.orElse(b), Route.retry(waits), Route.budget({ attempts: 3 }))
      const { outcome, ...asked } = yield* play(route, [asks(2), asks(2)], [ours])
      assert.deepStrictEqual([outcome.text, asked], [undefined, { a: [0, 2000], b: [0] }])
    })
  )
})

describe("a call that comes back to a target", () => {
  const once = RetryPolicy.make(exact, { retry: { last: 1, others: 0 } })

  it.effect("counts what it spent there when it came back before, also where it had not been until then", () =>
    Effect.gen(function* () {
      const twoTimes = b.pipe(Route.budget({ attempts: 2 }))
      const route = a.pipe(Route.orElse(twoTimes), Route.retry(exact))
      const parks = b.pipe(Route.budget({ attempts: 1 }))
      const { outcome, ...asked } = yield* play(route, [asks(8), asks(20)], [Run.limited, asks(10), asks(3)], parks)
      assert.deepStrictEqual([outcome.text, asked], ["a", { a: [0, 8000, 28_000], b: [0, 5000, 15_000] }])
    })
  )

  it.effect("comes to nothing that is not there for its failure", () =>
    Effect.gen(function* () {
      const parks = b.pipe(Route.budget({ attempts: 1 }))
      const on = (reason: Reason.Tag) =>
        play(a.pipe(Route.orElse(b, { on: [reason] }), Route.retry(once)), [Run.noKey], [Run.limited], parks)
      assert.deepStrictEqual((yield* on("RateLimited")).b, [0])
      assert.deepStrictEqual((yield* on("Unauthenticated")).b, [0, 0])
    })
  )

  it.effect("does not ask again what its policy would not try again", () =>
    Effect.gen(function* () {
      for (const tag of ["QuotaExhausted", "Unauthenticated", "PermissionDenied", "ModelNotFound"] as const) {
        const { outcome, ...asked } = yield* play(a.pipe(Route.retry(exact)), [Supposed.make(tag, "later", 2000)], [])
        assert.deepStrictEqual([outcome.text, asked.a], [undefined, [0]], tag)
      }
    })
  )
})

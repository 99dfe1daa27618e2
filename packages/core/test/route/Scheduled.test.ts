import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import * as TestClock from "effect/testing/TestClock"
import * as Reason from "../../src/domain/Reason.ts"
import * as Disposition from "../../src/policy/Disposition.ts"
import * as RetryPolicy from "../../src/policy/RetryPolicy.ts"
import * as Route from "../../src/route/Route.ts"
import * as Run from "./presets/run.ts"

const [a, b] = [Route.target("a/m"), Route.target("b/m")]
const spaced = Route.retry(Schedule.spaced("1 second").pipe(Schedule.upTo({ times: 2 })))

/** Tried again in place whatever else is there; with `health: false` nothing of what other calls were told is known. */
const under = (retryAfter: Partial<RetryPolicy.RetryPolicy["retryAfter"]>, health = false) =>
  Route.retry(
    RetryPolicy.make(RetryPolicy.recommended, {
      on: Disposition.override(Disposition.recommended, { Overloaded: ["retry", "nextTarget"] }),
      retryAfter: { ...RetryPolicy.recommended.retryAfter, jitter: 0, ...retryAfter },
      health
    })
  )

/** Of a call whose target `a` asks for this wait: who was asked and when, what came of it, and when. */
const asked = (route: Route.Route, seconds: number) =>
  Effect.gen(function* () {
    const began = yield* Clock.currentTimeMillis
    const ended = Effect.flatMap(Run.start(route), (outcome) =>
      Effect.map(Clock.currentTimeMillis, (at) => [
        outcome.attempts.map(({ provider, startedAt }) => `${provider}@${startedAt - began}`),
        outcome.text ?? Run.errorOf(outcome).reason._tag,
        at - began
      ])
    )
    const fiber = yield* Effect.forkChild(ended)
    yield* TestClock.adjust("1 day")
    return yield* Fiber.join(fiber)
  }).pipe(
    Effect.provide(
      Run.world([
        Run.failing("a", new Reason.Overloaded({ message: "busy", retryAfter: Duration.seconds(seconds) })),
        Run.answering("b")
      ])
    )
  )

describe("a Schedule beside a wait that the provider asks for", () => {
  it.effect("waits the longer of both", () =>
    Effect.gen(function* () {
      const route = a.pipe(spaced, under({}))
      assert.deepStrictEqual(yield* asked(route, 5), [["a@0", "a@5000", "a@10000"], "AttemptsExhausted", 10_000])
      assert.deepStrictEqual(yield* asked(route, 0.5), [["a@0", "a@1000", "a@2000"], "AttemptsExhausted", 2000])
    })
  )

  it.effect("keeps to the policy's rule: it instead, it ignored, it clamped", () =>
    Effect.gen(function* () {
      const times = (rule: Partial<RetryPolicy.RetryPolicy["retryAfter"]>, seconds: number) =>
        Effect.map(asked(a.pipe(spaced, under(rule)), seconds), ([attempts]) => attempts)
      assert.deepStrictEqual(yield* times({ rule: "instead" }, 0.5), ["a@0", "a@500", "a@1000"])
      assert.deepStrictEqual(yield* times({ rule: "ignored" }, 5), ["a@0", "a@1000", "a@2000"])
      const clamped = yield* times({ onExceed: "clamp", cap: Duration.seconds(3) }, 5)
      assert.deepStrictEqual(clamped, ["a@0", "a@3000", "a@6000"])
    })
  )

  it.effect("waits in vain neither where it is longer than is kept, nor than is left", () =>
    Effect.gen(function* () {
      for (const health of [true, false]) {
        const alone = a.pipe(spaced, under({}, health))
        assert.deepStrictEqual(yield* asked(alone.pipe(Route.orElse(b)), 31), [["a@0", "b@0"], "b", 0])
        const short = alone.pipe(Route.deadline("4 seconds"))
        assert.deepStrictEqual(yield* asked(short, 5), [["a@0"], "AttemptsExhausted", 0])
        assert.deepStrictEqual(yield* asked(short.pipe(Route.orElse(b)), 5), [["a@0", "b@0"], "b", 0])
      }
      assert.deepStrictEqual(yield* asked(a.pipe(spaced, under({})), 31), [["a@0"], "AttemptsExhausted", 0])
    })
  )
})

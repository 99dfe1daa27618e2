import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import * as Orelse from "../../src/layer/Orelse.ts"
import * as Route from "../../src/route/Route.ts"
import * as ScriptedProvider from "../../src/testing/ScriptedProvider.ts"
import * as SteppedClock from "../steppedClock.ts"

const ab = Route.target("a/m").pipe(Route.orElse(Route.target("b/m")))
const text = (text: string) => ({ type: "text", index: 0, text }) as const
const finish = { type: "finish", reason: "stop" } as const
const hour = 3_600_000

/** With providers whose clocks are short, on a clock that can be set. */
const playing = <A, E>(
  providers: Readonly<Record<string, ReturnType<typeof ScriptedProvider.make>>>,
  play: (clock: SteppedClock.SteppedClock) => Effect.Effect<A, E, Effect.Services<ReturnType<typeof Orelse.run>>>
) =>
  Effect.flatMap(SteppedClock.make, (clock) =>
    play(clock).pipe(Effect.provide(Orelse.layer({ providers })), Effect.provideService(Clock.Clock, clock))
  )

const timeouts = { firstContent: Duration.seconds(5), idle: Duration.seconds(5), total: Duration.minutes(1) }

describe("when the system's clock is set", () => {
  for (const [title, step] of [
    ["back", -hour],
    ["forward", hour]
  ] as const) {
    it.effect(`${title}, a provider that says nothing is left after its own time, by calls of before and after`, () => {
      const a = ScriptedProvider.make("a", [{ hang: true }], { timeouts })
      const b = ScriptedProvider.make("b", [{ answer: "b" }])
      return playing({ a, b }, (clock) =>
        Effect.gen(function* () {
          const before = yield* Effect.forkChild(Orelse.run(ab, "hi"))
          yield* TestClock.adjust("1 second")
          clock.step(step)
          const after = yield* Effect.forkChild(Orelse.run(ab, "hi"))
          yield* TestClock.adjust("3999 millis")
          assert.isUndefined(before.pollUnsafe())
          yield* TestClock.adjust("1 second")
          assert.strictEqual((yield* Fiber.join(before)).text, "b")
          assert.isUndefined(after.pollUnsafe())
          yield* TestClock.adjust("1 second")
          assert.strictEqual((yield* Fiber.join(after)).text, "b")
        })
      )
    })

    it.effect(`${title}, a stream that flows is not cut, and one that is silent is`, () => {
      const parts = Array.from({ length: 10 }, (_, index) => text(`${index} `))
      const a = ScriptedProvider.make("a", [{ stream: [...parts, finish], every: "4 seconds" }], { timeouts })
      const b = ScriptedProvider.make("b", [{ stream: [text("one")], thenHang: true }], { timeouts })
      return playing({ a, b }, (clock) =>
        Effect.gen(function* () {
          const read = (target: `${string}/${string}`) =>
            Effect.forkChild(Stream.runCount(Orelse.stream(Route.target(target), "hi")))
          const flowing = yield* read("a/m")
          const silent = yield* read("b/m")
          yield* TestClock.adjust("4500 millis")
          clock.step(step)
          yield* TestClock.adjust("10 seconds")
          assert.include((yield* Effect.flip(Fiber.join(silent))).message, "no further content within 5000 ms")
          yield* TestClock.adjust("40 seconds")
          assert.strictEqual(yield* Fiber.join(flowing), 11)
        })
      )
    })
  }

  it.effect("back, an attempt that was under way took no negative time", () => {
    const a = ScriptedProvider.make("a", [{ hang: true }], { timeouts })
    return playing({ a }, (clock) =>
      Effect.gen(function* () {
        const fiber = yield* Effect.forkChild(Effect.flip(Orelse.run(Route.target("a/m"), "hi", { attempts: 1 })))
        yield* TestClock.adjust("1 second")
        clock.step(-hour)
        yield* TestClock.adjust("4 seconds")
        assert.deepStrictEqual(
          (yield* Fiber.join(fiber)).attempts.map(({ durationMs }) => durationMs),
          [0]
        )
      })
    )
  })
})

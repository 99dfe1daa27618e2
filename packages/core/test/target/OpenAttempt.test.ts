import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import type { Answer } from "../../src/domain/Answer.ts"
import type { AttemptError } from "../../src/domain/AttemptError.ts"
import type { Entry } from "../../src/domain/Entry.ts"
import * as Orelse from "../../src/layer/Orelse.ts"
import type { Provider } from "../../src/provider/Provider.ts"
import * as Route from "../../src/route/Route.ts"
import type { Router } from "../../src/route/Router.ts"
import { Recorder } from "../../src/target/Recorder.ts"
import * as ScriptedProvider from "../../src/testing/ScriptedProvider.ts"
import * as Run from "../route/presets/run.ts"

const alone = Route.target("a/m").pipe(Route.budget({ attempts: 1 }))

const boom = new Error("boom with very-own-key-of-a")

/** What a provider leaves to its scope, and which breaks there. */
const cleanups: ReadonlyArray<readonly [string, Effect.Effect<void, never, Scope.Scope>]> = [
  ["dies", Effect.addFinalizer(() => Effect.die(boom))],
  [
    "throws",
    Effect.addFinalizer(() => {
      throw boom
    })
  ],
  ["dies later", Effect.addFinalizer(() => Effect.delay(Effect.die(boom), "1 second"))],
  ["is interrupted", Effect.addFinalizer(() => Effect.interrupt)]
]

/** `a` does this after it has left that to its scope, one at a time; `b` answers. How all ends is on record, and in the log. */
const world = (cleanup: Effect.Effect<void, never, Scope.Scope>, a: ScriptedProvider.Step) => {
  const ends: Array<unknown> = []
  const log: Array<string> = []
  const append = (entry: Entry) =>
    Effect.sync(() => {
      if (entry._tag === "AttemptEnd") ends.push([entry.attempt.provider, entry.attempt.outcome, entry.attempt.reason])
      if (entry._tag === "CallEnd") ends.push(entry.outcome)
    })
  const scripted = ScriptedProvider.make("a", [a], { limits: { concurrency: 1 } })
  const attempt: Provider["attempt"] = (input): Effect.Effect<Answer, AttemptError, Scope.Scope> =>
    Effect.andThen(cleanup, scripted.attempt(input))
  const credentials = [{ name: "default", secret: Redacted.make("very-own-key-of-a") }]
  const layer = Layer.merge(
    Orelse.layer({ providers: { a: { ...scripted, credentials, attempt }, b: Run.answering("b") } }),
    Logger.layer([Logger.make(({ message }) => void log.push([message].flat().join("\n")))])
  )
  const run = <A, E>(call: Effect.Effect<A, E, Router>) =>
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(call)
      yield* TestClock.adjust("1 minute")
      return yield* Fiber.join(fiber)
    }).pipe(Effect.provide(layer), Effect.provideService(Recorder, { ...Recorder.none, append }))
  return { ends, log, run }
}

/** A line for each attempt of `a`, which shows no secret. */
const told = (log: ReadonlyArray<string>, lines: number) => {
  assert.strictEqual(log.length, lines)
  for (const line of log) {
    assert.match(
      line,
      /^The program of provider a failed as it cleaned up in call [\w-]+: (Error: boom|it was interrupt)/
    )
    assert.notInclude(line, "very-own-key")
  }
}

describe("what a provider leaves to its scope, and which breaks there", () => {
  for (const [how, cleanup] of cleanups) {
    it.effect(`takes no answer away where it ${how}: it is told in the log, and the place is given back`, () => {
      const { ends, log, run } = world(cleanup, { answer: "a" })
      return Effect.gen(function* () {
        const twice = Effect.forEach([1, 2], () => Orelse.run(alone, "hi"))
        assert.deepStrictEqual(
          (yield* run(twice)).map(({ text }) => text),
          ["a", "a"]
        )
        assert.deepStrictEqual(ends, [
          ["a", "answered", undefined],
          "answered",
          ["a", "answered", undefined],
          "answered"
        ])
        told(log, 2)
      })
    })

    it.effect(`takes nothing from a stream that was read to its end where it ${how}`, () => {
      const parts = [{ type: "text", index: 0, text: "a" } as const]
      const { ends, log, run } = world(cleanup, { stream: parts })
      return Effect.gen(function* () {
        assert.deepStrictEqual(yield* run(Stream.runCollect(Orelse.stream(alone, "hi"))), parts)
        assert.deepStrictEqual(ends, [["a", "answered", undefined], "answered"])
        told(log, 1)
      })
    })

    it.effect(`is no failure of the call where it ${how} after its attempt has failed: the next one answers`, () => {
      const { ends, log, run } = world(cleanup, { fail: Run.busy })
      return Effect.gen(function* () {
        const route = Route.target("a/m").pipe(Route.orElse(Route.target("b/m")))
        assert.strictEqual((yield* run(Orelse.run(route, "hi"))).text, "b")
        assert.deepStrictEqual(ends, [["a", "failed", "Overloaded"], ["b", "answered", undefined], "answered"])
        told(log, 1)
      })
    })
  }
})

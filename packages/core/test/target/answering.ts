/** A provider in process that gives one answer, and another that gives what is asked for. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import type { Answer, Streaming, Whole } from "../../src/domain/Answer.ts"
import type { Entry } from "../../src/domain/Entry.ts"
import * as Orelse from "../../src/layer/Orelse.ts"
import * as Demo from "../../src/provider/Demo.ts"
import * as Route from "../../src/route/Route.ts"
import { Recorder } from "../../src/target/Recorder.ts"
import * as ScriptedProvider from "../../src/testing/ScriptedProvider.ts"

export const route = Route.target("a/m").pipe(Route.orElse(Route.target("b/m")))

export const streaming: Streaming = {
  _tag: "Streaming",
  protocol: "library",
  run: () => Effect.void,
  isTerminated: () => true,
  lastContentAt: () => 0
}

export const usage = { inputTokens: 3, outputTokens: 5 }

export const whole: Whole = {
  _tag: "Whole",
  protocol: "library",
  usage,
  finishReason: "stop",
  response: () => ({ content: [{ type: "text", text: "a" }], finishReason: "stop" })
}

/** `a` gives this, `b` what is asked for; and how the attempts end on record. */
export const world = (answer: Answer) => {
  const ends: Array<unknown> = []
  /** What came first in each attempt of `a` came after so many milliseconds. */
  const firstContent: Array<number | undefined> = []
  const append = (entry: Entry) =>
    Effect.sync(() => {
      if (entry._tag !== "AttemptEnd") return
      const { firstContentMs, message, outcome, provider, reason, usage } = entry.attempt
      if (provider === "a") firstContent.push(firstContentMs)
      ends.push(outcome === "failed" ? [provider, reason, message, usage] : [provider, outcome])
    })
  const b = ScriptedProvider.make("b", ({ input }) =>
    input.call.operation === "embeddings" ? { vectors: [[1, 2]] } : { answer: "b" }
  )
  const providers = { a: { ...Demo.make("a"), attempt: () => Effect.succeed(answer) }, b }
  const layer = Orelse.layer({ providers })
  const run = <A, E>(call: Effect.Effect<A, E, Effect.Services<ReturnType<typeof Orelse.run>>>) =>
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(call)
      yield* TestClock.adjust("1 minute")
      return yield* Fiber.join(fiber)
    }).pipe(Effect.provide(layer), Effect.provideService(Recorder, { ...Recorder.none, append }))
  return { ends, firstContent, run }
}

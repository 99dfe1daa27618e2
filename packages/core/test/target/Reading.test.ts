import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import type { Answer, Whole } from "../../src/domain/Answer.ts"
import type { Entry } from "../../src/domain/Entry.ts"
import * as Orelse from "../../src/layer/Orelse.ts"
import * as Demo from "../../src/provider/Demo.ts"
import * as Route from "../../src/route/Route.ts"
import { Recorder } from "../../src/target/Recorder.ts"
import * as ScriptedProvider from "../../src/testing/ScriptedProvider.ts"

const route = Route.target("a/m").pipe(Route.orElse(Route.target("b/m")))

const streaming: Answer = {
  _tag: "Streaming",
  protocol: "library",
  run: () => Effect.void,
  isTerminated: () => true,
  lastContentAt: () => 0
}

const usage = { inputTokens: 3, outputTokens: 5 }

const whole: Whole = {
  _tag: "Whole",
  protocol: "library",
  usage,
  finishReason: "stop",
  response: () => ({ content: [{ type: "text", text: "a" }], finishReason: "stop" })
}

/** `a` gives this, `b` what is asked for; and how the attempts end on record. */
const world = (answer: Answer) => {
  const ends: Array<unknown> = []
  const append = (entry: Entry) =>
    Effect.sync(() => {
      if (entry._tag !== "AttemptEnd") return
      const { message, outcome, provider, reason, usage } = entry.attempt
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
  return { ends, run }
}

const failedTwice = (message: string, used?: typeof usage) => [
  ["a", "MalformedResponse", message, used],
  ["a", "MalformedResponse", message, used],
  ["b", "answered"]
]

describe("an answer that is none to its call", () => {
  it.effect("is a failure of its target where a stream comes for a whole answer: the next one answers", () => {
    const { ends, run } = world(streaming)
    return Effect.gen(function* () {
      assert.strictEqual((yield* run(Orelse.run(route, "hi"))).text, "b")
      assert.deepStrictEqual(ends, failedTwice("it answered with a stream that was not asked for"))
    })
  })

  it.effect("is a failure of its target where words come for vectors, and what it used is on record", () => {
    const { ends, run } = world(whole)
    return Effect.gen(function* () {
      assert.deepStrictEqual((yield* run(Orelse.embed(route, "hi"))).embeddings, [[1, 2]])
      assert.deepStrictEqual(ends, failedTwice("it answered without vectors", usage))
    })
  })

  it.effect("is a failure of its target where vectors are missing or too many, and what it used is on record", () => {
    const given = (embeddings: ReadonlyArray<ReadonlyArray<number>>) => ({
      ...whole,
      response: () => ({ content: [] }),
      embeddings: () => ({ embeddings })
    })
    const none = world(given([]))
    const two = world(given([[1], [2]]))
    return Effect.gen(function* () {
      assert.deepStrictEqual((yield* none.run(Orelse.embed(route, "hi"))).embeddings, [[1, 2]])
      assert.deepStrictEqual(none.ends, failedTwice("0 vectors came for 1 text", usage))
      assert.deepStrictEqual((yield* two.run(Orelse.embed(route, "hi"))).embeddings, [[1, 2]])
      assert.deepStrictEqual(two.ends, failedTwice("2 vectors came for 1 text", usage))
    })
  })

  it.effect("is a failure of its target where a stream comes for vectors", () => {
    const { ends, run } = world(streaming)
    return Effect.gen(function* () {
      assert.deepStrictEqual((yield* run(Orelse.embed(route, "hi"))).embeddings, [[1, 2]])
      assert.deepStrictEqual(ends, failedTwice("it answered with a stream that was not asked for"))
    })
  })
})

describe("an answer that comes whole", () => {
  it.effect("is one to a call for a stream, and is read once by whoever reads it", () => {
    let times = 0
    const response = () => {
      times += 1
      return whole.response()
    }
    const { ends, run } = world({ ...whole, response })
    return Effect.gen(function* () {
      const parts = yield* run(Stream.runCollect(Orelse.stream(route, "hi")))
      assert.deepInclude(parts, { type: "text", index: 0, text: "a" })
      assert.strictEqual(times, 1)
      assert.deepStrictEqual(ends, [["a", "answered"]])
    })
  })

  it.effect("fails its target where its vectors cannot be read", () => {
    const embeddings = () => {
      throw new Error("boom")
    }
    const { ends, run } = world({ ...whole, embeddings })
    return Effect.gen(function* () {
      assert.deepStrictEqual((yield* run(Orelse.embed(route, "hi"))).embeddings, [[1, 2]])
      assert.strictEqual(ends.length, 3)
    })
  })
})

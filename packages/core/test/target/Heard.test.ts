import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Streaming } from "../../src/domain/Answer.ts"
import type { StreamPart } from "../../src/domain/Response.ts"
import * as Orelse from "../../src/layer/Orelse.ts"
import { route, streaming, world } from "./answering.ts"

describe("a stream of a provider in process", () => {
  /** Writes each list of parts, and then ends well. */
  const writing = (...lists: ReadonlyArray<ReadonlyArray<StreamPart>>): Streaming => ({
    ...streaming,
    run: (sink) =>
      Effect.sync(() => {
        if (sink.wants === "parts") for (const parts of lists) sink.write(parts)
      })
  })
  const text = { type: "text", index: 0, text: "a" } as const
  const finish = { type: "finish", reason: "stop" } as const
  const error = { type: "error", body: '{"error":{"type":"overloaded_error","message":"Overloaded"}}' } as const
  const read = Stream.runFold(
    Orelse.stream(route, "hi").pipe(
      Stream.map((part) => part.type),
      Stream.catchTag("AttemptError", ({ reason }) => Stream.succeed(reason._tag))
    ),
    (): ReadonlyArray<string> => [],
    (all, one) => [...all, one]
  )

  it.effect("ends in the error that stands in it, whatever its provider writes after it", () => {
    const { ends, run } = world(writing([text, error, finish], [text]))
    return Effect.gen(function* () {
      assert.deepStrictEqual(yield* run(read), ["text", "Overloaded"])
      assert.deepStrictEqual(ends, [["a", "Overloaded", "Overloaded", undefined]])
    })
  })

  it.effect("is given up at an error although its provider goes on", () => {
    const { ends, run } = world({
      ...streaming,
      run: (sink) => Effect.andThen(writing([text, error]).run(sink), Effect.never)
    })
    return Effect.gen(function* () {
      assert.deepStrictEqual(yield* run(read), ["text", "Overloaded"])
      assert.deepStrictEqual(ends, [["a", "Overloaded", "Overloaded", undefined]])
    })
  })

  it.effect("fails where it ends without content, and counts for nothing in how fast its provider is", () => {
    const { ends, firstContent, run } = world(writing([{ type: "start" }, { ...text, text: "" }]))
    return Effect.gen(function* () {
      assert.deepStrictEqual(yield* run(read), ["start", "text", "EmptyResponse"])
      assert.deepStrictEqual(ends, [["a", "EmptyResponse", "the stream held no content", undefined]])
      assert.deepStrictEqual(firstContent, [undefined])
    })
  })

  it.effect("ends well with its finish alone", () => {
    const { ends, run } = world(writing([finish]))
    return Effect.gen(function* () {
      assert.deepStrictEqual(yield* run(read), ["finish"])
      assert.deepStrictEqual(ends, [["a", "answered"]])
    })
  })
})

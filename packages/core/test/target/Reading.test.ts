import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Whole } from "../../src/domain/Answer.ts"
import type { Response } from "../../src/domain/Response.ts"
import * as Orelse from "../../src/layer/Orelse.ts"
import { route, streaming, usage, whole, world } from "./answering.ts"

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

describe("an answer without content", () => {
  const empty = (response: Response): Whole => ({ _tag: "Whole", protocol: "library", response: () => response })

  it.effect("is a failure of its target where it has no finish reason, or ends in an error", () => {
    const bare = world(empty({ content: [] }))
    const broken = world(empty({ content: [], finishReason: "error", rawFinishReason: "OTHER" }))
    const failed = (message: string) => [
      ["a", "EmptyResponse", message, undefined],
      ["a", "EmptyResponse", message, undefined],
      ["b", "answered"]
    ]
    return Effect.gen(function* () {
      assert.strictEqual((yield* bare.run(Orelse.run(route, "hi"))).text, "b")
      assert.deepStrictEqual(bare.ends, failed("the answer holds neither content nor a finish reason"))
      assert.strictEqual((yield* broken.run(Orelse.run(route, "hi"))).text, "b")
      assert.deepStrictEqual(broken.ends, failed("the answer holds nothing, and ends in OTHER"))
    })
  })

  it.effect("is an answer where its finish reason says so", () => {
    const { ends, run } = world(empty({ content: [], finishReason: "content_filter" }))
    return Effect.gen(function* () {
      assert.strictEqual((yield* run(Orelse.run(route, "hi"))).response.finishReason, "content_filter")
      assert.deepStrictEqual(ends, [["a", "answered"]])
    })
  })
})

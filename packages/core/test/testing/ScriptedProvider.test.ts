import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import type { Response } from "../../src/domain/Response.ts"
import * as Orelse from "../../src/layer/Orelse.ts"
import * as Route from "../../src/route/Route.ts"
import * as ScriptedProvider from "../../src/testing/ScriptedProvider.ts"

const route = Route.target("a/m")
const asked = { type: "toolCall", id: "call_1", name: "weather", arguments: '{"city":"Rome"}' } as const

describe("ScriptedProvider.make", () => {
  it("refuses a script without a step", () => {
    assert.throws(
      () => ScriptedProvider.make("a", []),
      /^ScriptedProvider\.make: script of "a" must have a step, got none$/
    )
    // A function's `length` says how many arguments it names.
    assert.doesNotThrow(() => ScriptedProvider.make("a", () => ({ answer: "x" })))
  })

  it.effect("answers with a whole response where a text does not say enough, also for a stream", () => {
    const response: Response = { content: [asked], finishReason: "tool_calls", usage: { outputTokens: 7 } }
    const a = ScriptedProvider.make("a", [{ answer: response }])
    return Effect.gen(function* () {
      const answered = yield* Orelse.run(route, "weather?")
      assert.deepStrictEqual(answered.response, response)
      assert.strictEqual(answered.text, "")
      const parts = yield* Stream.runCollect(Orelse.stream(route, "weather?"))
      assert.deepStrictEqual(
        parts.map(({ type }) => type),
        ["start", "toolCallStart", "toolCallDelta", "finish", "usage"]
      )
    }).pipe(Effect.provide(Orelse.layer({ providers: { a } })))
  })

  it.effect("answers with vectors", () => {
    const vectors = [
      [1, 0],
      [0, 1]
    ]
    const a = ScriptedProvider.make("a", [{ vectors, usage: { inputTokens: 2 } }])
    return Effect.gen(function* () {
      const { embeddings, usage } = yield* Orelse.embed(route, ["one", "two"])
      assert.deepStrictEqual([embeddings, usage], [vectors, { inputTokens: 2 }])
    }).pipe(Effect.provide(Orelse.layer({ providers: { a } })))
  })

  it.effect("fails where a stream ends without content, and waits only where it is to hang", () => {
    const stream = [{ type: "start" }, { type: "usage", usage: { inputTokens: 1 } }] as const
    const a = ScriptedProvider.make("a", [{ stream, every: "1 second" }])
    const b = ScriptedProvider.make("b", [{ stream, thenHang: true }])
    const last = (name: "a/m" | "b/m") =>
      Orelse.open(Route.target(name), "hi", { attempts: 1 }).pipe(
        Effect.flip,
        Effect.map(({ reason }) => (reason._tag === "AttemptsExhausted" ? reason.last._tag : reason._tag))
      )
    return Effect.gen(function* () {
      const fibers = yield* Effect.forEach([last("a/m"), last("b/m")], (one) => Effect.forkChild(one))
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual([a.open(), b.open()], [0, 1])
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(yield* Effect.forEach(fibers, Fiber.join), ["EmptyResponse", "TimedOut"])
    }).pipe(Effect.scoped, Effect.provide(Orelse.layer({ providers: { a, b } })))
  })
})

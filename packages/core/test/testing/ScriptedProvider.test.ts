import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
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
})

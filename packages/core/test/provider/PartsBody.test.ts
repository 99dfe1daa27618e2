import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { Sink } from "../../src/domain/Answer.ts"
import type { StreamPart } from "../../src/domain/Response.ts"
import { PartsBody } from "../../src/provider/PartsBody.ts"
import type { Trace } from "../../src/provider/Provider.ts"

const text = (text: string) => ({ type: "text", index: 0, text }) as const

/** A body at a time that the test says, and a sink that is full or not. */
const make = () => {
  const at = { now: 0 }
  const trace: Trace = {}
  const written: Array<StreamPart> = []
  const reader = { isSlow: false, ready: () => {} }
  const sink: Sink = {
    wants: "parts",
    write: (parts) => {
      written.push(...parts)
      return !reader.isSlow
    },
    onReady: (resume) => void (reader.ready = resume)
  }
  return { at, trace, written, reader, sink, body: new PartsBody(trace, () => at.now) }
}

describe("a body of parts", () => {
  it.effect("takes the time of its last content, and no other part's, for its own", () => {
    const { at, body, sink } = make()
    return Effect.gen(function* () {
      at.now = 5
      body.take([text("a")])
      yield* body.deliver(sink, [text("a")])
      at.now = 9
      body.take([{ type: "ping" }, { type: "usage", usage: {} }, text("")])
      assert.strictEqual(body.lastContentAt, 5)
    })
  })

  it.effect("is not silent while its reader is not ready, and counts its silence anew from there", () => {
    const { at, body, reader, sink, written } = make()
    return Effect.gen(function* () {
      reader.isSlow = true
      body.take([text("a")])
      const fiber = yield* Effect.forkChild(body.deliver(sink, [text("a")]), { startImmediately: true })
      assert.deepStrictEqual(written, [text("a")])
      at.now = 99
      assert.strictEqual(body.lastContentAt, 99)
      assert.isUndefined(fiber.pollUnsafe())
      reader.ready()
      yield* Fiber.join(fiber)
      at.now = 120
      assert.strictEqual(body.lastContentAt, 99)
    })
  })

  it.effect("waits for nobody where there is nothing to write", () => {
    const { body, reader, sink, written } = make()
    reader.isSlow = true
    return Effect.map(body.deliver(sink, []), () => assert.deepStrictEqual(written, []))
  })

  it("puts on record what came, as it comes", () => {
    const { body, trace } = make()
    body.take([{ type: "start" }, text("eight ch"), { type: "reasoning", index: 1, text: "four" }])
    assert.deepStrictEqual(trace, { deliveredTokens: 3 })
    body.take([{ type: "toolCallDelta", index: 2, arguments: "{}{}" }])
    body.take([{ type: "usage", usage: { inputTokens: 7 } }])
    body.take([
      { type: "finish", reason: "stop" },
      { type: "usage", usage: { outputTokens: 5 } }
    ])
    assert.deepStrictEqual(trace, {
      deliveredTokens: 4,
      finishReason: "stop",
      usage: { inputTokens: 7, outputTokens: 5 }
    })
  })
})

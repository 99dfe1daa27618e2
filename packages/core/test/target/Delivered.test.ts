import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as LibraryCall from "../../src/domain/LibraryCall.ts"
import * as Request from "../../src/domain/Request.ts"
import * as Delivered from "../../src/target/Delivered.ts"

/** Eleven tokens of text and four of the message's own. */
const call = LibraryCall.make(Request.text("a".repeat(44)))

describe("Delivered.usageOf, for a stream that did not come to its end", () => {
  it.effect("counts the request and what came where the provider reported nothing", () =>
    Effect.map(call, (call) =>
      assert.deepStrictEqual(Delivered.usageOf(call, { deliveredTokens: 12.25 }), { inputTokens: 15, outputTokens: 13 })
    )
  )

  it.effect("keeps the provider's count of the request, and no total of it, beside its own of what came", () =>
    Effect.map(call, (call) => {
      const usage = { inputTokens: 99, cachedTokens: 9, outputTokens: 1, totalTokens: 100 }
      assert.deepStrictEqual(Delivered.usageOf(call, { usage, deliveredTokens: 40 }), {
        inputTokens: 99,
        cachedTokens: 9,
        outputTokens: 40
      })
    })
  )

  it.effect("believes a provider that reports all so far with each event", () =>
    Effect.map(call, (call) => {
      const usage = { inputTokens: 9, outputTokens: 30, totalTokens: 39 }
      assert.strictEqual(Delivered.usageOf(call, { usage, deliveredTokens: 40 }), usage)
    })
  )

  it.effect("believes the count of an answer that had reached its finish reason", () =>
    Effect.map(call, (call) => {
      const usage = { inputTokens: 9, outputTokens: 3 }
      assert.strictEqual(Delivered.usageOf(call, { usage, deliveredTokens: 40, finishReason: "stop" }), usage)
    })
  )

  it.effect("makes nothing up where nothing came", () =>
    Effect.map(call, (call) => assert.isUndefined(Delivered.usageOf(call, {})))
  )
})

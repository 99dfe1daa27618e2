import { assert, describe, it } from "@effect/vitest"
import type { ProtocolId } from "../../src/domain/Dialect.ts"
import type * as Json from "../../src/domain/Json.ts"
import * as Usage from "../../src/domain/Usage.ts"
import { builtIn } from "../../src/provider/protocols/builtIn.ts"

describe("Usage.count", () => {
  it("takes whole numbers from 0 on, and makes a fraction the next of them", () => {
    assert.deepStrictEqual([0, 7, 12.0, 12.2].map(Usage.count), [0, 7, 12, 13])
  })

  it("is nothing for what is no count: a budget would be given back, or a ledger refuse its row", () => {
    for (const value of [-1, 1e12, Number.NaN, Number.POSITIVE_INFINITY, "7", null, undefined, {}])
      assert.isUndefined(Usage.count(value), JSON.stringify(value))
  })
})

describe("Usage.amount", () => {
  it("takes what is not below 0", () => {
    assert.deepStrictEqual([0, 0.25].map(Usage.amount), [0, 0.25])
    for (const value of [-0.01, Number.NaN, "0.25", undefined]) assert.isUndefined(Usage.amount(value))
  })
})

const read = (protocol: ProtocolId, body: Json.JsonObject) => builtIn[protocol]!.usage(body)

describe("the usage of an answer", () => {
  const odd: ReadonlyArray<readonly [ProtocolId, Json.JsonObject]> = [
    ["openai-chat", { usage: { prompt_tokens: 10, completion_tokens: -1, total_tokens: 9.5 } }],
    ["azure-openai", { usage: { prompt_tokens: 10, completion_tokens: -1, total_tokens: 9.5 } }],
    ["openai-responses", { usage: { input_tokens: 10, output_tokens: -1, total_tokens: 9.5 } }],
    ["bedrock-converse", { usage: { inputTokens: 10, outputTokens: -1, totalTokens: 9.5 } }]
  ]

  it.each(odd)("holds no count below 0 and no fraction where %s reports one", (protocol, body) => {
    const usage = read(protocol, body)
    assert.deepStrictEqual(usage, { inputTokens: 10, totalTokens: 10 })
  })

  it("is absent where none of its counts is one", () => {
    assert.isUndefined(read("openai-chat", { usage: { prompt_tokens: -1, completion_tokens: -1 } }))
    assert.isUndefined(read("anthropic-messages", { usage: { input_tokens: -1 } }))
    assert.isUndefined(read("gemini", { usageMetadata: { promptTokenCount: -1 } }))
    assert.isUndefined(read("cohere", { usage: { tokens: { input_tokens: -1 } } }))
    assert.isUndefined(read("ollama", { prompt_eval_count: -1 }))
  })
})

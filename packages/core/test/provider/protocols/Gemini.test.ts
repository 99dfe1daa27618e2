import { assert, describe, it } from "@effect/vitest"
import type * as Json from "../../../src/domain/Json.ts"
import type { StreamPart } from "../../../src/domain/Response.ts"
import { protocol } from "../../../src/provider/protocols/Gemini.ts"
import { conformance, event, type Scenario } from "../conformance.ts"
import * as Fold from "../fold.ts"

const named = { modelVersion: "gemini-x", responseId: "Q5nyaIWZL_C1qtsPhY6D8A4" }

const chunk = (parts: ReadonlyArray<Json.JsonObject>, more: Json.JsonObject = {}, finishReason?: string) => ({
  candidates: [
    { content: { parts, role: "model" }, index: 0, ...(finishReason === undefined ? {} : { finishReason }) }
  ],
  ...named,
  ...more
})

const text = (text: string): Json.JsonObject => ({ text })
const call = (name: string, args: Json.JsonObject, id?: string): Json.JsonObject => ({
  functionCall: { name, args, ...(id === undefined ? {} : { id }) }
})

/** A stream with one part a chunk, and the whole answer of the same parts. */
const scenario = (
  parts: ReadonlyArray<Json.JsonObject>,
  expected: Scenario["expected"],
  finish = "STOP",
  usage: Json.JsonObject = {}
): Scenario => ({
  whole: chunk(parts, usage, finish),
  stream: [...parts.map((part) => event(chunk([part]))), event(chunk([], usage, finish))],
  expected
})

const counted = {
  usageMetadata: {
    promptTokenCount: 100,
    candidatesTokenCount: 8,
    thoughtsTokenCount: 12,
    cachedContentTokenCount: 64,
    totalTokenCount: 120
  }
}

const id = (count: number) => `call_${named.responseId}_${count}`

conformance({
  protocol,
  text: scenario([text("Grü"), text("ße, 世"), text("界 👋")], {
    text: "Grüße, 世界 👋",
    finishReason: "stop",
    toolCalls: [],
    error: undefined
  }),
  tools: scenario([call("get_weather", { city: "Köln" })], {
    toolCalls: [{ id: id(0), name: "get_weather", arguments: '{"city":"Köln"}' }],
    finishReason: "tool_calls",
    rawFinishReason: "STOP"
  }),
  parallelTools: scenario([text("Both."), call("f", { a: 1 }), call("g", { b: 2 }, "their-id")], {
    text: "Both.",
    toolCalls: [
      { id: id(0), name: "f", arguments: '{"a":1}' },
      { id: "their-id", name: "g", arguments: '{"b":2}' }
    ]
  }),
  usage: scenario(
    [text("x")],
    { usage: { inputTokens: 100, outputTokens: 20, totalTokens: 120, cachedTokens: 64, reasoningTokens: 12 } },
    "STOP",
    counted
  ),
  reasoning: scenario([{ text: "Let me ", thought: true }, { text: "think.", thought: true }, text("42")], {
    reasoning: "Let me think.",
    text: "42"
  }),
  refusal: "none",
  finish: {
    with: (raw) => scenario([text("x")], {}, raw),
    words: {
      STOP: "stop",
      MAX_TOKENS: "length",
      SAFETY: "content_filter",
      RECITATION: "content_filter",
      BLOCKLIST: "content_filter",
      PROHIBITED_CONTENT: "content_filter",
      SPII: "content_filter",
      IMAGE_SAFETY: "content_filter",
      MALFORMED_FUNCTION_CALL: "error",
      UNEXPECTED_TOOL_CALL: "error",
      LANGUAGE: "unknown",
      OTHER: "unknown"
    }
  },
  error: event({ error: { code: 503, message: "The model is overloaded.", status: "UNAVAILABLE" } }),
  unknownEvent: event({ thingOf2031: { a: 1 } }),
  dispensable: 0,
  unsupported: ["severalAnswers", "foreignTool"],
  model: "gemini-3-flash"
})

const read = (...bodies: ReadonlyArray<Json.JsonObject>): ReadonlyArray<StreamPart> => {
  const reader = protocol.reader()
  return bodies.flatMap((body) => {
    const parts = reader.read(event(body))
    if (parts === "malformed") throw new Error("malformed")
    return parts
  })
}

describe("gemini, as it reads answers", () => {
  it("takes the last of several finish reasons, and says each only once", () => {
    const parts = read(chunk([text("a")], {}, "STOP"), chunk([text("b")], {}, "STOP"), chunk([], {}, "RECITATION"))
    const finishes = parts.filter((part) => part.type === "finish")
    assert.deepStrictEqual(
      finishes.map((part) => part.reason),
      ["stop", "content_filter"]
    )
  })

  it("takes a reason that is not specified for none", () => {
    const body = chunk(
      [text("a")],
      { promptFeedback: { blockReason: "BLOCK_REASON_UNSPECIFIED" } },
      "FINISH_REASON_UNSPECIFIED"
    )
    assert.isFalse(read(body).some((part) => part.type === "finish"))
    assert.isUndefined(protocol.decode(body)?.finishReason)
  })

  it("takes a reason that is a number for the word that Google counts so", () => {
    const ended = (finishReason: number) => ({
      ...named,
      candidates: [{ content: { parts: [text("a")] }, index: 0, finishReason }]
    })
    for (const [number, reason] of [
      [0, undefined],
      [1, "stop"],
      [2, "length"],
      [3, "content_filter"],
      [77, "unknown"]
    ] as const) {
      assert.strictEqual(Fold.parts(read(ended(number))).finishReason, reason)
      assert.strictEqual(protocol.decode(ended(number))?.finishReason, reason)
    }
  })

  it("takes a call after a chunk that said STOP for the reason of the end", () => {
    const folded = Fold.parts(read(chunk([text("a")], {}, "STOP"), chunk([call("f", {})], {}, "STOP")))
    assert.strictEqual(folded.finishReason, "tool_calls")
  })

  it("reads a prompt that was refused, whole and streamed, as filtered", () => {
    const body = { promptFeedback: { blockReason: "SAFETY" } }
    assert.strictEqual(protocol.decode(body)?.finishReason, "content_filter")
    const reader = protocol.reader()
    const parts = reader.read(event(body))
    assert.deepStrictEqual(parts === "malformed" ? [] : parts.map((part) => part.type), ["start", "finish", "extra"])
    assert.isTrue(reader.isComplete())
  })

  it("reads pictures, and keeps whole what only Gemini knows", () => {
    const picture = { inlineData: { mimeType: "image/png", data: "AAAA" } }
    const code = { executableCode: { language: "PYTHON", code: "1+1" } }
    const answer = protocol.decode(chunk([picture, code], {}, "STOP"))
    assert.deepStrictEqual(answer?.content, [
      { type: "image", mediaType: "image/png", data: "AAAA" },
      { type: "text", text: "", extra: { gemini: { block: code } } }
    ])
    assert.deepStrictEqual(
      read(chunk([picture, code])).map((part) => part.type),
      ["start", "image", "extra"]
    )
  })

  it("leaves out the pictures that it thinks in, but for one that is all there is", () => {
    const picture = (data: string) => ({ inlineData: { mimeType: "image/png", data } })
    const draft = (data: string) => ({ ...picture(data), thought: true })
    const drawn = (...items: ReadonlyArray<Json.JsonObject>) => {
      const streamed = read(...items.map((item) => chunk([item])), chunk([], {}, "STOP"))
      const whole = protocol.decode(chunk(items, {}, "STOP"))?.content ?? []
      const data = (parts: ReadonlyArray<StreamPart> | typeof whole) =>
        parts.flatMap((part) => (part.type === "image" ? [part.data] : []))
      assert.deepStrictEqual(data(streamed), data(whole))
      assert.strictEqual(streamed.at(-1)?.type, "finish")
      return data(whole)
    }
    assert.deepStrictEqual(drawn(draft("ONE"), draft("TWO"), picture("LAST")), ["LAST"])
    assert.deepStrictEqual(drawn(picture("A"), draft("ONE"), picture("B")), ["A", "B"])
    assert.deepStrictEqual(drawn(draft("ONE"), draft("TWO"), text("Done.")), ["TWO"])
  })

  it("says sources that come before the last chunk", () => {
    const sources = { groundingMetadata: { webSearchQueries: ["q"] } }
    const citing = { candidates: [{ content: { parts: [text("a")], role: "model" }, index: 0, ...sources }] }
    const extras = read(citing, chunk([text("b")], {}, "STOP")).filter((part) => part.type === "extra")
    assert.deepStrictEqual(extras, [{ type: "extra", dialect: "gemini", fields: { candidate: sources } }])
  })

  it("ties a signature to its call, and carries that of a text", () => {
    const answer = protocol.decode(
      chunk([
        { ...call("f", {}), thoughtSignature: "c2ln" },
        { text: "", thoughtSignature: "dHh0" }
      ])
    )
    assert.deepStrictEqual(answer?.content, [
      { type: "toolCall", id: id(0), name: "f", arguments: "{}", signature: "c2ln" },
      { type: "text", text: "", extra: { gemini: { thoughtSignature: "dHh0" } } }
    ])
    const start = read(chunk([{ ...call("f", {}), thoughtSignature: "c2ln" }])).find(
      (part) => part.type === "toolCallStart"
    )
    assert.strictEqual(start?.signature, "c2ln")
  })

  it("puts a call together whose arguments come in pieces", () => {
    const piece = (functionCall: Json.JsonObject) => chunk([{ functionCall }])
    const partial = (jsonPath: string, value: Json.JsonObject) =>
      piece({ partialArgs: [{ jsonPath, ...value }], willContinue: true })
    const bodies = [
      chunk([{ functionCall: { name: "cook", willContinue: true }, thoughtSignature: "proof" }]),
      partial("$.recipe.steps[0]", { stringValue: "Boil", willContinue: true }),
      partial("$.recipe.steps[0]", { stringValue: " water" }),
      partial("$.recipe.steps[1]", { stringValue: "Wait" }),
      partial("$['two words'].minutes", { numberValue: 1.5 }),
      partial("$.quick", { boolValue: false }),
      partial("$.note", { nullValue: null }),
      partial("$.__proto__.x", { stringValue: "own" }),
      partial("$.far[99999999]", { stringValue: "too far" }),
      piece({}),
      piece({ name: "wait", willContinue: true }),
      piece({ partialArgs: [{ jsonPath: "$.minutes", numberValue: 2 }] }),
      chunk([call("stop", { now: true })]),
      piece({ name: "last", willContinue: true }),
      chunk([text("")], {}, "STOP")
    ]
    const { finishReason, toolCalls } = Fold.parts(read(...bodies))
    const cooked =
      '{"recipe":{"steps":["Boil water","Wait"]},"two words":{"minutes":1.5},"quick":false,"note":null,"__proto__":{"x":"own"}}'
    assert.deepStrictEqual(
      toolCalls.map((one) => [one.name, one.arguments]),
      [
        ["cook", cooked],
        ["wait", '{"minutes":2}'],
        ["stop", '{"now":true}'],
        ["last", "{}"]
      ]
    )
    assert.strictEqual(finishReason, "tool_calls")
  })

  it("gives log probabilities in OpenAI's shape", () => {
    const logprobsResult = {
      chosenCandidates: [{ token: "é", logProbability: -0.5 }],
      topCandidates: [
        {
          candidates: [
            { token: "é", logProbability: -0.5 },
            { token: "e", logProbability: -2 }
          ]
        }
      ]
    }
    const body = { candidates: [{ content: { parts: [text("é")] }, logprobsResult, finishReason: "STOP" }] }
    const expected = {
      content: [
        {
          token: "é",
          logprob: -0.5,
          bytes: [195, 169],
          top_logprobs: [
            { token: "é", logprob: -0.5, bytes: [195, 169] },
            { token: "e", logprob: -2, bytes: [101] }
          ]
        }
      ]
    }
    assert.deepStrictEqual(protocol.decode(body)?.logprobs, expected)
    const streamed = read(body).find((part) => part.type === "text")
    assert.deepStrictEqual(streamed?.logprobs, expected)
  })

  it("reads only the first of several candidates", () => {
    const body = { candidates: [{ index: 1, content: { parts: [text("other")] } }] }
    assert.strictEqual(Fold.parts(read(chunk([text("first")]), body)).text, "first")
    const both = ["other", "first"].map((said, at) => ({ index: 1 - at, content: { parts: [text(said)] } }))
    assert.strictEqual(Fold.parts(read({ candidates: both })).text, "first")
  })
})

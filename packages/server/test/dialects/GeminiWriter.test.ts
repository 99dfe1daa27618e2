import { assert, describe, it } from "@effect/vitest"
import * as Json from "@orelse/core/domain/Json"
import type { Response, StreamPart } from "@orelse/core/domain/Response"
import { ApiError } from "@google/genai"
import * as Gemini from "../../src/dialects/Gemini.ts"
import { broken, context, facts, streamed } from "./context.ts"
import * as Sdk from "./sdk.ts"

const events = (parts: ReadonlyArray<StreamPart>): ReadonlyArray<Json.Json> =>
  streamed(Gemini.dialect, parts)
    .split("\n\n")
    .filter((event) => event !== "")
    .map((event) => Json.parse(event.slice(6)) ?? null)

const partsOf = (event: Json.Json | undefined) => Json.at(event, "candidates", 0, "content", "parts")

const start = (index: number, name: string): StreamPart => ({ type: "toolCallStart", index, id: `id_${name}`, name })
const delta = (index: number, written: string): StreamPart => ({ type: "toolCallDelta", index, arguments: written })
const call = (name: string, args: Json.Json) => ({ functionCall: { id: `id_${name}`, name, args } })

describe("a stream, written as Gemini's", () => {
  it("gives calls whole, in their order, though their arguments came mixed", () => {
    const all = events([
      start(0, "f"),
      delta(0, '{"a"'),
      start(1, "g"),
      delta(1, '{"b":2}'),
      delta(0, ":1}"),
      { type: "finish", reason: "tool_calls" }
    ])
    assert.lengthOf(all, 1)
    assert.deepStrictEqual(partsOf(all[0]), [call("f", { a: 1 }), call("g", { b: 2 })])
    assert.strictEqual(Json.at(all[0], "candidates", 0, "finishReason"), "STOP")
  })

  it("gives a call that is whole before the words that follow it", () => {
    const all = events([
      start(0, "f"),
      delta(0, "{}"),
      { type: "text", index: 1, text: "after" },
      { type: "finish", reason: "length" }
    ])
    assert.deepStrictEqual(all.map(partsOf), [[call("f", {})], [{ text: "after" }], [{ text: "" }]])
    assert.strictEqual(Json.at(all[2], "candidates", 0, "finishReason"), "MAX_TOKENS")
  })

  it("holds nobody up where many words come amid the arguments of a long call", () => {
    const writer = Gemini.dialect.writer(context)
    const begun = performance.now()
    writer.write(start(0, "f"))
    writer.write(delta(0, `{"code":"${"0123456789".repeat(100_000)}`))
    for (let index = 0; index < 20_000; index++) writer.write({ type: "text", index: 1, text: "so " })
    writer.write(delta(0, '"}'))
    assert.include(writer.write({ type: "text", index: 1, text: "!" }), "functionCall")
    assert.isBelow(performance.now() - begun, 5_000)
  })

  it("shows arguments that are no object as they came", () => {
    assert.deepStrictEqual(partsOf(events([start(0, "f"), delta(0, "{oops")])[0]), [call("f", { arguments: "{oops" })])
  })

  it("says usage and the last finish reason once, at the end", () => {
    const all = events([
      { type: "finish", reason: "stop", raw: "STOP" },
      { type: "text", index: 0, text: "a" },
      { type: "usage", usage: { inputTokens: 3, outputTokens: 9, reasoningTokens: 4, cachedTokens: 1 } },
      { type: "finish", reason: "unknown", raw: "NEW_WORD" }
    ])
    assert.deepStrictEqual(all[1], {
      candidates: [{ content: { role: "model", parts: [{ text: "" }] }, finishReason: "NEW_WORD", index: 0 }],
      usageMetadata: {
        promptTokenCount: 3,
        candidatesTokenCount: 5,
        totalTokenCount: 12,
        cachedContentTokenCount: 1,
        thoughtsTokenCount: 4
      },
      modelVersion: "smart",
      responseId: context.callId
    })
  })

  it("gives proofs of other providers to the caller, hidden ones too, and reads them back", () => {
    const all = events([
      { type: "reasoning", index: 0, text: "hm", signature: "c2ln" },
      { type: "reasoning", index: 1, text: "", redacted: "c2Vj" }
    ])
    const parts = all.slice(0, 2).flatMap((event) => Json.array(partsOf(event)))
    for (const part of parts) {
      // Google's SDKs read them as bytes.
      const signature = Json.string(Json.at(part, "thoughtSignature"))!
      assert.strictEqual(Buffer.from(signature, "base64").toString("base64"), signature)
    }
    const request = Gemini.dialect.request({ contents: [{ role: "model", parts }] })
    const content = "success" in request ? request.success.messages[0]?.content : undefined
    assert.deepStrictEqual(content, [
      { type: "reasoning", text: "hm", signature: "c2ln" },
      { type: "reasoning", text: "", redacted: "c2Vj" }
    ] as never)
  })
})

describe("the frame of a stream", () => {
  const sse = 'data: {"a":1}\n\n: keep-alive\n\ndata: {"b":[\n'
  const reframed = (make: typeof Gemini.dialect.reframe, ...pieces: ReadonlyArray<string>) => {
    const reframer = make!()
    return pieces.map((piece) => String(reframer.write(Buffer.from(piece)))).join("") + reframer.end()
  }

  it("is one array where the caller asked for that, however the events were cut", () => {
    const text = reframed(Gemini.array.reframe, sse.slice(0, 9), sse.slice(9), "data: 2]}\n\n")
    assert.deepStrictEqual(Json.parse(text), [{ a: 1 }, { b: [2] }])
    assert.strictEqual(reframed(Gemini.array.reframe), "[]")
    assert.deepStrictEqual(Json.parse(reframed(Gemini.array.reframe, '[{"a":1},\r\n{"b":2}', "]")), [
      { a: 1 },
      { b: 2 }
    ])
  })

  it("stays as it is where events were asked for and came", () => {
    assert.strictEqual(reframed(Gemini.dialect.reframe, "", sse.slice(0, 5), sse.slice(5)), sse)
  })

  it("is events where an array came in their place", () => {
    const text = reframed(Gemini.dialect.reframe, '[{\n "a": 1\n},', '{"b":"[{"}]')
    assert.strictEqual(text, 'data: {  "a": 1 }\n\ndata: {"b":"[{"}\n\n')
  })

  it("holds an error as the last item, and no end after it", () => {
    const reframer = Gemini.array.reframe!()
    const text =
      String(reframer.write(Buffer.from('data: {"a":1}\n\n'))) +
      String(reframer.write(Buffer.from(Gemini.array.errorEvent(facts()))))
    assert.isUndefined(Json.parse(text))
    assert.strictEqual(Json.at(Json.parse(`${text}]`), 1, "error", "status"), "INTERNAL")
  })
})

describe("Google's SDK", () => {
  const answer: Response = {
    id: "from-elsewhere",
    content: [
      { type: "reasoning", text: "Let me think.", signature: "c2ln" },
      { type: "text", text: "Grüße 👋" },
      { type: "image", mediaType: "image/png", data: "AAAA" },
      { type: "toolCall", id: "call_1", name: "get_weather", arguments: '{"city":"Köln"}', signature: "dG9vbA==" },
      { type: "toolCall", id: "call_2", name: "get_time", arguments: "" }
    ],
    finishReason: "tool_calls",
    usage: { inputTokens: 100, outputTokens: 20, cachedTokens: 64, reasoningTokens: 12 }
  }

  it("reads a whole answer", async () => {
    const body = JSON.stringify(Gemini.dialect.response(answer, context))
    const whole = await Sdk.google(
      body,
      (client) => client.models.generateContent({ model: "m", contents: "?" }),
      200,
      false
    )
    assert.deepEqual(Sdk.googleSeen([whole]), {
      text: "Grüße 👋",
      reasoning: "Let me think.",
      toolCalls: [
        { id: "call_1", name: "get_weather", arguments: { city: "Köln" } },
        { id: "call_2", name: "get_time", arguments: {} }
      ],
      finish: "STOP",
      usage: { input: 100, output: 20 }
    })
    assert.deepStrictEqual(whole.candidates?.[0]?.content?.parts?.[2], {
      inlineData: { mimeType: "image/png", data: "AAAA" }
    })
    assert.strictEqual(whole.candidates?.[0]?.content?.parts?.[3]?.thoughtSignature, "dG9vbA==")
    assert.deepStrictEqual([whole.modelVersion, whole.responseId], ["smart", "from-elsewhere"])
  })

  it("raises an error that ends a stream, and one of every status with its word", async () => {
    const words = [
      [400, "INVALID_ARGUMENT"],
      [401, "UNAUTHENTICATED"],
      [403, "PERMISSION_DENIED"],
      [404, "NOT_FOUND"],
      [413, "INVALID_ARGUMENT"],
      [429, "RESOURCE_EXHAUSTED"],
      [502, "INTERNAL"],
      [503, "UNAVAILABLE"],
      [504, "DEADLINE_EXCEEDED"]
    ] as const
    for (const [status, word] of words) {
      const body = JSON.stringify(Gemini.dialect.error(facts({ status })))
      const error = await Sdk.raised(() =>
        Sdk.google(body, (client) => client.models.generateContent({ model: "m", contents: "?" }), status, false)
      )
      assert.instanceOf(error, ApiError)
      assert.strictEqual(error.status, status)
      assert.include(error.message, `"status":"${word}"`)
    }
    const error = await Sdk.raised(() => Sdk.googleStream(broken(Gemini.dialect)))
    assert.instanceOf(error, ApiError)
    assert.include(error.message, "mine/m (key 1) answered 500")
  })
})

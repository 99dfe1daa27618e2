import { assert, describe, it } from "@effect/vitest"
import * as Json from "@orelse/core/domain/Json"
import type { Response, StreamPart } from "@orelse/core/domain/Response"
import { builtIn } from "../../src/dialects/builtIn.ts"
import { context, streamed } from "./context.ts"
import * as Sdk from "./sdk.ts"

const said = { citations: ["https://example.org/1"], timings: { total: 1.5 }, error: "of a part", model: "not theirs" }
const grounded = { candidate: { groundingMetadata: { webSearchQueries: ["q"] } }, promptFeedback: { n: 1 } }

const extra: NonNullable<Response["extra"]> = { mine: said, gemini: grounded }
const answer: Response = { content: [{ type: "text", text: "hi" }], finishReason: "stop", extra }

const parts: ReadonlyArray<StreamPart> = [
  { type: "start" },
  { type: "text", index: 0, text: "hi" },
  { type: "finish", reason: "stop" },
  { type: "extra", dialect: "mine", fields: { citations: ["one of an earlier piece"], timings: said.timings } },
  { type: "extra", dialect: "mine", fields: said },
  { type: "extra", dialect: "gemini", fields: grounded },
  { type: "extra", dialect: "mine", fields: { type: "an event", index: 7 } },
  { type: "extra", dialect: "mine", fields: { part: { text: "of the content" } } }
]

const dialects = Object.values(builtIn)

/** The events of a stream that hold citations, each with what it says of the whole. */
const telling = (text: string): ReadonlyArray<Json.JsonObject> =>
  text
    .split("\n\n")
    .filter((event) => event.includes('"citations"'))
    .map((event) => Json.parseObject(event.slice(event.indexOf("{")))!)
    .map((body) => Json.object(body["response"]) ?? body)

describe("what only the provider's format says of an answer", () => {
  for (const dialect of dialects) {
    const isGemini = dialect.id === "gemini"
    const expected = (body: Json.JsonObject) => {
      assert.deepStrictEqual(body["citations"], said.citations)
      assert.deepStrictEqual(body["timings"], said.timings)
      assert.notStrictEqual(body["error"], said.error)
      assert.notStrictEqual(body["model"], said.model)
      if (!isGemini) assert.deepStrictEqual(body["groundingMetadata"], grounded.candidate.groundingMetadata)
    }

    it(`stands under its own names in a whole answer of ${dialect.id}, and puts nothing of the dialect's own aside`, () => {
      const body = dialect.response(answer, context)
      expected(body)
      const plain = dialect.response({ content: answer.content, finishReason: "stop" }, context)
      const own = Object.keys(plain).filter((name) => !isGemini || name !== "candidates")
      assert.deepStrictEqual(
        own.map((name) => body[name]),
        own.map((name) => plain[name])
      )
    })

    it(`stands under its own names in one of the last events of ${dialect.id}, as it was said last`, () => {
      const events = telling(streamed(dialect, parts))
      assert.strictEqual(events.length, 1)
      expected(events[0]!)
      assert.notProperty(events[0], "part")
      assert.notProperty(events[0], "index")
    })
  }

  it("gathers the sources that texts name, of Anthropic's and of Responses' answers", () => {
    const texts: Response = {
      content: [
        { type: "text", text: "a", extra: { "anthropic-messages": { citations: [{ cited_text: "1" }] } } },
        { type: "text", text: "b", extra: { "anthropic-messages": { citations: [{ cited_text: "2" }] } } },
        { type: "text", text: "c", extra: { "openai-responses": { annotations: [{ url: "u" }] } } }
      ],
      finishReason: "stop"
    }
    const cited = [{ cited_text: "1" }, { cited_text: "2" }]
    const chat = builtIn["openai-chat"]!
    const body = chat.response(texts, context)
    assert.deepStrictEqual([body["citations"], body["annotations"]], [cited, [{ url: "u" }]])
    assert.notProperty(builtIn["anthropic-messages"]!.response(texts, context), "citations")
    const delta = (citation: Json.JsonObject): StreamPart => ({
      type: "extra",
      dialect: "anthropic-messages",
      fields: { type: "content_block_delta", index: 0, delta: { type: "citations_delta", citation } }
    })
    const [last] = telling(streamed(chat, [...cited.map(delta), { type: "finish", reason: "stop" }]))
    assert.deepStrictEqual(last?.["citations"], cited)
  })

  it("says the sources that pieces of OpenAI's chat cite, in another dialect", () => {
    const annotations = [{ type: "url_citation", url_citation: { url: "https://example.org/1" } }]
    const cited: StreamPart = { type: "extra", dialect: "openai-chat", fields: { message: { annotations } } }
    const text = streamed(builtIn["anthropic-messages"]!, [
      { type: "text", index: 0, text: "hi" },
      cited,
      { type: "finish", reason: "stop" }
    ])
    assert.include(text, `"annotations":${JSON.stringify(annotations)}`)
  })

  it("names no name twice in one event", () => {
    const [event] = streamed(dialects[0]!, parts)
      .split("\n\n")
      .filter((one) => one.includes('"citations"'))
    assert.strictEqual(event?.split('"model"').length, 2)
  })

  it("leaves a stream to the official SDKs what it was", async () => {
    const [chat, responses, anthropic, gemini] = (
      ["openai-chat", "openai-responses", "anthropic-messages", "gemini"] as const
    ).map((id) =>
      streamed(
        dialects.find((dialect) => dialect.id === id)!,
        parts
      )
    )
    for (const seen of [
      await Sdk.openaiStream(chat!),
      await Sdk.responsesStream(responses!),
      await Sdk.anthropicStream(anthropic!),
      await Sdk.googleStream(gemini!)
    ])
      assert.strictEqual(seen.text, "hi")
  })
})

import { assert, describe, it } from "@effect/vitest"
import type * as Json from "../../../src/domain/Json.ts"
import type { StreamPart } from "../../../src/domain/Response.ts"
import type { WireEvent } from "../../../src/provider/Protocol.ts"
import { protocol } from "../../../src/provider/protocols/OpenAiChat.ts"
import { event } from "../conformance.ts"
import * as Fold from "../fold.ts"
import { call, chunk, head, plainCall, whole } from "./openAiChatSamples.ts"

const folded = (...events: ReadonlyArray<WireEvent>): Fold.Folded => {
  const reader = protocol.reader()
  return Fold.parts(
    events.flatMap((one) => {
      const parts = reader.read(one)
      if (parts === "malformed") throw new Error("malformed")
      return parts
    })
  )
}

const named = (found: Fold.Folded) => found.toolCalls.map((one) => [one.id, one.name, one.arguments])

describe("openai-chat, where servers are odd about errors", () => {
  it("takes an error that says nothing beside a piece for none", () => {
    const pieces = [chunk({ content: "a" }, null, { error: "" }), chunk({}, "stop", { error: {} })]
    const { error, text } = folded(...pieces)
    assert.deepStrictEqual([text, error], ["a", undefined])
  })

  it("takes MiniMax's status for an error where it is not 0", () => {
    const status = (status_code: number, status_msg: string) => ({ base_resp: { status_code, status_msg } })
    assert.isUndefined(folded(chunk({ content: "a" }, "stop", status(0, ""))).error)
    assert.include(
      folded(event({ id: "", choices: null, ...status(1008, "insufficient balance") })).error,
      "insufficient balance"
    )
  })
})

/**
 * OpenAI's search models and OpenRouter cite in the pieces, some in the choice beside them; the citations may come with the text or behind it
 * (openai/openai-agents-python/pull/4252, BerriAI/litellm/pull/23662, read 2026-11).
 */
describe("openai-chat, where pieces of a stream cite", () => {
  const citation = (url: string) => ({ type: "url_citation", url_citation: { url, title: "t" } })
  const sources = (parts: ReadonlyArray<StreamPart>) =>
    parts.findLast((part) => part.type === "extra")?.fields["message"]

  it("gathers what is cited as a whole answer has it", () => {
    const [one, two, three] = [citation("https://a.test"), citation("https://b.test"), citation("https://c.test")]
    const reader = protocol.reader()
    const parts = [
      chunk({ content: "a", annotations: [one] }),
      chunk({ content: "", annotations: [] }),
      chunk({ annotations: [two] }, "stop"),
      event({ ...head, choices: [{ index: 0, delta: {}, annotations: [three] }] })
    ].flatMap((one) => {
      const read = reader.read(one)
      return read === "malformed" ? [] : read
    })
    assert.deepStrictEqual(sources(parts), { annotations: [one, two, three] })
    const decoded = protocol.decode(whole({ content: "a", annotations: [one, two, three] }, "stop"))
    assert.deepStrictEqual(decoded?.extra?.["openai-chat"]?.["message"], { annotations: [one, two, three] })
    assert.isUndefined(sources(protocol.reader().read(chunk({ content: "a" })) as ReadonlyArray<StreamPart>))
  })
})

describe("openai-chat, where servers write null as a text", () => {
  it("takes an answer that was cut for one, and the last word for its finish reason", () => {
    const reader = protocol.reader()
    reader.read(chunk({ content: "Hal" }, "null"))
    assert.isFalse(reader.isComplete())
    reader.read(chunk({ content: "lo" }, "stop"))
    assert.isTrue(reader.isComplete())
    assert.isUndefined(protocol.decode(whole({ content: "Hal" }, "null"))?.finishReason)
  })
})

describe("openai-chat, where servers number calls 0 and give them no ids", () => {
  const one = call(0, "", "f", '{"a":1}')
  const other = call(0, "", "g", '{"a":2}')
  const both = [
    ["call_chatcmpl-1_0", "f", '{"a":1}'],
    ["call_chatcmpl-1_1", "g", '{"a":2}']
  ]

  it("tells whole calls apart, in one piece or in several", () => {
    assert.deepStrictEqual(named(folded(chunk({ tool_calls: [one, other] }))), both)
    assert.deepStrictEqual(named(folded(chunk({ tool_calls: [one] }), chunk({ tool_calls: [other] }))), both)
  })

  it("leaves a call whole whose name stands in each of its pieces", () => {
    const pieces = ["", '{"a"', ":1}"].map((written) => chunk({ tool_calls: [call(0, "", "f", written)] }))
    assert.deepStrictEqual(named(folded(...pieces)), [["call_chatcmpl-1_0", "f", '{"a":1}']])
  })
})

describe("openai-chat, where an answer is not plain text", () => {
  it("gives the words of a spoken answer, whole and streamed", () => {
    const spoken = (transcript: string) => ({ content: null, audio: { id: "audio_1", data: "AAAA", transcript } })
    assert.strictEqual(folded(chunk(spoken("Hel")), chunk(spoken("lo")), chunk({}, "stop")).text, "Hello")
    assert.strictEqual(Fold.response(protocol.decode(whole(spoken("Hello"), "stop"))!).text, "Hello")
  })

  it("reads the first answer wherever it stands among several", () => {
    const choices = ["B", "A"].map((content, at) => ({ index: 1 - at, delta: { content } }))
    assert.strictEqual(folded(event({ ...head, choices })).text, "A")
  })

  it("names a custom tool and carries what it is given", () => {
    const custom = { ...plainCall("call_1", "", ""), type: "custom", custom: { name: "sql", input: "SELECT 1" } }
    const message = { tool_calls: [{ ...custom, index: 0, function: undefined }] }
    assert.deepStrictEqual(named(folded(chunk(message))), [["call_1", "sql", "SELECT 1"]])
    assert.deepStrictEqual(named(Fold.response(protocol.decode(whole(message, "tool_calls"))!)), [
      ["call_1", "sql", "SELECT 1"]
    ])
  })
})

describe("openai-chat, where a call says its id, its name and its arguments one by one", () => {
  const piece = (fields: Json.JsonObject, index = 0) => ({ index, type: "function", function: fields })
  const read = (...pieces: ReadonlyArray<Json.JsonObject>) =>
    named(folded(...pieces.map((one) => chunk({ tool_calls: [one] })), chunk({}, "tool_calls")))

  it("begins it once it has a name, with all that came before", () => {
    const id = { ...piece({ name: "", arguments: "" }), id: "call_1" }
    const [name, written] = [piece({ name: "f" }), piece({ arguments: '{"a":1}' })]
    assert.deepStrictEqual(read(id, name, written), [["call_1", "f", '{"a":1}']])
    assert.deepStrictEqual(read(id, written, name), [["call_1", "f", '{"a":1}']])
  })

  it("takes an id that comes behind the name", () => {
    const [name, id] = [piece({ name: "f" }), { ...piece({ arguments: '{"a":1}' }), id: "call_1" }]
    assert.deepStrictEqual(read(name, id), [["call_1", "f", '{"a":1}']])
    assert.deepStrictEqual(read(name, { ...piece({ name: "f", arguments: "{}" }), id: "call_1" }), [
      ["call_1", "f", "{}"]
    ])
  })

  it("keeps calls without ids and arguments in their order, and those without a name", () => {
    const both = [
      ["call_chatcmpl-1_0", "f", ""],
      ["call_chatcmpl-1_1", "g", ""]
    ]
    assert.deepStrictEqual(read(piece({ name: "f" }), piece({ name: "g" }, 1)), both)
    assert.deepStrictEqual(read({ ...piece({ arguments: "{}" }), id: "call_1" }), [["call_1", "", "{}"]])
    const noFinish = chunk({ tool_calls: [piece({ name: "f" })] })
    assert.deepStrictEqual(named(folded(noFinish, { event: undefined, data: "[DONE]" })), [
      ["call_chatcmpl-1_0", "f", ""]
    ])
  })
})

describe("openai-chat, where content is a list", () => {
  const thought = (text: string, signature = "") => ({
    type: "reasoning",
    summary: [{ type: "summary_text", text, signature }]
  })

  it("gives Databricks' reasoning with what proves it", () => {
    const pieces = [thought("Hm"), thought("m."), thought("", "proof")].map((one) => chunk({ content: [one] }))
    const streamed = folded(...pieces, chunk({ content: "Hi" }), chunk({}, "stop"))
    assert.deepStrictEqual([streamed.reasoning, streamed.signatures, streamed.text], ["Hmm.", ["proof"], "Hi"])
    const content = [thought("Hmm.", "proof"), { type: "text", text: "Hi" }]
    const read = Fold.response(protocol.decode(whole({ content }, "stop"))!)
    assert.deepStrictEqual([read.reasoning, read.signatures, read.text], ["Hmm.", ["proof"], "Hi"])
  })

  it("gives its pictures and refusals", () => {
    const content = [
      { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } },
      { type: "refusal", refusal: "No." }
    ]
    for (const read of [folded(chunk({ content })), Fold.response(protocol.decode(whole({ content }, "stop"))!)])
      assert.deepStrictEqual([read.images, read.refusal], [1, "No."])
  })
})

describe("openai-chat, where several answers are given", () => {
  it("reads the first of a whole answer wherever it stands", () => {
    const choices = ["B", "A"].map((content, at) => ({ index: 1 - at, message: { content }, finish_reason: "stop" }))
    assert.strictEqual(Fold.response(protocol.decode({ ...head, choices })!).text, "A")
  })
})

describe("openai-chat, where tokens have the names of the newer format", () => {
  it("counts them", () => {
    const { usage } = folded(chunk({}, "stop", { usage: { input_tokens: 3, output_tokens: 2 } }))
    assert.deepStrictEqual([usage?.inputTokens, usage?.outputTokens], [3, 2])
  })
})

import { assert, describe, it } from "@effect/vitest"
import type * as Json from "../../../src/domain/Json.ts"
import type { WireEvent } from "../../../src/provider/Protocol.ts"
import { protocol } from "../../../src/provider/protocols/OpenAiResponses.ts"
import * as Fold from "../fold.ts"

const event = (type: string, fields: Json.JsonObject): WireEvent => ({
  event: type,
  data: JSON.stringify({ type, ...fields })
})

const usage = { input_tokens: 5, output_tokens: 7, total_tokens: 12 }

const response = (status: string, output: ReadonlyArray<Json.JsonObject> = []): Json.JsonObject => ({
  id: "resp_1",
  object: "response",
  status,
  output,
  usage
})

const ended = (...output: ReadonlyArray<Json.JsonObject>) =>
  event("response.completed", { response: response("completed", output) })

const said = (delta: string) => event("response.output_text.delta", { output_index: 0, content_index: 0, delta })

const message = (text: string) => ({
  type: "message",
  id: "msg_1",
  role: "assistant",
  content: [{ type: "output_text", text }]
})

const call = (id: string, name: string, written: string) => ({
  type: "function_call",
  id: `fc_${id}`,
  call_id: id,
  name,
  arguments: written
})

const read = (...events: ReadonlyArray<WireEvent>) => {
  const reader = protocol.reader()
  const parts = events.flatMap((one) => {
    const found = reader.read(one)
    if (found === "malformed") throw new Error("malformed")
    return found
  })
  return { ...Fold.parts(parts), isComplete: reader.isComplete() }
}

const named = (found: Fold.Folded) => found.toolCalls.map((one) => [one.id, one.name, one.arguments])

describe("openai-responses, where [DONE] comes", () => {
  const done: WireEvent = { event: undefined, data: "[DONE]" }

  it("is no end without the event that ends the answer, and is not passed on", () => {
    const reader = protocol.reader()
    reader.read(said("Hal"))
    assert.strictEqual(reader.read(done), "malformed")
    assert.isFalse(reader.isComplete())
    assert.isTrue(read(said("Hi"), ended(), done).isComplete)
  })

  it("takes response.done for the end, as OpenRouter said it", () => {
    const found = read(said("Hi"), event("response.done", { response: response("completed") }), done)
    assert.deepStrictEqual(
      [found.text, found.finishReason, found.usage?.outputTokens, found.isComplete],
      ["Hi", "stop", 7, true]
    )
  })
})

describe("openai-responses, where some of an answer comes only whole", () => {
  it("reads a message that only the last event holds, behind reasoning that came in pieces", () => {
    const thought = event("response.reasoning_text.delta", { output_index: 0, content_index: 0, delta: "Hmm." })
    const reasoning = { type: "reasoning", summary: [], content: [{ type: "reasoning_text", text: "Hmm." }] }
    const found = read(thought, ended(reasoning, message("Hi")))
    assert.deepStrictEqual([found.reasoning, found.text], ["Hmm.", "Hi"])
  })

  it("reads a text that only its done event holds, and each only once", () => {
    const done = (text: string, place: number) =>
      event("response.output_text.done", { output_index: 0, content_index: place, text })
    assert.strictEqual(read(done("Hi", 0), done(" there", 1), ended()).text, "Hi there")
    const item = event("response.output_item.done", { output_index: 0, item: message("Hi") })
    assert.strictEqual(read(said("H"), said("i"), done("Hi", 0), item, ended(message("Hi"))).text, "Hi")
    assert.strictEqual(read(done("Hi", 0), item, ended(message("Hi"))).text, "Hi")
  })

  it("reads a refusal that only its done event holds", () => {
    const refused = event("response.refusal.done", { output_index: 0, content_index: 0, refusal: "No." })
    assert.strictEqual(read(refused, ended()).refusal, "No.")
  })
})

describe("openai-responses, where items have no numbers", () => {
  it("tells one call from the one before it", () => {
    const events = [call("c1", "f", '{"a":1}'), call("c2", "g", '{"b":2}')].flatMap((item) => [
      event("response.output_item.added", { item: { ...item, arguments: "" } }),
      event("response.function_call_arguments.delta", { item_id: item.id, delta: item.arguments }),
      event("response.function_call_arguments.done", { item_id: item.id, arguments: item.arguments }),
      event("response.output_item.done", { item })
    ])
    assert.deepStrictEqual(named(read(...events, ended())), [
      ["c1", "f", '{"a":1}'],
      ["c2", "g", '{"b":2}']
    ])
  })
})

describe("openai-responses, where an answer fails", () => {
  it("counts what it had used", () => {
    const failed = event("response.failed", { response: { ...response("failed"), error: { code: "server_error" } } })
    const found = read(said("Hal"), failed)
    assert.deepStrictEqual([found.text, found.usage?.outputTokens], ["Hal", 7])
    assert.include(found.error, "server_error")
  })
})

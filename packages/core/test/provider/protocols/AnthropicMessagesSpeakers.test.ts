import { assert, describe, it } from "@effect/vitest"
import type * as Json from "../../../src/domain/Json.ts"
import { protocol } from "../../../src/provider/protocols/AnthropicMessages.ts"
import { event } from "../conformance.ts"
import * as Fold from "../fold.ts"

const message = { id: "msg_1", type: "message", role: "assistant", model: "claude-x", content: [], stop_reason: null }
const start = { type: "message_start", message: { ...message, usage: { input_tokens: 5, output_tokens: 1 } } }
const opens = (content_block: Json.JsonObject) => ({ type: "content_block_start", index: 0, content_block })
const piece = (partial_json: string) => ({
  type: "content_block_delta",
  index: 0,
  delta: { type: "input_json_delta", partial_json }
})
const closes = { type: "content_block_stop", index: 0 }
const stop = { type: "message_delta", delta: { stop_reason: "tool_use" }, usage: { output_tokens: 7 } }

const folded = (...events: ReadonlyArray<Json.JsonObject>): Fold.Folded => {
  const reader = protocol.reader()
  return Fold.parts(
    events.flatMap((one) => {
      const parts = reader.read(event(one))
      if (parts === "malformed") throw new Error("malformed")
      return parts
    })
  )
}

describe("anthropic-messages, where a server says at the start of a block what others say in pieces", () => {
  const tool = opens({ type: "tool_use", id: "a", name: "f", input: { x: 1 } })
  const written = (...events: ReadonlyArray<Json.JsonObject>) => folded(start, ...events).toolCalls[0]?.arguments

  it("takes a tool's input once, where it comes in pieces as well", () => {
    assert.strictEqual(written(tool, piece('{"x"'), piece(":1}"), closes, stop), '{"x":1}')
    assert.strictEqual(written(tool, closes, stop), '{"x":1}')
  })

  it("takes it where no event closes the block", () => {
    assert.strictEqual(written(tool, stop), '{"x":1}')
    assert.strictEqual(written(tool, { type: "message_stop" }), '{"x":1}')
  })

  it("takes a thought's signature", () => {
    const found = folded(start, opens({ type: "thinking", thinking: "Hmm.", signature: "proof" }), closes, stop)
    assert.deepStrictEqual([found.reasoning, found.signatures], ["Hmm.", ["proof"]])
  })

  it("takes the content that stands in the message itself", () => {
    const begun = { ...start, message: { ...start.message, content: [{ type: "text", text: "Hi" }] } }
    assert.strictEqual(folded(begun, stop, { type: "message_stop" }).text, "Hi")
  })
})

describe("anthropic-messages, where message_stop is missing", () => {
  const isComplete = (...events: ReadonlyArray<Json.JsonObject>): boolean => {
    const reader = protocol.reader()
    for (const one of events) reader.read(event(one))
    return reader.isComplete()
  }

  it("is cut, stop reason or not", () => {
    assert.isFalse(isComplete(start, stop))
    assert.isTrue(isComplete(start, stop, { type: "message_stop" }))
  })

  it("is whole where it is a text completion, which has none", () => {
    assert.isTrue(isComplete({ type: "completion", completion: "Hi", stop_reason: "stop_sequence" }))
  })
})

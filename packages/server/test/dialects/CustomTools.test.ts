import { assert, describe, it } from "@effect/vitest"
import type { Answer, Sink } from "@orelse/core/domain/Answer"
import * as Json from "@orelse/core/domain/Json"
import type { StreamPart } from "@orelse/core/domain/Response"
import { builtIn as protocols } from "@orelse/core/provider/protocols/builtIn"
import * as Effect from "effect/Effect"
import type { Dialect } from "../../src/dialects/Dialect.ts"
import * as OpenAiChat from "../../src/dialects/OpenAiChat.ts"
import * as OpenAiResponses from "../../src/dialects/OpenAiResponses.ts"
import * as Sanitized from "../../src/http/Sanitized.ts"
import { context } from "./context.ts"

const patch = "*** Begin Patch\n…"
const item = {
  id: "ctc_1",
  type: "custom_tool_call",
  status: "completed",
  call_id: "call_1",
  name: "apply",
  input: patch
}
const answered = { id: "resp_1", object: "response", status: "completed", output: [item] }
const call = { id: "call_1", type: "custom", custom: { name: "apply", input: patch } }
const message = { role: "assistant", content: null, tool_calls: [call] }
const completion = { id: "chatcmpl-1", choices: [{ index: 0, message, finish_reason: "tool_calls" }] }

/** A whole answer, and a stream of it, read and written anew without a word of who gave it. */
const anew = async (dialect: Dialect, whole: Json.JsonObject, stream: ReadonlyArray<Json.JsonObject>) => {
  const protocol = protocols[dialect.id]!
  const response = protocol.decode(whole)!
  const reader = protocol.reader()
  const parts = stream.flatMap((event): ReadonlyArray<StreamPart> => {
    const read = reader.read({ event: undefined, data: JSON.stringify(event) })
    return read === "malformed" ? [] : read
  })
  const one: Answer = { _tag: "Whole", protocol: dialect.id, response: () => response }
  const other: Answer = {
    _tag: "Streaming",
    protocol: dialect.id,
    run: (sink) => Effect.sync(() => void (sink.wants === "parts" && sink.write(parts))),
    isTerminated: () => true,
    lastContentAt: () => 0
  }
  const written = Sanitized.answer(one)
  const streamed = Sanitized.answer(other)
  const writer = dialect.writer(context)
  let text = ""
  const sink: Sink = {
    wants: "parts",
    write: (parts) => {
      text += parts.map(writer.write).join("")
      return true
    },
    onReady: () => {}
  }
  if (streamed._tag === "Streaming") await Effect.runPromise(streamed.run(sink).pipe(Effect.orDie))
  text += writer.end()
  const events = text
    .split("\n\n")
    .map((event) => Json.parseObject(event.replace(/^(?:event: .*\n)?data: /, "")))
    .filter((event) => event !== undefined)
  return { whole: written._tag === "Whole" ? dialect.response(written.response(), context) : {}, events }
}

describe("a call of a custom tool in an answer that is written anew", () => {
  it("is the item that it was, for callers of Responses", async () => {
    const { events, whole } = await anew(OpenAiResponses.dialect, answered, [
      { type: "response.created", response: { ...answered, output: [] } },
      { type: "response.output_item.added", output_index: 0, item: { ...item, input: "" } },
      { type: "response.custom_tool_call_input.delta", output_index: 0, delta: patch },
      { type: "response.output_item.done", output_index: 0, item },
      { type: "response.completed", response: answered }
    ])
    assert.deepStrictEqual(whole["output"], [item])
    const said = (type: string) => events.find((event) => event["type"] === type)
    assert.deepStrictEqual(said("response.output_item.done")?.["item"], item)
    assert.deepStrictEqual(Json.at(said("response.completed"), "response", "output"), [item])
  })

  it("is a custom call, for callers of chat", async () => {
    const chunk = (delta: Json.JsonObject, finish_reason: string | null = null) => ({
      id: "chatcmpl-1",
      choices: [{ index: 0, delta, finish_reason }]
    })
    const { events, whole } = await anew(OpenAiChat.dialect, completion, [
      chunk({ role: "assistant", tool_calls: [{ index: 0, ...call, custom: { name: "apply", input: "" } }] }),
      chunk({ tool_calls: [{ index: 0, custom: { input: patch } }] }),
      chunk({}, "tool_calls")
    ])
    assert.deepStrictEqual(Json.at(whole, "choices", 0, "message", "tool_calls"), [call])
    const pieces = events.flatMap((event) => Json.array(Json.at(event, "choices", 0, "delta", "tool_calls")))
    assert.deepStrictEqual(pieces, [
      { index: 0, ...call, custom: { name: "apply", input: "" } },
      { index: 0, custom: { input: patch } }
    ])
  })
})

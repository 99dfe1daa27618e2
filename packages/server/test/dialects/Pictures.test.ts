/**
 * Pictures that a provider of OpenAI's chat gives by their address, as callers of every dialect see them: without them an answer of nothing else
 * would be an empty one that looks whole.
 */
import { assert, describe, it } from "@effect/vitest"
import * as OpenAiProtocol from "@orelse/core/provider/protocols/OpenAiChat"
import { builtIn } from "../../src/dialects/builtIn.ts"
import { context, streamed } from "./context.ts"

const url = "https://cdn.example.org/a.png"
const images = [{ type: "image_url", index: 0, image_url: { url } }]
const chunk = (delta: object, finish_reason: string | null = null) =>
  JSON.stringify({ id: "chatcmpl-1", model: "m", choices: [{ index: 0, delta, finish_reason }] })

const parts = () => {
  const reader = OpenAiProtocol.protocol.reader()
  return [chunk({ role: "assistant", content: "" }), chunk({ images }), chunk({}, "stop"), "[DONE]"].flatMap((data) => {
    const read = reader.read({ event: undefined, data })
    return read === "malformed" ? assert.fail(data) : read
  })
}

describe("a picture by its address", () => {
  it.each(Object.entries(builtIn))("reaches a caller of %s, whole", (_, dialect) => {
    const choices = [{ index: 0, message: { role: "assistant", content: "", images }, finish_reason: "stop" }]
    const answer = OpenAiProtocol.protocol.decode({ id: "chatcmpl-1", choices }) ?? assert.fail("no answer")
    assert.include(JSON.stringify(dialect.response(answer, context)), url)
  })

  it.each(Object.entries(builtIn))("reaches a caller of %s, streamed", (_, dialect) => {
    const written = streamed(dialect, parts())
    assert.include(written, url)
    assert.notInclude(written, "base64")
  })
})

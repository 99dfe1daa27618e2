import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Json from "../../../src/domain/Json.ts"
import { protocol } from "../../../src/provider/protocols/OpenAiChat.ts"

const call = { type: "toolCall" as const, id: "a", name: "f", arguments: "{}", signature: "c2ln" }

const proofFor = (model: string): Json.Json | undefined => {
  const request = { messages: [{ role: "assistant" as const, content: [call] }] }
  const written = protocol.encode(request, { model, stream: false, quirks: {} })
  return Result.isSuccess(written)
    ? Json.at(Json.parse(written.success.body), "messages", 0, "tool_calls", 0, "extra_content")
    : undefined
}

describe("the proof of a call that Gemini made", () => {
  it("goes back to Google's models behind OpenAI's format, and to no other, for others may refuse the field", () => {
    assert.deepStrictEqual(proofFor("google/gemini-3-pro"), { google: { thought_signature: "c2ln" } })
    assert.isUndefined(proofFor("gpt-5.2"))
  })
})

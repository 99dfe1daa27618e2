/**
 * An answer of Anthropic's, given to a caller of OpenAI's dialect who sends it back with the next turn: Anthropic must find its own
 * reasoning, proofs included, or it refuses the turn.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Json from "@orelse/core/domain/Json"
import type { Response } from "@orelse/core/domain/Response"
import * as AnthropicProtocol from "@orelse/core/provider/protocols/AnthropicMessages"
import * as Whole from "@orelse/core/provider/protocols/Whole"
import { builtIn } from "@orelse/core/provider/protocols/builtIn"
import * as Result from "effect/Result"
import * as Gemini from "../../src/dialects/Gemini.ts"
import * as OpenAiChat from "../../src/dialects/OpenAiChat.ts"
import { context, streamed } from "./context.ts"

const answer: Response = {
  content: [
    { type: "reasoning", text: "first", signature: "s1" },
    { type: "reasoning", text: "", redacted: "c2Vj" },
    { type: "reasoning", text: "second", signature: "s2" },
    { type: "toolCall", id: "toolu_1", name: "f", arguments: '{"a":1}' }
  ],
  finishReason: "tool_calls"
}

const expected = [
  { type: "thinking", thinking: "first", signature: "s1" },
  { type: "redacted_thinking", data: "c2Vj" },
  { type: "thinking", thinking: "second", signature: "s2" },
  { type: "tool_use", id: "toolu_1", name: "f", input: { a: 1 } }
]

/** The assistant's message of a next turn, as Anthropic gets it. */
const sentBack = (message: Json.Json): Json.Json | undefined => {
  const messages = [{ role: "user", content: "?" }, message, { role: "tool", tool_call_id: "toolu_1", content: "42" }]
  const read = OpenAiChat.dialect.request({ model: "m", messages })
  const written = Result.flatMap(read, (request) =>
    AnthropicProtocol.protocol.encode(request, { model: "claude-sonnet-4-5", stream: false, quirks: {} })
  )
  return Result.isSuccess(written) ? Json.at(Json.parse(written.success.body), "messages", 1, "content") : undefined
}

describe("signed reasoning, sent back by a caller of openai-chat", () => {
  it("reaches Anthropic as it was, after a whole answer", () => {
    const message = Json.at(OpenAiChat.dialect.response(answer, context), "choices", 0, "message")
    assert.deepStrictEqual(sentBack(message!), expected)
  })

  it("reaches Anthropic as it was, after a stream put together piece by piece", () => {
    const deltas = streamed(OpenAiChat.dialect, Whole.parts(answer))
      .split("\n\n")
      .flatMap((event) => {
        const delta = Json.object(Json.at(Json.parse(event.slice(6)), "choices", 0, "delta"))
        return delta === undefined ? [] : [delta]
      })
    const collected = (key: string) => deltas.flatMap((delta) => Json.array(delta[key]))
    const reasoning = deltas.map((delta) => Json.string(delta["reasoning_content"]) ?? "").join("")
    const written = collected("tool_calls")
      .map((call) => Json.string(Json.at(call, "function", "arguments")) ?? "")
      .join("")
    const call = { id: "toolu_1", type: "function", function: { name: "f", arguments: written } }
    const message = {
      role: "assistant",
      content: null,
      reasoning_content: reasoning,
      reasoning_details: collected("reasoning_details"),
      tool_calls: [call]
    }
    assert.deepStrictEqual(sentBack(message), expected)
  })
})

describe("an answer of Gemini's, kept in the pieces of its stream and sent back to others", () => {
  const contents = [
    { role: "user", parts: [{ text: "?" }] },
    ...[{ text: "It " }, { text: "rains." }, { text: "", thoughtSignature: "Z29vZ2xl" }].map((part) => ({
      role: "model",
      parts: [part]
    })),
    { role: "user", parts: [{ text: "And now?" }] }
  ]

  for (const id of ["openai-chat", "openai-responses", "ollama", "cohere"] as const) {
    it(`is one text at ${id}, and no empty one`, () => {
      const written = Result.flatMap(Gemini.dialect.request({ contents }), (request) =>
        builtIn[id]!.encode(request, { model: "m", stream: false, quirks: {} })
      )
      const body = Result.isSuccess(written) ? Json.parse(written.success.body) : undefined
      const all = Json.array(Json.at(body, "messages") ?? Json.at(body, "input"))
      assert.deepStrictEqual(
        all.map((message) => Json.at(message, "content")),
        ["?", "It rains.", "And now?"]
      )
    })
  }
})

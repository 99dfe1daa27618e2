import { assert, describe, it } from "@effect/vitest"
import * as Json from "@orelse/core/domain/Json"
import type { Request } from "@orelse/core/domain/Request"
import type { Response } from "@orelse/core/domain/Response"
import * as AnthropicProtocol from "@orelse/core/provider/protocols/AnthropicMessages"
import * as ResponsesProtocol from "@orelse/core/provider/protocols/OpenAiResponses"
import * as Whole from "@orelse/core/provider/protocols/Whole"
import * as Result from "effect/Result"
import { dialect } from "../../src/dialects/OpenAiResponses.ts"
import { context, streamed } from "./context.ts"

const read = (body: Json.JsonObject): Request => {
  const result = dialect.request(body)
  if (Result.isFailure(result)) throw new Error(result.failure.message)
  return result.success
}

const own = (fields: Json.JsonObject) => ({ "openai-responses": fields })
const said = { role: "user", content: [{ type: "text", text: "hi" }] }

describe("a request of OpenAI's Responses", () => {
  it("says nothing to the model where its instructions are empty", () => {
    assert.deepStrictEqual(read({ instructions: "", input: "hi" }), read({ input: "hi" }))
  })

  it("is read with its settings under neutral names", () => {
    const body = {
      model: "smart",
      instructions: "Be brief.",
      input: "hi",
      max_output_tokens: 5,
      temperature: 0,
      top_p: 1,
      top_logprobs: 2,
      include: ["message.output_text.logprobs", "reasoning.encrypted_content", "file_search_call.results"],
      user: "u",
      parallel_tool_calls: false,
      reasoning: { effort: "low", summary: "auto", novel: 1 },
      text: { format: { type: "json_object" }, verbosity: "low" },
      store: false,
      truncation: "auto"
    }
    assert.deepStrictEqual(read(body), {
      model: "smart",
      messages: [
        {
          role: "system",
          content: [{ type: "text", text: "Be brief." }],
          extra: own({ field: "instructions" })
        },
        said
      ],
      parallelToolCalls: false,
      responseFormat: { type: "json" },
      reasoning: { enabled: true, effort: "low", summary: "auto" },
      maxTokens: 5,
      temperature: 0,
      topP: 1,
      logprobs: true,
      topLogprobs: 2,
      user: "u",
      extra: own({
        text: { verbosity: "low" },
        reasoning: { novel: 1 },
        include: ["file_search_call.results"],
        truncation: "auto"
      })
    } as never)
  })

  it("counts null as absent, as SDKs send it", () => {
    const body = { input: [{ ...said, content: "hi", id: null }], temperature: null, tools: null, store: null }
    assert.deepStrictEqual(read(body), { messages: [said] } as never)
  })

  it("takes items of the assistant side by side for one turn", () => {
    const input = [
      { role: "user", content: "hi" },
      { type: "reasoning", summary: [{ type: "summary_text", text: "hm" }], encrypted_content: "gAAAA" },
      { role: "assistant", content: "one" },
      { type: "function_call", call_id: "a", name: "f", arguments: "{}" },
      { type: "function_call", call_id: "b", name: "g", arguments: "{}" },
      { type: "function_call_output", call_id: "a", output: "42" },
      {
        type: "function_call_output",
        call_id: "b",
        output: [{ type: "input_image", image_url: "https://e.org/a.png" }]
      }
    ]
    assert.deepStrictEqual(read({ input }).messages, [
      said,
      {
        role: "assistant",
        content: [
          { type: "reasoning", text: "hm", signature: "openai:gAAAA" },
          { type: "text", text: "one" },
          { type: "toolCall", id: "a", name: "f", arguments: "{}" },
          { type: "toolCall", id: "b", name: "g", arguments: "{}" }
        ]
      },
      { role: "tool", toolCallId: "a", content: [{ type: "text", text: "42" }] },
      { role: "tool", toolCallId: "b", content: [{ type: "image", url: "https://e.org/a.png" }] }
    ] as never)
  })

  it("reads every part of a user's message", () => {
    const content = [
      { type: "input_image", image_url: "data:image/png;base64,AAAA", detail: "low" },
      { type: "input_image", file_id: "file-1" },
      { type: "input_file", file_data: "data:application/pdf;base64,JVBE", filename: "a.pdf" },
      { type: "input_file", file_url: "https://example.org/a.pdf" },
      { type: "input_video", video_url: "https://example.org/a.mp4" }
    ]
    assert.deepStrictEqual(read({ input: [{ role: "user", content }] }).messages[0]?.content, [
      { type: "image", mediaType: "image/png", data: "AAAA", detail: "low" },
      { type: "image", fileId: "file-1" },
      { type: "document", mediaType: "application/pdf", data: "JVBE", name: "a.pdf" },
      { type: "document", url: "https://example.org/a.pdf" },
      { type: "text", text: "", extra: own({ block: content[4]! }) }
    ] as never)
  })

  it("keeps items and tools that only it knows, whole", () => {
    const search = { type: "web_search_call", id: "ws_1", status: "completed" }
    const { messages, extra } = read({
      input: [search],
      tools: [{ type: "web_search" }],
      tool_choice: { type: "web_search" }
    })
    assert.deepStrictEqual(messages, [
      { role: "assistant", content: [{ type: "text", text: "", extra: own({ block: search }) }] }
    ] as never)
    assert.deepStrictEqual(
      extra,
      own({ tools: [{ type: "web_search" }], tool_choice: { type: "web_search" } }) as never
    )
  })

  it("needs no input where the provider keeps the conversation", () => {
    const { messages, extra } = read({ previous_response_id: "resp_1" })
    assert.deepStrictEqual([messages, extra], [[], own({ previous_response_id: "resp_1" })] as never)
  })

  for (const [body, param, words] of [
    [{}, "input", "a text or a list of items, got nothing"],
    [{ input: 5 }, "input", "got 5"],
    [{ input: [1] }, "input[0]", "an object, got 1"],
    [{ input: [{}] }, "input[0].type", "the type of an item, got nothing"],
    [{ input: [{ role: "robot", content: "hi" }] }, "input[0].role", 'got "robot"'],
    [{ input: [{ role: "user", content: 5 }] }, "input[0].content", "got 5"],
    [{ input: [{ role: "user", content: [{ type: "input_text" }] }] }, "input[0].content[0].text", "got nothing"],
    [{ input: [{ type: "function_call_output", output: "x" }] }, "input[0].call_id", "a string, got nothing"],
    [{ input: "hi", max_output_tokens: "5" }, "max_output_tokens", 'a number, got "5"'],
    [{ input: "hi", tools: [{ type: "function" }] }, "tools[0].name", "a string, got nothing"],
    [
      { input: [{ type: "item_reference", id: "msg_orelse_0" }] },
      "input[0].id",
      'send items whole, with store: false), got "msg_orelse_0"'
    ],
    [{ input: "hi", tool_choice: "perhaps" }, "tool_choice", 'got "perhaps"'],
    [{ input: "hi", text: { format: { type: "yaml" } } }, "text.format.type", 'got "yaml"']
  ] as const) {
    it(`is refused with its place: ${JSON.stringify(body)}`, () => {
      const result = dialect.request(body)
      if (Result.isSuccess(result)) return assert.fail("it was taken")
      assert.strictEqual(result.failure.param, param)
      assert.isTrue(result.failure.message.startsWith(`${param} must be `), result.failure.message)
      assert.include(result.failure.message, words)
    })
  }
})

/** An answer of Anthropic's, whose caller speaks Responses and sends its items back with the next turn. */
const answer: Response = {
  content: [
    { type: "reasoning", text: "first", signature: "s1" },
    { type: "reasoning", text: "", redacted: "c2Vj" },
    { type: "reasoning", text: "second", signature: "s2" },
    { type: "text", text: "so" },
    { type: "toolCall", id: "toolu_1", name: "f", arguments: '{"a":1}' }
  ],
  finishReason: "tool_calls"
}

/** The items of a stream, as it gives them when each is whole. */
const streamedItems = (): ReadonlyArray<Json.Json> => {
  const text = streamed(dialect, Whole.parts(answer))
  return text.split("\n\n").flatMap((event) => {
    const body = Json.parseObject(event.split("data: ")[1] ?? "")
    return body?.["type"] === "response.output_item.done" ? [body["item"]!] : []
  })
}

const next = (items: ReadonlyArray<Json.Json>): Request =>
  read({
    input: [
      { role: "user", content: "?" },
      ...items,
      { type: "function_call_output", call_id: "toolu_1", output: "42" }
    ]
  })

describe("a call with Google's proof, sent back by a caller of openai-responses", () => {
  it("has its proof again, and does not take it to OpenAI", () => {
    const call = { type: "toolCall", id: "call_1", name: "f", arguments: "{}", signature: "Z29vZ2xl" } as const
    const { output } = dialect.response({ content: [call], finishReason: "tool_calls" }, context)
    const { messages } = read({ input: output! })
    assert.deepStrictEqual(messages, [{ role: "assistant", content: [call] }])
    const written = ResponsesProtocol.protocol.encode({ messages }, { model: "gpt-x", stream: false, quirks: {} })
    assert.isTrue(Result.isSuccess(written) && !written.success.body.includes("Z29vZ2xl"))
  })
})

describe("signed reasoning, sent back by a caller of openai-responses", () => {
  for (const [how, items] of [
    ["after a whole answer", () => Json.array(dialect.response(answer, context)["output"])],
    ["after a stream", streamedItems]
  ] as const) {
    it(`reaches Anthropic as it was, ${how}`, () => {
      const written = AnthropicProtocol.protocol.encode(next(items()), {
        model: "claude-sonnet-4-5",
        stream: false,
        quirks: {}
      })
      if (Result.isFailure(written)) return assert.fail(written.failure.message)
      assert.deepStrictEqual(Json.at(Json.parse(written.success.body), "messages", 1, "content"), [
        { type: "thinking", thinking: "first", signature: "s1" },
        { type: "redacted_thinking", data: "c2Vj" },
        { type: "thinking", thinking: "second", signature: "s2" },
        { type: "text", text: "so" },
        { type: "tool_use", id: "toolu_1", name: "f", input: { a: 1 } }
      ])
    })

    it(`does not reach OpenAI, which would refuse it, nor do ids that it never gave, ${how}`, () => {
      const written = ResponsesProtocol.protocol.encode(next(items()), { model: "gpt-x", stream: false, quirks: {} })
      if (Result.isFailure(written)) return assert.fail(written.failure.message)
      assert.deepStrictEqual(Json.array(Json.at(Json.parse(written.success.body), "input")).slice(1, -1), [
        { type: "message", role: "assistant", content: "so" },
        { type: "function_call", call_id: "toolu_1", name: "f", arguments: '{"a":1}' }
      ])
    })
  }
})

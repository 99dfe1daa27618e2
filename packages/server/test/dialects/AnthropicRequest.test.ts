import { assert, describe, it } from "@effect/vitest"
import type * as Json from "@orelse/core/domain/Json"
import type { Request } from "@orelse/core/domain/Request"
import * as Result from "effect/Result"
import * as AnthropicMessages from "../../src/dialects/AnthropicMessages.ts"

const read = (body: Json.JsonObject): Request => {
  const result = AnthropicMessages.dialect.request(body)
  if (Result.isFailure(result)) throw new Error(result.failure.message)
  return result.success
}

const hi = { role: "user", content: "hi" }
const said = { role: "user", content: [{ type: "text", text: "hi" }] }

describe("an Anthropic request", () => {
  it("is read with its settings under neutral names", () => {
    const body = {
      model: "smart",
      max_tokens: 5,
      system: "Be brief.",
      messages: [hi],
      temperature: 0.5,
      top_p: 0.9,
      top_k: 3,
      stop_sequences: ["END"],
      metadata: { user_id: "u" },
      thinking: { type: "enabled", budget_tokens: 2048 },
      stream: true
    }
    assert.deepStrictEqual(read(body), {
      model: "smart",
      messages: [{ role: "system", content: [{ type: "text", text: "Be brief." }] }, said],
      reasoning: { enabled: true, budgetTokens: 2048 },
      maxTokens: 5,
      temperature: 0.5,
      topP: 0.9,
      topK: 3,
      stop: ["END"],
      user: "u"
    } as never)
  })

  it("makes results of tools messages of their own, before the words beside them", () => {
    const content = [
      { type: "text", text: "so?" },
      { type: "tool_result", tool_use_id: "a", content: "42", is_error: true },
      {
        type: "tool_result",
        tool_use_id: "b",
        content: [{ type: "text", text: "x", cache_control: { type: "ephemeral" } }]
      },
      { type: "tool_result", tool_use_id: "c" }
    ]
    assert.deepStrictEqual(read({ messages: [{ role: "user", content }] }).messages, [
      { role: "tool", toolCallId: "a", content: [{ type: "text", text: "42" }], isError: true },
      {
        role: "tool",
        toolCallId: "b",
        content: [
          { type: "text", text: "x", extra: { "anthropic-messages": { cache_control: { type: "ephemeral" } } } }
        ]
      },
      { role: "tool", toolCallId: "c", content: [] },
      { role: "user", content: [{ type: "text", text: "so?" }] }
    ] as never)
  })

  it("reads every source of images and documents", () => {
    const of = (type: string, source: Json.JsonObject) => ({ type, source })
    const content = [
      of("image", { type: "base64", media_type: "image/png", data: "AAAA" }),
      of("image", { type: "url", url: "https://example.org/a.png" }),
      of("image", { type: "file", file_id: "file_1" }),
      {
        ...of("document", { type: "text", media_type: "text/plain", data: "Grüße" }),
        title: "t",
        citations: { enabled: true }
      },
      of("document", { type: "content", content: [] })
    ]
    assert.deepStrictEqual(read({ messages: [{ role: "user", content }] }).messages[0]?.content, [
      { type: "image", mediaType: "image/png", data: "AAAA" },
      { type: "image", url: "https://example.org/a.png" },
      { type: "image", fileId: "file_1" },
      {
        type: "document",
        mediaType: "text/plain",
        data: "R3LDvMOfZQ==",
        name: "t",
        extra: { "anthropic-messages": { citations: { enabled: true } } }
      },
      { type: "text", text: "", extra: { "anthropic-messages": { block: content[4] } } }
    ] as never)
  })

  it("tells its own tools from the caller's", () => {
    const search = { type: "web_search_20250305", name: "web_search" }
    const { extra, tools } = read({
      messages: [hi],
      tools: [
        { name: "f", input_schema: { type: "object" }, eager_input_streaming: true },
        { type: "custom", name: "g" },
        search
      ]
    })
    assert.deepStrictEqual(tools, [
      { name: "f", parameters: { type: "object" }, extra: { "anthropic-messages": { eager_input_streaming: true } } },
      { name: "g" }
    ] as never)
    assert.deepStrictEqual(extra, { "anthropic-messages": { tools: [search] } })
  })

  it("reads every tool choice", () => {
    const choice = (tool_choice: Json.JsonObject) => {
      const { parallelToolCalls, toolChoice } = read({ messages: [hi], tool_choice })
      return [toolChoice, parallelToolCalls]
    }
    assert.deepStrictEqual(choice({ type: "auto" }), ["auto", undefined])
    assert.deepStrictEqual(choice({ type: "any", disable_parallel_tool_use: true }), ["required", false])
    assert.deepStrictEqual(choice({ type: "tool", name: "f", disable_parallel_tool_use: false }), [{ name: "f" }, true])
    assert.deepStrictEqual(choice({ type: "none" }), ["none", undefined])
    assert.deepStrictEqual(choice({ type: "constructor" }), [undefined, undefined])
  })

  it("reads an effort and a schema, in the place of today and of yesterday", () => {
    const format = { type: "json_schema", schema: { type: "object" } }
    const expected = { type: "jsonSchema", schema: { type: "object" } }
    const today = read({
      messages: [hi],
      output_config: { effort: "high", format },
      thinking: { type: "adaptive", display: "omitted" }
    })
    assert.deepStrictEqual([today.responseFormat, today.reasoning], [
      expected,
      { enabled: true, effort: "high" }
    ] as never)
    assert.deepStrictEqual(today.extra, { "anthropic-messages": { thinking: { display: "omitted" } } })
    assert.deepStrictEqual(read({ messages: [hi], output_format: format }).responseFormat, expected as never)
  })

  it("keeps a kind of thinking that it does not know", () => {
    const thinking = { type: "between_tools" }
    assert.deepStrictEqual(read({ messages: [hi], thinking }), {
      messages: [said],
      extra: { "anthropic-messages": { thinking } }
    } as never)
  })

  for (const [body, param] of [
    [{}, "messages"],
    [{ messages: [{ role: "robot", content: "hi" }] }, "messages[0].role"],
    [{ messages: [{ role: "user", content: [{ type: "image" }] }] }, "messages[0].content[0].source"],
    [{ messages: [{ role: "user", content: [{ type: "tool_result" }] }] }, "messages[0].content[0].tool_use_id"],
    [
      { messages: [{ role: "assistant", content: [{ type: "tool_use", id: "a", input: {} }] }] },
      "messages[0].content[0].name"
    ],
    [{ messages: [hi], system: 5 }, "system"],
    [{ messages: [hi], max_tokens: "many" }, "max_tokens"],
    [{ messages: [hi], tool_choice: {} }, "tool_choice.type"]
  ] as const) {
    it(`is refused with its place: ${JSON.stringify(body)}`, () => {
      const result = AnthropicMessages.dialect.request(body)
      assert.strictEqual(Result.isFailure(result) ? result.failure.param : undefined, param)
    })
  }
})

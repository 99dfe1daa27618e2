/**
 * What the dialects write, read by the official SDKs: whole and streamed, with tools, and errors that must be raised.
 */
import { APIError as AnthropicError } from "@anthropic-ai/sdk"
import { assert, describe, it } from "@effect/vitest"
import type { Response } from "@orelse/core/domain/Response"
import * as Whole from "@orelse/core/provider/protocols/Whole"
import { APIError as OpenAiError } from "openai"
import * as AnthropicMessages from "../../src/dialects/AnthropicMessages.ts"
import * as OpenAiChat from "../../src/dialects/OpenAiChat.ts"
import { answer, broken, context, facts, streamed } from "./context.ts"
import * as Sdk from "./sdk.ts"

const calls = [
  { id: "call_1", name: "get_weather", arguments: { city: "Köln" } },
  { id: "call_2", name: "get_time", arguments: {} }
]

const question = { model: "m", messages: [{ role: "user" as const, content: "?" }] }

describe("the openai SDK", () => {
  it("reads a whole answer", async () => {
    const body = JSON.stringify(OpenAiChat.dialect.response(answer, context))
    const completion = await Sdk.openai(body, false).chat.completions.create(question)
    const [choice] = completion.choices
    assert.strictEqual(completion.object, "chat.completion")
    assert.strictEqual(completion.model, "smart")
    assert.strictEqual(completion.id, `chatcmpl-${context.callId}`)
    assert.strictEqual(choice?.message.content, "Grüße 👋")
    assert.strictEqual(choice?.finish_reason, "tool_calls")
    assert.deepStrictEqual(
      choice?.message.tool_calls?.map(
        (call) => call.type === "function" && [call.id, call.function.name, call.function.arguments]
      ),
      [
        ["call_1", "get_weather", '{"city":"Köln"}'],
        ["call_2", "get_time", "{}"]
      ]
    )
    assert.deepStrictEqual(completion.usage, {
      prompt_tokens: 100,
      completion_tokens: 20,
      total_tokens: 120,
      prompt_tokens_details: { cached_tokens: 64, cache_write_tokens: 6 },
      completion_tokens_details: { reasoning_tokens: 12 }
    })
  })

  it("reads a stream", async () => {
    const seen = await Sdk.openaiStream(streamed(OpenAiChat.dialect, Whole.parts(answer)))
    assert.deepStrictEqual(seen, {
      text: "Grüße 👋",
      reasoning: "Let me think.",
      toolCalls: calls,
      finish: "tool_calls",
      usage: { input: 100, output: 20 }
    })
  })

  it("puts a stream together with its own accumulator", async () => {
    const client = Sdk.openai(streamed(OpenAiChat.dialect, Whole.parts(answer)), true)
    const completion = await client.chat.completions
      .stream({ ...question, stream_options: { include_usage: true } })
      .finalChatCompletion()
    assert.strictEqual(completion.choices[0]?.message.content, "Grüße 👋")
    assert.strictEqual(completion.choices[0]?.message.tool_calls?.length, 2)
    assert.strictEqual(completion.usage?.total_tokens, 120)
  })

  it("sees no usage on a stream where it did not ask", async () => {
    const text = streamed(OpenAiChat.dialect, Whole.parts(answer), { includeUsage: false })
    assert.isFalse(text.includes('"usage"'))
    assert.isTrue(text.endsWith("data: [DONE]\n\n"))
    assert.isUndefined((await Sdk.openaiStream(text)).usage)
  })

  it("reads a refusal and a content filter", async () => {
    const refused: Response = { content: [{ type: "refusal", text: "I cannot." }], finishReason: "content_filter" }
    const body = JSON.stringify(OpenAiChat.dialect.response(refused, context))
    const { choices } = await Sdk.openai(body, false).chat.completions.create(question)
    assert.deepStrictEqual(
      [choices[0]?.message.refusal, choices[0]?.message.content, choices[0]?.finish_reason],
      ["I cannot.", null, "content_filter"]
    )
  })

  it("raises an error that ends a stream", async () => {
    const text = broken(OpenAiChat.dialect)
    const error = await Sdk.raised(async () =>
      Sdk.drain(await Sdk.openai(text, true).chat.completions.create({ ...question, stream: true }))
    )
    assert.instanceOf(error, OpenAiError)
    assert.include(error.message, "mine/m (key 1) answered 500")
  })

  it("raises an error of every status with its type and code", async () => {
    const types = [
      [400, "invalid_request_error"],
      [401, "authentication_error"],
      [403, "permission_error"],
      [404, "invalid_request_error"],
      [429, "rate_limit_error"],
      [502, "server_error"],
      [504, "server_error"]
    ] as const
    for (const [status, type] of types) {
      const body = JSON.stringify(OpenAiChat.dialect.error(facts({ status, code: "some_code", param: "messages" })))
      const error = await Sdk.raised(() => Sdk.openai(body, false, status).chat.completions.create(question))
      assert.instanceOf(error, OpenAiError)
      assert.deepStrictEqual(
        [error.status, error.type, error.code, error.param],
        [status, type, "some_code", "messages"]
      )
    }
  })

  it("reads vectors, packed as it asks for them", async () => {
    const { embeddings } = OpenAiChat.dialect
    const packed = {
      ...context,
      request: () => ({ messages: [], extra: { "openai-chat": { encoding_format: "base64" } } })
    }
    const body = JSON.stringify(
      embeddings!.response(
        {
          embeddings: [
            [0.5, -1],
            [2, 0]
          ],
          usage: { inputTokens: 4 }
        },
        packed
      )
    )
    const { data, usage } = await Sdk.openai(body, false).embeddings.create({ model: "m", input: ["a", "b"] })
    assert.deepStrictEqual(
      data.map((row) => row.embedding),
      [
        [0.5, -1],
        [2, 0]
      ]
    )
    assert.strictEqual(usage.prompt_tokens, 4)
  })
})

describe("the Anthropic SDK", () => {
  it("reads a whole answer", async () => {
    const body = JSON.stringify(AnthropicMessages.dialect.response(answer, context))
    const message = await Sdk.anthropic(body, false).messages.create({ ...question, max_tokens: 1 })
    assert.strictEqual(message.model, "smart")
    assert.strictEqual(message.id, `msg_${context.callId}`)
    assert.deepStrictEqual(message.content[0], {
      type: "thinking",
      thinking: "Let me think.",
      signature: "c2ln"
    } as never)
    assert.deepStrictEqual(Sdk.anthropicSeen(message), {
      text: "Grüße 👋",
      reasoning: "Let me think.",
      toolCalls: calls,
      finish: "tool_use",
      usage: { input: 100, output: 20 }
    })
    assert.strictEqual(message.usage.input_tokens, 30)
  })

  it("reads a stream", async () => {
    const seen = await Sdk.anthropicStream(streamed(AnthropicMessages.dialect, Whole.parts(answer)))
    assert.deepStrictEqual(seen, {
      text: "Grüße 👋",
      reasoning: "Let me think.",
      toolCalls: calls,
      finish: "tool_use",
      usage: { input: 100, output: 20 }
    })
  })

  it("reads a stream that holds nothing but an end", async () => {
    const seen = await Sdk.anthropicStream(
      streamed(AnthropicMessages.dialect, [{ type: "finish", reason: "stop", raw: "stop" }])
    )
    assert.deepStrictEqual([seen.text, seen.finish], ["", "end_turn"])
  })

  it("raises an error that ends a stream", async () => {
    const text = broken(AnthropicMessages.dialect)
    const error = await Sdk.raised(() =>
      Sdk.anthropic(text, true)
        .messages.stream({ ...question, max_tokens: 1 })
        .finalMessage()
    )
    assert.instanceOf(error, AnthropicError)
    assert.include(error.message, "mine/m (key 1) answered 500")
  })

  it("raises a cut stream that has no end, as an error", async () => {
    const writer = AnthropicMessages.dialect.writer(context)
    const error = await Sdk.raised(() =>
      Sdk.anthropic(writer.write({ type: "text", index: 0, text: "cut o" }), true)
        .messages.stream({ ...question, max_tokens: 1 })
        .finalMessage()
    )
    assert.instanceOf(error, Error)
  })

  it("raises an error of every status with its type", async () => {
    const types = [
      [400, "invalid_request_error"],
      [401, "authentication_error"],
      [403, "permission_error"],
      [404, "not_found_error"],
      [413, "request_too_large"],
      [429, "rate_limit_error"],
      [502, "api_error"],
      [503, "overloaded_error"],
      [504, "timeout_error"]
    ] as const
    for (const [status, type] of types) {
      const body = JSON.stringify(AnthropicMessages.dialect.error(facts({ status })))
      const error = await Sdk.raised(() =>
        Sdk.anthropic(body, false, status).messages.create({ ...question, max_tokens: 1 })
      )
      assert.instanceOf(error, AnthropicError)
      assert.deepStrictEqual([error.status, error.type], [status, type])
    }
  })
})

import { assert, describe, it } from "@effect/vitest"
import type * as Json from "@orelse/core/domain/Json"
import type { Request } from "@orelse/core/domain/Request"
import * as Result from "effect/Result"
import * as OpenAiChat from "../../src/dialects/OpenAiChat.ts"

const read = (body: Json.JsonObject): Request => {
  const result = OpenAiChat.dialect.request(body)
  if (Result.isFailure(result)) throw new Error(result.failure.message)
  return result.success
}

const problem = (body: Json.JsonObject): readonly [param: string | undefined, message: string] => {
  const result = OpenAiChat.dialect.request(body)
  return Result.isFailure(result) ? [result.failure.param, result.failure.message] : [undefined, ""]
}

const hi = { role: "user", content: "hi" }
const said = { role: "user", content: [{ type: "text", text: "hi" }] }

describe("an OpenAI chat request", () => {
  it("tells a developer's instructions from a system's", () => {
    const messages = ["developer", "system"].map((role) => ({ role, content: "Be brief." }))
    const content = [{ type: "text" as const, text: "Be brief." }]
    assert.deepStrictEqual(read({ messages }).messages, [
      { role: "system", content, developer: true },
      { role: "system", content }
    ])
  })

  it("is read with its settings under neutral names", () => {
    const body = {
      model: "smart",
      messages: [hi],
      max_tokens: 5,
      temperature: 0,
      top_p: 1,
      stop: "END",
      seed: 1,
      frequency_penalty: 0.5,
      presence_penalty: -0.5,
      logprobs: true,
      top_logprobs: 2,
      n: 2,
      user: "u",
      parallel_tool_calls: false,
      reasoning_effort: "low"
    }
    assert.deepStrictEqual(read(body), {
      model: "smart",
      messages: [said],
      maxTokens: 5,
      temperature: 0,
      topP: 1,
      stop: ["END"],
      seed: 1,
      frequencyPenalty: 0.5,
      presencePenalty: -0.5,
      logprobs: true,
      topLogprobs: 2,
      n: 2,
      user: "u",
      parallelToolCalls: false,
      reasoning: { enabled: true, effort: "low" }
    } as never)
  })

  it("counts null as absent, as SDKs send it", () => {
    const body = {
      model: "smart",
      messages: [{ ...hi, name: null }],
      temperature: null,
      tools: null,
      stop: null,
      stream_options: null,
      custom: null
    }
    assert.deepStrictEqual(read(body), { model: "smart", messages: [said] } as never)
  })

  it("keeps fields that it does not know, and none of ours", () => {
    const body = {
      messages: [{ ...hi, novel: 1 }],
      stream: true,
      stream_options: { include_usage: true, include_obfuscation: false },
      orelse: { timeout: 1 },
      store: true
    }
    assert.deepStrictEqual(read(body), {
      messages: [{ ...said, extra: { "openai-chat": { novel: 1 } } }],
      extra: { "openai-chat": { stream_options: { include_obfuscation: false }, store: true } }
    } as never)
  })

  it("remembers which name the caller has for the limit", () => {
    assert.deepStrictEqual(read({ messages: [hi], max_completion_tokens: 9 }), {
      messages: [said],
      maxTokens: 9,
      extra: { "openai-chat": { maxTokensField: "max_completion_tokens" } }
    } as never)
  })

  it("takes the older functions for tools", () => {
    const body = {
      messages: [
        hi,
        { role: "assistant", content: null, function_call: { name: "f", arguments: "{}" } },
        { role: "function", name: "f", content: "42" }
      ],
      functions: [{ name: "f", parameters: { type: "object" } }],
      function_call: { name: "f" }
    }
    assert.deepStrictEqual(read(body), {
      messages: [
        said,
        { role: "assistant", content: [{ type: "toolCall", id: "f", name: "f", arguments: "{}" }] },
        { role: "tool", toolCallId: "f", name: "f", content: [{ type: "text", text: "42" }] }
      ],
      tools: [{ name: "f", parameters: { type: "object" } }],
      toolChoice: { name: "f" }
    } as never)
  })

  it("tells older calls of one function apart, each with its result", () => {
    const turn = [
      { role: "assistant", content: null, function_call: { name: "f", arguments: "{}" } },
      { role: "function", name: "f", content: "42" }
    ]
    const ids = read({ messages: [hi, ...turn, ...turn, ...turn] }).messages.map((message) =>
      message.role === "tool" ? message.toolCallId : message.content.map((part) => "id" in part && part.id)[0]
    )
    assert.deepStrictEqual(ids.slice(1), ["f", "f", "f_2", "f_2", "f_3", "f_3"])
  })

  it("reads every part of a user's message", () => {
    const content = [
      { type: "image_url", image_url: { url: "data:image/png;base64,AAAA", detail: "low" } },
      { type: "image_url", image_url: "https://example.org/a.png" },
      { type: "input_audio", input_audio: { data: "UklG", format: "wav" } },
      { type: "file", file: { file_data: "data:application/pdf;base64,JVBE", filename: "a.pdf" } },
      { type: "file", file: { file_id: "file-1" } },
      { type: "video_url", video_url: { url: "https://example.org/a.mp4" } }
    ]
    assert.deepStrictEqual(read({ messages: [{ role: "user", content }] }).messages[0]?.content, [
      { type: "image", mediaType: "image/png", data: "AAAA", detail: "low" },
      { type: "image", url: "https://example.org/a.png" },
      { type: "audio", data: "UklG", format: "wav" },
      { type: "document", mediaType: "application/pdf", data: "JVBE", name: "a.pdf" },
      { type: "document", fileId: "file-1" },
      { type: "text", text: "", extra: { "openai-chat": { block: content[5] } } }
    ] as never)
  })

  it("reads reasoning that a caller sends back, with what proves it", () => {
    const details = [
      { type: "reasoning.text", text: "one", signature: "s1" },
      { type: "reasoning.text", text: "two", signature: "s2" },
      { type: "reasoning.encrypted", data: "c2Vj" }
    ]
    const message = { role: "assistant", content: "yes", reasoning_content: "onetwo", reasoning_details: details }
    const extra = { "openai-chat": { field: "reasoning_details" } }
    assert.deepStrictEqual(read({ messages: [message] }).messages[0]?.content, [
      { type: "reasoning", text: "one", signature: "s1", extra },
      { type: "reasoning", text: "two", signature: "s2", extra },
      { type: "reasoning", text: "", redacted: "c2Vj", extra },
      { type: "text", text: "yes" }
    ] as never)
  })

  it("reads text whose proof came apart from it", () => {
    const message = {
      role: "assistant",
      reasoning_content: "hm",
      reasoning_details: [{ type: "reasoning.text", text: "", signature: "s" }]
    }
    assert.deepStrictEqual(read({ messages: [message] }).messages[0]?.content, [
      { type: "reasoning", text: "hm", signature: "s", extra: { "openai-chat": { field: "reasoning_content" } } }
    ] as never)
  })

  for (const [body, param, words] of [
    [{}, "messages", "a list of messages, got nothing"],
    [{ messages: "hi" }, "messages", 'a list, got "hi"'],
    [{ messages: [1] }, "messages[0]", "an object, got 1"],
    [{ messages: [{ content: "hi" }] }, "messages[0].role", "got nothing"],
    [{ messages: [{ role: "robot", content: "hi" }] }, "messages[0].role", 'got "robot"'],
    [{ messages: [hi, { role: "user", content: 5 }] }, "messages[1].content", "got 5"],
    [
      { messages: [{ role: "user", content: [{ type: "text" }] }] },
      "messages[0].content[0].text",
      "a string, got nothing"
    ],
    [{ messages: [{ role: "tool", content: "x" }] }, "messages[0].tool_call_id", "a string, got nothing"],
    [{ messages: [hi], temperature: "hot" }, "temperature", 'a number, got "hot"'],
    [{ messages: [hi], stop: [1] }, "stop", "a list of strings"],
    [
      { messages: [hi], tools: [{ type: "function", function: {} }] },
      "tools[0].function.name",
      "a string, got nothing"
    ],
    [{ messages: [hi], tool_choice: "perhaps" }, "tool_choice", 'got "perhaps"'],
    [{ messages: [hi], response_format: { type: "yaml" } }, "response_format.type", 'got "yaml"']
  ] as const) {
    it(`is refused with its place: ${JSON.stringify(body)}`, () => {
      const [where, message] = problem(body)
      assert.strictEqual(where, param)
      assert.isTrue(message.startsWith(`${param} must be `), message)
      assert.include(message, words)
    })
  }
})

describe("what an OpenAI chat request says of how the answer is to sound", () => {
  it("is nothing where that is text alone, and kept where it is not", () => {
    assert.isUndefined(read({ messages: [hi], modalities: ["text"] }).extra)
    const spoken = ["text", "audio"]
    assert.deepStrictEqual(read({ messages: [hi], modalities: spoken }).extra, {
      "openai-chat": { modalities: spoken }
    })
  })
})

describe("an OpenAI embeddings request", () => {
  const embeddings = (input: Json.Json) =>
    OpenAiChat.dialect.embeddings!.request({ model: "e", input, encoding_format: "base64" })

  it("takes one text, several, and tokens", () => {
    const inputs = ["a", ["a", "b"], [1, 2], [[1], [2, 3]]].map((input) => {
      const result = embeddings(input)
      return Result.isSuccess(result) ? result.success.input : result.failure.message
    })
    assert.deepStrictEqual(inputs, [["a"], ["a", "b"], [[1, 2]], [[1], [2, 3]]])
  })

  it("is refused where it holds nothing to embed", () => {
    for (const input of [null, [], {}, [true], [["a"]]]) {
      const result = embeddings(input)
      assert.strictEqual(Result.isFailure(result) ? result.failure.param : undefined, "input")
    }
  })
})

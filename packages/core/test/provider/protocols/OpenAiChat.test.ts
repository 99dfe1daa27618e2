import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Json from "../../../src/domain/Json.ts"
import type { Request } from "../../../src/domain/Request.ts"
import type { StreamPart } from "../../../src/domain/Response.ts"
import type { Context, WireEvent } from "../../../src/provider/Protocol.ts"
import { profiles } from "../../../src/provider/profiles.ts"
import { protocol } from "../../../src/provider/protocols/OpenAiChat.ts"
import { conformance, event } from "../conformance.ts"
import * as Fold from "../fold.ts"
import * as Written from "../written.ts"
import { call, chunk, counted, head, plainCall, role, samples, two, whole } from "./openAiChatSamples.ts"

conformance(samples(protocol))

const read = (...events: ReadonlyArray<WireEvent>): ReadonlyArray<StreamPart> => {
  const reader = protocol.reader()
  return events.flatMap((one) => {
    const parts = reader.read(one)
    if (parts === "malformed") throw new Error("malformed")
    return parts
  })
}

const folded = (...events: ReadonlyArray<WireEvent>): Fold.Folded => Fold.parts(read(...events))

describe("openai-chat, as its many speakers write streams", () => {
  it("takes tool calls without an index, told apart by id", () => {
    const calls = two.map((one) => plainCall(one.id, one.name, one.arguments))
    assert.deepStrictEqual(folded(chunk({ tool_calls: calls }), chunk({}, "tool_calls")).toolCalls, two)
    assert.deepStrictEqual(
      folded(chunk({ tool_calls: [calls[0]!] }), chunk({ tool_calls: [calls[1]!] })).toolCalls,
      two
    )
  })

  it("gives pieces without index or id to the call before them", () => {
    const pieces = [
      chunk({ tool_calls: [plainCall("call_1", "f", "")] }),
      chunk({ tool_calls: [{ function: { arguments: '{"a":1}' } }] })
    ]
    assert.deepStrictEqual(folded(...pieces).toolCalls, [two[0]!])
  })

  it("tells calls apart that all claim index 0", () => {
    const events = two.map((one) => chunk({ tool_calls: [call(0, one.id, one.name, one.arguments)] }))
    assert.deepStrictEqual(folded(...events).toolCalls, two)
  })

  it("takes arguments that come as an object", () => {
    const odd = { index: 0, id: "call_1", function: { name: "f", arguments: { a: 1 } } }
    assert.deepStrictEqual(folded(chunk({ tool_calls: [odd] })).toolCalls, [two[0]!])
  })

  it("numbers a call that has no id of its own", () => {
    assert.strictEqual(folded(chunk({ tool_calls: [call(0, "", "f", "{}")] })).toolCalls[0]?.id, "call_chatcmpl-1_0")
    const bare = event({ choices: [{ index: 0, delta: { tool_calls: [call(0, "", "f", "{}")] } }] })
    assert.strictEqual(folded(bare).toolCalls[0]?.id, "call_0")
    const message = { tool_calls: [call(0, "", "f", "{}"), call(1, "", "g", "{}")] }
    assert.deepStrictEqual(
      Fold.response(protocol.decode(whole(message, "tool_calls"))!).toolCalls.map(({ id }) => id),
      ["call_chatcmpl-1_0", "call_chatcmpl-1_1"]
    )
  })

  it("ends in tool_calls where a server calls tools and says stop", () => {
    const { finishReason, rawFinishReason } = folded(
      chunk({ tool_calls: [call(0, "a", "f", "{}")] }),
      chunk({}, "stop")
    )
    assert.deepStrictEqual([finishReason, rawFinishReason], ["tool_calls", "stop"])
    assert.strictEqual(
      protocol.decode(whole({ tool_calls: [plainCall("a", "f", "{}")] }, "stop"))?.finishReason,
      "tool_calls"
    )
  })

  it("takes usage from every place where it is put", () => {
    const used = { prompt_tokens: 3, completion_tokens: 2 }
    const expected = { inputTokens: 3, outputTokens: 2 }
    assert.deepStrictEqual(folded(chunk({}, "stop", { x_groq: { usage: used } })).usage, expected)
    assert.deepStrictEqual(
      folded(event({ ...head, choices: [{ index: 0, delta: {}, finish_reason: "stop", usage: used }] })).usage,
      expected
    )
    const growing = chunk({ content: "a" }, null, { usage: { prompt_tokens: 3, completion_tokens: 1 } })
    assert.deepStrictEqual(folded(growing, chunk({}, "stop", { usage: used })).usage, expected)
  })

  it("reads what a call cost where the provider says so", () => {
    const cost = (usage: Json.JsonObject) => protocol.usage({ usage: { prompt_tokens: 1, ...usage } })?.costUsd
    assert.strictEqual(cost({ cost: 0.25 }), 0.25)
    assert.strictEqual(cost({ cost: { total_cost: 0.005 } }), 0.005)
    assert.strictEqual(cost({ cost_in_usd_ticks: 3_080_400 }), 0.00030804)
    assert.isUndefined(cost({}))
    assert.isUndefined(cost({ cost: -0.25 }))
  })

  it("adds to OpenRouter's part what a key of one's own paid, and only where one was used", () => {
    const cost = (usage: Json.JsonObject) => protocol.usage({ usage: { prompt_tokens: 1, ...usage } })?.costUsd
    const details = { cost_details: { upstream_inference_cost: 0.0360795 } }
    assert.strictEqual(cost({ cost: 0, is_byok: true, ...details }), 0.0360795)
    assert.strictEqual(cost({ cost: 0.0001, is_byok: true }), 0.0001)
    assert.strictEqual(cost({ cost: 0.0360795, is_byok: false, ...details }), 0.0360795)
  })

  for (const body of [
    '{"error":"plain words"}',
    '{"object":"error","message":"boom","code":500}',
    '{"type":"error","error":{"message":"boom"}}',
    '{"detail":"Not here"}',
    '{"message":"Internal Server Error"}',
    '{"id":"x","choices":[{"index":0,"delta":{},"finish_reason":"error","error":{"message":"boom"}}]}',
    '{"id":"x","choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]}'
  ]) {
    it(`takes ${body.slice(0, 48)}… for an error`, () => {
      assert.strictEqual(folded(role, { event: undefined, data: body }).error, body)
    })
  }

  it("takes an event named error for one, whatever it holds", () => {
    assert.strictEqual(folded({ event: "error", data: '{"code":1305}' }).error, '{"code":1305}')
  })

  it("makes no part of a chunk that only keeps the line open", () => {
    assert.deepStrictEqual(read(event({ ...head, choices: [] })), [])
  })

  it("gives nothing but usage for the usage chunk, so that it can be held back", () => {
    const parts = read(
      role,
      event({ ...head, choices: [], usage: counted, service_tier: "default", obfuscation: "x" })
    ).slice(1)
    assert.deepStrictEqual(
      parts.map((part) => part.type),
      ["usage"]
    )
  })

  it("carries fields that only the provider knows under their own names", () => {
    const parts = read(role, chunk({ content: "x" }), chunk({}, "stop", { citations: ["https://example.org"] }))
    assert.deepStrictEqual(parts.at(-1), {
      type: "extra",
      dialect: "openai-chat",
      fields: { citations: ["https://example.org"] }
    })
    const answer = protocol.decode({ ...whole({ content: "x" }, "stop"), citations: ["https://example.org"] })
    assert.deepStrictEqual(answer?.extra, { "openai-chat": { citations: ["https://example.org"] } })
  })

  it("reads a whole answer that came in the place of a stream", () => {
    const { text: said, finishReason, usage: used } = folded(event(whole({ content: "all at once" }, "stop", counted)))
    assert.deepStrictEqual([said, finishReason, used?.inputTokens], ["all at once", "stop", 100])
  })

  it("leaves other answers alone where several were asked for", () => {
    assert.strictEqual(
      folded(chunk({ content: "first" }), event({ ...head, choices: [{ index: 1, delta: { content: "second" } }] }))
        .text,
      "first"
    )
  })

  it("reads Mistral's thinking out of a content list", () => {
    const content = [
      { type: "thinking", thinking: [{ type: "text", text: "hm" }] },
      { type: "text", text: "so" }
    ]
    const { reasoning: thought, text: said } = folded(chunk({ content }))
    assert.deepStrictEqual([thought, said], ["hm", "so"])
    assert.deepStrictEqual(
      protocol.decode(whole({ content }, "stop"))?.content.map((part) => part.type),
      ["reasoning", "text"]
    )
  })

  for (const field of ["reasoning_content", "reasoning", "reasoning_text"]) {
    it(`takes ${field} for reasoning, also beside an empty field of another name`, () => {
      const delta = { reasoning_content: "", [field]: "hm" }
      assert.strictEqual(folded(chunk(delta), chunk({ content: "so" })).reasoning, "hm")
      const answer = protocol.decode(whole({ ...delta, content: "so" }, "stop"))!
      assert.strictEqual(Fold.response(answer).reasoning, "hm")
    })
  }

  it("takes reasoning out of its details where a server sends nothing else", () => {
    const detail = (text: string) => ({ content: "", reasoning_details: [{ type: "reasoning.text", text }] })
    assert.strictEqual(folded(chunk(detail("15")), chunk(detail(" * 27"))).reasoning, "15 * 27")
    const summary = { content: "so", reasoning_details: [{ type: "reasoning.summary", summary: "hm" }] }
    assert.strictEqual(Fold.response(protocol.decode(whole(summary, "stop"))!).reasoning, "hm")
  })

  it("reads the text completions of before chat", () => {
    const piece = (text: string, finish: string | null) =>
      event({ ...head, choices: [{ index: 0, text, finish_reason: finish }] })
    assert.strictEqual(folded(piece("a", null), piece("b", "length")).text, "ab")
    const answer = protocol.decode({ choices: [{ index: 0, text: "ab", finish_reason: "length" }] })!
    assert.deepStrictEqual([Fold.response(answer).text, answer.finishReason], ["ab", "length"])
  })

  it("takes an empty function_call for none", () => {
    const message = { content: "hi", function_call: { name: "", arguments: "" } }
    assert.deepStrictEqual(protocol.decode(whole(message, "stop"))?.content, [{ type: "text", text: "hi" }])
    assert.deepStrictEqual(folded(chunk(message)).toolCalls, [])
  })

  it("reads arguments that are the word null as none", () => {
    const calls = [call(0, "a", "f", "null")]
    assert.strictEqual(folded(chunk({ tool_calls: calls })).toolCalls[0]?.arguments, "{}")
    const answer = protocol.decode(whole({ tool_calls: calls }, "tool_calls"))!
    assert.strictEqual(Fold.response(answer).toolCalls[0]?.arguments, "{}")
  })

  it("keeps the proofs of OpenRouter's reasoning", () => {
    const details = [
      { type: "reasoning.text", text: "hm", signature: "sig" },
      { type: "reasoning.encrypted", data: "secret" }
    ]
    const { signatures, redacted } = folded(chunk({ reasoning: "hm" }), chunk({ reasoning_details: details }))
    assert.deepStrictEqual([signatures, redacted], [["sig"], ["secret"]])
  })
})

const encoded = (request: Request, quirks: Readonly<Record<string, boolean | string | number>> = {}, stream = false) =>
  Written.body(protocol, request, { model: "gpt-x", stream, quirks })

const { asked } = Written

describe("openai-chat, as it writes requests", () => {
  it("writes a single text as a string, which every server takes", () => {
    assert.deepStrictEqual(encoded(asked), { model: "gpt-x", messages: [{ role: "user", content: "hi" }] })
  })

  it("names the limit as the caller did, unless the provider wants the newer name", () => {
    assert.strictEqual(encoded({ ...asked, maxTokens: 5 })["max_tokens"], 5)
    assert.strictEqual(
      encoded({ ...asked, maxTokens: 5, extra: { "openai-chat": { maxTokensField: "max_completion_tokens" } } })[
        "max_completion_tokens"
      ],
      5
    )
    assert.strictEqual(encoded({ ...asked, maxTokens: 5 }, { maxCompletionTokens: true })["max_completion_tokens"], 5)
  })

  it("asks for usage on a stream, unless the provider knows no such option", () => {
    assert.deepStrictEqual(encoded(asked, {}, true)["stream_options"], { include_usage: true })
    assert.isUndefined(encoded(asked, { noStreamOptions: true }, true)["stream_options"])
    assert.isUndefined(encoded(asked)["stream_options"])
  })

  it("leaves out a user of more characters than OpenAI takes", () => {
    const user = "u".repeat(64)
    assert.strictEqual(encoded({ ...asked, user })["user"], user)
    assert.isUndefined(encoded({ ...asked, user: `${user}u` })["user"])
  })

  it("turns a budget of reasoning into the nearest effort", () => {
    const effort = (budgetTokens: number) =>
      encoded({ ...asked, reasoning: { enabled: true, budgetTokens } })["reasoning_effort"]
    assert.deepStrictEqual([1024, 8192, 24_576].map(effort), ["low", "medium", "high"])
  })

  it("gives reasoning back only where it is wanted", () => {
    const thought: Request = {
      messages: [
        ...asked.messages,
        {
          role: "assistant",
          content: [
            { type: "reasoning", text: "hm" },
            { type: "text", text: "yes" }
          ]
        }
      ]
    }
    const last = (quirks: Readonly<Record<string, string>>) => Json.at(encoded(thought, quirks), "messages", 1)
    assert.deepStrictEqual(last({}), { role: "assistant", content: "yes" })
    assert.deepStrictEqual(last({ reasoningField: "reasoning_content" }), {
      role: "assistant",
      reasoning_content: "hm",
      content: "yes"
    })
  })

  it("refuses a document by URL, which the format has no field for", () => {
    const request: Request = {
      messages: [{ role: "user", content: [{ type: "document", url: "https://example.org/a.pdf" }] }]
    }
    assert.isTrue(Result.isFailure(protocol.encode(request, { model: "m", stream: false, quirks: {} })))
  })

  it("passes a streamed body through with usage asked for, beside what the caller set", () => {
    const context = { model: "gpt-x", stream: true, quirks: {} }
    const text = '{"model":"a","stream":true,"stream_options":{ "include_obfuscation":false },"messages":[]}'
    const { body, path } = protocol.passThrough(text, Json.parseObject(text)!, context)
    assert.strictEqual(
      body,
      '{"model":"gpt-x","stream":true,"stream_options":{ "include_obfuscation":false,"include_usage":true },"messages":[]}'
    )
    assert.strictEqual(path, "/chat/completions")
    assert.strictEqual(
      protocol.passThrough(text, {}, { ...context, quirks: { noStreamOptions: true } }).body,
      '{"model":"gpt-x","stream":true,"messages":[]}'
    )
  })
})

describe("openai-chat, as Mistral wants it", () => {
  const { quirks } = profiles["mistral"]!
  const calls = [call(0, "call_0fypS1hVX", "f", "{}"), call(1, "qDEcl0n92", "g", "{}")]
  const messages: Request["messages"] = [
    ...asked.messages,
    {
      role: "assistant",
      content: calls.map(({ id, function: { name } }) => ({ type: "toolCall", id, name, arguments: "{}" }))
    },
    { role: "tool", toolCallId: "call_0fypS1hVX", content: [{ type: "text", text: "yes" }] },
    { role: "tool", toolCallId: "qDEcl0n92", content: [{ type: "text", text: "no" }] }
  ]

  it("has ids of nine letters and digits, the same for a call and its result", () => {
    const body = encoded({ messages }, quirks)
    const [first, second] = Json.array(Json.at(body, "messages", 1, "tool_calls")).map((one) => Json.at(one, "id"))
    assert.match(Json.string(first) ?? "", /^[A-Za-z0-9]{9}$/)
    assert.strictEqual(second, "qDEcl0n92")
    assert.strictEqual(Json.at(body, "messages", 2, "tool_call_id"), first)
    assert.strictEqual(Json.at(encoded({ messages }), "messages", 1, "tool_calls", 0, "id"), "call_0fypS1hVX")
  })

  it("leaves out how to sample where a provider fixes it", () => {
    const sampled = { ...asked, temperature: 0.2, topP: 0.9, presencePenalty: 1 }
    const { quirks } = profiles["moonshot"]!
    assert.deepStrictEqual(encoded(sampled, quirks), encoded(asked, quirks))
    assert.strictEqual(encoded(sampled, {})["temperature"], 0.2)
  })

  it("calls who instructs system where a server or a model of another maker may not know developer, in a caller's own bytes too", () => {
    const messages: Request["messages"] = [
      { role: "system", developer: true, content: [{ type: "text", text: "Be." }] }
    ]
    const role = (model: string, quirks = {}) => {
      const written = protocol.encode({ messages }, { model, stream: false, quirks })
      return Result.isSuccess(written) ? Json.at(Json.parse(written.success.body), "messages", 0, "role") : undefined
    }
    assert.deepStrictEqual(
      [role("gpt-5.2"), role("llama-4"), role("gpt-5.2", quirks)],
      ["developer", "system", "system"]
    )
    const text = '{"model":"m","messages":[{"role":"developer","content":"developer"},{"role":"user","content":"a"}]}'
    const passed = (quirks: Context["quirks"]) =>
      protocol.passThrough(text, Json.parseObject(text)!, { model: "m", stream: false, quirks }).body
    assert.strictEqual(passed({}), text)
    for (const row of ["deepseek", "zai", "dashscope", "deepinfra", "moonshot", "mistral"])
      assert.strictEqual(passed(profiles[row]!.quirks), text.replace('"role":"developer"', '"role":"system"'), row)
  })

  it("takes the seed, the limit and the system's role under its names", () => {
    const body = encoded(
      {
        ...asked,
        messages: [{ role: "system", developer: true, content: [{ type: "text", text: "Be." }] }, ...asked.messages],
        seed: 7,
        maxTokens: 5,
        extra: { "openai-chat": { maxTokensField: "max_completion_tokens" } }
      },
      quirks,
      true
    )
    assert.deepStrictEqual(
      [body["random_seed"], body["seed"], body["max_tokens"], body["max_completion_tokens"], body["stream_options"]],
      [7, undefined, 5, undefined, undefined]
    )
    assert.strictEqual(Json.at(body, "messages", 0, "role"), "system")
  })

  it("is given a caller's own bytes with no more changed than it needs", () => {
    const text =
      '{"model":"a", "seed":7,"max_completion_tokens":5,"messages":[{"role":"tool","tool_call_id":"call_0fypS1hVX","content":"call_0fypS1hVX !"}]}'
    const context = { model: "m", stream: false, quirks }
    const { body } = protocol.passThrough(text, Json.parseObject(text)!, context)
    const id = Json.string(Json.at(encoded({ messages }, quirks), "messages", 2, "tool_call_id")) ?? "none"
    assert.strictEqual(
      body,
      `{"model":"m","messages":[{"role":"tool","tool_call_id":"${id}","content":"call_0fypS1hVX !"}],"random_seed":7,"max_tokens":5}`
    )
    const plain = '{"model":"m", "messages":[{"role":"user","content":"hi"}]}'
    assert.strictEqual(protocol.passThrough(plain, Json.parseObject(plain)!, context).body, plain)
  })

  it("embeds as OpenAI does", () => {
    const written = protocol.embeddings!.encode({ input: ["a"] }, { model: "mistral-embed", stream: false, quirks })
    assert.isTrue(Result.isSuccess(written) && written.success.path === "/embeddings")
    const answer = { model: "mistral-embed", data: [{ index: 0, embedding: [1] }], usage: { prompt_tokens: 3 } }
    assert.deepStrictEqual(protocol.embeddings!.decode(answer), {
      model: "mistral-embed",
      embeddings: [[1]],
      usage: { inputTokens: 3 }
    })
  })
})

describe("openai-chat's embeddings", () => {
  const embeddings = protocol.embeddings!

  it("writes texts and tokens", () => {
    const written = embeddings.encode({ input: ["a", "b"], dimensions: 2 }, { model: "e", stream: false, quirks: {} })
    if (Result.isFailure(written)) return assert.fail("refused")
    assert.deepStrictEqual(Json.parseObject(written.success.body), { model: "e", input: ["a", "b"], dimensions: 2 })
    assert.strictEqual(written.success.path, "/embeddings")
  })

  it("reads vectors in the order of the input, as numbers or packed", () => {
    const packed = Buffer.from(new Float32Array([0.5, -1]).buffer).toString("base64")
    const data = [
      { index: 1, embedding: packed },
      { index: 0, embedding: [1, 2] }
    ]
    const decoded = embeddings.decode({
      object: "list",
      data,
      model: "e",
      usage: { prompt_tokens: 4, total_tokens: 4 }
    })
    assert.deepStrictEqual(decoded, {
      model: "e",
      embeddings: [
        [1, 2],
        [0.5, -1]
      ],
      usage: { inputTokens: 4, totalTokens: 4 }
    })
    assert.isUndefined(embeddings.decode({ object: "list" }))
  })

  it("passes an embeddings body through to its own path", () => {
    const text = '{"model":"a","input":"x"}'
    assert.deepStrictEqual(
      protocol.passThrough(text, Json.parseObject(text)!, { model: "e", stream: false, quirks: {} }),
      {
        path: "/embeddings",
        headers: {},
        body: '{"model":"e","input":"x"}'
      }
    )
  })
})

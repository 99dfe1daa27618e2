import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Json from "../../../src/domain/Json.ts"
import type { Request } from "../../../src/domain/Request.ts"
import type { WireEvent } from "../../../src/provider/Protocol.ts"
import { protocol } from "../../../src/provider/protocols/Ollama.ts"
import { conformance, event, type Scenario } from "../conformance.ts"
import * as Fold from "../fold.ts"
import * as Written from "../written.ts"

const head = { model: "qwen3:4b", created_at: "2026-08-17T08:22:52.061545Z" }

const line = (message: Json.JsonObject, more: Json.JsonObject = {}): WireEvent =>
  event({ ...head, message: { role: "assistant", content: "", ...message }, done: false, ...more })

const last = (reason = "stop", more: Json.JsonObject = {}): WireEvent =>
  line({}, { done: true, done_reason: reason, ...more })

const whole = (message: Json.JsonObject, reason = "stop", more: Json.JsonObject = {}): Json.JsonObject => ({
  ...head,
  message: { role: "assistant", content: "", ...message },
  done: true,
  done_reason: reason,
  ...more
})

const call = (id: string, name: string, written: Json.JsonObject): Json.JsonObject => ({
  id,
  function: { index: 0, name, arguments: written }
})

const text: Scenario = {
  whole: whole({ content: "Grüße, 世界 👋" }),
  stream: [line({ content: "Grü" }), line({ content: "ße, 世" }), line({ content: "界 👋" }), last()],
  expected: { text: "Grüße, 世界 👋", finishReason: "stop", toolCalls: [], error: undefined }
}

const weather = call("call_1", "get_weather", { city: "Köln" })

const tools: Scenario = {
  whole: whole({ tool_calls: [weather] }),
  stream: [line({ tool_calls: [weather] }), last()],
  expected: {
    toolCalls: [{ id: "call_1", name: "get_weather", arguments: '{"city":"Köln"}' }],
    finishReason: "tool_calls",
    rawFinishReason: "stop"
  }
}

const two = [call("call_1", "f", { a: 1 }), call("call_2", "g", {})]

const parallelTools: Scenario = {
  whole: whole({ content: "Both.", tool_calls: two }),
  stream: [line({ content: "Both." }), line({ tool_calls: [two[0]!] }), line({ tool_calls: [two[1]!] }), last()],
  expected: {
    text: "Both.",
    toolCalls: [
      { id: "call_1", name: "f", arguments: '{"a":1}' },
      { id: "call_2", name: "g", arguments: "{}" }
    ]
  }
}

const counted = { prompt_eval_count: 100, eval_count: 20, total_duration: 5_362_333_583 }

const usage: Scenario = {
  whole: whole({ content: "x" }, "stop", counted),
  stream: [line({ content: "x" }), last("stop", counted)],
  expected: { usage: { inputTokens: 100, outputTokens: 20 } }
}

const reasoning: Scenario = {
  whole: whole({ content: "42", thinking: "Let me think." }),
  stream: [line({ thinking: "Let me " }), line({ thinking: "think." }), line({ content: "42" }), last()],
  expected: { reasoning: "Let me think.", text: "42" }
}

conformance({
  protocol,
  text,
  tools,
  parallelTools,
  usage,
  reasoning,
  refusal: "none",
  finish: {
    with: (raw) => ({
      whole: whole({ content: "x" }, raw),
      stream: [line({ content: "x" }), last(raw)],
      expected: {}
    }),
    words: { stop: "stop", length: "length" }
  },
  error: { event: undefined, data: '{"error":"model runner has unexpectedly stopped"}' },
  unknownEvent: event({ object: "thing.of.2031", payload: { a: 1 } }),
  dispensable: 0,
  unsupported: [
    "imageByUrl",
    "document",
    "audio",
    "toolChoiceRequired",
    "toolChoiceNamed",
    "imageInToolResult",
    "severalAnswers",
    "foreignTool"
  ]
})

const encode = (request: Request) => Written.encode(protocol, request, { model: "qwen3:4b" })

const encoded = (request: Request, model = "qwen3:4b", stream = false) =>
  Written.body(protocol, request, { model, stream })

const { asked } = Written
const clock = { name: "get_time" }

describe("ollama, as it writes requests", () => {
  it("says whether to stream, because the server streams unless told not to", () => {
    const body = { model: "qwen3:4b", messages: [{ role: "user", content: "hi" }] }
    assert.deepStrictEqual(encoded(asked), { ...body, stream: false })
    assert.deepStrictEqual(encoded(asked, undefined, true), { ...body, stream: true })
  })

  it("puts settings under options, beside those that only it knows", () => {
    const request: Request = {
      ...asked,
      maxTokens: 5,
      temperature: 0.5,
      topP: 0.9,
      topK: 40,
      stop: ["END"],
      seed: 7,
      frequencyPenalty: 0.1,
      presencePenalty: 0.2,
      extra: { ollama: { options: { num_ctx: 8192 }, keep_alive: "10m" } }
    }
    const body = encoded(request)
    assert.deepStrictEqual(body["options"], {
      num_predict: 5,
      temperature: 0.5,
      top_p: 0.9,
      top_k: 40,
      stop: ["END"],
      seed: 7,
      frequency_penalty: 0.1,
      presence_penalty: 0.2,
      num_ctx: 8192
    })
    assert.strictEqual(body["keep_alive"], "10m")
  })

  it("binds the answer to JSON or to a schema", () => {
    const schema = { type: "object" }
    assert.strictEqual(encoded({ ...asked, responseFormat: { type: "json" } })["format"], "json")
    assert.deepStrictEqual(encoded({ ...asked, responseFormat: { type: "jsonSchema", schema } })["format"], schema)
    assert.isUndefined(encoded({ ...asked, responseFormat: { type: "text" } })["format"])
  })

  it("asks for thinking by yes or no, and in degrees of the one family that knows them", () => {
    const think = (reasoning: NonNullable<Request["reasoning"]>, model?: string) =>
      encoded({ ...asked, reasoning }, model)["think"]
    assert.strictEqual(think({ effort: "high" }), true)
    assert.strictEqual(think({ enabled: false }), false)
    assert.strictEqual(think({ effort: "none" }), false)
    assert.isUndefined(think({}))
    assert.strictEqual(think({ effort: "minimal" }, "gpt-oss:20b"), "low")
    assert.strictEqual(think({ effort: "xhigh" }, "gpt-oss:20b"), "high")
    assert.strictEqual(think({ effort: "constructor" }, "gpt-oss:20b"), "high")
    assert.strictEqual(think({ budgetTokens: 8192 }, "gpt-oss:20b"), "medium")
    assert.strictEqual(think({ enabled: true }, "gpt-oss:20b"), true)
  })

  it("leaves tools out where none is to be called, and gives a tool without parameters an empty object", () => {
    assert.isUndefined(encoded({ ...asked, tools: [clock], toolChoice: "none" })["tools"])
    assert.deepStrictEqual(encoded({ ...asked, tools: [clock], toolChoice: "auto" })["tools"], [
      { type: "function", function: { name: "get_time", parameters: { type: "object", properties: {} } } }
    ])
  })

  it("refuses to promise one call at a time of several tools, and takes it for a wish where there is one", () => {
    const several = [clock, { ...clock, name: "other" }]
    assert.isTrue(Result.isFailure(encode({ ...asked, tools: several, parallelToolCalls: false })))
    for (const more of [{ tools: [clock] }, { tools: several, toolChoice: "none" as const }])
      assert.isTrue(Result.isSuccess(encode({ ...asked, ...more, parallelToolCalls: false })))
  })

  it("names the tool of a result that does not", () => {
    const messages: Request["messages"] = [
      ...asked.messages,
      {
        role: "assistant",
        content: [
          { type: "reasoning", text: "hm" },
          { type: "toolCall", id: "call_1", name: "get_time", arguments: "" }
        ]
      },
      { role: "tool", toolCallId: "call_1", content: [{ type: "text", text: "noon" }] }
    ]
    assert.deepStrictEqual(Json.array(encoded({ messages })["messages"]).slice(1), [
      {
        role: "assistant",
        content: "",
        thinking: "hm",
        tool_calls: [{ id: "call_1", function: { name: "get_time", arguments: {} } }]
      },
      { role: "tool", content: "noon", tool_name: "get_time", tool_call_id: "call_1" }
    ])
  })

  it("refuses tool arguments that are no object", () => {
    const messages: Request["messages"] = [
      { role: "assistant", content: [{ type: "toolCall", id: "call_1", name: "get_time", arguments: "{half" }] }
    ]
    assert.isTrue(Result.isFailure(encode({ messages })))
  })
})

describe("ollama, as it answers", () => {
  it("says done without a reason where the server is old", () => {
    const done = event({ ...head, message: { role: "assistant", content: "x" }, done: true })
    const folded = Fold.parts(Fold.read(protocol, Buffer.from(`${done.data}\n`)).parts)
    assert.deepStrictEqual([folded.finishReason, folded.rawFinishReason], ["stop", undefined])
  })

  it("gives no reason for an answer of nothing that says done alone", () => {
    const done = { ...head, message: { role: "assistant", content: "" }, done: true }
    const { parts } = Fold.read(protocol, Buffer.from(`${event(done).data}\n`))
    assert.deepStrictEqual(
      parts.map(({ type }) => type),
      ["start"]
    )
    assert.isUndefined(protocol.decode(done)?.finishReason)
    assert.strictEqual(protocol.decode({ ...done, done_reason: "stop" })?.finishReason, "stop")
  })

  it("numbers calls that have no id, by the time of the answer, streamed as whole", () => {
    const calls = [{ function: { name: "f", arguments: {} } }, { function: { name: "g", arguments: {} } }]
    const ids = protocol.decode(whole({ tool_calls: calls }))?.content.map((part) => "id" in part && part.id)
    assert.deepStrictEqual(ids, ["call_2026-08-17T082252061545Z_0", "call_2026-08-17T082252061545Z_1"])
    const { parts } = Fold.read(protocol, Buffer.from(line({ content: "x", tool_calls: calls }).data))
    assert.deepStrictEqual(
      Fold.parts(parts).toolCalls.map(({ id }) => id),
      ids
    )
  })

  it("gives log probabilities in OpenAI's shape", () => {
    const logprobs = [{ token: "x", logprob: -0.1, bytes: [120], top_logprobs: [] }]
    assert.deepStrictEqual(protocol.decode(whole({ content: "x" }, "stop", { logprobs }))?.logprobs, {
      content: logprobs
    })
    const [, part] = Fold.read(protocol, Buffer.from(line({ content: "x" }, { logprobs }).data)).parts
    assert.deepStrictEqual(part, { type: "text", index: 0, text: "x", logprobs: { content: logprobs } })
  })

  it("carries durations under their own names", () =>
    assert.deepStrictEqual(protocol.decode(whole({ content: "x" }, "stop", counted))?.extra, {
      ollama: { total_duration: 5_362_333_583 }
    }))

  it("tells when the answer was made", () =>
    assert.strictEqual(protocol.decode(whole({ content: "x" }))?.created, 1_786_954_972))
})

describe("ollama's embeddings", () => {
  const embeddings = protocol.embeddings!
  const context = { model: "e", stream: false, quirks: {} }

  it("takes texts, not tokens", () => {
    const written = embeddings.encode({ input: ["a", "b"], dimensions: 2 }, context)
    if (Result.isFailure(written)) return assert.fail(written.failure.message)
    assert.strictEqual(written.success.path, "/api/embed")
    assert.deepStrictEqual(Json.parseObject(written.success.body), { model: "e", input: ["a", "b"], dimensions: 2 })
    assert.isTrue(Result.isFailure(embeddings.encode({ input: [[1, 2]] }, context)))
  })

  it("gives vectors and what they took", () => {
    assert.deepStrictEqual(embeddings.decode({ model: "e", embeddings: [[1, 2]], prompt_eval_count: 4 }), {
      model: "e",
      embeddings: [[1, 2]],
      usage: { inputTokens: 4 }
    })
    assert.isUndefined(embeddings.decode({ embeddings: [["a"]] }))
    assert.isUndefined(embeddings.decode({}))
  })

  it("passes an embeddings body through to its own path", () => {
    const body = '{"model":"a","input":"x"}'
    const wire = protocol.passThrough(body, Json.parseObject(body)!, context)
    assert.deepStrictEqual([wire.path, wire.body], ["/api/embed", '{"model":"e","input":"x"}'])
  })
})

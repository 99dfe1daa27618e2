import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Json from "../../../src/domain/Json.ts"
import type { Request } from "../../../src/domain/Request.ts"
import type { WireEvent } from "../../../src/provider/Protocol.ts"
import { protocol } from "../../../src/provider/protocols/Cohere.ts"
import { conformance, event, type Scenario } from "../conformance.ts"
import * as Fold from "../fold.ts"
import * as Written from "../written.ts"

const on = (type: string, more: Json.JsonObject = {}): WireEvent => event({ type, ...more }, type)
const start = on("message-start", { id: "msg-1", delta: { message: { role: "assistant", content: [] } } })
const opens = (index: number, content: Json.JsonObject): WireEvent =>
  on("content-start", { index, delta: { message: { content } } })
const delta = (index: number, content: Json.JsonObject): WireEvent =>
  on("content-delta", { index, delta: { message: { content } } })
const closes = (index: number): WireEvent => on("content-end", { index })
const call = (id: string, name: string, written: string): Json.JsonObject => ({
  id,
  type: "function",
  function: { name, arguments: written }
})
const callStart = (index: number, id: string, name: string, written = ""): WireEvent =>
  on("tool-call-start", { index, delta: { message: { tool_calls: call(id, name, written) } } })
const callDelta = (index: number, written: string): WireEvent =>
  on("tool-call-delta", { index, delta: { message: { tool_calls: { function: { arguments: written } } } } })
const end = (finish: string, usage?: Json.JsonObject): WireEvent =>
  on("message-end", { delta: { finish_reason: finish, ...(usage === undefined ? {} : { usage }) } })
const done: WireEvent = { event: undefined, data: "[DONE]" }

const whole = (message: Json.JsonObject, finish: string, usage?: Json.JsonObject): Json.JsonObject => ({
  id: "msg-1",
  message: { role: "assistant", ...message },
  finish_reason: finish,
  ...(usage === undefined ? {} : { usage })
})

const said = (text: string): Json.JsonObject => ({ content: [{ type: "text", text }] })

const text: Scenario = {
  whole: whole(said("Grüße, 世界 👋"), "COMPLETE"),
  stream: [
    start,
    opens(0, { type: "text", text: "" }),
    delta(0, { text: "Grü" }),
    delta(0, { text: "ße, 世" }),
    delta(0, { text: "界 👋" }),
    closes(0),
    end("COMPLETE"),
    done
  ],
  expected: { text: "Grüße, 世界 👋", finishReason: "stop", toolCalls: [], error: undefined }
}

const tools: Scenario = {
  whole: whole({ tool_plan: "I ask.", tool_calls: [call("call_1", "get_weather", '{"city":"Köln"}')] }, "TOOL_CALL"),
  stream: [
    start,
    on("tool-plan-delta", { delta: { message: { tool_plan: "I ask." } } }),
    callStart(0, "call_1", "get_weather"),
    callDelta(0, '{"city":'),
    callDelta(0, '"Köln"}'),
    on("tool-call-end", { index: 0 }),
    end("TOOL_CALL"),
    done
  ],
  expected: {
    text: "",
    toolCalls: [{ id: "call_1", name: "get_weather", arguments: '{"city":"Köln"}' }],
    finishReason: "tool_calls"
  }
}

const parallelTools: Scenario = {
  whole: whole(
    { ...said("Both."), tool_calls: [call("call_1", "f", '{"a":1}'), call("call_2", "g", "{}")] },
    "TOOL_CALL"
  ),
  stream: [
    start,
    opens(0, { type: "text", text: "Both." }),
    closes(0),
    callStart(0, "call_1", "f", '{"a"'),
    callDelta(0, ":1}"),
    callStart(1, "call_2", "g"),
    callDelta(1, "{}"),
    end("TOOL_CALL"),
    done
  ],
  expected: {
    text: "Both.",
    toolCalls: [
      { id: "call_1", name: "f", arguments: '{"a":1}' },
      { id: "call_2", name: "g", arguments: "{}" }
    ]
  }
}

const counted = {
  billed_units: { input_tokens: 8, output_tokens: 18 },
  tokens: { input_tokens: 100, output_tokens: 20 },
  cached_tokens: 64
}

const usage: Scenario = {
  whole: whole(said("x"), "COMPLETE", counted),
  stream: [start, delta(0, { text: "x" }), end("COMPLETE", counted), done],
  expected: { usage: { inputTokens: 100, outputTokens: 20, cachedTokens: 64 } }
}

const reasoning: Scenario = {
  whole: whole(
    {
      content: [
        { type: "thinking", thinking: "Let me think." },
        { type: "text", text: "42" }
      ]
    },
    "COMPLETE"
  ),
  stream: [
    start,
    opens(0, { type: "thinking", thinking: "" }),
    delta(0, { thinking: "Let me " }),
    delta(0, { thinking: "think." }),
    closes(0),
    opens(1, { type: "text", text: "" }),
    delta(1, { text: "42" }),
    closes(1),
    end("COMPLETE"),
    done
  ],
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
      whole: whole(said("x"), raw),
      stream: [start, delta(0, { text: "x" }), end(raw), done],
      expected: {}
    }),
    words: {
      COMPLETE: "stop",
      STOP_SEQUENCE: "stop",
      MAX_TOKENS: "length",
      TOOL_CALL: "tool_calls",
      ERROR_TOXIC: "content_filter"
    }
  },
  error: event({ id: "x", message: "internal server error, this has been reported" }),
  unknownEvent: on("thing-of-2031", { payload: { a: 1 } }),
  dispensable: 1,
  unsupported: ["document", "audio", "imageInToolResult", "logprobs", "severalAnswers", "foreignTool"]
})

const encode = (request: Request) => Written.encode(protocol, request, { model: "command-a" })

const encoded = (request: Request) => Written.body(protocol, request, { model: "command-a" })

const { asked } = Written
const weather = { name: "get_weather", parameters: { type: "object" }, strict: true }
const clock = { name: "get_time" }

describe("cohere, as it writes requests", () => {
  it("puts settings under its own names", () =>
    assert.deepStrictEqual(
      encoded({
        ...asked,
        maxTokens: 5,
        temperature: 0.5,
        topP: 0.9,
        topK: 40,
        stop: ["END"],
        seed: 7,
        frequencyPenalty: 0.1,
        presencePenalty: 0.2,
        extra: { cohere: { safety_mode: "STRICT" } }
      }),
      {
        model: "command-a",
        messages: [{ role: "user", content: "hi" }],
        max_tokens: 5,
        temperature: 0.5,
        p: 0.9,
        k: 40,
        stop_sequences: ["END"],
        seed: 7,
        frequency_penalty: 0.1,
        presence_penalty: 0.2,
        safety_mode: "STRICT",
        stream: false
      }
    ))

  it("forces a named tool by leaving out the others", () => {
    const body = encoded({ ...asked, tools: [weather, clock], toolChoice: { name: "get_time" } })
    assert.strictEqual(body["tool_choice"], "REQUIRED")
    assert.deepStrictEqual(body["tools"], [
      { type: "function", function: { name: "get_time", parameters: { type: "object", properties: {} } } }
    ])
  })

  it("names the other choices in its words, and strictness where every tool has it", () => {
    const of = (toolChoice: NonNullable<Request["toolChoice"]>) =>
      encoded({ ...asked, tools: [weather], toolChoice })["tool_choice"]
    assert.deepStrictEqual([of("none"), of("required"), of("auto")], ["NONE", "REQUIRED", undefined])
    assert.strictEqual(encoded({ ...asked, tools: [weather] })["strict_tools"], true)
    assert.isUndefined(encoded({ ...asked, tools: [weather, clock] })["strict_tools"])
  })

  it("binds the answer to a schema, but not beside tools", () => {
    const schema = { type: "object" }
    const responseFormat = { type: "jsonSchema", schema } as const
    assert.deepStrictEqual(encoded({ ...asked, responseFormat })["response_format"], {
      type: "json_object",
      json_schema: schema
    })
    assert.isTrue(Result.isFailure(encode({ ...asked, responseFormat, tools: [clock] })))
  })

  it("thinks with a budget, without one, or not", () => {
    const thinking = (reasoning: NonNullable<Request["reasoning"]>) => encoded({ ...asked, reasoning })["thinking"]
    assert.deepStrictEqual(thinking({ budgetTokens: 2048 }), { type: "enabled", token_budget: 2048 })
    assert.deepStrictEqual(thinking({ effort: "high" }), { type: "enabled" })
    assert.deepStrictEqual(thinking({ effort: "none" }), { type: "disabled" })
    assert.isUndefined(thinking({}))
  })

  it("says what stood beside tool calls as the plan, and gives thoughts back", () => {
    const messages: Request["messages"] = [
      ...asked.messages,
      {
        role: "assistant",
        content: [
          { type: "reasoning", text: "hm" },
          { type: "text", text: "I look." },
          { type: "toolCall", id: "call_1", name: "get_time", arguments: "" }
        ]
      },
      { role: "tool", toolCallId: "call_1", content: [{ type: "text", text: "noon" }] }
    ]
    assert.deepStrictEqual(Json.array(encoded({ messages })["messages"]).slice(1), [
      {
        role: "assistant",
        content: [{ type: "thinking", thinking: "hm" }],
        tool_plan: "I look.",
        tool_calls: [call("call_1", "get_time", "{}")]
      },
      { role: "tool", tool_call_id: "call_1", content: "noon" }
    ])
  })
})

const fold = (...events: ReadonlyArray<WireEvent>) => {
  const reader = protocol.reader()
  return events.flatMap((one) => {
    const parts = reader.read(one)
    return parts === "malformed" ? [] : parts
  })
}

describe("cohere, as it answers", () => {
  it("keeps plan and citations under its own names, whole and streamed", () => {
    const citation = { start: 0, end: 1, text: "x", sources: [] }
    const extra = { tool_plan: "I ask.", citations: [citation] }
    assert.deepStrictEqual(protocol.decode(whole({ tool_plan: "I ask.", citations: [citation] }, "COMPLETE"))?.extra, {
      cohere: extra
    })
    const parts = fold(
      start,
      on("tool-plan-delta", { delta: { message: { tool_plan: "I ask." } } }),
      on("citation-start", { index: 0, delta: { message: { citations: citation } } }),
      end("COMPLETE")
    )
    assert.deepStrictEqual(parts.at(-1), { type: "extra", dialect: "cohere", fields: extra })
  })

  it("takes arguments of null for none", () => {
    const answer = protocol.decode(whole({ tool_calls: [call("call_1", "f", "null")] }, "TOOL_CALL"))
    assert.deepStrictEqual(answer?.content, [{ type: "toolCall", id: "call_1", name: "f", arguments: "{}" }])
    assert.strictEqual(Fold.parts(fold(start, callStart(0, "call_1", "f", "null"))).toolCalls[0]?.arguments, "{}")
  })

  it("counts what is billed where nothing else is counted", () =>
    assert.deepStrictEqual(protocol.usage({ usage: { billed_units: { input_tokens: 3, output_tokens: 4 } } }), {
      inputTokens: 3,
      outputTokens: 4
    }))

  it("ends in an error that it tells at the end, after what was used", () => {
    const last = on("message-end", { delta: { finish_reason: "ERROR", error: "boom", usage: counted } })
    const folded = Fold.parts(fold(start, delta(0, { text: "x" }), last))
    assert.deepStrictEqual([folded.error, folded.usage?.outputTokens], [last.data, 20])
  })

  it("ends in an error where the generation broke off, whatever is said of it", () => {
    for (const broken of [end("ERROR"), end("TIMEOUT")])
      assert.strictEqual(Fold.parts(fold(start, delta(0, { text: "x" }), broken)).error, broken.data)
    assert.isDefined(Fold.parts(fold(event(whole(said("x"), "ERROR")))).error)
  })

  it("reads a whole message that came in the place of a stream", () => {
    const found = Fold.parts(fold(event(whole(said("Hi"), "COMPLETE"))))
    assert.deepStrictEqual([found.text, found.finishReason], ["Hi", "stop"])
  })
})

describe("cohere's embeddings", () => {
  const embeddings = protocol.embeddings!
  const context = { model: "embed-v4.0", stream: false, quirks: {} }

  it("asks for floats, of documents unless told else", () => {
    const body = (request: Parameters<typeof embeddings.encode>[0]) => {
      const written = embeddings.encode(request, context)
      return Result.isFailure(written) ? undefined : Json.parseObject(written.success.body)
    }
    assert.deepStrictEqual(body({ input: ["a"], dimensions: 256 }), {
      input_type: "search_document",
      model: "embed-v4.0",
      texts: ["a"],
      embedding_types: ["float"],
      output_dimension: 256
    })
    assert.strictEqual(
      body({ input: ["a"], extra: { cohere: { input_type: "search_query" } } })?.["input_type"],
      "search_query"
    )
    assert.isUndefined(body({ input: [[1]] }))
  })

  it("reads vectors by type, or the bare list of older models", () => {
    const meta = { billed_units: { input_tokens: 10 } }
    assert.deepStrictEqual(embeddings.decode({ embeddings: { float: [[1, 2]] }, meta }), {
      embeddings: [[1, 2]],
      usage: { inputTokens: 10 }
    })
    assert.deepStrictEqual(embeddings.decode({ embeddings: [[1, 2]] }), { embeddings: [[1, 2]] })
    assert.isUndefined(embeddings.decode({}))
  })
})

import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Json from "../../../src/domain/Json.ts"
import type { Request } from "../../../src/domain/Request.ts"
import type { StreamPart } from "../../../src/domain/Response.ts"
import type { WireEvent } from "../../../src/provider/Protocol.ts"
import * as Anthropic from "../../../src/provider/protocols/AnthropicMessages.ts"
import { protocol } from "../../../src/provider/protocols/OpenAiResponses.ts"
import { conformance, type Scenario } from "../conformance.ts"
import * as Fold from "../fold.ts"
import * as Written from "../written.ts"

const head = { id: "resp_1", object: "response", created_at: 1_790_000_000, model: "gpt-x" }

const event = (type: string, fields: Json.JsonObject): WireEvent => ({
  event: type,
  data: JSON.stringify({ type, sequence_number: 1, ...fields })
})

const created = event("response.created", { response: { ...head, status: "in_progress", output: [], usage: null } })

const response = (output: ReadonlyArray<Json.JsonObject>, more: Json.JsonObject = {}): Json.JsonObject => ({
  ...head,
  status: "completed",
  error: null,
  incomplete_details: null,
  output,
  ...more
})

const ended = (output: ReadonlyArray<Json.JsonObject>, more: Json.JsonObject = {}): WireEvent =>
  event(`response.${more["status"] === "incomplete" ? "incomplete" : "completed"}`, {
    response: response(output, more)
  })

const message = (...content: ReadonlyArray<Json.JsonObject>): Json.JsonObject => ({
  id: "msg_1",
  type: "message",
  status: "completed",
  role: "assistant",
  content
})
const outputText = (text: string) => ({ type: "output_text", text, annotations: [], logprobs: [] })

const call = (id: string, name: string, written: string): Json.JsonObject => ({
  id: `fc_${id}`,
  type: "function_call",
  status: "completed",
  call_id: id,
  name,
  arguments: written
})

const thought = (more: Json.JsonObject = {}): Json.JsonObject => ({
  id: "rs_1",
  type: "reasoning",
  summary: [{ type: "summary_text", text: "Let me think." }],
  ...more
})

const added = (at: number, item: Json.JsonObject) => event("response.output_item.added", { output_index: at, item })
const done = (at: number, item: Json.JsonObject) => event("response.output_item.done", { output_index: at, item })

/** The events of a message whose text comes in these pieces. */
const saying = (at: number, ...deltas: ReadonlyArray<string>): ReadonlyArray<WireEvent> => {
  const place = { item_id: "msg_1", output_index: at, content_index: 0 }
  return [
    added(at, message()),
    event("response.content_part.added", { ...place, part: outputText("") }),
    ...deltas.map((delta) => event("response.output_text.delta", { ...place, delta, logprobs: [] })),
    event("response.output_text.done", { ...place, text: deltas.join(""), logprobs: [] }),
    event("response.content_part.done", { ...place, part: outputText(deltas.join("")) }),
    done(at, message(outputText(deltas.join(""))))
  ]
}

const arguing = (at: number, delta: string) =>
  event("response.function_call_arguments.delta", { item_id: `fc_${at}`, output_index: at, delta })

const thinking = (...deltas: ReadonlyArray<string>): ReadonlyArray<WireEvent> => {
  const place = { item_id: "rs_1", output_index: 0, summary_index: 0 }
  return [
    added(0, { ...thought(), summary: [] }),
    event("response.reasoning_summary_part.added", { ...place, part: { type: "summary_text", text: "" } }),
    ...deltas.map((delta) => event("response.reasoning_summary_text.delta", { ...place, delta })),
    event("response.reasoning_summary_text.done", { ...place, text: deltas.join("") }),
    done(0, thought())
  ]
}

const greeting = message(outputText("Grüße, 世界 👋"))

const text: Scenario = {
  whole: response([greeting]),
  stream: [created, ...saying(0, "Grü", "ße, 世", "界 👋"), ended([greeting])],
  expected: { text: "Grüße, 世界 👋", finishReason: "stop", toolCalls: [], error: undefined }
}

const weather = call("call_1", "get_weather", '{"city":"Köln"}')

const tools: Scenario = {
  whole: response([weather]),
  stream: [
    created,
    added(0, { ...weather, arguments: "" }),
    arguing(0, '{"city":'),
    arguing(0, '"Köln"}'),
    done(0, weather),
    ended([weather])
  ],
  expected: {
    toolCalls: [{ id: "call_1", name: "get_weather", arguments: '{"city":"Köln"}' }],
    finishReason: "tool_calls"
  }
}

const two = [
  { id: "call_1", name: "f", arguments: '{"a":1}' },
  { id: "call_2", name: "g", arguments: "{}" }
]
const [one, other] = two.map((each) => call(each.id, each.name, each.arguments)) as [Json.JsonObject, Json.JsonObject]

const parallelTools: Scenario = {
  whole: response([message(outputText("Both.")), one, other]),
  stream: [
    created,
    ...saying(0, "Both."),
    added(1, { ...one, arguments: "" }),
    added(2, { ...other, arguments: "" }),
    arguing(1, '{"a"'),
    arguing(2, "{}"),
    arguing(1, ":1}"),
    done(1, one),
    done(2, other),
    ended([message(outputText("Both.")), one, other])
  ],
  expected: { text: "Both.", toolCalls: two }
}

const counted = {
  input_tokens: 100,
  input_tokens_details: { cached_tokens: 64, cache_write_tokens: 6 },
  output_tokens: 20,
  output_tokens_details: { reasoning_tokens: 12 },
  total_tokens: 120
}

const usage: Scenario = {
  whole: response([message(outputText("x"))], { usage: counted }),
  stream: [created, ...saying(0, "x"), ended([message(outputText("x"))], { usage: counted })],
  expected: {
    usage: {
      inputTokens: 100,
      outputTokens: 20,
      totalTokens: 120,
      cachedTokens: 64,
      cacheWriteTokens: 6,
      reasoningTokens: 12
    }
  }
}

const reasoning: Scenario = {
  whole: response([thought(), message(outputText("42"))]),
  stream: [
    created,
    ...thinking("Let me ", "think."),
    ...saying(1, "42"),
    ended([thought(), message(outputText("42"))])
  ],
  expected: { reasoning: "Let me think.", text: "42", signatures: [] }
}

const declining = { item_id: "msg_1", output_index: 0, content_index: 0 }
const declined = message({ type: "refusal", refusal: "I cannot." })

const refusal: Scenario = {
  whole: response([declined]),
  stream: [
    created,
    added(0, message()),
    event("response.refusal.delta", { ...declining, delta: "I can" }),
    event("response.refusal.delta", { ...declining, delta: "not." }),
    event("response.refusal.done", { ...declining, refusal: "I cannot." }),
    done(0, declined),
    ended([declined])
  ],
  expected: { refusal: "I cannot.", text: "" }
}

const endOf = (raw: string): Json.JsonObject =>
  raw === "completed" ? {} : { status: "incomplete", incomplete_details: { reason: raw } }

conformance({
  protocol,
  text,
  tools,
  parallelTools,
  usage,
  reasoning,
  refusal,
  finish: {
    with: (raw) => ({
      whole: response([message(outputText("x"))], endOf(raw)),
      stream: [created, ...saying(0, "x"), ended([message(outputText("x"))], endOf(raw))],
      expected: {}
    }),
    words: { completed: "stop", max_output_tokens: "length", content_filter: "content_filter" }
  },
  error: event("error", { error: { type: "server_error", code: "server_error", message: "overloaded", param: null } }),
  unknownEvent: event("response.thing.of_2031", { output_index: 0, payload: { a: 1 } }),
  dispensable: 0,
  unsupported: ["audio", "limits", "severalAnswers", "foreignTool"]
})

const read = (...events: ReadonlyArray<WireEvent>): ReadonlyArray<StreamPart> => {
  const reader = protocol.reader()
  return events.flatMap((each) => {
    const parts = reader.read(each)
    if (parts === "malformed") throw new Error("malformed")
    return parts
  })
}

const folded = (...events: ReadonlyArray<WireEvent>): Fold.Folded => Fold.parts(read(...events))

describe("openai-responses, as its speakers write streams", () => {
  it("reads items that come whole, without pieces", () => {
    const seen = folded(created, done(0, thought()), done(1, message(outputText("42"))), done(2, weather))
    assert.deepStrictEqual([seen.reasoning, seen.text, seen.toolCalls.length], ["Let me think.", "42", 1])
    assert.strictEqual(seen.toolCalls[0]?.arguments, '{"city":"Köln"}')
  })

  it("reads an answer that is all in its last event", () => {
    const seen = folded(created, ended([thought(), greeting, weather]))
    assert.deepStrictEqual([seen.reasoning, seen.text], ["Let me think.", "Grüße, 世界 👋"])
    assert.deepStrictEqual([seen.toolCalls.length, seen.finishReason], [1, "tool_calls"])
  })

  it("reads a whole answer that came in the place of a stream", () => {
    const seen = folded({ event: undefined, data: JSON.stringify(response([greeting], { usage: counted })) })
    assert.deepStrictEqual([seen.text, seen.finishReason, seen.usage?.inputTokens], ["Grüße, 世界 👋", "stop", 100])
  })

  it("reads arguments that come whole, with the event that ends them or with the item", () => {
    const start = added(0, { ...weather, arguments: "" })
    const whole = event("response.function_call_arguments.done", { output_index: 0, arguments: '{"city":"Köln"}' })
    for (const events of [
      [start, whole],
      [start, done(0, weather)],
      [start, whole, done(0, weather)]
    ])
      assert.strictEqual(folded(...events).toolCalls[0]?.arguments, '{"city":"Köln"}')
  })

  it("keeps each summary of one thought apart, and the proof with the last", () => {
    const summary = ["One.", "Two."].map((words) => ({ type: "summary_text", text: words }))
    const proven = thought({ summary, encrypted_content: "gAAAA" })
    const delta = (at: number, words: string) =>
      event("response.reasoning_summary_text.delta", { output_index: 0, summary_index: at, delta: words })
    const expected = [
      { type: "reasoning", text: "One." },
      { type: "reasoning", text: "Two.", signature: "openai:gAAAA" }
    ]
    assert.deepStrictEqual(protocol.decode(response([proven]))?.content, expected as never)
    assert.deepStrictEqual(read(delta(0, "One."), delta(1, "Two."), done(0, proven)), [
      { type: "reasoning", index: 0, text: "One." },
      { type: "reasoning", index: 1, text: "Two." },
      { type: "reasoning", index: 1, text: "", signature: "openai:gAAAA" }
    ])
  })

  it("reads reasoning that a server shows itself", () => {
    const place = { output_index: 0, content_index: 0 }
    assert.strictEqual(folded(event("response.reasoning_text.delta", { ...place, delta: "hm" })).reasoning, "hm")
    const shown = thought({ summary: [], content: [{ type: "reasoning_text", text: "hm" }] })
    assert.deepStrictEqual(protocol.decode(response([shown]))?.content, [{ type: "reasoning", text: "hm" }])
  })

  it("takes every form of an error for one", () => {
    for (const data of [
      '{"type":"error","code":"rate_limit_exceeded","message":"slow down","param":null,"sequence_number":2}',
      '{"type":"response.failed","response":{"status":"failed","error":{"code":"server_error","message":"boom"}}}',
      '{"error":{"message":"boom","code":502}}'
    ])
      assert.strictEqual(folded(created, { event: undefined, data }).error, data)
    assert.strictEqual(folded({ event: "error", data: '{"code":1305}' }).error, '{"code":1305}')
  })

  it("keeps log probabilities in the shape that all dialects have for them", () => {
    const logprobs = [{ token: "x", bytes: [120], logprob: -0.5, top_logprobs: [] }]
    const expected = { content: logprobs, refusal: null }
    const answer = protocol.decode(response([message({ ...outputText("x"), logprobs })]))
    assert.deepStrictEqual(answer?.logprobs, expected)
    assert.deepStrictEqual(read(event("response.output_text.delta", { output_index: 0, delta: "x", logprobs })), [
      { type: "text", index: 0, text: "x", logprobs: expected }
    ])
  })

  it("keeps citations, items of its own and fields that it does not know", () => {
    const annotations = [{ type: "url_citation", url: "https://example.org", start_index: 0, end_index: 1, title: "t" }]
    const search = { type: "web_search_call", id: "ws_1", status: "completed" }
    const body = response([search, message({ ...outputText("x"), annotations })], {
      citations: ["https://example.org"]
    })
    const answer = protocol.decode(body)
    assert.deepStrictEqual(answer?.content, [
      { type: "text", text: "", extra: { "openai-responses": { block: search } } },
      { type: "text", text: "x", extra: { "openai-responses": { annotations } } }
    ] as never)
    assert.deepStrictEqual(answer?.extra, { "openai-responses": { citations: ["https://example.org"] } })
    const [cited] = read(
      event("response.output_text.annotation.added", { output_index: 0, annotation: annotations[0]! })
    )
    assert.deepStrictEqual(cited?.type === "extra" && cited.fields["annotation"], annotations[0])
    assert.deepStrictEqual(read(created, done(0, search))[1], {
      type: "extra",
      dialect: "openai-responses",
      fields: { item: search }
    })
  })

  it("reads a picture that the model made", () => {
    const picture = { type: "image_generation_call", id: "ig_1", status: "completed", result: "iVBORw0KGgo=" }
    assert.strictEqual(folded(created, done(0, picture)).images, 1)
    assert.deepStrictEqual(protocol.decode(response([picture]))?.content, [
      { type: "image", mediaType: "image/png", data: "iVBORw0KGgo=" }
    ])
  })

  it("takes an answer that goes on in the background for an answer", () => {
    const answer = protocol.decode({ ...response([]), status: "queued" })
    assert.deepStrictEqual([answer?.finishReason, answer?.rawFinishReason], ["unknown", "queued"])
  })
})

const encoded = (request: Request, stream = false) => Written.body(protocol, request, { model: "gpt-x", stream })

const { asked } = Written
const turn = (...content: Extract<Request["messages"][number], { role: "assistant" }>["content"]): Request => ({
  messages: [...asked.messages, { role: "assistant", content }]
})

describe("openai-responses, as it writes requests", () => {
  it("writes a conversation without state at the provider", () => {
    assert.deepStrictEqual(encoded(asked), {
      model: "gpt-x",
      input: [{ type: "message", role: "user", content: "hi" }],
      store: false
    })
    assert.strictEqual(encoded({ ...asked, extra: { "openai-responses": { store: true } } })["store"], true)
  })

  it("writes a turn as items side by side, in its order", () => {
    const said = turn(
      { type: "text", text: "one" },
      { type: "text", text: "two" },
      { type: "toolCall", id: "call_1", name: "f", arguments: "{}" },
      { type: "refusal", text: "no" }
    )
    assert.deepStrictEqual(Json.array(encoded(said)["input"]).slice(1), [
      {
        type: "message",
        role: "assistant",
        content: [
          { type: "output_text", text: "one" },
          { type: "output_text", text: "two" }
        ]
      },
      { type: "function_call", call_id: "call_1", name: "f", arguments: "{}" },
      { type: "message", role: "assistant", content: [{ type: "refusal", refusal: "no" }] }
    ])
  })

  it("says that tools are not strict, which the format takes for granted", () => {
    const tools = encoded({ ...asked, tools: [{ name: "f" }, { name: "g", strict: true }] })["tools"]
    assert.deepStrictEqual(
      Json.array(tools).map((tool) => Json.at(tool, "strict")),
      [false, true]
    )
  })

  it("asks for encrypted reasoning where it asks for reasoning, beside what the caller wants included", () => {
    const own = { "openai-responses": { include: ["file_search_call.results"] } }
    assert.deepStrictEqual(encoded({ ...asked, reasoning: { effort: "low" }, extra: own })["include"], [
      "reasoning.encrypted_content",
      "file_search_call.results"
    ])
    assert.isUndefined(encoded({ ...asked, reasoning: { enabled: false } })["include"])
  })

  it("carries what OpenAI's chat calls by the same name, and leaves out the rest of it", () => {
    const chat = { service_tier: "flex", prompt_cache_key: "k", verbosity: "low", prediction: {}, maxTokensField: "x" }
    const { input: _, model: __, ...rest } = encoded({ ...asked, extra: { "openai-chat": chat } })
    assert.deepStrictEqual(rest, {
      text: { verbosity: "low" },
      store: false,
      prompt_cache_key: "k",
      service_tier: "flex"
    })
  })

  it("leaves out a user of more characters than OpenAI takes", () => {
    const user = "u".repeat(64)
    assert.strictEqual(encoded({ ...asked, user })["user"], user)
    assert.isUndefined(encoded({ ...asked, user: `${user}u` })["user"])
  })

  it("turns a budget of reasoning into the nearest effort", () => {
    const effort = (budgetTokens: number) =>
      Json.at(encoded({ ...asked, reasoning: { enabled: true, budgetTokens } }), "reasoning", "effort")
    assert.deepStrictEqual([1024, 8192, 24_576].map(effort), ["low", "medium", "high"])
  })

  it("gives OpenAI's own reasoning back, with the summaries that it proves", () => {
    const thoughts = turn(
      { type: "reasoning", text: "One." },
      { type: "reasoning", text: "Two.", signature: "openai:gAAAA" },
      { type: "text", text: "yes" }
    )
    assert.deepStrictEqual(Json.at(encoded(thoughts), "input", 1), {
      type: "reasoning",
      summary: ["One.", "Two."].map((words) => ({ type: "summary_text", text: words })),
      encrypted_content: "gAAAA"
    })
  })

  it("leaves out reasoning that is not proven, or proven to another", () => {
    const thoughts = turn(
      { type: "reasoning", text: "hm" },
      { type: "reasoning", text: "hm", signature: "c2ln" },
      { type: "reasoning", text: "", redacted: "c2Vj" },
      { type: "text", text: "yes" }
    )
    assert.deepStrictEqual(Json.array(encoded(thoughts)["input"]).slice(1), [
      { type: "message", role: "assistant", content: "yes" }
    ])
  })

  it("makes a proof that Anthropic does not take for its own", () => {
    const thoughts = turn({ type: "reasoning", text: "hm", signature: "openai:gAAAA" }, { type: "text", text: "yes" })
    const written = Anthropic.protocol.encode(thoughts, { model: "claude-opus-4-6", stream: false, quirks: {} })
    if (Result.isFailure(written)) return assert.fail(written.failure.message)
    assert.strictEqual(Json.at(Json.parse(written.success.body), "messages", 1, "content"), "yes")
  })

  it("passes a caller's body through with the conversation that the provider keeps", () => {
    const text = '{"model":"a","previous_response_id":"resp_0","input":"hi"}'
    assert.deepStrictEqual(protocol.passThrough(text, {}, { model: "gpt-x", stream: false, quirks: {} }), {
      path: "/responses",
      headers: {},
      body: '{"model":"gpt-x","previous_response_id":"resp_0","input":"hi"}'
    })
  })

  it("takes ids and proofs that OpenAI never gave out of a body that passes through, and nothing else", () => {
    const through = (input: string) => {
      const text = `{"model":"a","input":${input}}`
      return protocol.passThrough(text, Json.parseObject(text)!, { model: "a", stream: false, quirks: {} }).body
    }
    const body = (input: string) => `{"model":"a","input":${input}}`
    const signed = '{"id":"rs_orelse_1","type":"reasoning","summary":[],"encrypted_content":"orelse:signature:SIG"}'
    const unproven = '{"id":"rs_orelse_2","type":"reasoning","summary":[]}'
    const bare = '{"type":"reasoning","summary":[],"encrypted_content":"orelse:redacted:RED"}'
    const own = '{"id":"rs_1","type":"reasoning","summary":[],"encrypted_content":"ENC"}'
    const call = (more: string, last = "") => `{${more}"type":"function_call","call_id":"c","arguments":"{}"${last}}`
    const ours = call(
      '"id":"fc_orelse_3","status":"completed",',
      ',"extra_content":{"google":{"thought_signature":"S"}}'
    )
    const said = '{"type":"message","role":"assistant","content":[{"type":"output_text","text":"_orelse_"}]'
    assert.strictEqual(
      through(
        `[${signed}, ${unproven},${bare},${own},${ours},${said},"id":"msg_orelse_4"}, {"role":"user","content":"a"}]`
      ),
      body(`[${own},${call("")},${said}},{"role":"user","content":"a"}]`)
    )
    const kept = '[{"id":"rs_orelse_1","type":"reasoning","summary":[],"encrypted_content":"ENC"}]'
    assert.strictEqual(through(kept), body('[{"type":"reasoning","summary":[],"encrypted_content":"ENC"}]'))
    const usual = `[ ${own}, ${call('"id":"fc_1",')}, ${said}} ]`
    assert.strictEqual(through(usual), body(usual))
    assert.strictEqual(through('"_orelse_"'), body('"_orelse_"'))
  })

  it("is told apart by a clear message where only the provider knows the conversation", () => {
    const kept: Request = { ...asked, extra: { "openai-responses": { previous_response_id: "resp_0" } } }
    const written = Anthropic.protocol.encode(kept, { model: "claude-opus-4-6", stream: false, quirks: {} })
    if (Result.isSuccess(written)) return assert.fail("it was not refused")
    assert.include(written.failure.message, "cannot take previous_response_id")
    assert.include(written.failure.message, "send the whole conversation as input")
  })
})

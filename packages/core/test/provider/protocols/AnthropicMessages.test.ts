import { assert, describe, it } from "@effect/vitest"
import * as Json from "../../../src/domain/Json.ts"
import type { AssistantPart, Request } from "../../../src/domain/Request.ts"
import type { StreamPart } from "../../../src/domain/Response.ts"
import type { WireEvent } from "../../../src/provider/Protocol.ts"
import { protocol } from "../../../src/provider/protocols/AnthropicMessages.ts"
import { conformance, event, type Scenario } from "../conformance.ts"
import * as Fold from "../fold.ts"
import * as Written from "../written.ts"

const message = { id: "msg_1", type: "message", role: "assistant", model: "claude-x" }

const named = (body: Json.JsonObject): WireEvent => event(body, Json.string(body["type"]))

const start = (usage: Json.JsonObject = { input_tokens: 10, output_tokens: 1 }): WireEvent =>
  named({ type: "message_start", message: { ...message, content: [], stop_reason: null, stop_sequence: null, usage } })

/** The events of one block. */
const block = (
  index: number,
  content_block: Json.JsonObject,
  ...deltas: ReadonlyArray<Json.JsonObject>
): ReadonlyArray<WireEvent> => [
  named({ type: "content_block_start", index, content_block }),
  ...deltas.map((delta) => named({ type: "content_block_delta", index, delta })),
  named({ type: "content_block_stop", index })
]

const stop = (stop_reason: string, usage: Json.JsonObject = { output_tokens: 5 }): ReadonlyArray<WireEvent> => [
  named({ type: "message_delta", delta: { stop_reason, stop_sequence: null }, usage }),
  named({ type: "message_stop" })
]

const whole = (
  content: ReadonlyArray<Json.JsonObject>,
  stop_reason: string,
  usage: Json.JsonObject = { input_tokens: 10, output_tokens: 5 }
): Json.JsonObject => ({
  ...message,
  content,
  stop_reason,
  stop_sequence: null,
  usage
})

const textBlock = (index: number, ...pieces: ReadonlyArray<string>) =>
  block(index, { type: "text", text: "" }, ...pieces.map((text) => ({ type: "text_delta", text })))

const toolBlock = (index: number, id: string, name: string, ...pieces: ReadonlyArray<string>) =>
  block(
    index,
    { type: "tool_use", id, name, input: {} },
    ...pieces.map((partial_json) => ({ type: "input_json_delta", partial_json }))
  )

const text: Scenario = {
  whole: whole([{ type: "text", text: "Grüße, 世界 👋" }], "end_turn"),
  stream: [start(), named({ type: "ping" }), ...textBlock(0, "Grü", "ße, 世", "界 👋"), ...stop("end_turn")],
  expected: { text: "Grüße, 世界 👋", finishReason: "stop", toolCalls: [], error: undefined }
}

const tools: Scenario = {
  whole: whole([{ type: "tool_use", id: "toolu_1", name: "get_weather", input: { city: "Köln" } }], "tool_use"),
  stream: [start(), ...toolBlock(0, "toolu_1", "get_weather", "", '{"city":', '"Köln"}'), ...stop("tool_use")],
  expected: {
    toolCalls: [{ id: "toolu_1", name: "get_weather", arguments: '{"city":"Köln"}' }],
    finishReason: "tool_calls"
  }
}

const two = [
  { id: "toolu_1", name: "f", arguments: '{"a":1}' },
  { id: "toolu_2", name: "g", arguments: '{"b":2}' }
]

const parallelTools: Scenario = {
  whole: whole(
    [
      { type: "text", text: "Both." },
      ...two.map(({ id, name, arguments: written }) => ({ type: "tool_use", id, name, input: Json.parse(written)! }))
    ],
    "tool_use"
  ),
  stream: [
    start(),
    ...textBlock(0, "Both."),
    ...toolBlock(1, "toolu_1", "f", '{"a":1}'),
    ...toolBlock(2, "toolu_2", "g", '{"b"', ":2}"),
    ...stop("tool_use")
  ],
  expected: { text: "Both.", toolCalls: two }
}

const counted = {
  input_tokens: 30,
  cache_read_input_tokens: 64,
  cache_creation_input_tokens: 6,
  output_tokens: 20,
  output_tokens_details: { thinking_tokens: 12 }
}

const usage: Scenario = {
  whole: whole([{ type: "text", text: "x" }], "end_turn", counted),
  stream: [
    start({ input_tokens: 30, cache_read_input_tokens: 64, cache_creation_input_tokens: 6, output_tokens: 1 }),
    ...textBlock(0, "x"),
    ...stop("end_turn", { input_tokens: null, output_tokens: 20, output_tokens_details: { thinking_tokens: 12 } })
  ],
  expected: {
    usage: { inputTokens: 100, outputTokens: 20, cachedTokens: 64, cacheWriteTokens: 6, reasoningTokens: 12 }
  }
}

const reasoning: Scenario = {
  whole: whole(
    [
      { type: "thinking", thinking: "Let me think.", signature: "c2ln" },
      { type: "redacted_thinking", data: "secret" },
      { type: "text", text: "42" }
    ],
    "end_turn"
  ),
  stream: [
    start(),
    ...block(
      0,
      { type: "thinking", thinking: "", signature: "" },
      { type: "thinking_delta", thinking: "Let me " },
      { type: "thinking_delta", thinking: "think." },
      { type: "signature_delta", signature: "c2ln" }
    ),
    ...block(1, { type: "redacted_thinking", data: "secret" }),
    ...textBlock(2, "42"),
    ...stop("end_turn")
  ],
  expected: { reasoning: "Let me think.", signatures: ["c2ln"], redacted: ["secret"], text: "42" }
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
      whole: whole([{ type: "text", text: "x" }], raw),
      stream: [start(), ...textBlock(0, "x"), ...stop(raw)],
      expected: {}
    }),
    words: {
      end_turn: "stop",
      stop_sequence: "stop",
      max_tokens: "length",
      model_context_window_exceeded: "length",
      tool_use: "tool_calls",
      refusal: "content_filter",
      pause_turn: "unknown"
    }
  },
  error: { event: "error", data: '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}' },
  unknownEvent: named({ type: "thing_of_2031", payload: { a: 1 } }),
  dispensable: 1,
  unsupported: ["audio", "logprobs", "severalAnswers", "jsonMode", "foreignTool"]
})

const read = (...events: ReadonlyArray<WireEvent>): ReadonlyArray<StreamPart> => {
  const reader = protocol.reader()
  return events.flatMap((one) => {
    const parts = reader.read(one)
    if (parts === "malformed") throw new Error("malformed")
    return parts
  })
}

const search = { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: {} }

describe("anthropic-messages, as it reads answers", () => {
  it("carries blocks that only Anthropic knows, and does not count them among the blocks", () => {
    const parts = read(
      start(),
      ...block(0, search, { type: "input_json_delta", partial_json: '{"query":"x"}' }),
      ...textBlock(1, "found")
    )
    assert.deepStrictEqual(
      parts.map((part) => part.type),
      ["start", "usage", "extra", "extra", "text"]
    )
    assert.deepStrictEqual(parts.at(-1), { type: "text", index: 0, text: "found" })
    const answer = protocol.decode(whole([search, { type: "text", text: "found" }], "end_turn"))
    assert.deepStrictEqual(answer?.content[0], {
      type: "text",
      text: "",
      extra: { "anthropic-messages": { block: search } }
    })
  })

  it("carries citations of a text", () => {
    const citations = [{ type: "char_location", cited_text: "x" }]
    const answer = protocol.decode(whole([{ type: "text", text: "so", citations }], "end_turn"))
    assert.deepStrictEqual(answer?.content, [
      { type: "text", text: "so", extra: { "anthropic-messages": { citations } } }
    ])
    const parts = read(
      start(),
      ...block(0, { type: "text", text: "" }, { type: "citations_delta", citation: citations[0]! })
    )
    assert.strictEqual(parts.at(-1)?.type, "extra")
  })

  it("takes the end of OpenAI's streams behind its own for nothing, and the cost that a gateway adds", () => {
    const reader = protocol.reader()
    const events = [start(), ...textBlock(0, "hi"), ...stop("end_turn", { output_tokens: 5, cost: 0.25 })]
    const parts = events.flatMap((one) => {
      const read = reader.read(one)
      return read === "malformed" ? [] : read
    })
    assert.deepStrictEqual(reader.read({ event: "data", data: "[DONE]" }), [])
    const { text: said, usage } = Fold.parts(parts)
    assert.deepStrictEqual([said, usage?.costUsd], ["hi", 0.25])
  })

  it("reads a text whose block was never opened, and none of a block that only Anthropic knows", () => {
    const delta = (index: number, written: Json.JsonObject) =>
      named({ type: "content_block_delta", index, delta: written })
    const reader = protocol.reader()
    const parts = [
      start(),
      delta(0, { type: "text_delta", text: "hi" }),
      named({ type: "content_block_start", index: 1, content_block: { type: "thing_of_2031" } }),
      delta(1, { type: "text_delta", text: "not a word of the model" }),
      ...stop("end_turn")
    ].flatMap((one) => {
      const read = reader.read(one)
      return read === "malformed" ? [] : read
    })
    assert.strictEqual(Fold.parts(parts).text, "hi")
  })

  it("names the stop sequence that ended an answer", () => {
    assert.strictEqual(protocol.decode({ ...whole([], "stop_sequence"), stop_sequence: "END" })?.stopSequence, "END")
    const last = named({
      type: "message_delta",
      delta: { stop_reason: "stop_sequence", stop_sequence: "END" },
      usage: { output_tokens: 1 }
    })
    assert.deepStrictEqual(read(start(), last).at(-1), {
      type: "finish",
      reason: "stop",
      raw: "stop_sequence",
      stopSequence: "END"
    })
  })

  /** platform.claude.com "Streaming refusals", and the recorded refusal of vercel/ai (`anthropic-refusal.chunks.txt`), read 2026-11. */
  it("tells callers of other dialects why an answer was refused, streamed as whole", () => {
    const stop_details = { type: "refusal", category: "cyber", explanation: "blocked under the Usage Policy" }
    const refused = { stop_reason: "refusal", stop_sequence: null }
    const parts = read(
      start(),
      named({
        type: "message_delta",
        delta: { ...refused, stop_details, container: null },
        context_management: { applied_edits: [] },
        usage: { output_tokens: 5 }
      })
    )
    assert.deepStrictEqual(
      parts.filter((part) => part.type === "extra"),
      [
        {
          type: "extra",
          dialect: "anthropic-messages",
          fields: { stop_details, context_management: { applied_edits: [] } }
        }
      ]
    )
    assert.deepStrictEqual(protocol.decode({ ...whole([], "refusal"), stop_details })?.extra, {
      "anthropic-messages": { stop_details }
    })
    assert.isFalse(read(start(), ...stop("end_turn")).some((part) => part.type === "extra"))
  })

  it("takes a tool's input that comes whole at the start of its block", () => {
    const parts = read(start(), ...block(0, { type: "tool_use", id: "a", name: "f", input: { x: 1 } }))
    assert.strictEqual(Fold.parts(parts).toolCalls[0]?.arguments, '{"x":1}')
  })

  it("gives a call of nothing an empty object where another block follows, and leaves the last one as it may be cut", () => {
    const parts = read(
      start(),
      ...toolBlock(0, "a", "f"),
      ...toolBlock(1, "b", "f", '{"x":1}'),
      ...toolBlock(2, "c", "f", ""),
      ...toolBlock(3, "d", "f"),
      ...stop("max_tokens")
    )
    const calls = parts.flatMap((part) =>
      part.type === "toolCallStart"
        ? [`opens ${part.index}`]
        : part.type === "toolCallDelta"
          ? [`${part.index} ${part.arguments}`]
          : []
    )
    assert.deepStrictEqual(calls, ["opens 0", "0 {}", "opens 1", '1 {"x":1}', "opens 2", "2 {}", "opens 3"])
  })

  it("makes nothing up for calls whose arguments come by turns", () => {
    const opened = (index: number) =>
      named({
        type: "content_block_start",
        index,
        content_block: { type: "tool_use", id: `t${index}`, name: "f", input: {} }
      })
    const delta = (index: number) =>
      named({ type: "content_block_delta", index, delta: { type: "input_json_delta", partial_json: `{"x":${index}}` } })
    const parts = read(start(), opened(0), opened(1), delta(0), delta(1), ...stop("tool_use"))
    assert.deepStrictEqual(
      Fold.parts(parts).toolCalls.map((call) => call.arguments),
      ['{"x":0}', '{"x":1}']
    )
  })

  it("reads a whole message that came in the place of a stream", () => {
    const folded = Fold.parts(read(event(whole([{ type: "text", text: "all at once" }], "end_turn"))))
    assert.deepStrictEqual([folded.text, folded.finishReason, folded.usage?.inputTokens], ["all at once", "stop", 10])
  })
})

const encoded = (request: Request, model = "claude-sonnet-4-5") => Written.body(protocol, request, { model })

const { asked } = Written

const refusal = (request: Request, model = "claude-sonnet-4-5") => Written.refusal(protocol, request, { model })

describe("anthropic-messages, as it writes requests", () => {
  it("names a limit where the caller named none: 16000, or the model's most", () => {
    assert.strictEqual(encoded(asked)["max_tokens"], 16_000)
    assert.strictEqual(encoded(asked, "claude-3-haiku-20240307")["max_tokens"], 4096)
    assert.strictEqual(encoded({ ...asked, maxTokens: 7 })["max_tokens"], 7)
  })

  it("joins system messages into the field of their own, wherever they stood", () => {
    const system = (text: string) => ({ role: "system" as const, content: [{ type: "text" as const, text }] })
    const body = encoded({ messages: [system("one"), ...asked.messages, system("two")] })
    assert.deepStrictEqual(body["system"], [
      { type: "text", text: "one" },
      { type: "text", text: "two" }
    ])
    assert.deepStrictEqual(body["messages"], [{ role: "user", content: "hi" }])
  })

  it("puts all results of one turn and the words after them into one message, results first", () => {
    const result = (toolCallId: string) => ({
      role: "tool" as const,
      toolCallId,
      content: [{ type: "text" as const, text: toolCallId }]
    })
    const body = encoded({ messages: [result("a"), result("b"), ...asked.messages, ...asked.messages] })
    const results = ["a", "b"].map((id) => ({ type: "tool_result", tool_use_id: id, content: id }))
    assert.deepStrictEqual(body["messages"], [
      { role: "user", content: [...results, { type: "text", text: "hi" }] },
      { role: "user", content: "hi" }
    ])
  })

  it("fits the ids of tool calls, each its own, and gives results that of their call", () => {
    const turn = (...ids: ReadonlyArray<string>): Request["messages"] => [
      { role: "assistant", content: ids.map((id) => ({ type: "toolCall", id, name: "f", arguments: "{}" })) },
      ...ids.map((toolCallId) => ({
        role: "tool" as const,
        toolCallId,
        content: [{ type: "text" as const, text: toolCallId }]
      }))
    ]
    const ids = (...turns: ReadonlyArray<ReadonlyArray<string>>) =>
      Json.array(encoded({ messages: turns.flatMap((one) => turn(...one)) })["messages"]).flatMap((message) =>
        Json.array(Json.at(message, "content")).map((block) => Json.at(block, "id") ?? Json.at(block, "tool_use_id"))
      )
    assert.deepStrictEqual(ids(["functions.f:0"]), ["functions_f_0", "functions_f_0"])
    assert.deepStrictEqual(ids(["toolu_1", "call-2"]), ["toolu_1", "call-2", "toolu_1", "call-2"])
    assert.deepStrictEqual(ids(["w"], ["w"], ["w"]), ["w", "w", "w_2", "w_2", "w_3", "w_3"])
    assert.deepStrictEqual(ids(["a", "a"]), ["a", "a_2", "a", "a_2"])
    assert.deepStrictEqual(ids(["a.b", "a_b"], ["a:b"]), ["a_b", "a_b_2", "a_b", "a_b_2", "a_b_3", "a_b_3"])
    assert.deepStrictEqual(ids([""]), ["call", "call"])
    const long = "x".repeat(70)
    const [first, second] = ids([long, `${long}y`]) as ReadonlyArray<string>
    assert.deepStrictEqual([first, second], ["x".repeat(64), `${"x".repeat(56)}_2`])
  })

  it("leaves out empty texts and reasoning without proof, which Anthropic refuses", () => {
    const messages: Request["messages"] = [
      {
        role: "user",
        content: [
          { type: "text", text: "" },
          { type: "text", text: "hi" }
        ]
      },
      { role: "assistant", content: [{ type: "reasoning", text: "hm" }] },
      {
        role: "assistant",
        content: [
          { type: "reasoning", text: "hm", signature: "s" },
          { type: "text", text: "yes" }
        ]
      }
    ]
    assert.deepStrictEqual(encoded({ messages })["messages"], [
      { role: "user", content: "hi" },
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "hm", signature: "s" },
          { type: "text", text: "yes" }
        ]
      }
    ])
  })

  it("leaves out texts of white space alone, which Anthropic refuses, and messages of nothing else", () => {
    const blank = { type: "text" as const, text: " \n" }
    const call = { type: "toolCall" as const, id: "a", name: "f", arguments: "{}" }
    const messages: Request["messages"] = [
      { role: "system", content: [blank] },
      { role: "user", content: [blank, { type: "text", text: " hi\n" }] },
      { role: "assistant", content: [blank] },
      { role: "assistant", content: [{ type: "refusal", text: "\t" }] },
      { role: "assistant", content: [blank, call] },
      { role: "tool", toolCallId: "a", content: [blank] }
    ]
    const { messages: sent, system } = encoded({ messages })
    assert.isUndefined(system)
    assert.deepStrictEqual(sent, [
      { role: "user", content: " hi\n" },
      { role: "assistant", content: [{ type: "tool_use", id: "a", name: "f", input: {} }] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "a" }] }
    ])
  })

  it("thinks with a budget or an effort, as the model wants to be told", () => {
    const high: Request = { ...asked, reasoning: { enabled: true, effort: "high" } }
    assert.deepStrictEqual(encoded(high)["thinking"], { type: "enabled", budget_tokens: 24_576 })
    assert.strictEqual(encoded(high)["max_tokens"], 40_576)
    const strange: Request = { ...asked, reasoning: { enabled: true, effort: "constructor" } }
    assert.deepStrictEqual(encoded(strange)["thinking"], { type: "enabled", budget_tokens: 8192 })
    const newer = encoded(high, "claude-opus-4-6")
    assert.deepStrictEqual([newer["thinking"], newer["output_config"]], [{ type: "adaptive" }, { effort: "high" }])
    assert.isUndefined(encoded(high, "claude-3-5-haiku-latest")["thinking"])
  })

  /** platform.claude.com "What's new in Claude Opus 5", "Migrating to Claude Sonnet 5.5", "Migrating to Claude Opus 5.5", "Prompting Claude Haiku 5.5", read 2026-11. */
  it("tells a model not to think in the way that it takes, for from Claude 5 on they think unasked", () => {
    const told = (model: string) => {
      const body = encoded({ ...asked, reasoning: { enabled: false } }, model)
      return [Json.at(body, "thinking", "type"), Json.at(body, "output_config", "effort")]
    }
    for (const model of [
      "claude-sonnet-4-5",
      "claude-sonnet-4-6",
      "claude-sonnet-5",
      "claude-opus-5",
      "claude-haiku-5-5"
    ])
      assert.deepStrictEqual(told(model), ["disabled", undefined], model)
    assert.deepStrictEqual(told("claude-sonnet-5.5"), ["between_tools", undefined])
    // They do not think unasked, and are not told so everywhere.
    for (const model of ["claude-opus-4-7", "claude-opus-4-8", "claude-3-5-haiku-latest"])
      assert.deepStrictEqual(told(model), [undefined, undefined], model)
    // They always think: as little as they can.
    for (const model of ["claude-opus-5-5", "claude-fable-5", "claude-mythos-preview", "claude-of-2031"])
      assert.deepStrictEqual(told(model), [undefined, "low"], model)
  })

  /** `display` is `omitted` unasked from Opus 4.7 on: platform.claude.com "Adaptive thinking", "Migrating to Claude Sonnet 5.5", read 2026-11. */
  it("asks to see the thinking that is asked for, where a model hides it unasked", () => {
    const high: Request = { ...asked, reasoning: { enabled: true, effort: "high" } }
    for (const model of ["claude-opus-4-7", "claude-opus-5", "claude-sonnet-5-5", "claude-opus-5-5"])
      assert.deepStrictEqual(encoded(high, model)["thinking"], { type: "adaptive", display: "summarized" }, model)
    const hidden: Request = { ...high, extra: { "anthropic-messages": { thinking: { display: "omitted" } } } }
    assert.deepStrictEqual(encoded(hidden, "claude-opus-5")["thinking"], { type: "adaptive", display: "omitted" })
    assert.isUndefined(encoded({ ...asked, reasoning: { effort: "high" } }, "claude-opus-5")["thinking"])
  })

  /**
   * `tool_choice: type "tool" and "any" are not supported for this model.` (claude-opus-5-5, github.com/can1357/oh-my-pi/issues/12939), `tool_choice
   * forces tool use is not compatible with this model` (claude-fable-5, github.com/Yeachan-Heo/gajae-code/pull/480), read 2026-11.
   */
  it("refuses to force a tool before anything is sent where the model refuses it, and forces it elsewhere", () => {
    const forced = (toolChoice: NonNullable<Request["toolChoice"]>): Request => ({
      ...asked,
      tools: [{ name: "look" }],
      toolChoice
    })
    for (const model of ["claude-opus-5-5", "claude-sonnet-5-5", "us.anthropic.claude-fable-5-1", "claude-mythos-5"]) {
      assert.strictEqual(refusal(forced("required"), model), "a forced tool", model)
      assert.strictEqual(refusal(forced({ name: "look" }), model), "a forced tool", model)
      assert.deepStrictEqual(encoded(forced("auto"), model)["tool_choice"], { type: "auto" }, model)
    }
    for (const model of ["claude-sonnet-4-5", "claude-opus-5", "claude-sonnet-5", "claude-haiku-5-5"])
      assert.deepStrictEqual(encoded(forced("required"), model)["tool_choice"], { type: "any" }, model)
  })

  it("asks for no thinking with a budget where a turn goes on that another provider began", () => {
    const call = { type: "toolCall", id: "t", name: "f", arguments: "{}" } as const
    const result = { role: "tool", toolCallId: "t", content: [] } as const
    const thinking = (thought: ReadonlyArray<AssistantPart>, model?: string) => {
      const messages = [...asked.messages, { role: "assistant", content: [...thought, call] } as const, result]
      const body = encoded({ messages, reasoning: { enabled: true } }, model)
      return Json.at(body, "thinking", "type")
    }
    assert.isUndefined(thinking([]))
    assert.isUndefined(thinking([{ type: "reasoning", text: "hm", signature: "openai:ENC" }]))
    assert.strictEqual(thinking([{ type: "reasoning", text: "hm", signature: "c2ln" }]), "enabled")
    assert.strictEqual(thinking([], "claude-opus-5"), "adaptive")
  })

  it("leaves thinking with a budget out of a body that passes through, while such a turn goes on and no longer", () => {
    const user = { role: "user", content: "?" }
    const result = { role: "user", content: [{ type: "tool_result", tool_use_id: "t" }] }
    const call = { type: "tool_use", id: "t", name: "f", input: {} }
    const thought = (signature: string) => ({ type: "thinking", thinking: "hm", signature })
    const said = (...content: ReadonlyArray<Json.Json>) => ({ role: "assistant", content })
    const through = (messages: ReadonlyArray<Json.Json>, type = "enabled") => {
      const body = { thinking: { type }, messages }
      return protocol.passThrough(JSON.stringify(body), body, { model: "m", stream: false, quirks: {} }).body
    }
    for (const begun of [said(thought(""), call), said(call)])
      assert.notInclude(through([user, begun, result, said(call), result]), '"thinking":{')
    for (const kept of [
      through([user, said(thought("c2ln"), call), result, said(call), result]),
      through([user, said(call), result, said({ type: "text", text: "so" }), user]),
      through([
        user,
        said(call),
        result,
        said({ type: "text", text: "so" }),
        user,
        said(thought("c2ln"), call),
        result
      ]),
      through([user, said(call), result], "adaptive")
    ])
      assert.include(kept, '"thinking":{')
  })

  it("says an effort in the model's own words", () => {
    const effort = (effort: string, model: string) =>
      Json.at(encoded({ ...asked, reasoning: { effort } }, model), "output_config", "effort")
    assert.deepStrictEqual(
      ["minimal", "xhigh", "max"].map((word) => effort(word, "claude-opus-4-5")),
      ["low", "high", "high"]
    )
    assert.deepStrictEqual(
      ["minimal", "xhigh", "max"].map((word) => effort(word, "claude-opus-5")),
      ["low", "xhigh", "max"]
    )
    assert.isUndefined(effort("low", "claude-sonnet-4-5"))
  })

  it("keeps a budget below the limit, and does not think where the limit leaves no room", () => {
    const thinking = (maxTokens: number, budgetTokens: number) =>
      encoded({ ...asked, maxTokens, reasoning: { enabled: true, budgetTokens } })["thinking"]
    assert.deepStrictEqual(thinking(4000, 3999), { type: "enabled", budget_tokens: 3999 })
    assert.deepStrictEqual(thinking(4000, 4000), { type: "enabled", budget_tokens: 3200 })
    assert.isUndefined(thinking(1000, 4000))
  })

  it("leaves temperatures out beside thinking and for models that take none, and caps them at 1", () => {
    const warm: Request = { ...asked, temperature: 1.5, topK: 3 }
    const sampling = (request: Request, model?: string) => [
      encoded(request, model)["temperature"],
      encoded(request, model)["top_k"]
    ]
    assert.deepStrictEqual(sampling(warm), [1, 3])
    const both = { ...asked, temperature: 0.2, topP: 0.9 }
    assert.isUndefined(encoded(both)["top_p"])
    assert.strictEqual(encoded(both, "claude-3-7-sonnet-latest")["top_p"], 0.9)
    assert.deepStrictEqual(sampling(warm, "claude-opus-5"), [undefined, undefined])
    assert.deepStrictEqual(sampling({ ...warm, reasoning: { enabled: true } }), [undefined, undefined])
  })

  it("does not think where a tool is forced, for Anthropic refuses both together", () => {
    const forced: Request = {
      ...asked,
      tools: [{ name: "f" }],
      toolChoice: "required",
      reasoning: { enabled: true, effort: "low" }
    }
    assert.isUndefined(encoded(forced)["thinking"])
    assert.deepStrictEqual(encoded(forced)["tool_choice"], { type: "any" })
  })

  it("says with the tool choice whether calls may be made in parallel", () => {
    const choice = (more: Partial<Request>) => encoded({ ...asked, tools: [{ name: "f" }], ...more })["tool_choice"]
    assert.deepStrictEqual(choice({ parallelToolCalls: false }), { type: "auto", disable_parallel_tool_use: true })
    assert.deepStrictEqual(choice({ toolChoice: { name: "f" }, parallelToolCalls: false }), {
      type: "tool",
      name: "f",
      disable_parallel_tool_use: true
    })
    assert.deepStrictEqual(choice({ toolChoice: "none", parallelToolCalls: false }), { type: "none" })
    assert.isUndefined(choice({}))
    assert.isUndefined(encoded({ ...asked, parallelToolCalls: false })["tool_choice"])
  })

  it("names each feature that it refuses", () => {
    const format = { type: "jsonSchema" as const, schema: { type: "object" } }
    assert.strictEqual(refusal({ ...asked, responseFormat: format }, "claude-3-5-haiku-latest"), "JSON schema output")
    assert.strictEqual(refusal({ ...asked, stop: ["\n\n"] }), "blank stop sequences")
    assert.strictEqual(
      refusal({ ...asked, extra: { "openai-chat": { logit_bias: { "5": -100 } } } }),
      "openai-chat's logit_bias"
    )
    assert.isUndefined(refusal({ ...asked, extra: { "openai-chat": { logit_bias: {}, store: true } } }))
    const call = { type: "toolCall" as const, id: "a", name: "f", arguments: "{oops" }
    assert.strictEqual(
      refusal({ messages: [{ role: "assistant", content: [call] }] }),
      "tool arguments that are no JSON object"
    )
    assert.strictEqual(
      refusal({ messages: [{ role: "user", content: [{ type: "image", fileId: "file-openai" }] }] }),
      "images by file id"
    )
  })

  it("carries its own fields where they stood", () => {
    const cache = { extra: { "anthropic-messages": { cache_control: { type: "ephemeral" } } } }
    const body = encoded({
      messages: [
        { role: "system", content: [{ type: "text", text: "s", ...cache }] },
        {
          role: "user",
          content: [
            {
              type: "text",
              text: "",
              extra: { "anthropic-messages": { block: { type: "search_result", title: "t" } } }
            }
          ]
        }
      ],
      tools: [{ name: "f", ...cache }],
      extra: {
        "anthropic-messages": { service_tier: "auto", tools: [{ type: "web_search_20250305", name: "web_search" }] }
      }
    })
    assert.deepStrictEqual(body["system"], [{ type: "text", text: "s", cache_control: { type: "ephemeral" } }])
    assert.deepStrictEqual(Json.at(body, "messages", 0, "content"), [{ type: "search_result", title: "t" }])
    assert.deepStrictEqual(body["tools"], [
      { name: "f", input_schema: { type: "object", properties: {} }, cache_control: { type: "ephemeral" } },
      { type: "web_search_20250305", name: "web_search" }
    ])
    assert.strictEqual(body["service_tier"], "auto")
  })

  it("leaves out reasoning whose proof is empty, as callers send back what another provider thought", () => {
    const content = [
      { type: "reasoning", text: "hm", signature: "" },
      { type: "text", text: "yes" }
    ] as const
    const body = encoded({ messages: [...asked.messages, { role: "assistant", content }] })
    assert.deepStrictEqual(Json.at(body, "messages", 1, "content"), "yes")
  })

  it("takes thinking that Anthropic never signed out of a body that passes through, and nothing else", () => {
    const through = (messages: string) => {
      const text = `{"model":"a", "messages":${messages},"n":1.0}`
      return protocol.passThrough(text, Json.parseObject(text)!, { model: "b", stream: false, quirks: {} }).body
    }
    const body = (messages: string) => `{"model":"b", "messages":${messages},"n":1.0}`
    const user = '{"role" : "user", "content":"\\"signature\\":\\"\\""}'
    const ours = '{"type":"thinking","thinking":"hm","signature": ""}'
    const openai = '{"type":"thinking","thinking":"","signature":"openai:ENC"}'
    const own = '{"type":"thinking","thinking":"hm","signature":"c2ln"}'
    const call = '{"type":"tool_use","id":"t","name":"f","input":{"type":"thinking","signature":"","n":1.0}}'
    assert.strictEqual(
      through(`[${user},{"role":"assistant","content":[${ours},${own}, ${openai},${call}]}]`),
      body(`[${user},{"role":"assistant","content":[${own},${call}]}]`)
    )
    assert.strictEqual(through(`[${user},{"role":"assistant","content":[${ours}]},${user}]`), body(`[${user},${user}]`))
    const usual = `[${user}, {"role":"assistant","content":[ ${own}, ${call} ]}]`
    assert.strictEqual(through(usual), body(usual))
  })

  it("says which version of the format it speaks", () => {
    const { headers, path } = protocol.passThrough('{"model":"a"}', {}, { model: "b", stream: true, quirks: {} })
    assert.deepStrictEqual([headers, path], [{ "anthropic-version": "2023-06-01" }, "/v1/messages"])
  })
})

/**
 * OpenAI's chat format in samples, for the protocols that speak it.
 */
import type * as Json from "../../../src/domain/Json.ts"
import type { Protocol, WireEvent } from "../../../src/provider/Protocol.ts"
import { event, type Samples, type Scenario } from "../conformance.ts"

export const head = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1_790_000_000, model: "gpt-x" }
export const done: WireEvent = { event: undefined, data: "[DONE]" }

export const chunk = (delta: Json.JsonObject, finish: string | null = null, more: Json.JsonObject = {}): WireEvent =>
  event({ ...head, choices: [{ index: 0, delta, finish_reason: finish }], ...more })

export const whole = (message: Json.JsonObject, finish: string, usage?: Json.JsonObject): Json.JsonObject => ({
  ...head,
  object: "chat.completion",
  choices: [{ index: 0, message: { role: "assistant", content: null, ...message }, finish_reason: finish }],
  ...(usage === undefined ? {} : { usage })
})

export const role = chunk({ role: "assistant", content: "" })
export const call = (index: number, id: string, name: string, written: string) => ({
  index,
  id,
  type: "function",
  function: { name, arguments: written }
})
export const plainCall = (id: string, name: string, written: string) => ({
  id,
  type: "function",
  function: { name, arguments: written }
})

const text: Scenario = {
  whole: whole({ content: "Grüße, 世界 👋" }, "stop"),
  stream: [
    role,
    chunk({ content: "Grü" }),
    chunk({ content: "ße, 世" }),
    chunk({ content: "界 👋" }),
    chunk({}, "stop"),
    done
  ],
  expected: { text: "Grüße, 世界 👋", finishReason: "stop", toolCalls: [], error: undefined }
}

const tools: Scenario = {
  whole: whole({ tool_calls: [plainCall("call_1", "get_weather", '{"city":"Köln"}')] }, "tool_calls"),
  stream: [
    role,
    chunk({ tool_calls: [call(0, "call_1", "get_weather", "")] }),
    chunk({ tool_calls: [{ index: 0, function: { arguments: '{"city":' } }] }),
    chunk({ tool_calls: [{ index: 0, function: { arguments: '"Köln"}' } }] }),
    chunk({}, "tool_calls"),
    done
  ],
  expected: {
    toolCalls: [{ id: "call_1", name: "get_weather", arguments: '{"city":"Köln"}' }],
    finishReason: "tool_calls"
  }
}

export const two = [
  { id: "call_1", name: "f", arguments: '{"a":1}' },
  { id: "call_2", name: "g", arguments: "{}" }
]

const parallelTools: Scenario = {
  whole: whole(
    { content: "Both.", tool_calls: two.map((one) => plainCall(one.id, one.name, one.arguments)) },
    "tool_calls"
  ),
  stream: [
    role,
    chunk({ content: "Both." }),
    chunk({ tool_calls: [call(0, "call_1", "f", '{"a"'), call(1, "call_2", "g", "")] }),
    chunk({
      tool_calls: [
        { index: 1, function: { arguments: "{}" } },
        { index: 0, function: { arguments: ":1}" } }
      ]
    }),
    chunk({}, "tool_calls"),
    done
  ],
  expected: { text: "Both.", toolCalls: two }
}

export const counted = {
  prompt_tokens: 100,
  completion_tokens: 20,
  total_tokens: 120,
  prompt_tokens_details: { cached_tokens: 64 },
  completion_tokens_details: { reasoning_tokens: 12 }
}

const usage: Scenario = {
  whole: whole({ content: "x" }, "stop", counted),
  stream: [role, chunk({ content: "x" }), chunk({}, "stop"), event({ ...head, choices: [], usage: counted }), done],
  expected: { usage: { inputTokens: 100, outputTokens: 20, totalTokens: 120, cachedTokens: 64, reasoningTokens: 12 } }
}

const reasoning: Scenario = {
  whole: whole({ content: "42", reasoning_content: "Let me think." }, "stop"),
  stream: [
    role,
    chunk({ reasoning_content: "Let me " }),
    chunk({ reasoning_content: "think." }),
    chunk({ content: "42" }),
    chunk({}, "stop"),
    done
  ],
  expected: { reasoning: "Let me think.", text: "42" }
}

const refusal: Scenario = {
  whole: whole({ refusal: "I cannot." }, "stop"),
  stream: [role, chunk({ refusal: "I can" }), chunk({ refusal: "not." }), chunk({}, "stop"), done],
  expected: { refusal: "I cannot.", text: "" }
}

/** The samples of a protocol that speaks this format. */
export const samples = (protocol: Protocol): Samples => ({
  protocol,
  text,
  tools,
  parallelTools,
  usage,
  reasoning,
  refusal,
  finish: {
    with: (raw) => ({
      whole: whole({ content: "x" }, raw),
      stream: [role, chunk({ content: "x" }), chunk({}, raw), done],
      expected: {}
    }),
    words: {
      stop: "stop",
      length: "length",
      tool_calls: "tool_calls",
      content_filter: "content_filter",
      model_length: "length",
      model_context_window_exceeded: "length",
      sensitive: "content_filter",
      "content_filter: PROHIBITED_CONTENT": "content_filter",
      "content_filter: OTHER": "content_filter",
      "function_call_filter: MALFORMED_FUNCTION_CALL": "error",
      "function_call_filter: UNEXPECTED_TOOL_CALL": "error",
      function_call: "tool_calls"
    }
  },
  error: { event: undefined, data: '{"error":{"message":"overloaded","type":"server_error","code":503}}' },
  unknownEvent: event({ object: "thing.of.2031", payload: { a: 1 } }),
  dispensable: 1,
  unsupported: ["imageInToolResult"]
})

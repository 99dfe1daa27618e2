/** Anthropic Messages, as api.anthropic.com writes it: named events, blocks, the terminator is `message_stop`. */
import { defaultModel, finishOf, flatten, named, tokensOf } from "./Answer.ts"
import type { Events, Format, Json, JsonObject, Options } from "./Answer.ts"

const finishes = { stop: "end_turn", length: "max_tokens", tool: "tool_use", filter: "refusal" } as const
const idOf = (options: Options): string => options.id ?? "msg_01T8kTq7cYyYJeQ5DxcVUc6D"
const signature = "EqQBCkYIBRgCKkBtc2lnbmF0dXJlb2ZhdGVzdA=="

const usage = (options: Options, output: number): JsonObject => ({
  input_tokens: tokensOf(options)?.input ?? 0,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: tokensOf(options)?.cached ?? 0,
  cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
  output_tokens: output,
  service_tier: "standard"
})

const parse = (text: string): Json => (text === "" ? {} : (JSON.parse(text) as Json))

/** A whole message. */
export const anthropicAnswer = (text: string, options: Options = {}): JsonObject => ({
  model: options.model ?? defaultModel,
  id: idOf(options),
  type: "message",
  role: "assistant",
  content: [
    ...(options.reasoning === undefined ? [] : [{ type: "thinking", thinking: options.reasoning, signature }]),
    ...(text === "" && (options.toolCalls ?? []).length > 0 ? [] : [{ type: "text", text }]),
    ...(options.toolCalls ?? []).map((call) => ({
      type: "tool_use",
      id: call.id,
      name: call.name,
      input: parse(call.arguments)
    }))
  ],
  stop_reason: finishes[finishOf(options)],
  stop_sequence: null,
  stop_details: null,
  usage: usage(options, tokensOf(options)?.output ?? 0)
})

const event = (type: string, fields: JsonObject): string => named(type, { type, ...fields })
const blockStart = (index: number, block: JsonObject): string =>
  event("content_block_start", { index, content_block: block })
const blockDelta = (index: number, delta: JsonObject): string => event("content_block_delta", { index, delta })
const blockStop = (index: number): string => event("content_block_stop", { index })

const start = (options: Options): string =>
  event("message_start", {
    message: {
      model: options.model ?? defaultModel,
      id: idOf(options),
      type: "message",
      role: "assistant",
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: usage(options, 2)
    }
  })

const end = (options: Options): ReadonlyArray<string> => [
  event("message_delta", {
    delta: { stop_reason: finishes[finishOf(options)], stop_sequence: null },
    usage: { input_tokens: tokensOf(options)?.input ?? 0, output_tokens: tokensOf(options)?.output ?? 0 }
  }),
  event("message_stop", {})
]

interface Block {
  readonly open: JsonObject
  readonly deltas: ReadonlyArray<JsonObject>
}

const blocksOf = (texts: ReadonlyArray<string>, options: Options): ReadonlyArray<Block> => [
  ...(options.reasoning === undefined
    ? []
    : [
        {
          open: { type: "thinking", thinking: "", signature: "" },
          deltas: [
            { type: "thinking_delta", thinking: options.reasoning },
            { type: "signature_delta", signature }
          ]
        }
      ]),
  ...(texts.length === 0
    ? []
    : [{ open: { type: "text", text: "" }, deltas: texts.map((text) => ({ type: "text_delta", text })) }]),
  ...(options.toolCalls ?? []).map((call) => ({
    open: { type: "tool_use", id: call.id, name: call.name, input: {} },
    deltas: [{ type: "input_json_delta", partial_json: call.arguments }]
  }))
]

const events = (texts: ReadonlyArray<string>, options: Options = {}): Events => {
  const blocks = blocksOf(texts, options)
  const first = blocks[0]
  if (first === undefined) return { head: [start(options), event("ping", {})], content: [], tail: end(options) }
  const content = blocks.flatMap((block, index) => [
    ...(index === 0 ? [] : [blockStop(index - 1), blockStart(index, block.open)]),
    ...block.deltas.map((delta) => blockDelta(index, delta))
  ])
  return {
    head: [start(options), blockStart(0, first.open), event("ping", {})],
    content,
    tail: [blockStop(blocks.length - 1), ...end(options)]
  }
}

/** The events of a streamed message, `message_stop` included. */
export const anthropicEvents = (texts: ReadonlyArray<string>, options: Options = {}): ReadonlyArray<string> =>
  flatten(events(texts, options))

/** A ping, as Anthropic sends it between events. */
export const anthropicPing = event("ping", {})

/** `{"type":"error","error":{type,message}}` */
export const anthropicError = (message: string, type = "api_error"): JsonObject => ({
  type: "error",
  error: { details: null, type, message },
  request_id: "req_011CSHoEeqs5C35K2UUqR7Fy"
})

export const format: Format = {
  contentType: "text/event-stream; charset=utf-8",
  whole: anthropicAnswer,
  events,
  errorBody: anthropicError,
  errorEvent: (message, type = "api_error") => event("error", { error: { details: null, type, message } })
}

/** OpenAI Responses, as api.openai.com writes it: named events with sequence numbers, the terminator is `response.completed`. */
import { created, defaultModel, finishOf, flatten, named, tokensOf } from "./Answer.ts"
import type { Events, Format, Json, JsonObject, Options } from "./Answer.ts"

const idOf = (options: Options): string => options.id ?? "resp_099d6c816b4d9f35016a3c11f9593481a2a77e9b90b888ae50"
const messageId = "msg_099d6c816b4d9f35016a3c11fb338081a289266547cae6ff41"
const reasoningId = "rs_099d6c816b4d9f35016a3c11fb338081a289266547cae6ff41"

const usage = (options: Options): Json => {
  const tokens = tokensOf(options)
  if (tokens === undefined) return null
  return {
    input_tokens: tokens.input,
    input_tokens_details: { cached_tokens: tokens.cached ?? 0 },
    output_tokens: tokens.output,
    output_tokens_details: { reasoning_tokens: tokens.reasoning ?? 0 },
    total_tokens: tokens.input + tokens.output
  }
}

const response = (options: Options, status: string, output: ReadonlyArray<Json>): JsonObject => {
  const finish = finishOf(options)
  const cut = status === "incomplete"
  return {
    id: idOf(options),
    object: "response",
    created_at: created,
    status,
    background: false,
    error: null,
    incomplete_details: cut ? { reason: finish === "filter" ? "content_filter" : "max_output_tokens" } : null,
    instructions: null,
    max_output_tokens: null,
    model: options.model ?? defaultModel,
    output,
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null },
    service_tier: "default",
    store: false,
    temperature: 1,
    text: { format: { type: "text" }, verbosity: "medium" },
    tool_choice: "auto",
    tools: [],
    top_p: 1,
    truncation: "disabled",
    usage: status === "in_progress" ? null : usage(options),
    user: null,
    metadata: {}
  }
}

const statusOf = (options: Options): string =>
  finishOf(options) === "length" || finishOf(options) === "filter" ? "incomplete" : "completed"

const textPart = (text: string): JsonObject => ({ type: "output_text", annotations: [], logprobs: [], text })
const messageItem = (text: string, status: string): JsonObject => ({
  id: messageId,
  type: "message",
  status,
  content: status === "in_progress" ? [] : [textPart(text)],
  role: "assistant"
})
const reasoningItem = (text: string): JsonObject => ({
  id: reasoningId,
  type: "reasoning",
  summary: [{ type: "summary_text", text }]
})
const callItem = (call: { id: string; name: string; arguments: string }, status: string): JsonObject => ({
  id: `fc_${call.id}`,
  type: "function_call",
  status,
  arguments: status === "in_progress" ? "" : call.arguments,
  call_id: call.id,
  name: call.name
})

const outputOf = (text: string, options: Options): ReadonlyArray<JsonObject> => [
  ...(options.reasoning === undefined ? [] : [reasoningItem(options.reasoning)]),
  ...(text === "" && (options.toolCalls ?? []).length > 0 ? [] : [messageItem(text, "completed")]),
  ...(options.toolCalls ?? []).map((call) => callItem(call, "completed"))
]

/** A whole response. */
export const responsesAnswer = (text: string, options: Options = {}): JsonObject =>
  response(options, statusOf(options), outputOf(text, options))

type Write = (type: string, fields: JsonObject) => string

const reasoningEvents = (write: Write, text: string): ReadonlyArray<string> => {
  const at = { item_id: reasoningId, output_index: 0, summary_index: 0 }
  const part = { type: "summary_text", text }
  return [
    write("response.output_item.added", { output_index: 0, item: { id: reasoningId, type: "reasoning", summary: [] } }),
    write("response.reasoning_summary_part.added", { ...at, part: { type: "summary_text", text: "" } }),
    write("response.reasoning_summary_text.delta", { ...at, delta: text }),
    write("response.reasoning_summary_text.done", { ...at, text }),
    write("response.reasoning_summary_part.done", { ...at, part }),
    write("response.output_item.done", { output_index: 0, item: reasoningItem(text) })
  ]
}

const callEvents = (write: Write, options: Options, from: number): ReadonlyArray<string> =>
  (options.toolCalls ?? []).flatMap((call, index) => {
    const at = { item_id: `fc_${call.id}`, output_index: from + index }
    return [
      write("response.output_item.added", { output_index: from + index, item: callItem(call, "in_progress") }),
      write("response.function_call_arguments.delta", { ...at, delta: call.arguments }),
      write("response.function_call_arguments.done", { ...at, arguments: call.arguments }),
      write("response.output_item.done", { output_index: from + index, item: callItem(call, "completed") })
    ]
  })

const messageEvents = (write: Write, texts: ReadonlyArray<string>, index: number) => {
  const text = texts.join("")
  const at = { item_id: messageId, output_index: index, content_index: 0 }
  const open = [
    write("response.output_item.added", { output_index: index, item: messageItem("", "in_progress") }),
    write("response.content_part.added", { ...at, part: textPart("") })
  ]
  const deltas = texts.map((delta) => write("response.output_text.delta", { ...at, delta, logprobs: [] }))
  const close = () => [
    write("response.output_text.done", { ...at, text, logprobs: [] }),
    write("response.content_part.done", { ...at, part: textPart(text) }),
    write("response.output_item.done", { output_index: index, item: messageItem(text, "completed") })
  ]
  return { open, deltas, close }
}

const events = (texts: ReadonlyArray<string>, options: Options = {}): Events => {
  let sequence = 0
  const write: Write = (type, fields) => named(type, { type, sequence_number: sequence++, ...fields })
  const started = response(options, "in_progress", [])
  const head = [write("response.created", { response: started }), write("response.in_progress", { response: started })]
  const thought = options.reasoning === undefined ? [] : reasoningEvents(write, options.reasoning)
  const index = thought.length === 0 ? 0 : 1
  const message = texts.length === 0 ? undefined : messageEvents(write, texts, index)
  const opened = message?.open ?? []
  const [lead, content] = thought.length === 0 ? [[...head, ...opened], []] : [head, [...thought, ...opened]]
  const ended = message === undefined ? [] : message.close()
  const calls = callEvents(write, options, message === undefined ? index : index + 1)
  const status = statusOf(options)
  const last = write(`response.${status}`, { response: response(options, status, outputOf(texts.join(""), options)) })
  return {
    head: lead,
    content: [...content, ...(message?.deltas ?? []), ...(calls.length === 0 ? [] : [...ended, ...calls])],
    tail: [...(calls.length === 0 ? ended : []), last]
  }
}

/** The events of a streamed response, `response.completed` (or `response.incomplete`) included. */
export const responsesEvents = (texts: ReadonlyArray<string>, options: Options = {}): ReadonlyArray<string> =>
  flatten(events(texts, options))

export const format: Format = {
  contentType: "text/event-stream; charset=utf-8",
  whole: responsesAnswer,
  events,
  errorBody: (message, type = "server_error", code) => ({ error: { message, type, param: null, code: code ?? null } }),
  errorEvent: (message, type = "server_error", code) =>
    named("error", {
      type: "error",
      sequence_number: 99,
      error: { type, code: code ?? type, message, param: null }
    })
}

/** Cohere `/v2/chat`: typed events, with `[DONE]` after the last. */
import { data, finishOf, flatten, named, tokensOf } from "./Answer.ts"
import type { Events, Format, JsonObject, Options } from "./Answer.ts"

const finishes = { stop: "COMPLETE", length: "MAX_TOKENS", tool: "TOOL_CALL", filter: "ERROR_TOXIC" } as const
const idOf = (options: Options): string => options.id ?? "c9117d7f-a7e4-499f-b643-a2a1e139687b"

const usage = (options: Options): JsonObject => {
  const tokens = tokensOf(options)
  if (tokens === undefined) return {}
  const counts = { input_tokens: tokens.input, output_tokens: tokens.output }
  return { usage: { billed_units: counts, tokens: counts, cached_tokens: tokens.cached ?? 0 } }
}

const calls = (options: Options) =>
  (options.toolCalls ?? []).map((call) => ({
    id: call.id,
    type: "function",
    function: { name: call.name, arguments: call.arguments }
  }))

/** A whole answer. */
export const cohereAnswer = (text: string, options: Options = {}): JsonObject => ({
  id: idOf(options),
  message: {
    role: "assistant",
    content: [
      ...(options.reasoning === undefined ? [] : [{ type: "thinking", thinking: options.reasoning }]),
      ...(text === "" ? [] : [{ type: "text", text }])
    ],
    ...(options.toolCalls === undefined ? {} : { tool_calls: calls(options) })
  },
  finish_reason: finishes[finishOf(options)],
  ...usage(options)
})

const on = (type: string, more: JsonObject): string => named(type, { type, ...more })
const content = (type: string, index: number, piece: JsonObject): string =>
  on(type, { index, delta: { message: { content: piece } } })

const events = (texts: ReadonlyArray<string>, options: Options = {}): Events => ({
  head: [
    on("message-start", { id: idOf(options), delta: { message: { role: "assistant", content: [], tool_calls: [] } } })
  ],
  content: [
    ...(options.reasoning === undefined ? [] : [content("content-delta", 0, { thinking: options.reasoning })]),
    ...texts.map((text) => content("content-delta", 1, { text })),
    ...calls(options).flatMap((call, index) => [
      on("tool-call-start", {
        index,
        delta: { message: { tool_calls: { ...call, function: { ...call.function, arguments: "" } } } }
      }),
      on("tool-call-delta", {
        index,
        delta: { message: { tool_calls: { function: { arguments: call.function.arguments } } } }
      }),
      on("tool-call-end", { index })
    ])
  ],
  tail: [
    on("message-end", { delta: { finish_reason: finishes[finishOf(options)], ...usage(options) } }),
    data("[DONE]")
  ]
})

/** The events of a streamed answer, `[DONE]` included. */
export const cohereEvents = (texts: ReadonlyArray<string>, options: Options = {}): ReadonlyArray<string> =>
  flatten(events(texts, options))

/** `{"id":"…","message":"…"}` */
export const cohereError = (message: string): JsonObject => ({ id: "b1d4a7c2", message })

export const format: Format = {
  contentType: "text/event-stream",
  whole: cohereAnswer,
  events,
  errorBody: cohereError,
  errorEvent: (message) => data(cohereError(message))
}

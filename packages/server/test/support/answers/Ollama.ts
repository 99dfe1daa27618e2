/** Ollama `/api/chat`: NDJSON lines, the terminator is the line with `done: true`. */
import { defaultModel, finishOf, flatten, tokensOf } from "./Answer.ts"
import type { Events, Format, Json, JsonObject, Options } from "./Answer.ts"

const createdAt = "2026-08-17T08:22:52.061545Z"
const line = (value: Json): string => `${JSON.stringify(value)}\n`

const message = (content: string, extra: JsonObject = {}): JsonObject => ({ role: "assistant", content, ...extra })

const end = (options: Options): JsonObject => {
  const tokens = tokensOf(options)
  return {
    done: true,
    done_reason: finishOf(options) === "length" ? "length" : "stop",
    total_duration: 978_445_250,
    load_duration: 58_436_917,
    ...(tokens === undefined
      ? {}
      : {
          prompt_eval_count: tokens.input,
          prompt_eval_duration: 17_853_083,
          eval_count: tokens.output,
          eval_duration: 810_829_670
        })
  }
}

const toolCalls = (options: Options): JsonObject =>
  options.toolCalls === undefined
    ? {}
    : {
        tool_calls: options.toolCalls.map((call, index) => ({
          id: call.id,
          function: { index, name: call.name, arguments: JSON.parse(call.arguments) as Json }
        }))
      }

const envelope = (options: Options) => ({ model: options.model ?? defaultModel, created_at: createdAt })

/** A whole answer (`stream: false`). */
export const ollamaAnswer = (text: string, options: Options = {}): JsonObject => ({
  ...envelope(options),
  message: message(text, {
    ...(options.reasoning === undefined ? {} : { thinking: options.reasoning }),
    ...toolCalls(options)
  }),
  ...end(options)
})

const events = (texts: ReadonlyArray<string>, options: Options = {}): Events => {
  const part = (value: JsonObject): string => line({ ...envelope(options), message: value, done: false })
  return {
    head: [],
    content: [
      ...(options.reasoning === undefined ? [] : [part(message("", { thinking: options.reasoning }))]),
      ...texts.map((text) => part(message(text))),
      ...(options.toolCalls === undefined ? [] : [part(message("", toolCalls(options)))])
    ],
    tail: [line({ ...envelope(options), message: message(""), ...end(options) })]
  }
}

/** The lines of a streamed answer, the one with `done: true` included. */
export const ollamaLines = (texts: ReadonlyArray<string>, options: Options = {}): ReadonlyArray<string> =>
  flatten(events(texts, options))

/** `{"error":"…"}` */
export const ollamaError = (text: string): JsonObject => ({ error: text })

export const format: Format = {
  contentType: "application/x-ndjson",
  whole: ollamaAnswer,
  events,
  errorBody: ollamaError,
  errorEvent: (text) => line(ollamaError(text))
}

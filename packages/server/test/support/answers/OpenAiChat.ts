/** OpenAI Chat Completions and Embeddings, as api.openai.com writes them. */
import { created, data, defaultModel, finishOf, flatten, tokensOf } from "./Answer.ts"
import type { Events, Format, Json, JsonObject, Options } from "./Answer.ts"

const finishes = { stop: "stop", length: "length", tool: "tool_calls", filter: "content_filter" } as const
const idOf = (options: Options): string => options.id ?? "chatcmpl-DuLdCoxuLDs8HRMlOuz0Bi4wgi4XJ"

const usage = (options: Options): Json => {
  const tokens = tokensOf(options)
  if (tokens === undefined) return null
  return {
    prompt_tokens: tokens.input,
    completion_tokens: tokens.output,
    total_tokens: tokens.input + tokens.output,
    prompt_tokens_details: { cached_tokens: tokens.cached ?? 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: tokens.reasoning ?? 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0
    }
  }
}

/** A whole chat completion. */
export const chatAnswer = (text: string, options: Options = {}): JsonObject => {
  const calls = (options.toolCalls ?? []).map((call) => ({
    id: call.id,
    type: "function",
    function: { name: call.name, arguments: call.arguments }
  }))
  const message: JsonObject = {
    role: "assistant",
    content: text === "" && calls.length > 0 ? null : text,
    ...(options.reasoning === undefined ? {} : { reasoning_content: options.reasoning }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
    refusal: null,
    annotations: []
  }
  const tokens = usage(options)
  return {
    id: idOf(options),
    object: "chat.completion",
    created,
    model: options.model ?? defaultModel,
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishes[finishOf(options)] }],
    ...(tokens === null ? {} : { usage: tokens }),
    service_tier: "default",
    system_fingerprint: "fp_86f87dc6f1"
  }
}

const chunk = (options: Options, delta: JsonObject, finish: string | null = null): string =>
  data({
    id: idOf(options),
    object: "chat.completion.chunk",
    created,
    model: options.model ?? defaultModel,
    service_tier: "default",
    system_fingerprint: "fp_86f87dc6f1",
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    usage: null
  })

const usageChunk = (options: Options): ReadonlyArray<string> => {
  const tokens = usage(options)
  if (tokens === null) return []
  const head = { id: idOf(options), object: "chat.completion.chunk", created, model: options.model ?? defaultModel }
  return [data({ ...head, choices: [], usage: tokens })]
}

const toolChunks = (options: Options): ReadonlyArray<string> =>
  (options.toolCalls ?? []).flatMap((call, index) => [
    chunk(options, {
      tool_calls: [{ index, id: call.id, type: "function", function: { name: call.name, arguments: "" } }]
    }),
    chunk(options, { tool_calls: [{ index, function: { arguments: call.arguments } }] })
  ])

const events = (texts: ReadonlyArray<string>, options: Options = {}): Events => ({
  head: [chunk(options, { role: "assistant", content: "", refusal: null })],
  content: [
    ...(options.reasoning === undefined ? [] : [chunk(options, { reasoning_content: options.reasoning })]),
    ...texts.map((content) => chunk(options, { content })),
    ...toolChunks(options)
  ],
  tail: [chunk(options, {}, finishes[finishOf(options)]), ...usageChunk(options), data("[DONE]")]
})

/** The events of a streamed chat completion, `[DONE]` included. Usage is there unless `usage: null`. */
export const chatChunks = (texts: ReadonlyArray<string>, options: Options = {}): ReadonlyArray<string> =>
  flatten(events(texts, options))

/** `{"error":{message,type,param,code}}` */
export const chatError = (message: string, type = "server_error", code: string | number | null = null): JsonObject => ({
  error: { message, type, param: null, code }
})

/** An answer of `/v1/embeddings`. */
export const embeddingsAnswer = (vectors: ReadonlyArray<ReadonlyArray<number>>, options: Options = {}): JsonObject => {
  const input = tokensOf(options)?.input ?? 0
  return {
    object: "list",
    data: vectors.map((embedding, index) => ({ object: "embedding", index, embedding })),
    model: options.model ?? "text-embedding-3-small",
    usage: { prompt_tokens: input, total_tokens: input }
  }
}

export const format: Format = {
  contentType: "text/event-stream; charset=utf-8",
  whole: chatAnswer,
  events,
  errorBody: chatError,
  errorEvent: (message, type, code) => data(chatError(message, type, code))
}

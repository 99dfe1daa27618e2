/** Gemini `generateContent` and `streamGenerateContent?alt=sse`; a stream has no terminator but its finish reason. */
import { data, defaultModel, finishOf, flatten, tokensOf } from "./Answer.ts"
import type { Events, Format, Json, JsonObject, Options } from "./Answer.ts"

const finishes = { stop: "STOP", length: "MAX_TOKENS", tool: "STOP", filter: "SAFETY" } as const

const usage = (options: Options): JsonObject => {
  const tokens = tokensOf(options)
  if (tokens === undefined) return {}
  return {
    usageMetadata: {
      promptTokenCount: tokens.input,
      candidatesTokenCount: tokens.output,
      totalTokenCount: tokens.input + tokens.output + (tokens.reasoning ?? 0),
      ...(tokens.cached === undefined ? {} : { cachedContentTokenCount: tokens.cached }),
      ...(tokens.reasoning === undefined ? {} : { thoughtsTokenCount: tokens.reasoning })
    }
  }
}

const answer = (options: Options, parts: ReadonlyArray<Json>, finish?: string): JsonObject => ({
  candidates: [
    { content: { parts, role: "model" }, ...(finish === undefined ? {} : { finishReason: finish }), index: 0 }
  ],
  ...usage(options),
  modelVersion: options.model ?? defaultModel,
  responseId: options.id ?? "Q5nyaIWZL_C1qtsPhY6D8A4"
})

const callParts = (options: Options): ReadonlyArray<Json> =>
  (options.toolCalls ?? []).map((call) => ({
    functionCall: { name: call.name, args: JSON.parse(call.arguments) as Json }
  }))

const thoughtParts = (options: Options): ReadonlyArray<Json> =>
  options.reasoning === undefined ? [] : [{ text: options.reasoning, thought: true }]

/** A whole answer of `generateContent`. */
export const geminiAnswer = (text: string, options: Options = {}): JsonObject => {
  const calls = callParts(options)
  const parts = [...thoughtParts(options), ...(text === "" && calls.length > 0 ? [] : [{ text }]), ...calls]
  return answer(options, parts, finishes[finishOf(options)])
}

const events = (texts: ReadonlyArray<string>, options: Options = {}): Events => ({
  head: [],
  content: [
    ...thoughtParts(options).map((part) => data(answer(options, [part]))),
    ...texts.map((text) => data(answer(options, [{ text }]))),
    ...callParts(options).map((part) => data(answer(options, [part])))
  ],
  tail: [data(answer(options, [{ text: "" }], finishes[finishOf(options)]))]
})

/** The events of `streamGenerateContent?alt=sse`, the finish reason included. */
export const geminiChunks = (texts: ReadonlyArray<string>, options: Options = {}): ReadonlyArray<string> =>
  flatten(events(texts, options))

/** `{"error":{code,message,status}}` */
export const geminiError = (message: string, status = "INTERNAL", code: string | number = 500): JsonObject => ({
  error: { code, message, status }
})

/** Google's way to say "wait": `details[].retryDelay`, seconds with an `s`. */
export const geminiRetryInfo = (message: string, retryDelay: string): JsonObject => ({
  error: {
    code: 429,
    message,
    status: "RESOURCE_EXHAUSTED",
    details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay }]
  }
})

export const format: Format = {
  contentType: "text/event-stream",
  whole: geminiAnswer,
  events,
  errorBody: geminiError,
  errorEvent: (message, status, code) => data(geminiError(message, status, code))
}

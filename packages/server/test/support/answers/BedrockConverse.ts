/** Bedrock Converse: whole answers in JSON, streams in AWS's frames. Events are written here as `name`, a line end and the payload; `encode` frames them. */
import { crc32 } from "node:zlib"
import { finishOf, flatten, tokensOf } from "./Answer.ts"
import type { Events, Format, Json, JsonObject, Options } from "./Answer.ts"

const finishes = { stop: "end_turn", length: "max_tokens", tool: "tool_use", filter: "content_filtered" } as const

const usage = (options: Options): JsonObject => {
  const tokens = tokensOf(options)
  if (tokens === undefined) return {}
  const { input, output } = tokens
  return { usage: { inputTokens: input, outputTokens: output, totalTokens: input + output } }
}

/** A whole answer. */
export const bedrockAnswer = (text: string, options: Options = {}): JsonObject => ({
  metrics: { latencyMs: 422 },
  output: {
    message: {
      role: "assistant",
      content: [
        ...(options.reasoning === undefined
          ? []
          : [{ reasoningContent: { reasoningText: { text: options.reasoning, signature: "sig" } } }]),
        ...(text === "" ? [] : [{ text }]),
        ...(options.toolCalls ?? []).map((call) => ({
          toolUse: { toolUseId: call.id, name: call.name, input: JSON.parse(call.arguments) as Json }
        }))
      ]
    }
  },
  stopReason: finishes[finishOf(options)],
  ...usage(options)
})

const event = (name: string, payload: JsonObject): string => `${name}\n${JSON.stringify({ ...payload, p: "abcdef" })}`
const delta = (contentBlockIndex: number, piece: JsonObject): string =>
  event("contentBlockDelta", { contentBlockIndex, delta: piece })

const events = (texts: ReadonlyArray<string>, options: Options = {}): Events => {
  const reasons = options.reasoning === undefined ? 0 : 1
  return {
    head: [event("messageStart", { role: "assistant" })],
    content: [
      ...(options.reasoning === undefined ? [] : [delta(0, { reasoningContent: { text: options.reasoning } })]),
      ...texts.map((text) => delta(reasons, { text })),
      ...(options.toolCalls ?? []).flatMap((call, at) => [
        event("contentBlockStart", {
          contentBlockIndex: reasons + 1 + at,
          start: { toolUse: { name: call.name, toolUseId: call.id } }
        }),
        delta(reasons + 1 + at, { toolUse: { input: call.arguments } }),
        event("contentBlockStop", { contentBlockIndex: reasons + 1 + at })
      ])
    ],
    tail: [
      event("messageStop", { stopReason: finishes[finishOf(options)] }),
      event("metadata", { metrics: { latencyMs: 422 }, ...usage(options) })
    ]
  }
}

/** The frames of a streamed answer. */
export const bedrockFrames = (texts: ReadonlyArray<string>, options: Options = {}): ReadonlyArray<Buffer> =>
  flatten(events(texts, options)).map(encode)

/** `{"message":"…"}`; the kind of error stands in a header, or in the name of its frame. */
export const bedrockError = (message: string): JsonObject => ({ message })

/** An event as a frame: lengths, headers, payload, checksums. A name that ends in `Exception` is one. */
export const encode = (text: string): Buffer => {
  const at = text.indexOf("\n")
  const name = text.slice(0, at)
  const isException = name.endsWith("Exception")
  const headers = Buffer.concat([
    header(isException ? ":exception-type" : ":event-type", name),
    header(":content-type", "application/json"),
    header(":message-type", isException ? "exception" : "event")
  ])
  const payload = Buffer.from(text.slice(at + 1))
  const prelude = Buffer.alloc(12)
  prelude.writeUInt32BE(16 + headers.length + payload.length, 0)
  prelude.writeUInt32BE(headers.length, 4)
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8)
  const message = Buffer.concat([prelude, headers, payload])
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(message), 0)
  return Buffer.concat([message, sum])
}

const header = (name: string, value: string): Buffer => {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(Buffer.byteLength(value), 0)
  return Buffer.concat([
    Buffer.from([Buffer.byteLength(name)]),
    Buffer.from(name),
    Buffer.from([7]),
    length,
    Buffer.from(value)
  ])
}

export const format: Format = {
  contentType: "application/vnd.amazon.eventstream",
  whole: bedrockAnswer,
  events,
  errorBody: bedrockError,
  errorEvent: (message, type = "internalServerException") => event(type, bedrockError(message)),
  encode
}

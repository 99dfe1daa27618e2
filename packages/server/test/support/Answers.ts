/**
 * Answers of scripted providers: every format's builders in one place, and `answer`, which reads from the request which
 * format is asked for, whole or streamed, and can end it as badly as providers do. Returns steps; `ScriptedServer` plays them.
 */
import * as Anthropic from "./answers/AnthropicMessages.ts"
import * as Bedrock from "./answers/BedrockConverse.ts"
import * as Cohere from "./answers/Cohere.ts"
import type { Format, JsonObject, Options } from "./answers/Answer.ts"
import * as Gemini from "./answers/Gemini.ts"
import * as Ollama from "./answers/Ollama.ts"
import * as Chat from "./answers/OpenAiChat.ts"
import * as Responses from "./answers/OpenAiResponses.ts"
import { json } from "./Step.ts"
import type { Extra, Fault, Piece, Step } from "./Step.ts"

export type { Events, Format, Json, JsonObject, Options, Tokens, ToolCall } from "./answers/Answer.ts"
export { anthropicAnswer, anthropicError, anthropicEvents, anthropicPing } from "./answers/AnthropicMessages.ts"
export { geminiAnswer, geminiChunks, geminiError, geminiRetryInfo } from "./answers/Gemini.ts"
export { ollamaAnswer, ollamaError, ollamaLines } from "./answers/Ollama.ts"
export { chatAnswer, chatChunks, chatError, embeddingsAnswer } from "./answers/OpenAiChat.ts"
export { responsesAnswer, responsesEvents } from "./answers/OpenAiResponses.ts"

export const formats = {
  "openai-chat": Chat.format,
  "openai-responses": Responses.format,
  "anthropic-messages": Anthropic.format,
  gemini: Gemini.format,
  ollama: Ollama.format,
  cohere: Cohere.format,
  "bedrock-converse": Bedrock.format
} satisfies Record<string, Format>

export type FormatId = keyof typeof formats

/** The parts of a request that say what is asked for. */
export interface Asked {
  readonly path: string
  readonly json: JsonObject
}

const paths: ReadonlyArray<readonly [RegExp, FormatId]> = [
  [/\/chat\/completions(\?|$)/, "openai-chat"],
  [/\/responses(\?|$)/, "openai-responses"],
  [/\/messages(\?|$)/, "anthropic-messages"],
  [/:(stream)?generateContent(\?|$)/i, "gemini"],
  [/\/api\/chat(\?|$)/, "ollama"],
  [/\/v2\/chat(\?|$)/, "cohere"],
  [/\/converse(-stream)?(\?|$)/, "bedrock-converse"]
]

/** The format that a path belongs to. */
export const formatOf = (asked: Asked): FormatId | undefined => paths.find(([path]) => path.test(asked.path))?.[1]

/** Whether a streamed answer is asked for (Ollama streams unless told not to; Gemini and Bedrock say it in the path). */
export const isStreamed = (asked: Asked): boolean =>
  asked.path.includes(":streamGenerateContent") ||
  asked.path.endsWith("/converse-stream") ||
  asked.json["stream"] === true ||
  (formatOf(asked) === "ollama" && asked.json["stream"] !== false)

/** The model that is asked for, in the body or in the path. */
export const modelOf = (asked: Asked): string | undefined => {
  const model = asked.json["model"]
  if (typeof model === "string") return model
  const found = /\/(?:models?|deployments)\/([^/:?]+)/.exec(asked.path)?.[1]
  return found === undefined ? undefined : decodeURIComponent(found)
}

/**
 * How an answer ends. `noTerminator`: all but the terminator; `end`: HTTP ends well, the answer's own end is missing; `fin`, `reset`,
 * `stall`: the connection; `error`: an error event; `malformed`: an event that is no JSON, then a clean end.
 */
export type Ending = "complete" | "noTerminator" | "end" | "fin" | "reset" | "stall" | "error" | "malformed"

export interface Said extends Options {
  /** One content event each; a whole answer says them joined. */
  readonly texts?: ReadonlyArray<string>
  /** So many content events are sent before `ending` (default: all). 0 leaves the role, ids and pings; -1 not even those. */
  readonly cutAfter?: number
  readonly ending?: Ending
  /** The message and type of `ending: "error"`. */
  readonly error?: { readonly message: string; readonly type?: string; readonly code?: string | number }
}

const sayings = ["Hello", ", ", "this", " is ", "the ", "scripted ", "server", "."]
const isFault = (ending: Ending): ending is Fault["kind"] & Ending =>
  ending === "fin" || ending === "reset" || ending === "stall"

const broken: Readonly<Record<FormatId, string>> = {
  "openai-chat": 'data: {"id":"chatcmpl-1","choices":[{"index":0,"delta":{"con\n\n',
  "openai-responses": 'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","del\n\n',
  "anthropic-messages": 'event: content_block_delta\ndata: {"type":"content_block_delta","ind\n\n',
  gemini: 'data: {"candidates": [{"content": {"par\n\n',
  ollama: '{"model":"scripted-model","mess\n',
  cohere: 'data: {"type":"content-delta","index":0,"del\n\n',
  "bedrock-converse": 'contentBlockDelta\n{"contentBlockIndex":0,"del'
}

/** The pieces of a stream in this format, up to and including how it ends. */
const streamPieces = (id: FormatId, said: Said): ReadonlyArray<Piece> => {
  const format = formats[id]
  const events = format.events(said.texts ?? sayings, said)
  const ending = said.ending ?? "complete"
  if (ending === "complete") return [...events.head, ...events.content, ...events.tail]
  if (ending === "noTerminator") return [...events.head, ...events.content, ...events.tail.slice(0, -1)]
  const cut = said.cutAfter ?? events.content.length
  const sent = cut < 0 ? [] : [...events.head, ...events.content.slice(0, cut)]
  if (ending === "error") return [...sent, errorEventOf(format, said)]
  return ending === "malformed" ? [...sent, broken[id]] : sent
}

const errorEventOf = (format: Format, said: Said): string =>
  format.errorEvent(
    said.error?.message ?? "The server had an error while answering",
    said.error?.type,
    said.error?.code
  )

const streamed = (id: FormatId, said: Said, extra: Extra): Step => {
  const { encode }: Format = formats[id]
  const written = streamPieces(id, said)
  const pieces =
    encode === undefined ? written : written.map((piece) => (typeof piece === "string" ? encode(piece) : piece))
  const ending = said.ending ?? "complete"
  return {
    ...extra,
    headers: { "content-type": formats[id].contentType, ...extra.headers },
    pieces,
    framing: "chunked",
    ...(isFault(ending) ? { fault: { kind: ending, after: pieces.length === 0 ? "headers" : pieces.length } } : {})
  }
}

const whole = (id: FormatId, said: Said, extra: Extra): Step => {
  const format = formats[id]
  const ending = said.ending ?? "complete"
  if (ending === "error") {
    return json(
      format.errorBody(said.error?.message ?? "The server had an error", said.error?.type, said.error?.code),
      extra
    )
  }
  const text = JSON.stringify(format.whole((said.texts ?? sayings).join(""), said))
  if (ending === "complete") return json(text, extra)
  const half = Math.floor(text.length / 2)
  if (!isFault(ending)) return json(text.slice(0, half), extra)
  const parts = { pieces: [text.slice(0, half), text.slice(half)], framing: "content-length" as const }
  return json(text, { ...extra, ...parts, fault: { kind: ending, after: 1 } })
}

/** An answer in the format, and of the kind, that the request asks for. */
export const answer =
  (said: Said = {}, extra: Extra = {}) =>
  (asked: Asked): Step => {
    if (/\/embeddings(\?|$)/.test(asked.path)) {
      const input = asked.json["input"]
      const count = Array.isArray(input) && typeof input[0] !== "number" ? input.length : 1
      return json(Chat.embeddingsAnswer(Array.from({ length: count }, (_, index) => [0.25, -0.5, index])), extra)
    }
    const id = formatOf(asked)
    if (id === undefined)
      return json({ error: { message: `ScriptedServer.answer: no format for ${asked.path}` } }, { status: 404 })
    const model = said.model ?? modelOf(asked)
    const spoken = model === undefined ? said : { ...said, model }
    return isStreamed(asked) ? streamed(id, spoken, extra) : whole(id, spoken, extra)
  }

/** An error answer in the format that the request asks for. */
export const refusal =
  (
    status: number,
    message: string,
    more: { type?: string; code?: string | number; headers?: Readonly<Record<string, string>> } = {}
  ) =>
  (asked: Asked): Step =>
    json(formats[formatOf(asked) ?? "openai-chat"].errorBody(message, more.type, more.code ?? status), {
      status,
      headers: more.headers ?? {}
    })

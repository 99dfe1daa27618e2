/**
 * The contract of an inbound dialect: how a caller's request is read and how an answer is written for it.
 *
 * It is the mirror of core's `Protocol`. A dialect is pure; it opens nothing, picks nothing and decides no status (that is
 * `http/ErrorResponse.ts`). Where the provider speaks the same dialect neither `response` nor `writer` is used: bytes pass through.
 */
import type { DialectId } from "@orelse/core/domain/Dialect"
import type { JsonObject } from "@orelse/core/domain/Json"
import type { Embeddings, Request } from "@orelse/core/domain/Request"
import type { EmbeddingsResponse, Response, StreamPart } from "@orelse/core/domain/Response"
import type * as Result from "effect/Result"

/** What was wrong with a caller's body: which field, what was found, what is expected. */
export interface BadRequest {
  readonly message: string
  readonly param?: string
}

/** What an answer says of itself to the caller. `model` is the name that the caller sees. */
export interface AnswerContext {
  readonly callId: string
  readonly model: string
  /** Epoch seconds. */
  readonly created: number
  /** Whether the caller asked for usage on the stream (OpenAI's `stream_options.include_usage`). */
  readonly includeUsage: boolean
  /** What was asked; a stream holds on to as little of it as its end needs. */
  readonly request: () => Request
}

/** An error as the dialect writes it; `orelse` is put beside the dialect's own object. */
export interface ErrorFacts {
  readonly status: number
  readonly message: string
  /** OpenAI `type`, Anthropic `error.type`, Gemini `status`: chosen by the dialect from the status and `code`. */
  readonly code: string | null
  readonly param: string | null
  /** Anthropic's `error.details`, where its SDKs act on them. */
  readonly details?: JsonObject | undefined
  readonly orelse: JsonObject
}

/** Writes one stream as text (whole SSE events with their blank line); has state, is used for one answer. */
export interface StreamWriter {
  readonly write: (part: StreamPart) => string
  /** The end after a clean finish: closing events and the dialect's terminator. */
  readonly end: () => string
  /** The error events that end the stream after the commit, where they depend on what was written; else the dialect's `errorEvent`. */
  readonly error?: (facts: ErrorFacts) => string
}

/** Follows a stream whose bytes pass through; has state, is used for one answer. */
export interface Follower {
  /** Whole events, as they pass. */
  readonly see: (bytes: Buffer | string) => void
  /** The error events that end the stream after what has passed. */
  readonly error: (facts: ErrorFacts) => string
}

/** Gives the bytes of a stream in another frame; has state, is used for one answer. */
export interface Reframer {
  readonly write: (bytes: Buffer) => Buffer | string
  /** The end after a clean finish. */
  readonly end: () => string
}

export interface Dialect {
  readonly id: Exclude<DialectId, "library">
  /** The header in which the dialect's own API names a call, where it has one: its SDKs hand the name on to their users. */
  readonly callIdHeader?: string
  /** Reads the body of a request (whose `model`, `stream` are read elsewhere) into no dialect. */
  readonly request: (body: JsonObject) => Result.Result<Request, BadRequest>
  readonly response: (response: Response, context: AnswerContext) => JsonObject
  readonly writer: (context: AnswerContext) => StreamWriter
  /** Where an error in mid-stream depends on what has passed through; else it is the dialect's `errorEvent`. */
  readonly follow?: (context: () => AnswerContext) => Follower
  readonly error: (facts: ErrorFacts) => JsonObject
  /** The error event that ends a stream after the commit; no terminator follows it. */
  readonly errorEvent: (facts: ErrorFacts) => string
  /** A comment that keeps idle connections awake, in this dialect's framing. */
  readonly comment: string
  /** What ends a stream normally (`data: [DONE]`), where the dialect has such a thing; else empty. */
  readonly terminator: string
  /** The media type of a stream; server-sent events where it is not said. */
  readonly contentType?: string
  /** Where a stream may come, or be asked for, in another frame than events; it sees what passes through and what was written. */
  readonly reframe?: () => Reframer
  /** Where the dialect has embeddings. */
  readonly embeddings?: {
    readonly request: (body: JsonObject) => Result.Result<Embeddings, BadRequest>
    readonly response: (response: EmbeddingsResponse, context: AnswerContext) => JsonObject
  }
}

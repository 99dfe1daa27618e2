/**
 * The contract of a wire format: how a request is written for a provider and how its answer is read.
 *
 * A provider is protocol + endpoint + auth + framing (`Endpoint.ts`, `Auth.ts`, `Framing.ts`; one row of `profiles.ts`).
 * A protocol is pure: it opens no connection, retries nothing, decides nothing and throws nothing. It does not read
 * what an error *means* (that is `Failure.ts`); it only recognises that an event or a body is one.
 */
import type * as Result from "effect/Result"
import type { ProtocolId } from "../domain/Dialect.ts"
import type { JsonObject } from "../domain/Json.ts"
import type { Unsupported } from "../domain/Reason.ts"
import type { Embeddings, Request } from "../domain/Request.ts"
import type { EmbeddingsResponse, FinishReason, Response, StreamPart } from "../domain/Response.ts"
import type { Usage } from "../domain/Usage.ts"

/** How the bytes of a stream are cut into events. @stability stable @category models @since 0.1.0 */
export type FramingId = "sse" | "ndjson" | "aws-event-stream"

/** What the protocol must know of the target. @stability stable @category models @since 0.1.0 */
export interface Context {
  /** The target's own model name. */
  readonly model: string
  readonly stream: boolean
  /** Switches of the provider's profile row (for example `maxCompletionTokens`, `noStreamOptions`). */
  readonly quirks: Readonly<Record<string, boolean | string | number>>
}

/**
 * A request ready to be sent: `path` is added to the provider's url (it starts with `/`, may hold a query), `body` is
 * JSON text. Headers are the protocol's own (`anthropic-version`), never auth.
 *
 * @stability stable
 * @category models
 * @since 0.1.0
 */
export interface WireRequest {
  readonly path: string
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

/** One event of a stream: SSE (`event`, `data`), an NDJSON line (`data`), an AWS event (`event` = its type, `data` = payload). @stability stable @category models @since 0.1.0 */
export interface WireEvent {
  readonly event: string | undefined
  readonly data: string
}

/**
 * Reads one stream; has state, is used for one attempt.
 *
 * @stability stable
 * @category models
 * @since 0.1.0
 */
export interface StreamReader {
  /** The parts of one event, in order. An event that is not what the protocol promises gives `"malformed"`. */
  readonly read: (event: WireEvent) => ReadonlyArray<StreamPart> | "malformed"
  /**
   * The connection ended cleanly: had the answer ended by its protocol's rules, as its providers really behave (some never
   * send `[DONE]`)? `false` means that it was cut.
   */
  readonly isComplete: () => boolean
  /**
   * Whether the answer has ended for good (`[DONE]`, `message_stop`, …): nothing that follows belongs to it, and the connection need not be waited for.
   */
  readonly isTerminated: () => boolean
}

/** A whole answer, of which no more is read than goes on record until somebody asks. @stability experimental @category models @since 0.1.0 */
export interface Read {
  readonly usage: Usage | undefined
  readonly finishReason: FinishReason | undefined
  readonly response: () => Response
}

/** A wire format: it writes requests and reads answers, and knows neither addresses nor keys. @stability stable @category models @since 0.1.0 */
export interface Protocol {
  readonly id: ProtocolId
  readonly framing: FramingId
  /** What a tool's name must match, where the provider refuses others: they are fitted before `encode`, and given back as they were (`ToolNames.ts`). */
  readonly toolName?: RegExp
  /** Writes a request for the target, or names the feature that this protocol cannot carry. */
  readonly encode: (request: Request, context: Context) => Result.Result<WireRequest, Unsupported>
  /**
   * Pass-through: the caller's own body, in this same protocol, for this target: only `model` and what the provider needs
   * (usage on streams) are changed; every other byte stays (see `Rewrite.ts`). What the caller was given by this gateway itself, for an
   * answer that another protocol's provider gave, is taken out.
   */
  readonly passThrough: (text: string, body: JsonObject, context: Context) => WireRequest
  /** Whether the body asks for what only this gateway gave out and nobody keeps, so that reading it tells the caller what is wrong. */
  readonly isRefused?: (body: JsonObject) => boolean
  /** Reads a whole answer; `undefined` where the body is not an answer of this protocol. */
  readonly decode: (body: JsonObject) => Response | undefined
  /** The same bit by bit, where that is less work: most callers get the provider's own bytes. */
  readonly read?: (body: JsonObject) => Read | undefined
  readonly reader: () => StreamReader
  /** Tokens of a whole answer without reading the rest of it. */
  readonly usage: (body: JsonObject) => Usage | undefined
  readonly embeddings?: {
    readonly encode: (request: Embeddings, context: Context) => Result.Result<WireRequest, Unsupported>
    readonly decode: (body: JsonObject) => EmbeddingsResponse | undefined
  }
}

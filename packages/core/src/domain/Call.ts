/**
 * What the caller asked for. It ends in one answer or one `CallError`.
 *
 * A call carries its request twice: as the caller's own body (`wire`, for pass-through) and, computed only when a
 * target speaks another dialect, in no dialect (`request`). It does not know which route answers it.
 */
import type * as Duration from "effect/Duration"
import type * as Result from "effect/Result"
import type { Attempt } from "./Attempt.ts"
import type { DialectId } from "./Dialect.ts"
import type { CallEnd } from "./Entry.ts"
import type { JsonObject } from "./Json.ts"
import type { InvalidRequest } from "./Reason.ts"
import type { Embeddings, Request } from "./Request.ts"

/** Per-call options, from the body's `orelse` object or `x-orelse-…` headers. @stability stable @category models @since 0.1.0 */
export interface Options {
  /** The call's deadline; replaces the policy's. */
  readonly deadline?: Duration.Duration | undefined
  /** Attempts of the whole call; replaces the policy's. At least 1. */
  readonly attempts?: number | undefined
  /** Targets or routes to try in this order instead of the route. */
  readonly models?: ReadonlyArray<string> | undefined
  /** For the record, which can be asked by it; `run` names the run that a call belongs to. */
  readonly metadata?: Readonly<Record<string, string | number | boolean | null>> | undefined
  /** For the record. */
  readonly tags?: ReadonlyArray<string> | undefined
}

/** The same of a program, which holds its route in its hands. @stability stable @category models @since 0.1.0 */
export interface ProgramOptions extends Omit<Options, "deadline" | "models"> {
  /** The call's deadline; replaces the policy's. */
  readonly deadline?: Duration.Input | undefined
}

/** The caller's own bytes. `body` is `text` parsed once, without its `orelse` field. @stability stable @category models @since 0.1.0 */
export interface Wire {
  readonly text: string
  readonly body: JsonObject
  /** Allow-listed headers that may cross over (`anthropic-beta`, `openai-beta` …), lower-cased. */
  readonly headers: Readonly<Record<string, string>>
}

/** A call on its way; a program's is made by `LibraryCall.make`. @stability stable @category models @since 0.1.0 */
export interface Call {
  /** UUIDv7. */
  readonly id: string
  readonly operation: "chat" | "embeddings"
  readonly dialect: DialectId
  /** What the caller asked for as `model`. */
  readonly model: string
  readonly stream: boolean
  readonly wire?: Wire | undefined
  /** The request in no dialect, or what is wrong with the caller's body; computed once, on first use. */
  readonly request: () => Result.Result<Request, InvalidRequest>
  /** The same for an embeddings call. */
  readonly embeddings?: (() => Result.Result<Embeddings, InvalidRequest>) | undefined
  readonly options: Options
  /** Name of the caller, where callers are configured. */
  readonly caller?: string | undefined
  /** The caller's W3C `traceparent` header. It never reaches a provider. */
  readonly traceparent?: string | undefined
  /** A stream is under way: what was computed of the request may go; it is computed again where somebody asks. */
  readonly letGo?: (() => void) | undefined
  /** Whether its caller gets no provider's own bytes: the answer is written anew whoever gives it (`server.sanitize`). */
  readonly isWrittenAnew?: boolean | undefined
  /** Whether the request's and the answer's text go on record (`ledger.bodies: full`). */
  readonly keepsBodies?: boolean | undefined
  /** What of such a text may go on record: it knows keys that have no shape. */
  readonly withoutKeys?: ((text: string) => string) | undefined
  /** The HTTP status that the caller saw, once it has seen one. */
  readonly status?: (() => number | undefined) | undefined
  /** Hears after which attempts it was interrupted; tells a caller who is still there, and says why it was, for the record. */
  readonly interrupted?: ((attempts: ReadonlyArray<Attempt>) => string | undefined) | undefined
  /** Hears how it ended, as that goes on record; once, and nothing where it never began. */
  readonly ended?: ((end: CallEnd) => void) | undefined
  /** Epoch milliseconds. */
  readonly startedAt: number
}

/**
 * How an attempt ends well: a whole answer, or a stream whose first content is there.
 *
 * An answer keeps the provider's own bytes, so that a caller of the same dialect gets them unchanged, and reads them into
 * no dialect only when asked. It holds no policy; who served it is `Served`.
 */
import type * as Effect from "effect/Effect"
import type { AttemptError } from "./AttemptError.ts"
import type { ProtocolId } from "./Dialect.ts"
import type { EmbeddingsResponse, FinishReason, Response, StreamPart } from "./Response.ts"
import type { Usage } from "./Usage.ts"

/** Who answered, after what. @stability stable @category models @since 0.1.0 */
export interface Served {
  readonly provider: string
  readonly model: string
  /** Name of the credential. */
  readonly credential: string
  /** Attempts made for the call, this one included. */
  readonly attempts: number
  /** Whether another target than the first served. */
  readonly fellBack: boolean
  readonly wasRateLimited: boolean
  /** Repairs that the served request went through, in order. */
  readonly repairs: ReadonlyArray<string>
}

/** A whole answer. @stability stable @category models @since 0.1.0 */
export interface Whole {
  readonly _tag: "Whole"
  readonly protocol: ProtocolId | "library"
  /** The provider's body as it came; absent for providers in process. */
  readonly bytes?: Buffer | undefined
  readonly usage?: Usage | undefined
  readonly finishReason?: FinishReason | undefined
  readonly response: () => Response
  readonly embeddings?: (() => EmbeddingsResponse) | undefined
}

/**
 * Where a stream goes. `bytes` wants the provider's events as they came, `parts` wants them read. Each returns whether more is
 * welcome; after `false` nothing more comes until the function given to `onReady` was called back.
 *
 * @stability stable
 * @category models
 * @since 0.1.0
 */
export type Sink =
  | {
      readonly wants: "bytes"
      /** A text is ASCII. */
      readonly write: (bytes: Buffer | string) => boolean
      readonly onReady: (resume: () => void) => void
    }
  | {
      readonly wants: "parts"
      readonly write: (parts: ReadonlyArray<StreamPart>) => boolean
      readonly onReady: (resume: () => void) => void
    }

/** A stream, committed: its first content is held back for the sink. @stability stable @category models @since 0.1.0 */
export interface Streaming {
  readonly _tag: "Streaming"
  readonly protocol: ProtocolId | "library"
  /**
   * Sends everything held back and everything that follows into the sink, until the stream ended by its protocol's rules; fails when it
   * was cut, fell silent or carried an error. May be run once. Interruption closes the provider's connection.
   */
  readonly run: (sink: Sink) => Effect.Effect<void, AttemptError>
  /** Whether the protocol's own terminator has come (some providers send none, and are complete without). */
  readonly isTerminated: () => boolean
  /** Whether the provider answered with bare JSON (one whole body) where events were asked for: its bytes are no stream for a caller. */
  readonly isJson?: () => boolean
  /** When content last came, in elapsed time (`domain/Elapsed.ts`): what the idle clock reads. */
  readonly lastContentAt: () => number
}

/** How an attempt ends well. @stability stable @category models @since 0.1.0 */
export type Answer = Whole | Streaming

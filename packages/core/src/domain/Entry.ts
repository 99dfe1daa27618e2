/**
 * The entries of the record: what the router tells as a call goes on. The ledger stores them, telemetry counts them.
 */
import type { Attempt } from "./Attempt.ts"
import type { DialectId } from "./Dialect.ts"
import type { JsonObject } from "./Json.ts"
import type { Usage } from "./Usage.ts"

/** What is known of a call when it begins. Times are epoch milliseconds. @stability stable @category models @since 0.1.0 */
export interface CallStart {
  readonly _tag: "CallStart"
  readonly id: string
  readonly startedAt: number
  /** The route (or target) that answers; what the caller asked for is `model`. */
  readonly route: string
  readonly model: string
  readonly operation: "chat" | "embeddings"
  readonly dialect: DialectId
  readonly stream: boolean
  readonly caller?: string | undefined
  readonly metadata?: Readonly<Record<string, string | number | boolean | null>> | undefined
  readonly tags?: ReadonlyArray<string> | undefined
  /** The request's body, where `ledger.bodies` is `full`. */
  readonly requestBody?: string | undefined
  /** The caller's W3C `traceparent` header: the call's span continues that trace. Not stored. */
  readonly traceparent?: string | undefined
}

/** An attempt that is about to be sent. @stability stable @category models @since 0.1.0 */
export interface AttemptStart {
  readonly _tag: "AttemptStart"
  readonly callId: string
  readonly ordinal: number
  readonly provider: string
  readonly model: string
  readonly credential: string
  readonly startedAt: number
  readonly waitedBeforeMs: number
}

/** An attempt that has ended. For the served attempt of a stream this comes when the stream ends. @stability stable @category models @since 0.1.0 */
export interface AttemptEnd {
  readonly _tag: "AttemptEnd"
  readonly callId: string
  readonly attempt: Attempt
}

/** A call that has ended; `attempts` counts those that were sent. @stability stable @category models @since 0.1.0 */
export interface CallEnd {
  readonly _tag: "CallEnd"
  readonly id: string
  readonly endedAt: number
  readonly outcome: "answered" | "failed" | "cancelled"
  /** The tag of the `CallError` reason, or of the attempt's reason for a stream that failed after its commit. */
  readonly reason?: string | undefined
  /** The HTTP status the caller saw (or would have seen). */
  readonly status?: number | undefined
  readonly served?: { readonly provider: string; readonly model: string; readonly credential: string } | undefined
  readonly attempts: number
  readonly fellBack: boolean
  readonly firstContentMs?: number | undefined
  readonly durationMs: number
  /** The part of `durationMs` that was neither spent waiting for a provider nor between attempts. */
  readonly overheadMs: number
  /** Of the served attempt. */
  readonly usage?: Usage | undefined
  /** Of all attempts together. */
  readonly costUsd?: number | undefined
  readonly costBasis: "reported" | "estimated" | "unknown"
  readonly responseBody?: string | undefined
}

/** An event of the application itself (`run:start`, `step:end`, …), so that a run's calls and steps read as one story. @stability stable @category models @since 0.1.0 */
export interface AppEvent {
  readonly _tag: "AppEvent"
  readonly id: string
  readonly at: number
  readonly type: string
  readonly metadata: Readonly<Record<string, string | number | boolean | null>>
  readonly data?: JsonObject | undefined
}

/** What is put on record, as it happens. @stability stable @category models @since 0.1.0 */
export type Entry = CallStart | AttemptStart | AttemptEnd | CallEnd | AppEvent

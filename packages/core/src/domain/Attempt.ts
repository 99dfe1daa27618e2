/**
 * The record of one attempt: what the ledger stores, the error lists and `orelse calls ID` draws.
 *
 * It is filled while the attempt runs (`target/AttemptRunner.ts`) and never changed after it ended.
 */
import type { Tag } from "./Reason.ts"
import type { FinishReason } from "./Response.ts"
import type { Usage } from "./Usage.ts"

/** How an attempt or a call ended; `cancelled` is a caller that hung up, or a fiber that was interrupted. @stability stable @category models @since 0.1.0 */
export type Outcome = "answered" | "failed" | "cancelled"

/**
 * What the policy did after a failed attempt. `repair:NAME` mends the request first.
 *
 * @stability stable
 * @category models
 * @since 0.1.0
 */
export type NextAction = "retry" | "nextCredential" | "nextTarget" | "abort" | `repair:${string}`

/** All times are milliseconds; `startedAt` is epoch milliseconds of Effect's Clock. @stability stable @category models @since 0.1.0 */
export interface Attempt {
  /** 1 for the first attempt of the call. */
  readonly ordinal: number
  readonly provider: string
  readonly model: string
  /** Name of the credential; never its value. */
  readonly credential: string
  readonly startedAt: number
  /** Wait between the attempt before this one and this one. */
  readonly waitedBeforeMs: number
  readonly outcome: Outcome
  readonly durationMs: number
  readonly connectMs?: number | undefined
  readonly firstContentMs?: number | undefined
  readonly reason?: Tag | undefined
  readonly status?: number | undefined
  readonly providerCode?: string | undefined
  readonly retryAfterMs?: number | undefined
  /** The provider's own id of the exchange. */
  readonly requestId?: string | undefined
  /** Redacted, 500 characters at most. */
  readonly message?: string | undefined
  /** An answer that no rule knows, redacted, as a line of a fixture file: what `orelse failures export` prints. */
  readonly fixture?: string | undefined
  readonly action?: NextAction | undefined
  /** Why the model stopped, where it said; for spans, not stored. */
  readonly finishReason?: FinishReason | undefined
  readonly usage?: Usage | undefined
  readonly costUsd?: number | undefined
  readonly costBasis?: "reported" | "estimated" | "unknown" | undefined
}

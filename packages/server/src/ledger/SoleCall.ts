/**
 * Calls that need one row instead of two: answered by their only attempt, of which the call's own row says most already.
 *
 * Such an attempt stands in the call's row (`Tables.soleAttempt`), and readers find it in the view `attempts` like all others. That is most
 * calls, and nearly half of what writing them costs.
 */
import type { Attempt } from "@orelse/core/domain/Attempt"
import type { CallEnd, CallStart } from "@orelse/core/layer/Ledger"
import * as Equal from "effect/Equal"
import { type CallChange, isStart } from "./Batch.ts"

/** @stability experimental @category models @since 0.1.0 */
export interface SoleCall {
  readonly start: CallStart
  readonly end: CallEnd
  readonly attempt: Attempt
}

/**
 * The call as one row; `undefined` where its attempts need rows of their own, and where the store may hold some of it already. It says the same of
 * a call whenever it is asked, before the spool or after it: so each call has one form, however often it is written.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const of = ({ attempts, end, isPieced, start }: CallChange): SoleCall | undefined => {
  if (isPieced || start === undefined || end?.outcome !== "answered" || attempts?.length !== 2) return undefined
  const attempt = attempts[1] ?? undefined
  if (attempt === undefined || isStart(attempt) || !isSaidBy(end, attempt) || hasTrouble(attempt)) return undefined
  return { start, end, attempt }
}

/** What the columns of the call say is true of its attempt as well. */
const isSaidBy = ({ attempts, costBasis, costUsd, served, usage }: CallEnd, attempt: Attempt): boolean =>
  attempts === 1 &&
  attempt.outcome === "answered" &&
  attempt.waitedBeforeMs === 0 &&
  attempt.provider === served?.provider &&
  attempt.model === served.model &&
  attempt.credential === served.credential &&
  Equal.equals(attempt.usage, usage) &&
  attempt.costUsd === costUsd &&
  attempt.costBasis === costBasis

/** What an attempt that was answered seldom has. */
const hasTrouble = ({ action, fixture, message, providerCode, reason, retryAfterMs }: Attempt): boolean =>
  reason !== undefined ||
  action !== undefined ||
  message !== undefined ||
  providerCode !== undefined ||
  retryAfterMs !== undefined ||
  fixture !== undefined

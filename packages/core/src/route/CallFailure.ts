/**
 * What a caller is told when a route has ended without an answer: the most useful of everything that happened.
 */
import * as Duration from "effect/Duration"
import {
  AttemptsExhausted,
  CallError,
  DeadlineExceeded,
  NoTarget,
  RequestRejected,
  type CallReason,
  type Told
} from "../domain/CallError.ts"
import { retryAfterOf, type Reason, type Tag } from "../domain/Reason.ts"
import type { CallState, Ended } from "../target/CallState.ts"
import type * as Bounds from "./Bounds.ts"
import { reports } from "./presets/reports.ts"

/**
 * The error of a call. A request-shaped reason is the caller's to mend and comes before everything; a deadline that passed, or that could
 * not hold the next wait, comes before a count that ran out: but where every attempt was limited, the caller is told when to come again.
 *
 * @stability experimental
 * @category conversions
 * @since 0.1.0
 */
export const toCallError = (state: CallState, ended: Ended, bounds: Bounds.Bounds, now: number): CallError =>
  new CallError({
    callId: state.call.id,
    model: state.call.model,
    attempts: state.attempts,
    reason: reasonOf(state, ended, bounds, now)
  })

const reasonOf = (state: CallState, end: Ended, bounds: Bounds.Bounds, now: number): CallReason => {
  // Where the last target was passed over, what the one before it said is the call's last failure.
  const ended = end.error === undefined ? { ...end, error: state.lastError } : end
  const last = ended.error?.reason
  if (ended.cause === "deadline" && !(state.attempts.length > 0 && isLimited(state))) {
    return new DeadlineExceeded({
      deadline: state.call.options.deadline ?? bounds.deadline,
      last
    })
  }
  const told = toldBy(bounds, state, ended, last)
  if (last === undefined) return new NoTarget({ skipped: state.skipped, retryAfter: soonest(state, now), ...told })
  if (last.fault === "request") return new RequestRejected({ last, ...told })
  const retryAfter = told.status === undefined ? smallestRetryAfter(state, last) : waitOf(last)
  return new AttemptsExhausted({ last, retryAfter, ...told })
}

/** In the words of the preset around the whole route, where there is one. */
const toldBy = (bounds: Bounds.Bounds, state: CallState, ended: Ended, last: Reason | undefined): Told => {
  const { policy, targets } = bounds
  return policy === undefined ? {} : reports[policy.report]({ state, ended, last, policy, targets: targets.size })
}

/** Whether every attempt was limited or asked for a wait. */
const isLimited = (state: CallState): boolean =>
  state.attempts.every(
    ({ reason, retryAfterMs = 0 }) => reason !== undefined && (limited.has(reason) || retryAfterMs > 0)
  )

const limited: ReadonlySet<string> = new Set(["RateLimited", "LimitReached", "Overloaded"])

/** The smallest wait that would cure it, where one would. */
const smallestRetryAfter = (state: CallState, last: Reason): Duration.Duration | undefined => {
  if (!isLimited(state)) return undefined
  const asked = state.attempts.map(({ reason, retryAfterMs }) => retryAfterMs ?? unsaid(reason))
  const waits = [...asked, Duration.toMillis(waitOf(last) ?? Duration.zero)].filter((wait) => wait > 0)
  return waits.length === 0 ? undefined : Duration.millis(Math.min(...waits))
}

/** What the last failure itself asks for; 0 is no wait. */
const waitOf = (last: Reason): Duration.Duration | undefined => {
  const wait = retryAfterOf(last) ?? Duration.millis(unsaid(last._tag))
  return Duration.isZero(wait) ? undefined : wait
}

/** Milliseconds. Nobody knows when a place under a limit of ours is free again, but it will be soon. */
const unsaid = (reason: Tag | undefined): number => (reason === "LimitReached" ? 1000 : 0)

const soonest = (state: CallState, now: number): Duration.Duration | undefined => {
  if (state.cooling.length === 0) return undefined
  const until = Math.min(...state.cooling.map((cooling) => cooling.until))
  return Duration.millis(Math.max(0, until - now))
}

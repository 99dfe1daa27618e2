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
  type CallReason
} from "../domain/CallError.ts"
import { retryAfterOf, type Reason } from "../domain/Reason.ts"
import type { CallState, Ended } from "../target/CallState.ts"
import type { Route } from "./Route.ts"
import * as Bounds from "./Bounds.ts"
import { reports } from "./presets/reports.ts"

/**
 * The error of a call. A request-shaped reason is the caller's to mend and comes before everything; a deadline that passed comes
 * before a count that ran out.
 *
 * @stability experimental
 * @category conversions
 * @since 0.1.0
 */
export const toCallError = (state: CallState, ended: Ended, route: Route): CallError =>
  new CallError({
    callId: state.call.id,
    model: state.call.model,
    attempts: state.attempts,
    reason: reasonOf(state, ended, route)
  })

const reasonOf = (state: CallState, ended: Ended, route: Route): CallReason => {
  const last = ended.error?.reason
  const bounds = Bounds.of(route, () => undefined)
  if (ended.cause === "deadline") {
    return new DeadlineExceeded({
      deadline: state.call.options.deadline ?? bounds.deadline,
      last
    })
  }
  const told = toldBy(bounds, state, ended, last)
  if (last === undefined) return new NoTarget({ skipped: state.skipped, retryAfter: soonest(state), ...told })
  if (last.fault === "request") return new RequestRejected({ last, ...told })
  return new AttemptsExhausted({ last, retryAfter: smallestRetryAfter(state, last), ...told })
}

/** In the words of the preset around the whole route, where there is one. */
const toldBy = (bounds: Bounds.Bounds, state: CallState, ended: Ended, last: Reason | undefined) => {
  const { policy, targets } = bounds
  return policy === undefined ? {} : reports[policy.report]({ state, ended, last, policy, targets: targets.size })
}

/** The smallest wait that would cure it, where every attempt was rate limited. */
const smallestRetryAfter = (state: CallState, last: Reason): Duration.Duration | undefined => {
  const limited = new Set(["RateLimited", "LimitReached", "Overloaded"])
  if (!state.attempts.every((attempt) => attempt.reason !== undefined && limited.has(attempt.reason))) return undefined
  const waits = state.attempts.flatMap((attempt) => (attempt.retryAfterMs === undefined ? [] : [attempt.retryAfterMs]))
  const own = retryAfterOf(last)
  if (own !== undefined) waits.push(Duration.toMillis(own))
  return waits.length === 0 ? undefined : Duration.millis(Math.min(...waits))
}

const soonest = (state: CallState): Duration.Duration | undefined => {
  if (state.cooling.length === 0) return undefined
  const until = Math.min(...state.cooling.map((cooling) => cooling.until))
  return Duration.millis(Math.max(0, until - state.startedAt))
}

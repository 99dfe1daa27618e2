/**
 * What one call has used up and learned so far: shared by every node of its route, so that retries, credentials, targets and
 * fallback routes draw on one deadline and one budget.
 *
 * Mutable, and owned by exactly one fiber. `Frame` is the opposite: what the nodes around a target say, never changed.
 */
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import type * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import type { Answer, Served } from "../domain/Answer.ts"
import type { Attempt } from "../domain/Attempt.ts"
import type { AttemptError } from "../domain/AttemptError.ts"
import type { Call } from "../domain/Call.ts"
import type { CallError, Skipped } from "../domain/CallError.ts"
import type { Reason, Tag } from "../domain/Reason.ts"
import type { Request } from "../domain/Request.ts"
import type { Usage } from "../domain/Usage.ts"
import type { Repair } from "../policy/Disposition.ts"
import type { RetryPolicy, RetrySchedule } from "../policy/RetryPolicy.ts"

/** The next wait of a schedule, without waiting. @stability experimental @category models @since 0.1.0 */
export type Step = Effect.Success<ReturnType<typeof Schedule.toStep<unknown, AttemptError, never, never>>>

/** A count that several nodes draw on. @stability experimental @category models @since 0.1.0 */
export interface Budget {
  left: number
}

/** A node of the route that has attempts or time of its own, as the call has left it. @stability experimental @category models @since 0.1.0 */
export interface Part extends Budget {
  readonly node: object
  /** Where it has a deadline; in elapsed time. */
  readonly begunAt: number
  /** The one that was begun before it. */
  readonly before: Part | undefined
}

/** A target that was passed over because it cools down. @stability experimental @category models @since 0.1.0 */
export interface Cooling {
  readonly id: string
  readonly until: number
  readonly hardUntil: number
  /** When its part of the route must have answered, in elapsed time. */
  readonly deadlineAt: number
}

/** An answer, and who gave it after what. A stream goes on until its scope closes. @stability stable @category models @since 0.1.0 */
export interface Answered {
  readonly answer: Answer
  readonly served: Served
  readonly state: CallState
  /** Ends the call, on record too, before its scope closes; safe to say again. */
  readonly end: (exit: Exit.Exit<unknown, unknown>) => Effect.Effect<void>
}

/** How a call goes on from some place of its route. @stability experimental @category models @since 0.1.0 */
export type Course = Effect.Effect<Answered, CallError>

/** The last attempt of a call, as the call knows it. @stability experimental @category models @since 0.1.0 */
export interface UnderWay {
  /** Its end is on record. */
  readonly hasEnded: boolean
  /** Gives back what it holds (its permit, its connection); safe to say again. */
  readonly release: (exit: Exit.Exit<unknown, unknown>) => Effect.Effect<void>
  /** Puts its end on record, where that has not come: for a call that ends before it, as an interrupted one does. */
  readonly outlived: () => Effect.Effect<void>
}

/** @stability experimental @category models @since 0.1.0 */
export interface CallState {
  readonly call: Call
  /** Milliseconds of the Clock, as what has no other word for it here. */
  readonly startedAt: number
  /** The same moment in elapsed time. */
  readonly elapsedAt: number
  /** Until when its record may make it wait, in elapsed time: its deadline; once it ends, no more. */
  waitsUntil: number
  /** Attempts that have ended, in order. */
  attempts: Array<Attempt>
  readonly skipped: Array<Skipped>
  readonly cooling: Array<Cooling>
  /** Attempts that were begun. */
  begun: number
  /** How the call's scope closed, once it has: an attempt that begins all the same holds nothing. */
  over: Exit.Exit<unknown, unknown> | undefined
  attempt: UnderWay | undefined
  /** From now on what the call runs finds this scope: that of its attempt. */
  enter: (scope: Scope.Scope) => void
  /** Ends the call; safe to say again. */
  end: (exit: Exit.Exit<unknown, unknown>) => Effect.Effect<void>
  /** The target that was asked first, or would have been if it did not cool down. */
  first: { readonly provider: string; readonly model: string } | undefined
  /** Wait since the last attempt. */
  waitedMs: number
  /** All waits and all time spent with providers: what is not our overhead. */
  awayMs: number
  /** A target must declare a larger context window than this. */
  minimumWindow: number | undefined
  wasRateLimited: boolean
  /** What a policy whose repairs hold for the whole call has mended, by the attempt of that number. */
  mended: { readonly names: ReadonlyArray<string>; readonly request: Request; readonly ordinal: number } | undefined
  /** The last part of the route that was begun, and those before it. */
  parts: Part | undefined
  /** The failure before the attempt that comes next. */
  lastError: AttemptError | undefined
  /** The waits of a policy whose waits go on over the whole call. */
  step: Step | undefined
  /** Repairs of the attempt that served. */
  repairs: ReadonlyArray<string>
  served: { readonly provider: string; readonly model: string; readonly credential: string } | undefined
  firstContentMs: number | undefined
  usage: Usage | undefined
  costUsd: number | undefined
  costBasis: "reported" | "estimated" | "unknown"
  /** How the call ended, once it has. */
  outcome: "answered" | "failed" | "cancelled" | undefined
  failure: string | undefined
  /** What the caller was sent, where the call keeps bodies. */
  responseBody: string | undefined
}

/** What lies beyond a target on its route: whether anything could take the call, and what does. @stability experimental @category models @since 0.1.0 */
export interface Beyond {
  /**
   * Whether something after this target could still take the call after a failure for this reason; with `endsAt`, something that may take
   * longer than until then.
   */
  readonly after: (reason: Reason, endsAt?: number) => boolean
  /** Whether something after this target is there for this reason by name (`on` of an `orElse`), whatever the policy says of it. */
  readonly listed: (reason: Reason) => boolean
  /** Whether something else that cools down now, a target or another credential of this one, can be asked within so many milliseconds. */
  readonly sooner: (id: string, credential: string, waitMs: number) => boolean
  /** How the call goes on where everything up to here has ended without an answer. */
  readonly ended: (ended: Ended) => Course
}

/** What the nodes around a target say. @stability experimental @category models @since 0.1.0 */
export interface Frame {
  readonly policy: RetryPolicy
  readonly schedule: RetrySchedule | undefined
  readonly repairs: ReadonlyArray<Repair>
  readonly beyond: Beyond
  /** When everything must have answered, in elapsed time. */
  readonly deadlineAt: number
  /** What of it the caller asked for itself, where it leaves less time than the route does: no target is to blame for that. */
  readonly callersDeadlineAt: number | undefined
  readonly budgets: ReadonlyArray<Budget>
  /** The one target that is asked although it cools down; `alone` where no other is asked any more. */
  readonly probe: { readonly id: string; readonly alone: boolean } | undefined
}

/**
 * How a route ends without an answer: go on to what comes after it, or only to what is there for this reason by name, or stop. `error` is
 * absent where nothing was sent.
 *
 * @stability experimental
 * @category models
 * @since 0.1.0
 */
export interface Ended {
  readonly next: "nextTarget" | "listed" | "stop"
  readonly error: AttemptError | undefined
  readonly cause: "reason" | "deadline" | "budget" | "skipped"
  /** Of a `deadline`: when it is, or was, in elapsed time. */
  readonly endsAt?: number
  /** Of a target that was passed over because it cools down: what it failed for. */
  readonly parkedFor?: Tag | undefined
  /** The policy would go on to another target, and there is none that can be asked now. */
  readonly isStranded?: boolean
  /** It would try again in place, but something else is free sooner. */
  readonly givesWay?: boolean
}

const none: ReadonlyArray<string> = []

/** @stability experimental @category constructors @since 0.1.0 */
export const make = (call: Call, startedAt: number, elapsedAt: number): CallState => ({
  call,
  startedAt,
  elapsedAt,
  waitsUntil: Number.POSITIVE_INFINITY,
  attempts: [],
  skipped: [],
  cooling: [],
  begun: 0,
  over: undefined,
  attempt: undefined,
  enter: () => {},
  end: () => Effect.void,
  first: undefined,
  waitedMs: 0,
  awayMs: 0,
  minimumWindow: undefined,
  wasRateLimited: false,
  mended: undefined,
  parts: undefined,
  lastError: undefined,
  step: undefined,
  repairs: none,
  served: undefined,
  firstContentMs: undefined,
  usage: undefined,
  costUsd: undefined,
  costBasis: "unknown",
  outcome: undefined,
  failure: undefined,
  responseBody: undefined
})

/** The call has its answer: the last attempt served. @stability experimental @category constructors @since 0.1.0 */
export const answered = (state: CallState, answer: Answer): Answered => {
  state.outcome = answer._tag === "Whole" ? "answered" : undefined
  return { answer, served: servedOf(state), state, end: state.end }
}

const servedOf = (state: CallState): Served => ({
  provider: state.served?.provider ?? "",
  model: state.served?.model ?? "",
  credential: state.served?.credential ?? "",
  attempts: state.begun,
  fellBack: fellBack(state),
  wasRateLimited: state.wasRateLimited,
  repairs: state.repairs
})

/** Whether another target than the first served. @stability experimental @category getters @since 0.1.0 */
export const fellBack = ({ first, served }: CallState): boolean =>
  served !== undefined && first !== undefined && (served.provider !== first.provider || served.model !== first.model)

/** The whole attempts that may still be begun. @stability experimental @category getters @since 0.1.0 */
export const attemptsLeft = (frame: Frame): number => {
  let left = Number.POSITIVE_INFINITY
  for (const budget of frame.budgets) left = Math.min(left, budget.left)
  return Math.floor(left)
}

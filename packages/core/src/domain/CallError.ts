/**
 * How a call ends when it does not end in an answer: one parent for callers, with a tagged `reason` and every attempt.
 *
 * The type parameter is the union of attempt reasons that could still end the call; a route that handles a reason
 * removes it here. Which HTTP status a caller sees is `server/http/ErrorResponse.ts`. Interruption is not an error.
 */
import * as Data from "effect/Data"
import type * as Duration from "effect/Duration"
import type { Attempt } from "./Attempt.ts"
import type { Reason, WithFault } from "./Reason.ts"
import * as Stackless from "./Stackless.ts"

/** A target that was not asked, and why. @stability stable @category models @since 0.1.0 */
export interface Skipped {
  /** Of a route that is not there: its name. */
  readonly provider: string
  /** Empty for a route that is not there. */
  readonly model: string
  readonly why: string
}

/** How a preset tells it, where it has its own way; else absent. @stability stable @category models @since 0.1.0 */
export interface Told {
  readonly wording?: string | undefined
  /** The HTTP status for a caller, or that of the last failure by the usual table. */
  readonly status?: number | "last" | undefined
  /** The code for a caller. */
  readonly code?: string | undefined
}

/** No route, target or model of that name; `nearest` is the closest name there is. @stability stable @category reasons @since 0.1.0 */
export class NoRoute extends Data.TaggedClass("NoRoute")<{
  readonly model: string
  readonly nearest?: string | undefined
}> {}

/** Nothing in the route is enabled or able; `skipped` says why, target by target. @stability stable @category reasons @since 0.1.0 */
export class NoTarget extends Data.TaggedClass("NoTarget")<
  Told & {
    readonly skipped: ReadonlyArray<Skipped>
    /** Until the first that is cooling down may be asked again, where one is. */
    readonly retryAfter?: Duration.Duration | undefined
  }
> {}

/** A request-shaped reason ended the call: the caller has to change the request. @stability stable @category reasons @since 0.1.0 */
export class RequestRejected<out R extends Reason = Reason> extends Data.TaggedClass("RequestRejected")<
  Told & { readonly last: Reason }
> {
  declare readonly last: Extract<R, WithFault<"request">>
}

/** Nobody is left to be asked, or the policy allows no more; `last` is why the last attempt failed. @stability stable @category reasons @since 0.1.0 */
export class AttemptsExhausted<out R extends Reason = Reason> extends Data.TaggedClass("AttemptsExhausted")<
  Told & {
    readonly last: Reason
    /** The smallest wait after which trying again makes sense, where every attempt was rate limited. */
    readonly retryAfter?: Duration.Duration | undefined
  }
> {
  declare readonly last: R
}

/** The call's deadline passed (or what was left could not hold the next wait). @stability stable @category reasons @since 0.1.0 */
export class DeadlineExceeded extends Data.TaggedClass("DeadlineExceeded")<{
  readonly deadline: Duration.Duration
  readonly last?: Reason | undefined
}> {}

/** A caller's own limit said no. @stability stable @category reasons @since 0.1.0 */
export class CallerLimited extends Data.TaggedClass("CallerLimited")<{
  readonly caller: string
  readonly limited: "requests" | "tokens" | "concurrency"
  readonly retryAfter: Duration.Duration
}> {}

/** No key, a wrong key, or a key that may not use this route. @stability stable @category reasons @since 0.1.0 */
export class CallerRejected extends Data.TaggedClass("CallerRejected")<{
  readonly kind: "missing" | "wrong" | "notAllowed"
  readonly message: string
}> {}

/** The caller's money for this period is spent. @stability stable @category reasons @since 0.1.0 */
export class BudgetSpent extends Data.TaggedClass("BudgetSpent")<{
  readonly caller: string
  readonly budgetUsd: number
  readonly per: string
  readonly retryAfter: Duration.Duration
}> {}

/**
 * Why a call ended without an answer. A program that runs its own routes meets `NoTarget`, `RequestRejected`, `AttemptsExhausted` and
 * `DeadlineExceeded`; the others are the gateway's.
 *
 * @stability stable
 * @category models
 * @since 0.1.0
 */
export type CallReason<R extends Reason = Reason> =
  | NoRoute
  | NoTarget
  | RequestRejected<R>
  | AttemptsExhausted<R>
  | DeadlineExceeded
  | CallerLimited
  | CallerRejected
  | BudgetSpent

/**
 * A call that ended without an answer.
 *
 * @stability stable
 * @category errors
 * @since 0.1.0
 */
export class CallError<out R extends Reason = Reason> extends Stackless.TaggedError("CallError")<{
  readonly callId: string
  readonly model: string
  readonly reason: CallReason
  readonly attempts: ReadonlyArray<Attempt>
}> {
  declare readonly reason: CallReason<R>

  override get message(): string {
    return describe(this.model, this.reason, this.attempts.length)
  }
}

const describe = (model: string, reason: CallReason, attempts: number): string => {
  const tried = attempts === 1 ? "after 1 attempt" : `after ${attempts} attempts`
  switch (reason._tag) {
    case "NoRoute":
      return `No route, target or model "${model}"; ${reason.nearest === undefined ? 'name a route, or a target as "provider/model"' : `did you mean "${reason.nearest}"?`}`
    case "NoTarget":
      if (reason.wording !== undefined) return reason.wording
      return `Nothing can answer "${model}" now: ${reason.skipped.map(passedOver).join("; ") || "the route has no target"}`
    case "RequestRejected":
      return reason.wording ?? reason.last.message
    case "AttemptsExhausted":
      return reason.wording ?? `"${model}" failed ${tried}; last: ${reason.last._tag}: ${reason.last.message}`
    case "DeadlineExceeded":
      return `"${model}" did not answer within its deadline ${tried}${reason.last === undefined ? "" : `; last: ${reason.last._tag}: ${reason.last.message}`}`
    case "CallerLimited":
      return `Caller "${reason.caller}" is over its ${reason.limited} limit; wait and try again`
    case "CallerRejected":
      return reason.message
    case "BudgetSpent":
      return `Caller "${reason.caller}" has spent its budget of ${reason.budgetUsd} USD per ${reason.per}`
  }
}

/** A route that is not there is passed over like a target, and has no model. */
const passedOver = ({ model, provider, why }: Skipped): string => (model === "" ? why : `${provider}/${model}: ${why}`)

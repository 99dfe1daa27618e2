/**
 * Lets a call in: takes from its caller's budget and limits, and puts the truth in the place of estimates when it has ended.
 *
 * The budget comes first, because setting money aside can be undone without a trace; a limit that then says no leaves nothing behind. It does
 * not know keys, and not what a caller may use.
 */
import type { Call } from "@orelse/core/domain/Call"
import { type BudgetSpent, CallerLimited } from "@orelse/core/domain/CallError"
import type { CallEnd } from "@orelse/core/domain/Entry"
import * as Elapsed from "@orelse/core/domain/Elapsed"
import * as InTurn from "@orelse/core/domain/InTurn"
import type { LimitReached } from "@orelse/core/domain/Reason"
import * as Tokens from "@orelse/core/domain/Tokens"
import type { Limits, Permit as Place, Standing } from "@orelse/core/target/Limits"
import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Budgets, Permit } from "./Budgets.ts"
import type { Caller } from "./Caller.ts"
import type * as Means from "./Means.ts"

/**
 * A call at the gate: what it asks for, and what it has taken since. Whoever made one settles it when the call is over, whatever became
 * of it.
 *
 * @stability experimental
 * @category models
 * @since 0.1.0
 */
export class Admission {
  readonly caller: Caller
  readonly call: Call
  /** Every route and target that the call asks for by name. */
  readonly names: ReadonlyArray<string>
  /** Name of the route that will answer. */
  readonly route: string
  /** What it will probably cost, where no call of this caller on this route has told yet; USD. */
  readonly estimateUsd: () => number
  /** How the call ended, once it has. */
  end: CallEnd | undefined = undefined
  permit: Permit | undefined = undefined
  place: Place | undefined = undefined
  tokens = 0
  /** When the window that the tokens were taken from is over, in elapsed time. */
  tokensUntil = 0

  constructor({ call, caller, estimateUsd, names, route }: Asked) {
    this.caller = caller
    this.call = call
    this.names = names
    this.route = route
    this.estimateUsd = estimateUsd
  }
}

/** What a call asks for at the gate. @stability experimental @category models @since 0.1.0 */
export type Asked = Pick<Admission, "caller" | "call" | "names" | "route" | "estimateUsd">

/** What is counted, and where. @stability experimental @category models @since 0.1.0 */
export interface State {
  readonly limits: Limits["Service"]
  readonly budgets: Budgets["Service"]
  readonly means: Means.Means
  readonly clock: Clock.Clock
}

/**
 * Takes what the call needs, and says where its caller stands then; or fails for what is used up. It does so at the call, where all of it
 * is at hand; waiting for what is not cannot be interrupted.
 *
 * @stability experimental
 * @category combinators
 * @since 0.1.0
 */
export const take = (state: State, admission: Admission): Effect.Effect<Standing, CallerLimited | BudgetSpent> => {
  const { budget, limits, name } = admission.caller
  const place = () => (limits === undefined ? nowhere : takePlace(state, admission, limits))
  if (budget === undefined) return InTurn.taken(place())
  const usd = state.means.of(name, admission.route) ?? admission.estimateUsd()
  return InTurn.taken(
    Effect.flatMapEager(state.budgets.take(name, budget, usd, admission.call.startedAt), (permit) => {
      admission.permit = permit
      return place()
    })
  )
}

/** Where a caller without limits stands. */
const nowhere = Effect.succeed<Standing>({})

const takePlace = (
  { clock, limits }: State,
  admission: Admission,
  own: NonNullable<Caller["limits"]>
): Effect.Effect<Standing, CallerLimited> => {
  const { call, caller } = admission
  const { input, output } = Tokens.expected(call)
  // A call larger than the whole limit is let in while nothing else is; its true size is counted at its end.
  const tokens = Math.min(input + output, own.tokens?.limit ?? 0)
  const now = Elapsed.millis(clock)
  return Effect.mapBothEager(limits.acquire(caller.limitKey, own, tokens, now), {
    onFailure: (reached) => limited(caller.name, reached),
    onSuccess: (place) => {
      const { standing } = place
      admission.place = place
      admission.tokens = tokens
      admission.tokensUntil = now + (standing.tokens?.resetMs ?? 0)
      return standing
    }
  })
}

/**
 * Counts one body of events, or fails where there were as many in the window as there may be calls.
 *
 * @stability experimental
 * @category combinators
 * @since 0.1.0
 */
export const hear = (
  { limits }: State,
  { eventsKey, name }: Caller,
  requests: NonNullable<NonNullable<Caller["limits"]>["requests"]>
): Effect.Effect<void, CallerLimited> =>
  Effect.matchEffect(limits.acquire(eventsKey, { requests }, 0), {
    onFailure: (reached) => Effect.fail(limited(name, reached)),
    onSuccess: (place) => place.release()
  })

const limited = (caller: string, reached: LimitReached): CallerLimited =>
  new CallerLimited({
    caller,
    limited: reached.limited ?? "requests",
    retryAfter: reached.retryAfter ?? Duration.seconds(1)
  })

/**
 * Gives the place back, and puts what the call used in the place of what was estimated. It does so at the call, where all of it is at
 * hand; the effect is what there is to wait for.
 *
 * @stability experimental
 * @category combinators
 * @since 0.1.0
 */
export const settle = (state: State, admission: Admission): Effect.Effect<void> => {
  const { caller, end, permit, place, route } = admission
  const cost = end?.costUsd
  if (cost !== undefined && (permit !== undefined || place !== undefined)) state.means.add(caller.name, route, cost)
  return InTurn.andThen(place?.release(), () =>
    InTurn.andThen(permit && state.budgets.settle(permit, cost ?? 0), () => correct(state, admission))
  )
}

/** The tokens that were used in the place of those that were taken, where these still count. */
const correct = ({ clock, limits }: State, { caller, end, tokens, tokensUntil }: Admission): Effect.Effect<void> => {
  const used = usedTokens(end) ?? tokens
  if (caller.limits?.tokens === undefined || used === tokens) return Effect.void
  const now = Elapsed.millis(clock)
  return now < tokensUntil ? limits.correct(caller.limitKey, caller.limits, used - tokens, now) : Effect.void
}

/** Nothing where nobody was reached; `undefined` where that is not known. */
const usedTokens = (end: CallEnd | undefined): number | undefined => {
  if (end?.served === undefined) return 0
  const { usage } = end
  if (usage === undefined) return undefined
  return usage.totalTokens ?? (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0)
}

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
import * as Cause from "effect/Cause"
import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Scope from "effect/Scope"
import type { Budgets, Permit } from "./Budgets.ts"
import type { Caller } from "./Caller.ts"
import type * as Means from "./Means.ts"

/** A call that asks to be let in. @stability experimental @category models @since 0.1.0 */
export interface Request {
  readonly caller: Caller
  readonly call: Call
  /** Every route and target that the call asks for by name. */
  readonly names: ReadonlyArray<string>
  /** Name of the route that will answer. */
  readonly route: string
  /** What it will probably cost, where no call of this caller on this route has told yet; USD. */
  readonly estimateUsd: () => number
  /** How the call ended, once it has. */
  readonly end: () => CallEnd | undefined
}

/** What is counted, and where. @stability experimental @category models @since 0.1.0 */
export interface State {
  readonly limits: Limits["Service"]
  readonly budgets: Budgets["Service"]
  readonly means: Means.Means
  readonly clock: Clock.Clock
}

/** What becomes of a call that is let in, given where its caller stands then; and of one that is not. @stability experimental @category models @since 0.1.0 */
export interface Then<A, E, Refused> {
  readonly run: (standing: Standing) => Effect.Effect<A, E, Scope.Scope>
  /** For what is used up. Nothing was taken. */
  readonly refuse: (reason: Refused) => Effect.Effect<never, E>
}

/**
 * Takes what the call needs and runs it. When the scope closes, the call's own ends first; then what it used is known, and is put in the
 * place of what was estimated.
 *
 * @stability experimental
 * @category combinators
 * @since 0.1.0
 */
export const admit = <A, E>(
  state: State,
  request: Request,
  then: Then<A, E, CallerLimited | BudgetSpent>
): Effect.Effect<A, E, Scope.Scope> => {
  const { budget, limits } = request.caller
  if (budget === undefined && limits === undefined) return then.run({})
  return Scope.Scope.use((scope) => {
    const use: Use = { permit: undefined, place: undefined, tokens: 0, tokensUntil: 0 }
    const own = Scope.makeUnsafe()
    const settled = () => settle(state, request, use)
    const over = Scope.addFinalizerExit(scope, (exit) => InTurn.andThen(Scope.closeUnsafe(own, exit), settled))
    // Where it closed before anything was taken, nothing else would give it back.
    const kept = <B, F, R>(next: () => Effect.Effect<B, F, R>) =>
      own.state._tag === "Closed" ? Effect.flatMap(settled(), next) : next()
    return Effect.flatMap(over, () =>
      Effect.matchCauseEffectEager(take(state, request, use), {
        onFailure: (cause) =>
          Result.match(Cause.findError(cause), {
            onFailure: Effect.failCause,
            onSuccess: (reason) => kept(() => then.refuse(reason))
          }),
        onSuccess: () => kept(() => Effect.provideService(then.run(use.place?.standing ?? {}), Scope.Scope, own))
      })
    )
  })
}

/** What a call has taken. */
interface Use {
  permit: Permit | undefined
  place: Place | undefined
  tokens: number
  /** When the window that the tokens were taken from is over, in elapsed time. */
  tokensUntil: number
}

const take = (state: State, request: Request, use: Use): Effect.Effect<void, CallerLimited | BudgetSpent> => {
  const { budget, limits, name } = request.caller
  const place = () => (limits === undefined ? Effect.void : takePlace(state, request, limits, use))
  if (budget === undefined) return InTurn.taken(place())
  const usd = state.means.of(name, request.route) ?? request.estimateUsd()
  return InTurn.taken(
    Effect.flatMapEager(state.budgets.take(name, budget, usd), (permit) => {
      use.permit = permit
      return place()
    })
  )
}

const takePlace = (
  { clock, limits }: State,
  { call, caller }: Request,
  own: NonNullable<Caller["limits"]>,
  use: Use
): Effect.Effect<void, CallerLimited> => {
  const { input, output } = Tokens.expected(call)
  // A call larger than the whole limit is let in while nothing else is; its true size is counted at its end.
  const tokens = Math.min(input + output, own.tokens?.limit ?? 0)
  return Effect.mapBothEager(limits.acquire(caller.limitKey, own, tokens), {
    onFailure: (reached) => limited(caller.name, reached),
    onSuccess: (place) => {
      use.place = place
      use.tokens = tokens
      use.tokensUntil = Elapsed.millis(clock) + (place.standing.tokens?.resetMs ?? 0)
    }
  })
}

const limited = (caller: string, reached: LimitReached): CallerLimited =>
  new CallerLimited({
    caller,
    limited: reached.limited ?? "requests",
    retryAfter: reached.retryAfter ?? Duration.seconds(1)
  })

/** Gives the place back, and puts what the call used in the place of what was estimated. */
const settle = (state: State, request: Request, use: Use): Effect.Effect<void> => {
  const { caller, route } = request
  const now = Elapsed.millis(state.clock)
  const end = request.end()
  const cost = end?.costUsd
  if (cost !== undefined) state.means.add(caller.name, route, cost)
  const used = usedTokens(end) ?? use.tokens
  const { limitKey, limits } = caller
  return InTurn.andThen(use.place?.release(), () =>
    InTurn.andThen(use.permit === undefined ? undefined : state.budgets.settle(use.permit, cost ?? 0), () =>
      limits?.tokens === undefined || now >= use.tokensUntil || used === use.tokens
        ? Effect.void
        : state.limits.correct(limitKey, limits, used - use.tokens)
    )
  )
}

/** Nothing where nobody was reached; `undefined` where that is not known. */
const usedTokens = (end: CallEnd | undefined): number | undefined => {
  if (end?.served === undefined) return 0
  const { usage } = end
  if (usage === undefined) return undefined
  return usage.totalTokens ?? (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0)
}

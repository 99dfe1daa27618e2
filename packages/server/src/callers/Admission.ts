/**
 * Lets a call in: takes from its caller's budget and limits, and puts the truth in the place of estimates when it has ended.
 *
 * The budget comes first, because setting money aside can be undone without a trace; a limit that then says no leaves nothing behind. It does
 * not know keys, and not what a caller may use.
 */
import type { Call } from "@orelse/core/domain/Call"
import { type BudgetSpent, CallerLimited } from "@orelse/core/domain/CallError"
import type { CallEnd } from "@orelse/core/domain/Entry"
import type { LimitReached } from "@orelse/core/domain/Reason"
import type { Limits, Standing } from "@orelse/core/target/Limits"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import type { Budgets, Permit } from "./Budgets.ts"
import type { CallEnds } from "./CallEnds.ts"
import type { Caller } from "./Caller.ts"
import * as Estimate from "./Estimate.ts"
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
}

/** What is counted, and where. @stability experimental @category models @since 0.1.0 */
export interface State {
  readonly limits: Limits["Service"]
  readonly budgets: Budgets["Service"]
  readonly ends: CallEnds["Service"]
  readonly means: Means.Means
}

/**
 * Takes what the call needs until the scope closes, and answers where the caller stands then. Fails with what is used up, having taken
 * nothing.
 *
 * @stability experimental
 * @category combinators
 * @since 0.1.0
 */
export const admit = (
  state: State,
  request: Request
): Effect.Effect<Standing, CallerLimited | BudgetSpent, Scope.Scope> => {
  const { budget, limits } = request.caller
  if (budget === undefined && limits === undefined) return Effect.succeed({})
  return Effect.suspend(() => {
    const use: Use = { permit: undefined, tokens: 0, tokensUntil: 0 }
    state.ends.watch(request.call.id)
    const settled = Effect.suspend(() => settle(state, request, use, state.ends.taken(request.call.id)))
    return Scope.Scope.use((scope) => Scope.addFinalizer(scope, settled)).pipe(
      Effect.andThen(takeBudget(state, request, use)),
      Effect.andThen(takeLimits(state, request, use))
    )
  })
}

/** What a call has taken. */
interface Use {
  permit: Permit | undefined
  tokens: number
  /** When the window that the tokens were taken from is over. */
  tokensUntil: number
}

const takeBudget = ({ budgets, means }: State, { caller, estimateUsd, route }: Request, use: Use) => {
  if (caller.budget === undefined) return Effect.void
  const usd = means.of(caller.name, route) ?? estimateUsd()
  return Effect.map(budgets.take(caller.name, caller.budget, usd), (permit) => {
    use.permit = permit
  }).pipe(Effect.uninterruptible)
}

const takeLimits = (
  { limits }: State,
  { call, caller }: Request,
  use: Use
): Effect.Effect<Standing, CallerLimited, Scope.Scope> => {
  const own = caller.limits
  if (own === undefined) return Effect.succeed({})
  const { input, output } = Estimate.tokens(call)
  // A call larger than the whole limit is let in while nothing else is; its true size is counted at its end.
  const tokens = Math.min(input + output, own.tokens?.limit ?? 0)
  return limits.acquire(caller.limitKey, own, tokens).pipe(
    Effect.mapError((reached) => limited(caller.name, reached)),
    Effect.flatMap((standing) =>
      Clock.clockWith((clock) => {
        use.tokens = tokens
        use.tokensUntil = clock.currentTimeMillisUnsafe() + (standing.tokens?.resetMs ?? 0)
        return Effect.succeed(standing)
      })
    )
  )
}

const limited = (caller: string, reached: LimitReached): CallerLimited =>
  new CallerLimited({
    caller,
    limited: reached.limited ?? "requests",
    retryAfter: reached.retryAfter ?? Duration.seconds(1)
  })

/** Puts what the call used in the place of what was estimated. */
const settle = (state: State, { caller, route }: Request, use: Use, end: CallEnd | undefined): Effect.Effect<void> =>
  Clock.clockWith((clock) => {
    const now = clock.currentTimeMillisUnsafe()
    const cost = end?.costUsd
    if (cost !== undefined) state.means.add(caller.name, route, cost)
    const used = usedTokens(end) ?? use.tokens
    const budget = use.permit === undefined ? Effect.void : state.budgets.settle(use.permit, cost ?? 0)
    return caller.limits?.tokens === undefined || now >= use.tokensUntil || used === use.tokens
      ? budget
      : Effect.andThen(budget, state.limits.correct(caller.limitKey, caller.limits, used - use.tokens))
  })

/** Nothing where nobody was reached; `undefined` where that is not known. */
const usedTokens = (end: CallEnd | undefined): number | undefined => {
  if (end?.served === undefined) return 0
  const { usage } = end
  if (usage === undefined) return undefined
  return usage.totalTokens ?? (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0)
}

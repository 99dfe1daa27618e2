/**
 * The algebra of routes: an immutable, pipeable tree that says how a call is answered.
 *
 * A route can be run (`Router.ts`), explained (`Explain.ts`), simulated and decoded from the configuration. It holds no
 * connection and no state. Its type parameter is the union of reasons that can still end a call through it: of a target all of them, and
 * `orElse(that, { on: ["RateLimited"] })` removes `RateLimited` from the left side.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { dual } from "effect/Function"
import type { Reason, Tag } from "../domain/Reason.ts"
import * as TargetName from "../domain/TargetName.ts"
import type * as Disposition from "../policy/Disposition.ts"
import type { RetryPolicy, RetrySchedule } from "../policy/RetryPolicy.ts"
import * as Explain from "./Explain.ts"
import * as Text from "./explain/Text.ts"
import { make, type Route, type StrategyName } from "./Tree.ts"

export type { RetrySchedule }
export type { Member, Node, Route, StrategyName } from "./Tree.ts"

/**
 * One target: `provider/model`, split at the first `/`. Throws where one of them is missing.
 *
 * @stability stable
 * @category constructors
 * @since 0.1.0
 */
export const target = (name: `${string}/${string}`): Route => {
  const target = TargetName.split(name)
  if (target === undefined) throw new Error(`Route.target: name must be "provider/model", got "${name}"`)
  return make({ _tag: "Target", ...target })
}

/**
 * Another route, by its name. Circles are refused when the routes are put together; a name that is not there is passed over like a
 * target that cannot be asked.
 *
 * @stability stable
 * @category constructors
 * @since 0.1.0
 */
export const route = (name: string): Route => make({ _tag: "Named", name })

/**
 * Falls back to `that` when this route fails with what the policy moves on, or with exactly the reasons of `on`.
 *
 * **Gotchas** The type takes the reasons of `on` out of the left side. A target may fail for any reason, so it shows only where a route's type
 * says less. Where `that` cannot be asked (its keys are not set, no attempt is left) the call fails with the reason of the left side all the
 * same.
 *
 * @stability stable
 * @category combinators
 * @since 0.1.0
 */
export const orElse: {
  <E2 extends Reason, const On extends Tag = never>(
    that: Route<E2>,
    options?: { readonly on: ReadonlyArray<On> }
  ): <E extends Reason>(self: Route<E>) => Route<Exclude<E, { readonly _tag: On }> | E2>
} =
  <E2 extends Reason, const On extends Tag = never>(that: Route<E2>, options?: { readonly on: ReadonlyArray<On> }) =>
  <E extends Reason>(self: Route<E>): Route<Exclude<E, { readonly _tag: On }> | E2> =>
    make({ _tag: "OrElse", left: self, right: that, on: options?.on })

/**
 * Spreads calls over members by a strategy; a member that fails is followed by the next in the strategy's order.
 * Weights are not negative (1 where none is given); a sum of 0 is definition order. Throws where there is no member, or a weight is no such number.
 *
 * **Gotchas** `rotation` counts the calls of this very value, in each router. Build it once and keep it (or give it a name among the routes of
 * the layer): one that is built anew for each call begins with its first member each time. The other strategies count nothing.
 *
 * @stability stable
 * @category constructors
 * @since 0.1.0
 */
export const balance = (
  strategy: StrategyName,
  members: ReadonlyArray<Route | { readonly route: Route; readonly weight: number }>
): Route => {
  const list = members.map((member) => ("node" in member ? { route: member, weight: 1 } : member))
  if (list.length === 0) throw new Error("Route.balance: members must not be empty")
  const bad = list.find((member) => !(member.weight >= 0 && Number.isFinite(member.weight)))
  if (bad !== undefined) throw new Error(`Route.balance: weight must be 0 or more, got ${bad.weight}`)
  return make({ _tag: "Balance", strategy, members: list })
}

/**
 * Answers under this policy (or retries in place by this Schedule): the nearest one around a target holds.
 *
 * **Details** A Schedule says when and how often one target is tried again; how often and how long in all is said by `budget` and `deadline`,
 * or else by the policy around it, by default `RetryPolicy.recommended` (6 attempts within 2 minutes). A wait that the provider asks for is
 * kept all the same.
 *
 * **Gotchas** Which reasons are tried again in place is said by the policy's table (`RetryPolicy.on`), not by the Schedule: by default
 * `RateLimited`, `Overloaded` and `TimedOut` move on at once where another target is left, and `InvalidRequest` is never tried again.
 *
 * @stability stable
 * @category combinators
 * @since 0.1.0
 */
export const retry =
  (policy: RetryPolicy | RetrySchedule) =>
  <E extends Reason>(self: Route<E>): Route<E> =>
    "attempts" in policy
      ? make({ _tag: "Retry", route: self, policy })
      : make({ _tag: "RetryWith", route: self, schedule: policy })

/**
 * Allows one repair for the targets below, where a failure is one that it mends (`Disposition.mends`), before any other action. Each target
 * begins with the request as it came; the answer says what was mended.
 *
 * @stability stable
 * @category combinators
 * @since 0.1.0
 */
export const repair =
  (name: Disposition.Repair) =>
  <E extends Reason>(self: Route<E>): Route<E> =>
    make({ _tag: "Repair", route: self, repair: name })

/**
 * The time that everything below may take from when it is begun, waits included; for a stream until its first content. Around a whole route it is
 * the call's; around a part, that part is given up, and what comes after it is asked. Throws where it is not longer than 0.
 *
 * @stability stable
 * @category combinators
 * @since 0.1.0
 */
export const deadline: {
  (duration: Duration.Input): <E extends Reason>(self: Route<E>) => Route<E>
  <E extends Reason>(self: Route<E>, duration: Duration.Input): Route<E>
} = dual(2, <E extends Reason>(self: Route<E>, duration: Duration.Input): Route<E> => {
  const deadline = Duration.fromInputUnsafe(duration)
  if (!Duration.isGreaterThan(deadline, Duration.zero))
    throw new Error(`Route.deadline: duration must be longer than 0, got ${Duration.format(deadline)}`)
  return make({ _tag: "Deadline", route: self, deadline })
})

/** The attempts that everything below may make together; throws below 1. @stability stable @category combinators @since 0.1.0 */
export const budget =
  (options: { readonly attempts: number }) =>
  <E extends Reason>(self: Route<E>): Route<E> => {
    if (!(options.attempts >= 1)) throw new Error(`Route.budget: attempts must be at least 1, got ${options.attempts}`)
    return make({ _tag: "Budget", route: self, attempts: options.attempts })
  }

/**
 * The route as text: its targets, its policies, how long it waits, and what each error leads to. The same as data is `Explain.of`; a
 * single call played through is `Walk.walk`.
 *
 * @stability stable
 * @category conversions
 * @since 0.1.0
 */
export const explain = (self: Route, options?: Explain.Options & { readonly name?: string }): Effect.Effect<string> =>
  Effect.map(Explain.of(self, options), (explanation) => Text.of(explanation, options?.name ?? "route"))

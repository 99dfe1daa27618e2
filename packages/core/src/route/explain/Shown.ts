/**
 * A route's tree as it is shown: what stands around a part is with that part, fallbacks of one another are one list, and targets say
 * whether they can be asked. Plain data, ready for JSON.
 */
import * as Duration from "effect/Duration"
import type { Tag } from "../../domain/Reason.ts"
import type { Provider } from "../../provider/Provider.ts"
import type * as Disposition from "../../policy/Disposition.ts"
import type { RetryPolicy, RetrySchedule } from "../../policy/RetryPolicy.ts"
import type { Node, Route, StrategyName } from "../Tree.ts"
import * as Tree from "../Tree.ts"

/** What holds for a part of the tree. Times are milliseconds. @stability experimental @category models @since 0.1.0 */
export type Around =
  | { readonly policy: string }
  /** Waits of a Schedule, the first of them; `more` where it goes on. */
  | { readonly waitsMs: ReadonlyArray<number>; readonly more: boolean }
  | { readonly repair: Disposition.Repair }
  | { readonly deadlineMs: number }
  | { readonly attempts: number }

/** A target as it is shown. @stability experimental @category models @since 0.1.0 */
export interface Target {
  readonly type: "target"
  readonly provider: string
  readonly model: string
  /** The policy that holds for it. */
  readonly policy: string
  /** Why it cannot be asked; absent where it can. */
  readonly off?: string | undefined
  /** Names, in the order in which they are taken. */
  readonly credentials: ReadonlyArray<string>
  /** Tokens. */
  readonly contextWindow?: number | undefined
}

/** What a route does within what stands around it. @stability experimental @category models @since 0.1.0 */
export type Part =
  | Target
  | {
      readonly type: "inOrder"
      /** `on`: only after one of these reasons. */
      readonly steps: ReadonlyArray<{ readonly on?: ReadonlyArray<Tag> | undefined; readonly route: Shown }>
    }
  | {
      readonly type: "balance"
      readonly strategy: StrategyName
      readonly members: ReadonlyArray<{ readonly weight: number; readonly route: Shown }>
    }
  /** Another route by its name; `route` is absent where there is none of that name, or where it would show itself. */
  | {
      readonly type: "route"
      readonly name: string
      readonly route?: Shown | undefined
      readonly off?: string | undefined
    }

/** A route as it is shown: what stands around it, and what it does. @stability experimental @category models @since 0.1.0 */
export interface Shown {
  /** From the outside to the inside. */
  readonly around: ReadonlyArray<Around>
  readonly part: Part
}

/** What is looked up on the way. @stability experimental @category models @since 0.1.0 */
export interface Look {
  readonly provider: (id: string) => Pick<Provider, "disabled" | "credentials" | "models"> | undefined
  readonly named: (name: string) => Route | undefined
  /** The policy that holds where none stands nearer. */
  readonly policy: RetryPolicy
  /** The name under which a policy is shown. */
  readonly nameOf: (policy: RetryPolicy) => string
  /** Up to one more than are shown. */
  readonly waitsOf: (schedule: RetrySchedule) => ReadonlyArray<number>
}

/** How many waits of a Schedule are shown. @stability experimental @category constants @since 0.1.0 */
export const mostWaits = 8

/** The tree below a route. @stability experimental @category conversions @since 0.1.0 */
export const of = (route: Route, look: Look, seen: ReadonlySet<string> = new Set()): Shown => {
  const { node } = route
  const inside = (around: Around, inner: Route, policy = look.policy): Shown => {
    const shown = of(inner, { ...look, policy }, seen)
    return { ...shown, around: [around, ...shown.around] }
  }
  switch (node._tag) {
    case "Target":
      return { around: [], part: targetOf(node, look) }
    case "Named":
      return { around: [], part: namedOf(node.name, look, seen) }
    case "OrElse":
      return { around: [], part: { type: "inOrder", steps: stepsOf(route, look, seen) } }
    case "Balance": {
      const members = node.members.map(({ route, weight }) => ({ weight, route: of(route, look, seen) }))
      return { around: [], part: { type: "balance", strategy: node.strategy, members } }
    }
    case "Retry":
      return inside({ policy: look.nameOf(node.policy) }, node.route, node.policy)
    case "RetryWith": {
      const waits = look.waitsOf(node.schedule)
      return inside({ waitsMs: waits.slice(0, mostWaits), more: waits.length > mostWaits }, node.route)
    }
    case "Repair":
      return inside({ repair: node.repair }, node.route)
    case "Deadline":
      return Duration.isFinite(node.deadline)
        ? inside({ deadlineMs: Duration.toMillis(node.deadline) }, node.route)
        : of(node.route, look, seen)
    case "Budget":
      return Number.isFinite(node.attempts)
        ? inside({ attempts: node.attempts }, node.route)
        : of(node.route, look, seen)
  }
}

type Step = Extract<Part, { type: "inOrder" }>["steps"][number]

/** A chain of fallbacks, first to last. */
const stepsOf = (route: Route, look: Look, seen: ReadonlySet<string>): ReadonlyArray<Step> => {
  const { node } = route
  if (node._tag !== "OrElse") return [{ route: of(route, look, seen) }]
  const right = { route: of(node.right, look, seen), ...(node.on === undefined ? {} : { on: node.on }) }
  return [...stepsOf(node.left, look, seen), right]
}

const targetOf = (target: { readonly provider: string; readonly model: string }, look: Look): Target => {
  const provider = look.provider(target.provider)
  const off = provider === undefined ? `no provider "${target.provider}" is configured` : provider.disabled
  const contextWindow = provider?.models[target.model]?.contextWindow
  return {
    type: "target",
    provider: target.provider,
    model: target.model,
    policy: look.nameOf(look.policy),
    ...(off === undefined ? {} : { off }),
    credentials: off === undefined ? (provider?.credentials ?? []).map(({ name }) => name) : [],
    ...(contextWindow === undefined ? {} : { contextWindow })
  }
}

const namedOf = (name: string, look: Look, seen: ReadonlySet<string>): Part => {
  if (seen.has(name)) return { type: "route", name, off: "it leads to itself" }
  const route = look.named(name)
  if (route === undefined) return { type: "route", name, off: `no route "${name}" is configured` }
  return { type: "route", name, route: of(route, look, new Set([...seen, name])) }
}

/** Every policy that holds somewhere below, in the order of the tree; `outer` where a target has none around it. @stability experimental @category getters @since 0.1.0 */
export const policiesOf = (
  route: Route,
  named: (name: string) => Route | undefined,
  outer: RetryPolicy
): ReadonlyArray<RetryPolicy> => {
  const found: Array<RetryPolicy> = []
  visit(route, named, new Set(), outer, (node, policy) => {
    if (node._tag === "Target") found.push(policy)
  })
  return found
}

/** Every Schedule that stands below. @stability experimental @category getters @since 0.1.0 */
export const schedulesOf = (route: Route, named: (name: string) => Route | undefined): ReadonlyArray<RetrySchedule> => {
  const found: Array<RetrySchedule> = []
  visit(route, named, new Set(), undefined, (node) => {
    if (node._tag === "RetryWith") found.push(node.schedule)
  })
  return found
}

/** Every node once on each way to it, with the policy nearest around it. */
const visit = <P>(
  route: Route,
  named: (name: string) => Route | undefined,
  seen: ReadonlySet<string>,
  policy: P,
  see: (node: Node, policy: P | RetryPolicy) => void
): void => {
  const { node } = route
  see(node, policy)
  if (node._tag === "Named") {
    const next = seen.has(node.name) ? undefined : named(node.name)
    if (next !== undefined) visit(next, named, new Set([...seen, node.name]), policy, see)
    return
  }
  const nearest = node._tag === "Retry" ? node.policy : policy
  for (const child of Tree.children(node)) visit<P | RetryPolicy>(child, named, seen, nearest, see)
}

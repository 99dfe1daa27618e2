/**
 * The deadline, the attempts and the policy that a whole route asks for, read off its tree once.
 *
 * A `Deadline`, `Budget` or `Retry` around everything holds. Where branches have their own, the widest holds for the call and each keeps to
 * its own below; where all have a `Deadline` (or `Budget`) of their own, they may use theirs up one after the other, as far as the default
 * policy or the widest allows. A caller's own options come before this.
 */
import * as Duration from "effect/Duration"
import * as RetryPolicy from "../policy/RetryPolicy.ts"
import type { Route } from "./Tree.ts"
import * as Tree from "./Tree.ts"

/** What a whole route allows one call. @stability experimental @category models @since 0.1.0 */
export interface Bounds {
  readonly deadline: Duration.Duration
  readonly attempts: number
  /** The policy around everything, where there is one. */
  readonly policy: RetryPolicy.RetryPolicy | undefined
  /** The targets that stand in it, each once. */
  readonly targets: ReadonlySet<string>
}

const defaults = RetryPolicy.recommended

type Named = (name: string) => Route | undefined

/** What a name means differs from router to router. */
const caches = new WeakMap<Named, WeakMap<Route, Bounds>>()

/** Throws where a route is larger than can be walked. @stability experimental @category getters @since 0.1.0 */
export const of = (route: Route, named: Named): Bounds => {
  let cache = caches.get(named)
  if (cache === undefined) caches.set(named, (cache = new WeakMap()))
  const known = cache.get(route)
  if (known !== undefined) return known
  if (Tree.leaves(route).length > Tree.mostTargets)
    throw new Error(`Router.run: a route must lead by at most ${Tree.mostTargets} targets, got more`)
  const found = read(route, named, new Set())
  const bounds: Bounds = {
    deadline: found.deadline === undefined ? defaults.deadline : Duration.millis(found.deadline.value),
    attempts: found.attempts?.value ?? defaults.attempts,
    policy: found.policy,
    targets: targetsOf(route, named, new Set(), new Set())
  }
  cache.set(route, bounds)
  return bounds
}

/** `own` where a node of its own says it, and not a policy. */
type Bound = { readonly value: number; readonly own: boolean }

/** The deadline in milliseconds. */
type Found = {
  readonly deadline?: Bound | undefined
  readonly attempts?: Bound | undefined
  readonly policy?: RetryPolicy.RetryPolicy | undefined
}

const read = (route: Route, named: Named, seen: Set<string>): Found => {
  const node = route.node
  switch (node._tag) {
    case "Target":
      return {}
    case "Named": {
      const next = named(node.name)
      return next === undefined || seen.has(node.name) ? {} : read(next, named, new Set([...seen, node.name]))
    }
    case "Retry":
      return { ...boundsOf(node.policy), policy: node.policy }
    case "Deadline":
      return { ...read(node.route, named, seen), deadline: own(Duration.toMillis(node.deadline)) }
    case "Budget":
      return { ...read(node.route, named, seen), attempts: own(node.attempts) }
    case "RetryWith":
    case "Repair":
      return read(node.route, named, seen)
    case "OrElse":
      return widest([read(node.left, named, seen), read(node.right, named, seen)])
    case "Balance":
      return widest(node.members.map((member) => read(member.route, named, seen)))
  }
}

const own = (value: number): Bound => ({ value, own: true })

const boundsOf = ({ attempts, deadline }: RetryPolicy.RetryPolicy) => ({
  deadline: { value: Duration.toMillis(deadline), own: false },
  attempts: { value: attempts, own: false }
})

/** Of several branches; one that says nothing counts as the default. */
const widest = (branches: ReadonlyArray<Found>): Found => {
  const { attempts, deadline } = boundsOf(defaults)
  return {
    deadline: together(
      branches.map((branch) => branch.deadline),
      deadline
    ),
    attempts: together(
      branches.map((branch) => branch.attempts),
      attempts
    )
  }
}

const together = (said: ReadonlyArray<Bound | undefined>, fallback: Bound): Bound | undefined => {
  if (said.every((bound) => bound === undefined)) return undefined
  const bounds = said.map((bound) => bound ?? fallback)
  const most = Math.max(...bounds.map(({ value }) => value))
  if (!bounds.every((bound) => bound.own)) return { value: most, own: false }
  const sum = bounds.reduce((total, { value }) => total + value, 0)
  return own(Math.min(sum, Math.max(most, fallback.value)))
}

const targetsOf = (
  { node }: Route,
  named: Named,
  seen: ReadonlySet<string>,
  found: Set<string>
): ReadonlySet<string> => {
  if (node._tag === "Target") return found.add(`${node.provider}/${node.model}`)
  if (node._tag === "Named") {
    const next = seen.has(node.name) ? undefined : named(node.name)
    return next === undefined ? found : targetsOf(next, named, new Set([...seen, node.name]), found)
  }
  for (const child of Tree.children(node)) targetsOf(child, named, seen, found)
  return found
}

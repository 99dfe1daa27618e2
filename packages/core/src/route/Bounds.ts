/**
 * The deadline, the attempts and the policy that a whole route asks for, read off its tree once.
 *
 * A `Deadline`, `Budget` or `Retry` around everything holds; where branches differ, the widest holds for the call and each keeps to
 * its own below. A caller's own options come before this.
 */
import * as Duration from "effect/Duration"
import * as RetryPolicy from "../policy/RetryPolicy.ts"
import type { Route } from "./Tree.ts"

/** @stability experimental @category models @since 0.1.0 */
export interface Bounds {
  readonly deadline: Duration.Duration
  readonly attempts: number
  /** The policy around everything, where there is one. */
  readonly policy: RetryPolicy.RetryPolicy | undefined
  /** The targets that stand in it, each once. */
  readonly targets: ReadonlySet<string>
}

const cache = new WeakMap<Route, Bounds>()

/** @stability experimental @category getters @since 0.1.0 */
export const of = (route: Route, named: (name: string) => Route | undefined): Bounds => {
  const known = cache.get(route)
  if (known !== undefined) return known
  const found = read(route, named, new Set())
  const bounds: Bounds = {
    deadline: found.deadline ?? RetryPolicy.recommended.deadline,
    attempts: found.attempts ?? RetryPolicy.recommended.attempts,
    policy: found.policy,
    targets: targetsOf(route, named, new Set(), new Set())
  }
  cache.set(route, bounds)
  return bounds
}

type Found = {
  deadline?: Duration.Duration | undefined
  attempts?: number | undefined
  policy?: RetryPolicy.RetryPolicy | undefined
}

const read = (route: Route, named: (name: string) => Route | undefined, seen: Set<string>): Found => {
  const node = route.node
  switch (node._tag) {
    case "Target":
      return {}
    case "Named": {
      const next = named(node.name)
      return next === undefined || seen.has(node.name) ? {} : read(next, named, new Set([...seen, node.name]))
    }
    case "Retry":
      return { deadline: node.policy.deadline, attempts: node.policy.attempts, policy: node.policy }
    case "Deadline":
      return { ...read(node.route, named, seen), deadline: node.deadline }
    case "Budget":
      return { ...read(node.route, named, seen), attempts: node.attempts }
    case "RetryWith":
    case "Repair":
      return read(node.route, named, seen)
    case "OrElse":
      return widest([read(node.left, named, seen), read(node.right, named, seen)])
    case "Balance":
      return widest(node.members.map((member) => read(member.route, named, seen)))
  }
}

/** The widest of several branches; a branch that says nothing counts as the default. */
const widest = (branches: ReadonlyArray<Found>): Found => {
  const fallback = RetryPolicy.recommended
  if (branches.every((branch) => branch.deadline === undefined && branch.attempts === undefined)) return {}
  return {
    deadline: branches.map((branch) => branch.deadline ?? fallback.deadline).reduce((a, b) => Duration.max(a, b)),
    attempts: branches.map((branch) => branch.attempts ?? fallback.attempts).reduce((a, b) => Math.max(a, b))
  }
}

const targetsOf = (
  route: Route,
  named: (name: string) => Route | undefined,
  seen: ReadonlySet<string>,
  found: Set<string>
): ReadonlySet<string> => {
  const node = route.node
  switch (node._tag) {
    case "Target":
      return found.add(`${node.provider}/${node.model}`)
    case "Named": {
      const next = seen.has(node.name) ? undefined : named(node.name)
      return next === undefined ? found : targetsOf(next, named, new Set([...seen, node.name]), found)
    }
    case "OrElse":
      targetsOf(node.left, named, seen, found)
      return targetsOf(node.right, named, seen, found)
    case "Balance":
      for (const member of node.members) targetsOf(member.route, named, seen, found)
      return found
    case "Retry":
    case "RetryWith":
    case "Repair":
    case "Deadline":
    case "Budget":
      return targetsOf(node.route, named, seen, found)
  }
}

/**
 * Routes that lead to themselves by their names, or by more of them or more targets than can be walked: a call on one would never end.
 */
import type { Route } from "./Tree.ts"
import * as Tree from "./Tree.ts"

/**
 * The first circle among named routes, as the names on the way round (the first is the last as well); `undefined` where there is none.
 *
 * @stability experimental
 * @category getters
 * @since 0.1.0
 */
export const find = (routes: Readonly<Record<string, Route>>): ReadonlyArray<string> | undefined => {
  const circles: Array<ReadonlyArray<string>> = []
  const leads = (name: string) =>
    Object.hasOwn(routes, name) ? namesIn(routes[name]!).map((to): Lead => ({ to })) : []
  walk(Object.keys(routes), leads, (circle) => circles.push(circle))
  return circles[0]
}

/** Where named routes are more than can be walked while somebody waits: the first that is, and why. There must be no circle. @stability experimental @category getters @since 0.1.0 */
export const excess = (
  routes: Readonly<Record<string, Route>>
): { readonly name: string; readonly why: string } | undefined => {
  const leavesOf = (name: string) => (Object.hasOwn(routes, name) ? Tree.leaves(routes[name]!) : [])
  const leads = (name: string) => leavesOf(name).flatMap((leaf) => (leaf._tag === "Named" ? [{ to: leaf.name }] : []))
  const depths = walk(Object.keys(routes), leads, () => {})
  const ownOf = (name: string) => leavesOf(name).filter(({ _tag }) => _tag === "Target").length
  for (const [name, count] of targets(depths, ownOf, leads)) {
    if (depths.get(name)! > deepest) return { name, why: `${deepest} routes, one behind another` }
    if (count > Tree.mostTargets) return { name, why: `${Tree.mostTargets} targets` }
  }
  return undefined
}

/** More names one behind another than anybody writes, and fewer than a stack takes. @stability experimental @category constants @since 0.1.0 */
export const deepest = 100

/** Where a name leads. @stability experimental @category models @since 0.1.0 */
export interface Lead {
  readonly to: string
}

/**
 * Goes down all ways from these names, each name once, and tells of each circle with the lead that closes it. Answers how many names stand one
 * behind another from each of them on, itself included. There may be more of them than a stack takes.
 *
 * @stability experimental
 * @category getters
 * @since 0.1.0
 */
export const walk = <L extends Lead>(
  names: Iterable<string>,
  leadsOf: (name: string) => ReadonlyArray<L>,
  onCircle: (circle: ReadonlyArray<string>, closing: L) => void
): ReadonlyMap<string, number> => {
  const depths = new Map<string, number>()
  const trail: Array<Step<L>> = []
  const onTrail = new Set<string>()
  const enter = (name: string): void => {
    onTrail.add(name)
    trail.push({ name, left: leadsOf(name)[Symbol.iterator](), below: 0 })
  }
  const leave = ({ below, name }: Step<L>): void => {
    trail.pop()
    onTrail.delete(name)
    depths.set(name, below + 1)
    deepen(trail.at(-1), below + 1)
  }
  for (const name of names) {
    if (!depths.has(name)) enter(name)
    for (let step = trail.at(-1); step !== undefined; step = trail.at(-1)) {
      const { done, value: lead } = step.left.next()
      if (done === true) leave(step)
      else if (onTrail.has(lead.to)) {
        const way = [...onTrail]
        onCircle([...way.slice(way.indexOf(lead.to)), lead.to], lead)
      } else if (depths.has(lead.to)) deepen(step, depths.get(lead.to)!)
      else enter(lead.to)
    }
  }
  return depths
}

/**
 * How many targets a call may come by from each name on: its own, and those of the names that it leads to, each as often as it does. In the
 * order of `depths`, the shortest ways first, so that what a name leads to is counted before it; a circle's closing lead counts for nothing.
 *
 * @stability experimental
 * @category getters
 * @since 0.1.0
 */
export const targets = (
  depths: ReadonlyMap<string, number>,
  ownOf: (name: string) => number,
  leadsOf: (name: string) => ReadonlyArray<Lead>
): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const [name] of [...depths].toSorted(([, one], [, other]) => one - other))
    counts.set(
      name,
      leadsOf(name).reduce((sum, { to }) => sum + (counts.get(to) ?? 0), ownOf(name))
    )
  return counts
}

/** A name on the way, with what of it has not been looked at. */
interface Step<L> {
  readonly name: string
  readonly left: Iterator<L>
  below: number
}

const deepen = (step: { below: number } | undefined, below: number): void => {
  if (step !== undefined && step.below < below) step.below = below
}

/** The names that a route hands calls on to, in order. */
const namesIn = (route: Route): ReadonlyArray<string> =>
  Tree.leaves(route).flatMap((leaf) => (leaf._tag === "Named" ? [leaf.name] : []))

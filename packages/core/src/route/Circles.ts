/**
 * Routes that lead to themselves by their names: a call on one would never end.
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
  const done = new Set<string>()
  const from = (name: string, trail: ReadonlyArray<string>): ReadonlyArray<string> | undefined => {
    const start = trail.indexOf(name)
    if (start >= 0) return [...trail.slice(start), name]
    const route = Object.hasOwn(routes, name) ? routes[name] : undefined
    if (route === undefined || done.has(name)) return undefined
    const circle = first(namesIn(route), (next) => from(next, [...trail, name]))
    done.add(name)
    return circle
  }
  return first(Object.keys(routes), (name) => from(name, []))
}

const first = <A, B>(items: Iterable<A>, found: (item: A) => B | undefined): B | undefined => {
  for (const item of items) {
    const one = found(item)
    if (one !== undefined) return one
  }
  return undefined
}

/** The names that a route hands calls on to, in order. */
const namesIn = ({ node }: Route): ReadonlyArray<string> =>
  node._tag === "Named" ? [node.name] : Tree.children(node).flatMap(namesIn)

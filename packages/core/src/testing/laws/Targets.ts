/** The targets of a route, in the order in which they stand in it. */
import type { Route } from "../../route/Route.ts"
import type { Routes } from "./World.ts"

/** @stability experimental @category models @since 0.1.0 */
export interface Target {
  readonly provider: string
  readonly model: string
}

/** Every target once. @stability experimental @category getters @since 0.1.0 */
export const of = (routes: Routes): ReadonlyArray<Target> => {
  const found = new Map<string, Target>()
  const seen = new Set<string>()
  const walk = (route: Route): void => {
    const { node } = route
    switch (node._tag) {
      case "Target":
        return void found.set(`${node.provider}/${node.model}`, { provider: node.provider, model: node.model })
      case "OrElse":
        walk(node.left)
        return walk(node.right)
      case "Balance":
        return node.members.forEach((member) => walk(member.route))
      case "Named": {
        const named = routes.named[node.name]
        if (named === undefined || seen.has(node.name)) return
        seen.add(node.name)
        return walk(named)
      }
      case "Retry":
      case "RetryWith":
      case "Repair":
      case "Deadline":
      case "Budget":
        return walk(node.route)
    }
  }
  walk(routes.route)
  return [...found.values()]
}

/** The ids of its providers, each once. @stability experimental @category getters @since 0.1.0 */
export const providersOf = (routes: Routes): ReadonlyArray<string> => [
  ...new Set(of(routes).map((target) => target.provider))
]

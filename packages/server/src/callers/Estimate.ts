/**
 * What a call will probably cost, before anybody knows. Not a bill: the true figure comes with its end.
 */
import type { Call } from "@orelse/core/domain/Call"
import * as Tokens from "@orelse/core/domain/Tokens"
import * as Cost from "@orelse/core/layer/Cost"
import type { Provider } from "@orelse/core/provider/Provider"
import type { Node, Route } from "@orelse/core/route/Route"

/** Tokens of an answer where nothing says how many. */
const usualOutput = 256

/** Where routes and providers are looked up. @stability experimental @category models @since 0.1.0 */
export interface Names {
  readonly config: { readonly routes: ReadonlyMap<string, { readonly route: Route }> }
  readonly providers: ReadonlyMap<string, Provider>
}

/**
 * USD by the price of the route's first target; 0 where that has none.
 *
 * @stability experimental
 * @category getters
 * @since 0.1.0
 */
export const cost = (names: Names, route: Route, call: Call): number => {
  const target = first(names, route, 0)
  const provider = target === undefined ? undefined : names.providers.get(target.provider)
  if (target === undefined || provider === undefined) return 0
  const { input, output } = Tokens.expected(call)
  const usage = { inputTokens: input, outputTokens: output > 0 ? Math.min(output, usualOutput) : usualOutput }
  return Cost.ofModel(provider, target.model, usage).costUsd ?? 0
}

/** The longest way through named routes; the configuration has no circles. */
const deepest = 100

const first = (
  names: Names,
  route: Route,
  depth: number
): { readonly provider: string; readonly model: string } | undefined => {
  const node: Node = route.node
  if (depth > deepest) return undefined
  switch (node._tag) {
    case "Target":
      return node
    case "OrElse":
      return first(names, node.left, depth + 1)
    case "Balance": {
      const [member] = node.members
      return member === undefined ? undefined : first(names, member.route, depth + 1)
    }
    case "Named": {
      const named = names.config.routes.get(node.name)
      return named === undefined ? undefined : first(names, named.route, depth + 1)
    }
    default:
      return first(names, node.route, depth + 1)
  }
}

/**
 * What a call will probably cost, before anybody knows. Not a bill: the true figure comes with its end.
 */
import type { Call } from "@orelse/core/domain/Call"
import * as Tokens from "@orelse/core/domain/Tokens"
import * as Cost from "@orelse/core/layer/Cost"
import type { Provider } from "@orelse/core/provider/Provider"
import type { Route } from "@orelse/core/route/Route"
import * as Tree from "@orelse/core/route/Tree"

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
  const target = Tree.firstTarget(route, (name) => names.config.routes.get(name)?.route)
  const provider = target === undefined ? undefined : names.providers.get(target.provider)
  if (target === undefined || provider === undefined) return 0
  const { input, output } = Tokens.expected(call)
  const usage = { inputTokens: input, outputTokens: output > 0 ? Math.min(output, usualOutput) : usualOutput }
  return Cost.ofModel(provider, target.model, usage).costUsd ?? 0
}

/**
 * What a command's MODEL means: a route or a target of the configuration, as the gateway resolves it.
 */
import type { Config } from "@orelse/core/layer/config/Types"
import * as Resolve from "@orelse/core/route/Resolve"
import * as Route from "@orelse/core/route/Route"
import * as Effect from "effect/Effect"
import { Failure } from "./Failure.ts"

/** The route to run and its name; fails with the nearest name there is. */
export const resolve = (
  config: Config,
  model: string
): Effect.Effect<{ name: string; route: Route.Route }, Failure> => {
  const found = Resolve.resolve(config, model)
  switch (found._tag) {
    case "Route":
      return Effect.succeed({ name: found.name, route: Route.route(found.name) })
    case "Target": {
      const name = `${found.provider}/${found.model}` as const
      return Effect.succeed({ name, route: Route.target(name) })
    }
    case "Unknown": {
      const meant = found.nearest === undefined ? "" : ` Did you mean "${found.nearest}"?`
      const routes = [...config.routes.keys()].join(", ")
      const next =
        routes === "" ? 'Name a target, such as "demo/echo".' : `Routes: ${routes}. Or name a target, "provider/model".`
      return Effect.fail(new Failure({ message: `There is no route or target "${model}".${meant}`, next }))
    }
  }
}

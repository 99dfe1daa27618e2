/**
 * The configuration in force: providers, routes and router built from it, and swapped whole when a new one takes effect.
 */
import type { Config } from "@orelse/core/layer/config/Types"
import * as Providers from "@orelse/core/layer/Providers"
import { ProviderRegistry } from "@orelse/core/provider/Provider"
import * as Resolve from "@orelse/core/route/Resolve"
import * as Route from "@orelse/core/route/Route"
import * as Router from "@orelse/core/route/Router"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Gateway, type Loaded, type Resolved } from "./Gateway.ts"

/** The gateway with its first configuration. */
export const layer = (config: Config) =>
  Layer.effect(
    Gateway,
    Effect.gen(function* () {
      const loaded = yield* load(config)
      let draining = false
      return Gateway.of({
        current: () => loaded,
        draining: () => draining,
        drain: () => {
          draining = true
        }
      })
    })
  )

/** Builds everything that depends on a configuration. Connections stay open until the scope closes. */
export const load = (config: Config) =>
  Effect.gen(function* () {
    const providers = yield* Providers.make(config)
    const registry = ProviderRegistry.fromProviders(providers)
    const router = yield* Router.make((name) => config.routes.get(name)?.route).pipe(
      Effect.provideService(ProviderRegistry, registry)
    )
    const loaded: Loaded = {
      config,
      router,
      providers: new Map(providers.map((provider) => [provider.id, provider])),
      resolve: remember((model) => resolve(config, model))
    }
    return loaded
  })

const resolve = (config: Config, model: string): Resolved => {
  const found = Resolve.resolve(config, model)
  switch (found._tag) {
    case "Route":
      return { _tag: "Route", name: found.name, route: Route.route(found.name) }
    case "Target":
      return {
        _tag: "Route",
        name: `${found.provider}/${found.model}`,
        route: Route.target(`${found.provider}/${found.model}`)
      }
    case "Unknown":
      return { _tag: "Unknown", nearest: found.nearest }
  }
}

/** The most names that are remembered: callers may send anything. */
const capacity = 10_000

const remember = (compute: (model: string) => Resolved): ((model: string) => Resolved) => {
  const known = new Map<string, Resolved>()
  return (model) => {
    let resolved = known.get(model)
    if (resolved === undefined) {
      resolved = compute(model)
      if (known.size >= capacity) known.clear()
      known.set(model, resolved)
    }
    return resolved
  }
}

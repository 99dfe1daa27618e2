/**
 * The configuration in force: providers, routes and router built from it, and swapped whole when a new one takes effect.
 */
import { type ConfigError, diff, renderProblem } from "@orelse/core/layer/config/Config"
import type { Config } from "@orelse/core/layer/config/Types"
import * as Redaction from "@orelse/core/domain/Redaction"
import * as Connections from "@orelse/core/layer/Connections"
import * as Providers from "@orelse/core/layer/Providers"
import { ProviderRegistry } from "@orelse/core/provider/Provider"
import * as Resolve from "@orelse/core/route/Resolve"
import * as Route from "@orelse/core/route/Route"
import * as Router from "@orelse/core/route/Router"
import type { Health } from "@orelse/core/target/Health"
import type { Limits } from "@orelse/core/target/Limits"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Semaphore from "effect/Semaphore"
import { Callers } from "../callers/Callers.ts"
import * as Known from "../callers/Known.ts"
import * as Unkeyed from "../callers/Unkeyed.ts"
import * as AtStart from "./AtStart.ts"
import * as Cooldowns from "./Cooldowns.ts"
import { Gateway, type Loaded, type Resolved } from "./Gateway.ts"
import * as Reloads from "./Reloads.ts"

/**
 * The gateway with its first configuration. `next` reads the one to take when it is told to; without it there is nothing to reload.
 */
export const layer = (config: Config, next?: Effect.Effect<Config, ConfigError>) =>
  Layer.effect(
    Gateway,
    Effect.gen(function* () {
      const connections = yield* Connections.make
      const context = yield* Effect.context<Health | Limits>()
      const build = (config: Config, connections: Connections.Connections) =>
        Effect.provideContext(load(config, connections), context)
      const callers = yield* Callers
      const clock = yield* Clock.Clock
      let loaded = yield* build(config, connections)
      const follow = yield* Cooldowns.make
      follow(config)
      let draining = false
      const one = yield* Semaphore.make(1)
      const reloads = yield* Reloads.make
      const reload = (next ?? Effect.succeed(config)).pipe(
        Effect.flatMap((config) => {
          const reach = connections.next()
          return Effect.map(build(config, reach), (fresh) => ({ reach, fresh, change: diff(loaded.config, config) }))
        }),
        Effect.map(({ change, fresh, reach }): Reloads.Reloaded => {
          loaded = fresh
          reach.inForce()
          follow(fresh.config)
          return { taken: true, change, restart: AtStart.changed(config, fresh.config) }
        }),
        Effect.catch((error) => Effect.succeed(refused(error.problems.map(renderProblem)))),
        Effect.catchDefect((defect) =>
          Effect.succeed(refused([`it could not be put in force: ${Redaction.redact(String(defect))}`]))
        ),
        Effect.tap(reloads.report),
        // Whoever asks, the log is the gateway's.
        Effect.provideContext(context)
      )
      return Gateway.of({
        current: () => loaded,
        clock,
        callers,
        draining: () => draining,
        drain: () => {
          draining = true
        },
        configuration: reloads.status,
        reload: one.withPermits(1)(reload)
      })
    })
  )

const refused = (problems: ReadonlyArray<string>): Reloads.Reloaded => ({ taken: false, problems })

/** Builds everything that depends on a configuration: all of it, before any of it is used. */
const load = (config: Config, connections: Connections.Connections) =>
  Effect.gen(function* () {
    const providers = Providers.make(config, connections)
    const router = yield* Router.make((name) => config.routes.get(name)?.route).pipe(
      Effect.provideService(ProviderRegistry, ProviderRegistry.fromProviders(providers))
    )
    const known = Known.make(config)
    const loaded: Loaded = {
      config,
      router,
      providers: new Map(providers.map((provider) => [provider.id, provider])),
      resolve: remember((model) => resolve(config, model)),
      known,
      isKey: remember((model) => Unkeyed.text(model, { known, shown: [] }) !== model)
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
      return found
  }
}

/** The most names that are remembered: callers may send anything. */
const capacity = 10_000

const remember = <A>(compute: (model: string) => A): ((model: string) => A) => {
  const known = new Map<string, A>()
  return (model) => {
    let found = known.get(model)
    if (found === undefined) {
      found = compute(model)
      if (known.size >= capacity) known.clear()
      known.set(model, found)
    }
    return found
  }
}

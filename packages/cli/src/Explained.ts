/**
 * A route of the configuration, explained or walked in this process: no provider is asked and nothing is waited for.
 */
import type { Tag } from "@orelse/core/domain/Reason"
import type { Config } from "@orelse/core/layer/config/Types"
import * as Connections from "@orelse/core/layer/Connections"
import * as Priced from "@orelse/core/layer/Priced"
import * as Providers from "@orelse/core/layer/Providers"
import { ProviderRegistry } from "@orelse/core/provider/Provider"
import * as Explain from "@orelse/core/route/Explain"
import * as Text from "@orelse/core/route/explain/Text"
import * as Walk from "@orelse/core/route/Walk"
import { Recorder } from "@orelse/core/target/Recorder"
import * as Console from "effect/Console"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Named from "./Named.ts"
import * as Walked from "./render/walk.ts"
import { styleOf } from "./render/text.ts"
import { root } from "./Root.ts"
import { Screen } from "./Screen.ts"

/** Prints the route. */
export const explain = (config: Config, model: string) =>
  Effect.gen(function* () {
    const { name, route } = yield* Named.resolve(config, model)
    const explanation = yield* Explain.of(route, yield* looks(config))
    const { json } = yield* root
    yield* Console.log(json ? JSON.stringify({ model: name, ...explanation }, null, 2) : Text.of(explanation, name))
  }).pipe(Effect.scoped)

/** Prints what a call would do. */
export const walk = (
  config: Config,
  model: string,
  options: { readonly on: Tag; readonly retryAfter: Duration.Duration | undefined; readonly stream: boolean }
) =>
  Effect.gen(function* () {
    const { name, route } = yield* Named.resolve(config, model)
    const walked = yield* Walk.walk(route, name, { ...options, ...(yield* looks(config)) }).pipe(
      Effect.provideService(Recorder, Priced.recorder)
    )
    const { json } = yield* root
    const style = styleOf(yield* Screen)
    yield* Console.log(
      json
        ? JSON.stringify(Walked.data(name, options.on, walked), null, 2)
        : Walked.text(name, options.on, walked, style)
    )
  }).pipe(Effect.scoped)

const looks = (config: Config) =>
  Effect.map(Connections.make, (connections) => ({
    registry: ProviderRegistry.fromProviders(Providers.make(config, connections)),
    named: (name: string) => config.routes.get(name)?.route
  }))

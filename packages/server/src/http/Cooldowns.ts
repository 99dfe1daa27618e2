/**
 * What cools down now, among the metrics: a series a provider of the configuration in force, 0 where nothing of it does.
 *
 * Which ones, until when and why is told by `/admin/targets`.
 */
import type { Config } from "@orelse/core/layer/config/Types"
import { Telemetry } from "@orelse/core/layer/Telemetry"
import { Health } from "@orelse/core/target/Health"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

const family = {
  name: "orelse.cooldowns",
  help: "Targets and credentials that cool down now, by provider.",
  labels: ["provider"]
}

/** Shows the providers that a configuration has, from the first to the next. @stability experimental @category models @since 0.1.0 */
export type Follow = (config: Pick<Config, "providers">) => void

/** Shows none until it is told of a configuration. @stability experimental @category constructors @since 0.1.0 */
export const make: Effect.Effect<Follow, never, Telemetry | Health | Scope.Scope> = Effect.gen(function* () {
  const { instruments } = yield* Telemetry
  const health = yield* Health
  const clock = yield* Clock.Clock
  const shown = new Map<string, () => void>()
  const keep = (providers: ReadonlySet<string>): void => {
    for (const [id, remove] of shown) {
      if (providers.has(id)) continue
      remove()
      shown.delete(id)
    }
  }
  yield* Effect.addFinalizer(() => Effect.sync(() => keep(new Set())))
  const count = counted(health, () => clock.currentTimeMillisUnsafe())
  return ({ providers }) => {
    const ids = [...providers.values()].flatMap(({ disabled, id }) => (disabled === undefined ? [id] : []))
    keep(new Set(ids))
    for (const id of ids)
      if (!shown.has(id))
        shown.set(
          id,
          instruments.gauge(family, [id], () => count(id))
        )
  }
})

/** Counts all providers once for a look at all of them. */
const counted = (health: Health["Service"], now: () => number): ((provider: string) => number) => {
  let at = Number.NaN
  const counts = new Map<string, number>()
  return (provider) => {
    const time = now()
    if (time !== at) {
      at = time
      counts.clear()
      for (const row of health.rows(time))
        if (row.state === "cooling") counts.set(row.provider, (counts.get(row.provider) ?? 0) + 1)
    }
    return counts.get(provider) ?? 0
  }
}

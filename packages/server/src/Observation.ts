/**
 * Who hears what the gateway does: an OTLP collector, a log with a line a call, and `/metrics` with labels that no caller chooses.
 *
 * What is counted and how a span looks is core's `layer/telemetry`; this file only connects it to the configuration in force.
 */
import type { Config, TelemetryConfig } from "@orelse/core/layer/config/Types"
import * as CallLog from "@orelse/core/layer/telemetry/CallLog"
import type * as OtlpExport from "@orelse/core/layer/telemetry/OtlpExport"
import * as Telemetry from "@orelse/core/layer/Telemetry"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Gateway, type Loaded } from "./http/Gateway.ts"
import * as Targets from "./http/Targets.ts"
import * as Gauges from "./ledger/Gauges.ts"
import * as ProcessGauges from "./ProcessGauges.ts"
import { version } from "./version.ts"

/** The line a call; without it there is none. */
export type Log = CallLog.Options

interface Names {
  readonly routes: ReadonlySet<string>
  readonly targets: ReadonlySet<string>
}

/** Telemetry, and what listens to it: the latter needs the gateway, whose configuration may change. */
export const make = (config: Config, log: Log | undefined) => {
  let current: () => Loaded | undefined = () => undefined
  const names = remember(() => current())
  const telemetry = Telemetry.layer({
    known: {
      routes: { has: (name) => names().routes.has(name) },
      targets: { has: (name) => names().targets.has(name) }
    },
    version
  })
  const follow = Layer.effectDiscard(
    Effect.map(Gateway, (gateway) => {
      current = gateway.current
    })
  )
  const listeners = Layer.mergeAll(
    log === undefined ? Layer.empty : Layer.effectDiscard(CallLog.run(log)),
    exporter(config.telemetry, {
      familyOf: (provider) => current()?.config.providers.get(provider)?.family ?? provider,
      urlOf: (provider) => current()?.config.providers.get(provider)?.url,
      isKnown: (target) => names().targets.has(target)
    })
    // Gauges go last, so that the exporter's last word holds them.
  ).pipe(Layer.provideMerge(Layer.mergeAll(follow, Gauges.layer, ProcessGauges.layer)))
  return { telemetry, listeners }
}

const none: Names = { routes: new Set(), targets: new Set() }

const remember = (current: () => Loaded | undefined): (() => Names) => {
  let of: Loaded | undefined
  let names = none
  return () => {
    const loaded = current()
    if (loaded !== of) names = loaded === undefined ? none : namesOf(loaded)
    of = loaded
    return names
  }
}

/** What may be a label: what stands in the file. Anything else that callers ask for is `other`. */
const namesOf = ({ config, providers }: Loaded): Names => {
  const targets = new Set([...config.routes.values()].flatMap(({ route }) => Targets.of(route)))
  for (const provider of providers.values())
    for (const model of Object.keys(provider.models)) targets.add(`${provider.id}/${model}`)
  return { targets, routes: new Set([...config.routes.keys(), ...targets]) }
}

/** Loaded only where something is exported. */
const exporter = (
  { headers, otlp, proxy, serviceName }: TelemetryConfig,
  names: Pick<OtlpExport.Options, "familyOf" | "urlOf" | "isKnown">
): Layer.Layer<never, never, Telemetry.Telemetry> =>
  otlp === undefined
    ? Layer.empty
    : Layer.unwrap(
        Effect.gen(function* () {
          const OtlpExport = yield* Effect.promise(() => import("@orelse/core/layer/telemetry/OtlpExport"))
          const Outward = yield* Effect.promise(() => import("./Outward.ts"))
          const secret = Object.entries(headers).map(([name, value]) => [name, Redacted.value(value)] as const)
          return OtlpExport.layer({
            url: otlp,
            headers: Object.fromEntries(secret),
            serviceName,
            serviceVersion: version,
            ...names
          }).pipe(Layer.provide(Outward.client(proxy)))
        })
      )

/**
 * Who calls, and whether it still may: one service for every endpoint that callers use.
 *
 * Who it is comes from the key (`Registry.ts`), how much it may from `Limits` and `Budgets`, which are shared where state is. The
 * caller's own limits come before any provider's, and a call that they refuse takes nothing from anybody else. Without callers
 * everybody may call, and nothing here is counted.
 */
import { type BudgetSpent, type CallerLimited, CallerRejected } from "@orelse/core/domain/CallError"
import type { CallerConfig } from "@orelse/core/layer/config/Types"
import { Telemetry } from "@orelse/core/layer/Telemetry"
import { Limits, type Standing } from "@orelse/core/target/Limits"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Admission from "./Admission.ts"
import { Budgets } from "./Budgets.ts"
import type { Caller } from "./Caller.ts"
import type { KeysFileError } from "./KeysFile.ts"
import * as LiveKeys from "./LiveKeys.ts"
import * as Means from "./Means.ts"
import * as Presented from "./Presented.ts"
import * as Refusals from "./Refusals.ts"
import * as Registry from "./Registry.ts"

/** The part of a configuration that says who callers are. @stability experimental @category models @since 0.1.0 */
export interface Configured {
  readonly callers: ReadonlyArray<CallerConfig>
}

/** What is read of a request: the keys that it shows, and the connection that it came on. @stability experimental @category models @since 0.1.0 */
export interface Shown extends Presented.Shown {
  readonly socket: object
}

/** @stability experimental @category services @since 0.1.0 */
export class Callers extends Context.Service<
  Callers,
  {
    /** Whose key the request shows; `undefined` where there are no callers, and everybody may call. */
    readonly identify: (config: Configured, request: Shown) => Result.Result<Caller | undefined, CallerRejected>
    /**
     * Takes what the call needs of its caller's budget and limits, and says where the caller stands then; or refuses it for what it may not
     * use or what is used up. It does so at the call, where all of it is at hand; the effect is what there is to wait for.
     */
    readonly admit: (
      admission: Admission.Admission
    ) => Effect.Effect<Standing, CallerRejected | CallerLimited | BudgetSpent>
    /** Gives back what was taken, once the call is over, and puts what it used in the place of what was estimated. */
    readonly settle: (admission: Admission.Admission) => Effect.Effect<void>
    /** Counts what a caller tells (`/v1/events`): as often in a time as it may call, apart from its calls. */
    readonly hear: (caller: Caller | undefined) => Effect.Effect<void, CallerLimited>
    /** Where a caller stands; looking takes nothing. */
    readonly standing: (caller: Caller) => Effect.Effect<Standing>
  }
>()("@orelse/server/callers/Callers") {}

/**
 * The service, with keys from the file at this path. Fails where the file is there and cannot be read: who may call is then not known.
 *
 * @stability experimental
 * @category layers
 * @since 0.1.0
 */
export const layer = (keysPath: string): Layer.Layer<Callers, KeysFileError, Limits | Budgets | Telemetry> =>
  Layer.effect(
    Callers,
    Effect.gen(function* () {
      const state: Admission.State = {
        limits: yield* Limits,
        budgets: yield* Budgets,
        means: Means.make(),
        clock: yield* Clock.Clock
      }
      const keys = yield* LiveKeys.make(keysPath)
      const refused = Refusals.make((yield* Telemetry).instruments)
      const runFork = Effect.runForkWith(yield* Effect.context<never>())
      const registryOf = remember(keys, (before, now) => {
        for (const [name, budget] of Registry.lifted(before, now)) runFork(state.budgets.lift(name, budget))
      })
      return Callers.of({
        identify: (config, request) => {
          if (config.callers.length === 0 && !keys.closed()) return everybody
          const identified = identify(registryOf(config), request)
          if (Result.isFailure(identified)) refused(identified.failure)
          return identified
        },
        admit: (admission) =>
          Effect.mapErrorEager(admit(state, admission), (reason) => {
            refused(reason, admission.caller.name)
            return reason
          }),
        settle: (admission) => Admission.settle(state, admission),
        hear: (caller) =>
          caller?.limits?.requests === undefined
            ? Effect.void
            : Effect.mapErrorEager(Admission.hear(state, caller, caller.limits.requests), (reason) => {
                refused(reason, caller.name)
                return reason
              }),
        standing: ({ limitKey, limits }) =>
          limits === undefined ? Effect.succeed({}) : state.limits.standing(limitKey, limits)
      })
    })
  )

const everybody = Result.succeed(undefined)

const identify = (registry: Registry.Registry, request: Shown): Result.Result<Caller, CallerRejected> => {
  const keys = Presented.keys(request)
  for (const key of keys) {
    const caller = registry.find(key, request.socket)
    if (caller !== undefined) return Result.succeed(caller)
  }
  return Result.fail(keys.length === 0 ? missing : wrong)
}

const missing = new CallerRejected({
  kind: "missing",
  message:
    "This gateway wants a key of its own: send it as authorization: Bearer KEY, x-api-key or x-goog-api-key. Whoever runs the gateway makes one with: orelse keys new NAME"
})

const wrong = new CallerRejected({
  kind: "wrong",
  message: "This key is not known to the gateway, or was revoked; a provider's own key is none of its keys"
})

const admit = (
  state: Admission.State,
  admission: Admission.Admission
): Effect.Effect<Standing, CallerRejected | CallerLimited | BudgetSpent> => {
  const { caller, names } = admission
  const forbidden = names.find((name) => !caller.may(name))
  return forbidden === undefined ? Admission.take(state, admission) : Effect.fail(notAllowed(caller, forbidden))
}

const notAllowed = ({ name, routes = [] }: Caller, forbidden: string) =>
  new CallerRejected({
    kind: "notAllowed",
    message: `Caller "${name}" may not use "${forbidden}"; it may use ${routes.length === 0 ? "nothing" : routes.join(", ")}`
  })

/** The registry is built again only where the configuration or the keys are others; `onChange` gets the one before as well. */
const remember = (keys: LiveKeys.LiveKeys, onChange: (before: Registry.Registry, now: Registry.Registry) => void) => {
  let last: { readonly config: Configured; readonly version: number; readonly registry: Registry.Registry } | undefined
  return (config: Configured): Registry.Registry => {
    const version = keys.version()
    if (last?.config === config && last.version === version) return last.registry
    const registry = Registry.make(config.callers, keys.kept())
    if (last !== undefined) onChange(last.registry, registry)
    last = { config, version, registry }
    return registry
  }
}

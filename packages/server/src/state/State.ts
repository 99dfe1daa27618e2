/**
 * Limits, cooldowns and budgets as a configuration asks for them: of this process, or one over all processes by way of Redis.
 */
import * as StoreUrl from "@orelse/core/layer/config/StoreUrl"
import type { StateConfig } from "@orelse/core/layer/config/Types"
import type { Ledger } from "@orelse/core/layer/Ledger"
import { Telemetry } from "@orelse/core/layer/Telemetry"
import { Health } from "@orelse/core/target/Health"
import { Limits } from "@orelse/core/target/Limits"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Budgets } from "../callers/Budgets.ts"
import * as BudgetsMemory from "../callers/BudgetsMemory.ts"
import * as Sharing from "./Sharing.ts"

/** The section is wrong. @stability experimental @category errors @since 0.1.0 */
export class StateUnavailable extends Data.TaggedError("StateUnavailable")<{ readonly message: string }> {}

/**
 * The state of this section. Redis that is away is no reason not to start; an address that is none is. What needs Redis is loaded
 * where it is asked for.
 *
 * @stability experimental
 * @category layers
 * @since 0.1.0
 */
export const fromConfig = ({
  store,
  url
}: StateConfig): Layer.Layer<Health | Limits | Budgets, StateUnavailable, Ledger | Telemetry> =>
  store === "redis" && url !== undefined ? redis(url) : Layer.fresh(memory)

/** Anew for each gateway of a program: they have other accounts, and other callers, under the same names. */
const memory = Layer.mergeAll(Health.layerMemory, Limits.layerMemory, BudgetsMemory.layer)

const redis = (url: Redacted.Redacted) =>
  Layer.effectContext(
    Effect.gen(function* () {
      if (StoreUrl.wrong("redis", Redacted.value(url)) !== undefined)
        return yield* new StateUnavailable({ message: notAnAddress })
      const modules = yield* Effect.promise(() =>
        Promise.all([
          import("./Connection.ts"),
          import("./HealthRedis.ts"),
          import("./LimitsRedis.ts"),
          import("./BudgetsRedis.ts")
        ])
      )
      const [Connection, HealthRedis, LimitsRedis, BudgetsRedis] = modules
      const connection = yield* Connection.make({ url })
      const health = yield* HealthRedis.make(connection)
      const limits = yield* LimitsRedis.make(connection)
      const local = yield* Effect.provide(Budgets, yield* Layer.build(BudgetsMemory.layer))
      const budgets = yield* BudgetsRedis.make(connection, local)
      const telemetry = yield* Telemetry
      yield* telemetry.gauge({
        name: "orelse.state.shared",
        help: "1 while limits, cooldowns and budgets are one over all processes, 0 while Redis is away.",
        read: () => (connection.isThere() ? 1 : 0)
      })
      yield* connection.start
      return Context.make(Health, health).pipe(
        Context.add(Limits, limits),
        Context.add(Budgets, budgets),
        Context.add(Sharing.Sharing, connection.status)
      )
    })
  )

const notAnAddress =
  "state.url is no address of a Redis: it has to look like redis://host:6379 or redis://:password@host:6379/0, or rediss:// with TLS. A database has a number, and a % in a password is written %25"

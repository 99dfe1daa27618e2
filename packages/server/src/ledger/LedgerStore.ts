/**
 * The ledger that a configuration asks for.
 */
import { Ledger, LedgerUnavailable } from "@orelse/core/layer/Ledger"
import * as LedgerMemory from "@orelse/core/layer/LedgerMemory"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import type * as LedgerSql from "./LedgerSql.ts"

/** The section `ledger:` of the configuration. @stability stable @category models @since 0.1.0 */
export interface Options extends LedgerSql.Options {
  readonly store: "sqlite" | "postgres" | "none"
  /** SQLite's file; `./orelse.db` by default. */
  readonly path?: string | undefined
  /** PostgreSQL's address; needed there. */
  readonly url?: Redacted.Redacted | undefined
  readonly retention?: Duration.Duration | undefined
}

/** @stability stable @category constants @since 0.1.0 */
export const defaultPath = "./orelse.db"

/**
 * The ledger of these options. Drivers are loaded when they are needed.
 *
 * @stability stable
 * @category layers
 * @since 0.1.0
 */
export const fromConfig = (options: Options): Layer.Layer<Ledger, LedgerUnavailable> => layerOf(options, "layer")

/** The same store, for those who only look (the command line). @stability stable @category layers @since 0.1.0 */
export const readOnly = (options: Options): Layer.Layer<Ledger, LedgerUnavailable> => layerOf(options, "layerReadOnly")

/**
 * Whether a gateway of this machine could begin with what stands at the ledger's path. Changes nothing there, and asks no database.
 *
 * @stability experimental
 * @category guards
 * @since 0.1.0
 */
export const check = ({
  path = defaultPath,
  store
}: Pick<Options, "store" | "path">): Effect.Effect<void, LedgerUnavailable> =>
  store === "sqlite"
    ? Effect.flatMap(
        Effect.promise(() => import("./LedgerSqlite.ts")),
        (module) => module.check({ path })
      )
    : Effect.void

const layerOf = (options: Options, kind: "layer" | "layerReadOnly"): Layer.Layer<Ledger, LedgerUnavailable> => {
  switch (options.store) {
    case "none":
      return LedgerMemory.layerNone
    case "sqlite":
      return Layer.unwrap(
        Effect.map(
          Effect.promise(() => import("./LedgerSqlite.ts")),
          (module) => module[kind]({ ...options, path: options.path ?? defaultPath })
        )
      )
    case "postgres": {
      const { url } = options
      if (url === undefined) {
        const message = `The ledger has store: postgres and no url; set ledger.url, or ledger.store: sqlite`
        return Layer.effect(Ledger, Effect.fail(new LedgerUnavailable({ store: "postgres", message })))
      }
      return Layer.unwrap(
        Effect.map(
          Effect.promise(() => import("./LedgerPostgres.ts")),
          (module) => module[kind]({ ...options, url })
        )
      )
    }
  }
}

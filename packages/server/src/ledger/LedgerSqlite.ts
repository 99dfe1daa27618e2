/**
 * The ledger in a SQLite file. Several processes of one machine may share the file.
 */
import { Ledger, LedgerUnavailable } from "@orelse/core/layer/Ledger"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as LedgerSql from "./LedgerSql.ts"
import * as SqliteStore from "./SqliteStore.ts"
import type { StoreError } from "./Store.ts"

/** @stability stable @category models @since 0.1.0 */
export interface Options extends LedgerSql.Options {
  /** The file; it and its folder are made where they do not exist. `:memory:` keeps nothing. */
  readonly path: string
}

/**
 * Opens the file and writes to it. Fails where the file cannot be opened; later outages (locked, disk full) spool.
 *
 * @stability stable
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options): Layer.Layer<Ledger, LedgerUnavailable> =>
  Layer.effect(
    Ledger,
    Effect.gen(function* () {
      const synchronous = options.durability === "strict" ? "full" : "normal"
      const store = yield* SqliteStore.make({ path: options.path, synchronous })
      return yield* LedgerSql.make(store, { ...options, spoolPath: options.spoolPath ?? `${options.path}.spool` })
    }).pipe(Effect.mapError(unavailable(options.path)))
  )

/**
 * Only looks, beside a gateway that may be running. Fails where there is no such file.
 *
 * @stability stable
 * @category layers
 * @since 0.1.0
 */
export const layerReadOnly = (options: { readonly path: string }): Layer.Layer<Ledger, LedgerUnavailable> =>
  Layer.effect(
    Ledger,
    SqliteStore.make({ path: options.path, synchronous: "normal", readOnly: true }).pipe(
      Effect.map(LedgerSql.makeReadOnly),
      Effect.mapError(unavailable(options.path))
    )
  )

/**
 * Whether `layer` could begin with this file, without touching it. Fails where it is no ledger, or one of a later version; a file that is not there
 * yet is none of these.
 *
 * @stability experimental
 * @category guards
 * @since 0.1.0
 */
export const check = ({ path }: { readonly path: string }): Effect.Effect<void, LedgerUnavailable> =>
  Effect.mapError(SqliteStore.check(path), unavailable(path))

const unavailable = (path: string) => (error: StoreError) =>
  new LedgerUnavailable({
    store: "sqlite",
    message: `The ledger ${path} cannot be opened: ${error.message}; ${error.next ?? "check ledger.path and who may write there"}`
  })

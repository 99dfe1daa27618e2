/**
 * The ledger in a PostgreSQL database. Any number of gateways may share it.
 */
import * as StoreUrl from "@orelse/core/layer/config/StoreUrl"
import { Ledger, LedgerUnavailable } from "@orelse/core/layer/Ledger"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as LedgerSql from "./LedgerSql.ts"
import * as PostgresStore from "./PostgresStore.ts"
import type { StoreError } from "./Store.ts"

/** @stability stable @category models @since 0.1.0 */
export interface Options extends LedgerSql.Options {
  /** `postgres://user:password@host:port/database`. */
  readonly url: Redacted.Redacted
}

/** Where rows wait while the database is away, unless told otherwise. @stability stable @category constants @since 0.1.0 */
export const defaultSpoolPath = "./orelse.spool"

/**
 * Writes to the database; where it is away, at the start or later, calls go on and rows wait in the spool.
 *
 * @stability stable
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options): Layer.Layer<Ledger, LedgerUnavailable> =>
  Layer.effect(
    Ledger,
    Effect.flatMap(open(options.url), (store) =>
      LedgerSql.make(store, { ...options, spoolPath: options.spoolPath ?? defaultSpoolPath })
    )
  )

/** Only looks. @stability stable @category layers @since 0.1.0 */
export const layerReadOnly = (options: { readonly url: Redacted.Redacted }): Layer.Layer<Ledger, LedgerUnavailable> =>
  Layer.effect(Ledger, Effect.map(open(options.url), LedgerSql.makeReadOnly))

const open = (url: Redacted.Redacted) => {
  const where = nameOf(Redacted.value(url))
  if (where === undefined) {
    const message =
      "ledger.url is no address of a database; expected postgres://user:password@host:port/database, with a % in it written %25"
    return Effect.fail(new LedgerUnavailable({ store: "postgres", message }))
  }
  return Effect.mapError(
    PostgresStore.make({ url, where }),
    (error: StoreError) =>
      new LedgerUnavailable({
        store: "postgres",
        message: `The ledger's database ${where} cannot be used: ${error.message}; check ledger.url`
      })
  )
}

/** Host and database, without who and with what password; `undefined` for what is no such URL. */
const nameOf = (url: string): string | undefined => {
  const parsed = URL.parse(url)
  return parsed === null || StoreUrl.wrong("postgres", url) !== undefined
    ? undefined
    : `${parsed.host}${parsed.pathname}`
}

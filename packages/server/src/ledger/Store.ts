/**
 * What the ledger asks of a database: be ready, write a batch in one transaction, run and read statements.
 *
 * SQLite and PostgreSQL implement it; everything above (queues, spool, queries, retention, recovery) is written once.
 * A store does not retry and does not queue. Statements use `?` for parameters and plain SQL that both understand.
 */
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type { Batch } from "./Batch.ts"

/** @stability experimental @category models @since 0.1.0 */
export type Dialect = "sqlite" | "postgres"

/** @stability experimental @category models @since 0.1.0 */
export type Value = string | number | null

/** @stability experimental @category models @since 0.1.0 */
export interface Statement {
  /** With `?` for each parameter. */
  readonly sql: string
  readonly values: ReadonlyArray<Value>
}

/** A row as the database gives it; `Rows.ts` reads it. @stability experimental @category models @since 0.1.0 */
export type Row = Readonly<Record<string, unknown>>

/**
 * `away`: the database cannot be reached or cannot take writes now; the same batch may work later.
 * `locked`: the same, because another process is writing.
 * `rejected`: it was reached and does not take this batch, now or later.
 *
 * @stability experimental
 * @category errors
 * @since 0.1.0
 */
export class StoreError extends Data.TaggedError("StoreError")<{
  readonly kind: "away" | "locked" | "rejected"
  readonly message: string
  /** What to do about it, where that is known. */
  readonly next?: string | undefined
}> {}

/** @stability experimental @category models @since 0.1.0 */
export interface Store {
  readonly dialect: Dialect
  /** Where it is, for people: a path, or host and database; never a password. */
  readonly where: string
  /** Connects and migrates, if that is still to be done; again after an outage. */
  readonly ready: Effect.Effect<void, StoreError>
  /** All of the batch or nothing. Writing the same batch twice changes nothing. `owner` is who wrote it. */
  readonly write: (batch: Batch, owner: string) => Effect.Effect<void, StoreError>
  /** Statements in one transaction; answers how many rows the last one changed. */
  readonly run: (statements: ReadonlyArray<Statement>) => Effect.Effect<number, StoreError>
  readonly read: (statement: Statement) => Effect.Effect<ReadonlyArray<Row>, StoreError>
}

/** @stability experimental @category constructors @since 0.1.0 */
export const statement = (sql: string, ...values: ReadonlyArray<Value>): Statement => ({ sql, values })

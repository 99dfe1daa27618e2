/**
 * The ledger's store on PostgreSQL, by `@effect/sql-pg`: a batch is one statement, its rows are one JSON parameter a table.
 *
 * Nothing is connected until the first question, so a gateway starts without its database. A write that takes longer than
 * a second counts as the database being away (the batch is spooled, and written again). Several processes of many
 * machines may share it.
 */
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import * as Reactivity from "effect/reactivity/Reactivity"
import type { SqlError } from "effect/sql/SqlError"
import * as PostgresWrites from "./PostgresWrites.ts"
import { type Row, type Statement, type Store, StoreError } from "./Store.ts"
import * as Tables from "./Tables.ts"

/** @stability experimental @category models @since 0.1.0 */
export interface Options {
  /** `postgres://user:password@host:port/database`; `sslmode` and other parameters as PostgreSQL's own clients take them. */
  readonly url: Redacted.Redacted
  /** What people are told: host and database, no password. */
  readonly where: string
}

/**
 * A store on this database, and its connections until the scope closes. Fails where the URL is none.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (options: Options): Effect.fn.Return<Store, StoreError, Scope.Scope> {
  // A scope of its own: the last rows are written while the ledger's scope closes, and may need a connection then.
  const scope = yield* Effect.acquireRelease(Scope.make(), (scope, exit) => Scope.close(scope, exit))
  const sql = yield* PgClient.make({
    url: options.url,
    applicationName: "orelse",
    maxConnections: 3,
    connectTimeout: "3 seconds"
  }).pipe(
    Effect.provideServiceEffect(Reactivity.Reactivity, Reactivity.make),
    Scope.provide(scope),
    Effect.mapError(toStoreError)
  )
  const ask = ({ sql: text, values }: Statement) => sql.unsafe<Row>(numbered(text), values)
  let isMigrated = false
  const look = answered(Effect.asVoid(sql.unsafe("SELECT 1 FROM orelse_migrations LIMIT 1")), 3)
  const prepare = answered(migrate(sql), 30).pipe(
    Effect.andThen(
      Effect.sync(() => {
        isMigrated = true
      })
    )
  )
  return {
    dialect: "postgres",
    where: options.where,
    // A database that was made anew meanwhile is empty.
    ready: Effect.suspend(() => (isMigrated ? Effect.catchIf(look, hasNoTables, () => prepare) : prepare)),
    write: (batch, owner) =>
      Effect.suspend(() =>
        answered(Effect.asVoid(sql.unsafe(PostgresWrites.statement, PostgresWrites.parameters(batch, owner))), 1)
      ),
    run: (statements) => {
      const all = Effect.forEach(statements, ({ sql: text, values }) =>
        Effect.map(sql.unsafe(numbered(text), values).raw, rowCount)
      ).pipe(Effect.map((counts) => counts.at(-1) ?? 0))
      return answered(statements.length === 1 ? all : sql.withTransaction(all), 10)
    },
    read: (statement) => answered(ask(statement), 30)
  }
})

/** A database that says nothing for so many seconds is away. */
const answered = <A>(effect: Effect.Effect<A, SqlError | StoreError>, seconds: number): Effect.Effect<A, StoreError> =>
  effect.pipe(
    Effect.timeoutOrElse({
      duration: `${seconds} seconds`,
      orElse: () => Effect.fail(new StoreError({ kind: "away", message: `PostgreSQL: no answer within ${seconds} s` }))
    }),
    Effect.mapError((error) => (error._tag === "StoreError" ? error : toStoreError(error)))
  )

/** SQLSTATE undefined_table, with which our messages end. */
const hasNoTables = ({ message }: StoreError): boolean => message.endsWith(": 42P01")

/** Processes that start together take turns. */
const migrate = (sql: PgClient.PgClient) =>
  sql.withTransaction(
    Effect.gen(function* () {
      yield* sql.unsafe("SELECT pg_advisory_xact_lock(7236451)")
      yield* sql.unsafe(Tables.bookkeeping)
      const [row] = yield* sql.unsafe<Row>("SELECT coalesce(max(id), 0) AS id FROM orelse_migrations")
      const done = Number(row?.["id"])
      if (done > Tables.migrations.length)
        return yield* new StoreError({ kind: "away", message: `PostgreSQL: ${Tables.tooNew(done)}` })
      for (const { id, name, statements } of Tables.migrations.slice(done)) {
        for (const text of statements("postgres")) yield* Effect.mapError(sql.unsafe(text), inTheWay)
        yield* sql.unsafe(
          "INSERT INTO orelse_migrations (id, name, applied_at) VALUES ($1, $2, (extract(epoch FROM now()) * 1000)::bigint)",
          [id, name]
        )
      }
    })
  )

/** Of a table that could not be made: what has its name (SQLSTATE duplicate_table) is another program's, and is left as it is. */
const inTheWay = (error: SqlError): StoreError => {
  const why = toStoreError(error)
  if (!why.message.endsWith(": 42P07")) return why
  const message = `${why.message}; it is another program's, name a database of its own in ledger.url`
  return new StoreError({ kind: why.kind, message })
}

const numbered = (text: string): string => {
  let index = 0
  return text.replaceAll("?", () => `$${++index}`)
}

const rowCount = (raw: unknown): number =>
  typeof raw === "object" && raw !== null && "rowCount" in raw ? Number(raw.rowCount) : 0

/** Classes of SQLSTATE that blame the data: 22 data exception, 23 integrity, 54 limit exceeded. */
const rejections = /^(22|23|54)/

const toStoreError = (error: SqlError): StoreError => {
  const { cause } = error.reason
  const isObject = typeof cause === "object" && cause !== null
  const code = isObject && "code" in cause ? String(cause.code) : ""
  const detail = isObject && "message" in cause ? String(cause.message) : ""
  return new StoreError({
    kind: rejections.test(code) ? "rejected" : "away",
    message: `PostgreSQL: ${[error.message, detail, code].filter((part) => part !== "").join(": ")}`
  })
}

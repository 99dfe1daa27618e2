/**
 * The tables of the ledger: their columns by name, and the migrations that make them, the same for both databases.
 *
 * To change a table, add a migration; never edit one that was released. Times are epoch milliseconds, durations
 * milliseconds, money USD.
 */
import type { Dialect } from "./Store.ts"

/** Metadata that has a column of its own; all other fields share the column `metadata`. @stability experimental @category constants @since 0.1.0 */
export const metadataColumns = ["application", "environment", "user", "session", "workflow", "run", "step"] as const

const callBegun = ["id", "started_at", "route", "model", "operation", "dialect", "stream", "owner", "caller"] as const

const callAsked = [...metadataColumns, "metadata", "tags", "request_body"] as const

/** What is known of a call when it starts. @stability experimental @category constants @since 0.1.0 */
export const callStart = [...callBegun, ...callAsked] as const

/** What is known of a call when it ends; what few have comes last, and in an attempt's too: what is null at a row's end is not bound (`SqliteWrites.ts`). @stability experimental @category constants @since 0.1.0 */
export const callEnd = [
  "ended_at",
  "outcome",
  "attempts",
  "fell_back",
  "duration_ms",
  "overhead_ms",
  "cost_basis",
  "status",
  "served_provider",
  "served_model",
  "served_credential",
  "first_content_ms",
  "input_tokens",
  "output_tokens",
  "cost_usd",
  "cached_tokens",
  "reasoning_tokens",
  "cache_write_tokens",
  "reason",
  "response_body"
] as const

/** Both. @stability experimental @category constants @since 0.1.0 */
export const wholeCall = [...callBegun, ...callEnd, ...callAsked] as const

/** Of a call's only attempt, what its row does not say already (`SoleCall.ts`); null in all other calls' rows. @stability experimental @category constants @since 0.1.0 */
export const soleAttempt = [
  "sole_started_at",
  "sole_duration_ms",
  "sole_status",
  "sole_connect_ms",
  "sole_first_content_ms",
  "sole_request_id"
] as const

/** A whole call together with its only attempt. @stability experimental @category constants @since 0.1.0 */
export const soleCall = [...callBegun, ...soleAttempt, ...callEnd, ...callAsked] as const

/** @stability experimental @category constants @since 0.1.0 */
export const attemptStart = [
  "call_id",
  "ordinal",
  "provider",
  "model",
  "credential",
  "started_at",
  "waited_before_ms"
] as const

/** @stability experimental @category constants @since 0.1.0 */
export const attemptEnd = [
  "outcome",
  "duration_ms",
  "status",
  "connect_ms",
  "first_content_ms",
  "input_tokens",
  "output_tokens",
  "cost_usd",
  "cost_basis",
  "request_id",
  "cached_tokens",
  "reasoning_tokens",
  "cache_write_tokens",
  "reason",
  "action",
  "message",
  "provider_code",
  "retry_after_ms",
  "fixture"
] as const

/** @stability experimental @category constants @since 0.1.0 */
export const wholeAttempt = [...attemptStart, ...attemptEnd] as const

/** @stability experimental @category constants @since 0.1.0 */
export const event = ["id", "at", "type", ...metadataColumns, "metadata", "data"] as const

/** `"a", "b"`: quoted, because `user` is a word of PostgreSQL's. @stability experimental @category conversions @since 0.1.0 */
export const quoted = (columns: ReadonlyArray<string>): string => columns.map((column) => `"${column}"`).join(", ")

/** @stability experimental @category models @since 0.1.0 */
export interface Migration {
  readonly id: number
  readonly name: string
  readonly statements: (dialect: Dialect) => ReadonlyArray<string>
}

/** Where applied migrations are written down. @stability experimental @category constants @since 0.1.0 */
export const bookkeeping = `CREATE TABLE IF NOT EXISTS orelse_migrations (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)`

const usage = `
  input_tokens INTEGER, output_tokens INTEGER, cached_tokens INTEGER, cache_write_tokens INTEGER, reasoning_tokens INTEGER,
  cost_usd DOUBLE PRECISION, cost_basis TEXT`

const metadata = (json: string) => `
  application TEXT, environment TEXT, "user" TEXT, session TEXT, workflow TEXT, run TEXT, step TEXT, metadata ${json}`

/** All migrations, in order. @stability experimental @category constants @since 0.1.0 */
export const migrations: ReadonlyArray<Migration> = [
  {
    id: 1,
    name: "calls, attempts, events and their owners",
    statements: (dialect) => {
      const json = dialect === "postgres" ? "JSONB" : "TEXT"
      const flag = dialect === "postgres" ? "BOOLEAN" : "INTEGER"
      // The key is the table: one tree to write instead of two. Not for calls, whose rows are too wide: a page of the tree's upper floors would
      // hold ten of them. (Files of before 0.1.0 have it there too, and go on as they are.)
      const clustered = dialect === "sqlite" ? " WITHOUT ROWID" : ""
      return [
        `CREATE TABLE calls (
  id TEXT NOT NULL PRIMARY KEY, started_at BIGINT NOT NULL, ended_at BIGINT,
  route TEXT NOT NULL, model TEXT NOT NULL, operation TEXT NOT NULL, dialect TEXT NOT NULL, stream ${flag} NOT NULL, caller TEXT,
  outcome TEXT NOT NULL DEFAULT 'running', reason TEXT, status INTEGER,
  served_provider TEXT, served_model TEXT, served_credential TEXT, attempts INTEGER, fell_back ${flag},
  first_content_ms DOUBLE PRECISION, duration_ms DOUBLE PRECISION, overhead_ms DOUBLE PRECISION, ${usage}, ${metadata(json)},
  tags ${json}, request_body TEXT, response_body TEXT, owner TEXT NOT NULL)`,
        `CREATE INDEX calls_by_start ON calls (started_at)`,
        `CREATE INDEX calls_open ON calls (owner) WHERE outcome = 'running'`,
        `CREATE INDEX calls_by_run ON calls (run) WHERE run IS NOT NULL`,
        `CREATE TABLE attempts (
  call_id TEXT NOT NULL, ordinal INTEGER NOT NULL, provider TEXT NOT NULL, model TEXT NOT NULL, credential TEXT NOT NULL,
  started_at BIGINT NOT NULL, waited_before_ms DOUBLE PRECISION NOT NULL, outcome TEXT NOT NULL DEFAULT 'running',
  duration_ms DOUBLE PRECISION, connect_ms DOUBLE PRECISION, first_content_ms DOUBLE PRECISION, reason TEXT, status INTEGER,
  provider_code TEXT, retry_after_ms DOUBLE PRECISION, request_id TEXT, message TEXT, action TEXT, ${usage},
  PRIMARY KEY (call_id, ordinal))${clustered}`,
        `CREATE TABLE events (
  id TEXT NOT NULL PRIMARY KEY, at BIGINT NOT NULL, type TEXT NOT NULL, ${metadata(json)}, data ${json})${clustered}`,
        `CREATE INDEX events_by_time ON events (at)`,
        `CREATE INDEX events_by_run ON events (run) WHERE run IS NOT NULL`,
        `CREATE TABLE orelse_owners (
  id TEXT NOT NULL PRIMARY KEY, machine TEXT NOT NULL, process TEXT NOT NULL, heartbeat_at BIGINT NOT NULL)`
      ]
    }
  },
  {
    id: 2,
    name: "answers that no rule knows",
    statements: () => [
      `ALTER TABLE attempts ADD COLUMN fixture TEXT`,
      `CREATE INDEX attempts_unknown ON attempts (started_at) WHERE fixture IS NOT NULL`
    ]
  },
  {
    id: 3,
    name: "the only attempt of an answered call stands in the call's row",
    statements: () => [
      `ALTER TABLE calls ADD COLUMN sole_started_at BIGINT`,
      `ALTER TABLE calls ADD COLUMN sole_duration_ms DOUBLE PRECISION`,
      `ALTER TABLE calls ADD COLUMN sole_status INTEGER`,
      `ALTER TABLE calls ADD COLUMN sole_connect_ms DOUBLE PRECISION`,
      `ALTER TABLE calls ADD COLUMN sole_first_content_ms DOUBLE PRECISION`,
      `ALTER TABLE calls ADD COLUMN sole_request_id TEXT`,
      `ALTER TABLE attempts RENAME TO attempt_rows`,
      `CREATE VIEW attempts AS
  SELECT call_id, ordinal, provider, model, credential, started_at, waited_before_ms, outcome, duration_ms, connect_ms, first_content_ms,
    reason, status, provider_code, retry_after_ms, request_id, message, action, input_tokens, output_tokens, cached_tokens,
    cache_write_tokens, reasoning_tokens, cost_usd, cost_basis, fixture
  FROM attempt_rows
  UNION ALL
  SELECT id, 1, served_provider, served_model, served_credential, sole_started_at, 0, outcome, sole_duration_ms, sole_connect_ms, sole_first_content_ms,
    NULL, sole_status, NULL, NULL, sole_request_id, NULL, NULL, input_tokens, output_tokens, cached_tokens,
    cache_write_tokens, reasoning_tokens, cost_usd, cost_basis, NULL
  FROM calls WHERE sole_started_at IS NOT NULL`
    ]
  }
]

/** What to say where the database was migrated by a later version. @stability experimental @category conversions @since 0.1.0 */
export const tooNew = (id: number): string =>
  `the tables were made by a newer Orelse (migration ${id}, this one knows ${migrations.length}); upgrade Orelse, or give it another store`

const typed = (type: string, ...columns: ReadonlyArray<string>) => columns.map((column) => [column, type] as const)

const types: ReadonlyMap<string, string> = new Map([
  ...typed("bigint", "started_at", "ended_at", "at", "sole_started_at"),
  ...typed("boolean", "stream", "fell_back"),
  ...typed("integer", "status", "attempts", "ordinal", "input_tokens", "output_tokens", "cached_tokens"),
  ...typed("integer", "cache_write_tokens", "reasoning_tokens", "sole_status"),
  ...typed("double precision", "first_content_ms", "duration_ms", "overhead_ms", "connect_ms", "retry_after_ms"),
  ...typed("double precision", "waited_before_ms", "cost_usd"),
  ...typed("double precision", "sole_duration_ms", "sole_connect_ms", "sole_first_content_ms")
])

/** The type that a value of this column is sent as; JSON is sent as text. @stability experimental @category getters @since 0.1.0 */
export const typeOf = (column: string): string => types.get(column) ?? "text"

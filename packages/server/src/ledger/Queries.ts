/**
 * What can be asked of the ledger, as SQL that both databases understand: a page of calls with totals, one call with its story.
 *
 * Pages go from new to old by `(started_at, id)`; a cursor is the last row of the page before. Totals are of the whole filter.
 */
import type { FailureFilter, Filter, Totals } from "@orelse/core/layer/Ledger"
import type { Cursor } from "@orelse/core/layer/LedgerCursor"
import type { Row, Statement, Value } from "./Store.ts"
import * as Tables from "./Tables.ts"

/** Bodies are read for one call only: a page of them could be gigabytes. */
const listed = ["id", ...Tables.callStart.slice(1), ...Tables.callEnd].filter(
  (column) => column !== "request_body" && column !== "response_body" && column !== "owner"
)

/** Rows of a page; 1 to 1,000, 50 by default. @stability experimental @category getters @since 0.1.0 */
export const limitOf = (filter: Filter): number => Math.min(1000, Math.max(1, Math.trunc(filter.limit ?? 50)))

/** One row more than the page, so that it is known whether another page follows. @stability experimental @category constructors @since 0.1.0 */
export const page = (filter: Filter, cursor: Cursor | undefined): Statement => {
  const { sql, values } = conditions(filter)
  const after = cursor === undefined ? "" : " AND (started_at, id) < (?, ?)"
  return {
    sql: `SELECT ${Tables.quoted(listed)} FROM calls WHERE ${sql}${after} ORDER BY started_at DESC, id DESC LIMIT ?`,
    values: [...values, ...(cursor === undefined ? [] : [cursor.startedAt, cursor.id]), limitOf(filter) + 1]
  }
}

/** @stability experimental @category constructors @since 0.1.0 */
export const totals = (filter: Filter): Statement => {
  const { sql, values } = conditions(filter)
  const sum = (column: string) => `coalesce(sum(${column}), 0)`
  return {
    sql: `SELECT count(*) AS calls, ${sum("attempts")} AS attempts, ${sum("input_tokens")} AS input_tokens,
          ${sum("output_tokens")} AS output_tokens, ${sum("cost_usd")} AS cost_usd FROM calls WHERE ${sql}`,
    values
  }
}

/** @stability experimental @category conversions @since 0.1.0 */
export const toTotals = (row: Row | undefined): Totals => ({
  calls: Number(row?.["calls"] ?? 0),
  attempts: Number(row?.["attempts"] ?? 0),
  inputTokens: Number(row?.["input_tokens"] ?? 0),
  outputTokens: Number(row?.["output_tokens"] ?? 0),
  costUsd: Number(row?.["cost_usd"] ?? 0)
})

/** @stability experimental @category constructors @since 0.1.0 */
export const call = (id: string): Statement => ({ sql: "SELECT * FROM calls WHERE id = ?", values: [id] })

/** @stability experimental @category constructors @since 0.1.0 */
export const attempts = (callId: string): Statement => ({
  sql: "SELECT * FROM attempts WHERE call_id = ? ORDER BY ordinal",
  values: [callId]
})

/** The events of a run, oldest first; 10,000 at most. @stability experimental @category constructors @since 0.1.0 */
export const eventsOfRun = (run: string): Statement => ({
  sql: "SELECT * FROM events WHERE run = ? ORDER BY at, id LIMIT 10000",
  values: [run]
})

/** Answers that no rule knew, each once, those seen last first. @stability experimental @category constructors @since 0.1.0 */
export const failures = ({ limit = 100, provider, since, until }: FailureFilter): Statement => {
  const parts = ["fixture IS NOT NULL"]
  const values: Array<Value> = []
  const add = (sql: string, value: Value | undefined) => {
    if (value === undefined) return
    parts.push(sql)
    values.push(value)
  }
  add("started_at >= ?", since)
  add("started_at < ?", until)
  add("provider = ?", provider)
  return {
    sql: `SELECT fixture FROM attempt_rows WHERE ${parts.join(" AND ")} GROUP BY fixture ORDER BY max(started_at) DESC LIMIT ?`,
    values: [...values, Math.min(1000, Math.max(1, Math.trunc(limit)))]
  }
}

/** All conditions of the filter; `1 = 1` for none. */
const conditions = (filter: Filter): Statement => {
  const parts: Array<string> = ["1 = 1"]
  const values: Array<Value> = []
  const add = (sql: string, ...added: ReadonlyArray<Value>) => {
    parts.push(sql)
    values.push(...added)
  }
  if (filter.since !== undefined) add("started_at >= ?", filter.since)
  if (filter.until !== undefined) add("started_at < ?", filter.until)
  if (filter.route !== undefined) add("route = ?", filter.route)
  if (filter.outcome !== undefined) add("outcome = ?", filter.outcome)
  if (filter.caller !== undefined) add("caller = ?", filter.caller)
  // Who was asked and what went wrong on the way count as much as how it ended.
  if (filter.provider !== undefined)
    add(`(served_provider = ? OR ${inAttempts("provider")})`, filter.provider, filter.provider)
  if (filter.reason !== undefined) add(`(reason = ? OR ${inAttempts("reason")})`, filter.reason, filter.reason)
  for (const [key, value] of Object.entries(filter.metadata ?? {})) {
    if (isColumn(key)) add(`"${key}" = ?`, value)
    // A JSON text, so that the filter `5` finds both "5" and 5.
    else add("CAST(metadata -> ? AS TEXT) IN (?, ?)", key, JSON.stringify(value), value)
  }
  return { sql: parts.join(" AND "), values }
}

/** A sole attempt stands in the call's row, was answered, and its provider served. */
const inAttempts = (column: string): string =>
  `sole_started_at IS NULL AND EXISTS (SELECT 1 FROM attempt_rows a WHERE a.call_id = calls.id AND a.${column} = ?)`

const isColumn = (key: string): boolean => (Tables.metadataColumns as ReadonlyArray<string>).includes(key)

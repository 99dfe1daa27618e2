/**
 * A batch as one statement of PostgreSQL's: each table's rows are a JSON array, and all parts commit together or not at all.
 */
import { type Batch, isStart } from "./Batch.ts"
import * as Rows from "./Rows.ts"
import * as SoleCall from "./SoleCall.ts"
import type { Value } from "./Store.ts"
import * as Tables from "./Tables.ts"

const callEnd = ["id", ...Tables.callEnd]
const jsonColumns = new Set(["metadata", "tags", "data"])

/**
 * Takes seven parameters: calls of one row, other whole calls, starts of calls, ends of calls, whole attempts, starts of attempts, events.
 *
 * @stability experimental
 * @category constants
 * @since 0.1.0
 */
export const statement: string = [
  `WITH sole_calls AS (${upsert("calls", "id", Tables.soleCall, [], 1)})`,
  `whole_calls AS (${upsert("calls", "id", Tables.wholeCall, Tables.callEnd, 2)})`,
  `call_starts AS (${upsert("calls", "id", Tables.callStart, [], 3)})`,
  `call_ends AS (UPDATE calls SET ${Tables.callEnd.map((c) => `"${c}" = r."${c}"`).join(", ")}
    FROM ${records(callEnd, 4)} WHERE calls.id = r.id)`,
  `whole_attempts AS (${upsert("attempt_rows", "call_id, ordinal", Tables.wholeAttempt, Tables.attemptEnd, 5)})`,
  `attempt_starts AS (${upsert("attempt_rows", "call_id, ordinal", Tables.attemptStart, [], 6)})`,
  `app_events AS (${upsert("events", "id", Tables.event, [], 7)}) SELECT 1`
].join(", ")

/** The statement's parameters for a batch. @stability experimental @category conversions @since 0.1.0 */
export const parameters = (batch: Batch, owner: string): ReadonlyArray<string> => {
  const soleCalls: Array<object> = []
  const calls: Array<object> = []
  const callStarts: Array<object> = []
  const callEnds: Array<object> = []
  const attempts: Array<object> = []
  const attemptStarts: Array<object> = []
  for (const change of batch.calls.values()) {
    const sole = SoleCall.of(change)
    if (sole !== undefined) {
      soleCalls.push(object(Tables.soleCall, Rows.soleCall(sole, owner)))
      continue
    }
    const { end, id, start } = change
    if (start !== undefined && end !== undefined)
      calls.push(object(Tables.wholeCall, Rows.wholeCall(start, end, owner)))
    else if (start !== undefined) callStarts.push(object(Tables.callStart, Rows.callStart(start, owner)))
    else if (end !== undefined) callEnds.push(object(callEnd, [id, ...Rows.callEnd(end)]))
    for (const attempt of change.attempts ?? []) {
      if (attempt === undefined || attempt === null) continue
      if (isStart(attempt)) attemptStarts.push(object(Tables.attemptStart, Rows.attemptStart(id, attempt)))
      else attempts.push(object(Tables.wholeAttempt, Rows.wholeAttempt(id, attempt)))
    }
  }
  const events = batch.events.map((event) => object(Tables.event, Rows.event(event)))
  return [soleCalls, calls, callStarts, callEnds, attempts, attemptStarts, events].map(json)
}

const object = (columns: ReadonlyArray<string>, values: ReadonlyArray<Value>): object => {
  const row: Record<string, Value> = {}
  for (let index = 0; index < columns.length; index++) {
    const value = values[index] ?? null
    if (value !== null) row[columns[index] ?? ""] = value
  }
  return row
}

/** PostgreSQL's text holds neither NUL nor half a surrogate pair: the one is taken out, the other marked. */
const json = (rows: ReadonlyArray<object>): string => {
  const text = JSON.stringify(rows)
  if (!text.includes("\\u0000") && !text.includes("\\ud")) return text
  return JSON.stringify(rows, (column, value: unknown) => {
    if (typeof value !== "string") return value
    return jsonColumns.has(column) ? value.replaceAll(escape, storable) : value.toWellFormed().replaceAll("\0", "")
  })
}

/** One escape of a JSON text, whole: what stands behind an escaped backslash is none. */
const escape = /\\(?:u[0-9a-f]{4}|.)/g

const storable = (escaped: string): string =>
  escaped === "\\u0000" ? "" : escaped.startsWith("\\ud") ? "\\ufffd" : escaped

function upsert(
  table: string,
  key: string,
  columns: ReadonlyArray<string>,
  updated: ReadonlyArray<string>,
  parameter: number
): string {
  const set = updated.map((column) => `"${column}" = excluded."${column}"`).join(", ")
  const conflict = updated.length === 0 ? "DO NOTHING" : `(${key}) DO UPDATE SET ${set}`
  const values = columns.map((column) => (jsonColumns.has(column) ? `r."${column}"::jsonb` : `r."${column}"`))
  return `INSERT INTO ${table} (${Tables.quoted(columns)}) SELECT ${values.join(", ")} FROM ${records(columns, parameter)}
    ON CONFLICT ${conflict}`
}

function records(columns: ReadonlyArray<string>, parameter: number): string {
  const typed = columns.map((column) => `"${column}" ${Tables.typeOf(column)}`).join(", ")
  return `json_to_recordset($${parameter}::json) AS r(${typed})`
}

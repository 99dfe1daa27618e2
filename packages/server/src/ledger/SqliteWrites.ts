/**
 * A batch into SQLite's tables, by statements that are prepared once. Writing a batch again changes nothing.
 */
import type { DatabaseSync } from "node:sqlite"
import { type Batch, isStart } from "./Batch.ts"
import * as Rows from "./Rows.ts"
import type { Value } from "./Store.ts"
import * as Tables from "./Tables.ts"

/**
 * What writes batches; to be called within a transaction.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const make = (db: DatabaseSync): ((batch: Batch, owner: string) => void) => {
  const writeCall = upsert(db, "calls", "id", [...Tables.callStart, ...Tables.callEnd], Tables.callEnd)
  const writeCallStart = upsert(db, "calls", "id", Tables.callStart, [])
  const writeCallEnd = db.prepare(`UPDATE calls SET ${Tables.callEnd.map((c) => `"${c}" = ?`).join(", ")} WHERE id = ?`)
  const attemptKey = "call_id, ordinal"
  const attemptColumns = [...Tables.attemptStart, ...Tables.attemptEnd]
  const writeAttempt = upsert(db, "attempts", attemptKey, attemptColumns, Tables.attemptEnd)
  const writeAttemptStart = upsert(db, "attempts", attemptKey, Tables.attemptStart, [])
  const writeEvent = upsert(db, "events", "id", Tables.event, [])
  return (batch, owner) => {
    for (const { attempts, end, id, start } of batch.calls.values()) {
      if (start !== undefined && end !== undefined) writeCall(Rows.wholeCall(start, end, owner))
      else if (start !== undefined) writeCallStart(Rows.callStart(start, owner))
      else if (end !== undefined) writeCallEnd.run(...Rows.callEnd(end), id)
      if (attempts === undefined) continue
      for (const attempt of attempts) {
        if (attempt === undefined || attempt === null) continue
        if (isStart(attempt)) writeAttemptStart(Rows.attemptStart(id, attempt))
        else writeAttempt(Rows.wholeAttempt(id, attempt))
      }
    }
    for (const event of batch.events) writeEvent(Rows.event(event))
  }
}

/** Inserts a row of these columns; where its key is there already, sets those of `updated` (none: leaves it). */
const upsert = (
  db: DatabaseSync,
  table: string,
  key: string,
  columns: ReadonlyArray<string>,
  updated: ReadonlyArray<string>
): ((values: ReadonlyArray<Value>) => void) => {
  const set = updated.map((column) => `"${column}" = excluded."${column}"`).join(", ")
  const conflict = updated.length === 0 ? "DO NOTHING" : `(${key}) DO UPDATE SET ${set}`
  const marks = columns.map(() => "?").join(",")
  const statement = db.prepare(
    `INSERT INTO ${table} (${Tables.quoted(columns)}) VALUES (${marks}) ON CONFLICT ${conflict}`
  )
  return (values) => void statement.run(...values)
}

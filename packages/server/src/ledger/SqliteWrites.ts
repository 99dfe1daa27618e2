/**
 * A batch into SQLite's tables, by statements that are prepared once. Writing a batch again changes nothing: what is there already is left, and
 * ends set the same columns.
 */
import type { Attempt } from "@orelse/core/domain/Attempt"
import type { AttemptStart } from "@orelse/core/layer/Ledger"
import type { DatabaseSync } from "node:sqlite"
import { type Batch, type CallChange, isStart } from "./Batch.ts"
import * as Rows from "./Rows.ts"
import * as SoleCall from "./SoleCall.ts"
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
  const writeCall = insert(db, "calls", Tables.wholeCall, ["id"], Tables.callEnd)
  const writeSole = insert(db, "calls", Tables.soleCall, ["id"])
  const beginCall = insert(db, "calls", Tables.callStart, ["id"])
  const endCall = update(db, "calls", Tables.callEnd, ["id"])
  const writeAttempt = insert(db, "attempt_rows", Tables.wholeAttempt, attemptKey, Tables.attemptEnd)
  const beginAttempt = insert(db, "attempt_rows", Tables.attemptStart, attemptKey)
  const endAttempt = update(db, "attempt_rows", Tables.attemptEnd, attemptKey)
  const writeEvent = insert(db, "events", Tables.event, ["id"])
  const call = ({ end, id, start }: CallChange, owner: string): void => {
    if (start !== undefined && end !== undefined) writeCall(Rows.wholeCall(start, end, owner))
    else if (start !== undefined) beginCall(Rows.callStart(start, owner))
    else if (end !== undefined) endCall([...Rows.callEnd(end), id])
  }
  const attempt = (id: string, attempt: AttemptStart | Attempt, mayBeThere: boolean): void => {
    if (isStart(attempt)) beginAttempt(Rows.attemptStart(id, attempt))
    else if (!mayBeThere || !endAttempt([...Rows.attemptEnd(attempt), id, attempt.ordinal]))
      writeAttempt(Rows.wholeAttempt(id, attempt))
  }
  return (batch, owner) => {
    for (const change of batch.calls.values()) {
      const sole = SoleCall.of(change)
      if (sole !== undefined) {
        writeSole(Rows.soleCall(sole, owner))
        continue
      }
      call(change, owner)
      if (change.attempts === undefined) continue
      for (const each of change.attempts) {
        // Where the call began in an earlier batch, so did mostly its attempt.
        if (each !== undefined && each !== null) attempt(change.id, each, change.start === undefined)
      }
    }
    for (const event of batch.events) writeEvent(Rows.event(event))
  }
}

const attemptKey = ["call_id", "ordinal"]

/** Inserts a row; where its key is there already, sets these columns of it, or none. */
const insert = (
  db: DatabaseSync,
  table: string,
  columns: ReadonlyArray<string>,
  key: ReadonlyArray<string>,
  updated: ReadonlyArray<string> = []
): ((values: Array<Value>) => void) => {
  const marks = columns.map(() => "?").join(",")
  const set = updated.map((column) => `"${column}" = excluded."${column}"`).join(", ")
  const conflict = updated.length === 0 ? "DO NOTHING" : `(${Tables.quoted(key)}) DO UPDATE SET ${set}`
  const statement = db.prepare(
    `INSERT INTO ${table} (${Tables.quoted(columns)}) VALUES (${marks}) ON CONFLICT ${conflict}`
  )
  return (values) => {
    // What is not bound is null, and costs nothing.
    let bound = values.length
    while (values[bound - 1] === null) bound--
    values.length = bound
    // It has no rows to get; `run` would make an object of what it changed.
    statement.get(...values)
  }
}

/** Sets these columns of the row whose key comes last, and answers whether it is there. */
const update = (
  db: DatabaseSync,
  table: string,
  columns: ReadonlyArray<string>,
  key: ReadonlyArray<string>
): ((values: ReadonlyArray<Value>) => boolean) => {
  const marked = (column: string) => `"${column}" = ?`
  const statement = db.prepare(
    `UPDATE ${table} SET ${columns.map(marked).join(", ")} WHERE ${key.map(marked).join(" AND ")}`
  )
  return (values) => statement.run(...values).changes !== 0
}

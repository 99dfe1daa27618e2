/**
 * A batch into SQLite's tables, by statements that are prepared once. Writing a batch again changes nothing: what is there already is left, and
 * ends set the same columns.
 */
import type { Attempt } from "@orelse/core/domain/Attempt"
import type { AttemptStart } from "@orelse/core/layer/Ledger"
import type { DatabaseSync } from "node:sqlite"
import { type Batch, type CallChange, isStart } from "./Batch.ts"
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
  const insertCall = insert(db, "calls", Tables.wholeCall)
  const insertCallStart = insert(db, "calls", Tables.callStart)
  const endCall = update(db, "calls", Tables.callEnd, ["id"])
  const insertAttempt = insert(db, "attempts", Tables.wholeAttempt)
  const insertAttemptStart = insert(db, "attempts", Tables.attemptStart)
  const endAttempt = update(db, "attempts", Tables.attemptEnd, ["call_id", "ordinal"])
  const insertEvent = insert(db, "events", Tables.event)
  const writeCall = ({ end, id, start }: CallChange, owner: string): void => {
    if (end === undefined) {
      if (start !== undefined) insertCallStart(Rows.callStart(start, owner))
    } else if (start === undefined || !insertCall(Rows.wholeCall(start, end, owner))) {
      const values = Rows.callEnd(end)
      values.push(id)
      endCall(values)
    }
  }
  const endsAttempt = (id: string, attempt: Attempt): boolean => {
    const values = Rows.attemptEnd(attempt)
    values.push(id, attempt.ordinal)
    return endAttempt(values)
  }
  const writeAttempt = (id: string, attempt: AttemptStart | Attempt, mayBeThere: boolean): void => {
    if (isStart(attempt)) insertAttemptStart(Rows.attemptStart(id, attempt))
    else if (mayBeThere && endsAttempt(id, attempt)) return
    else if (!insertAttempt(Rows.wholeAttempt(id, attempt))) endsAttempt(id, attempt)
  }
  return (batch, owner) => {
    for (const call of batch.calls.values()) {
      writeCall(call, owner)
      if (call.attempts === undefined) continue
      for (const attempt of call.attempts) {
        // Where the call began in an earlier batch, so did mostly its attempt.
        if (attempt !== undefined && attempt !== null) writeAttempt(call.id, attempt, call.start === undefined)
      }
    }
    for (const event of batch.events) insertEvent(Rows.event(event))
  }
}

/** Writes a row, and answers whether it did. */
type Write = (values: Array<Value>) => boolean

/** Leaves a row as it is whose key is there already. */
const insert = (db: DatabaseSync, table: string, columns: ReadonlyArray<string>): Write => {
  const marks = columns.map(() => "?").join(",")
  const statement = db.prepare(
    `INSERT INTO ${table} (${Tables.quoted(columns)}) VALUES (${marks}) ON CONFLICT DO NOTHING`
  )
  return (values) => {
    // What is not bound is null, and costs nothing.
    while (values.at(-1) === null) values.pop()
    return statement.run(...values).changes !== 0
  }
}

/** The key's values come last. */
const update = (db: DatabaseSync, table: string, columns: ReadonlyArray<string>, key: ReadonlyArray<string>): Write => {
  const marked = (column: string) => `"${column}" = ?`
  const statement = db.prepare(
    `UPDATE ${table} SET ${columns.map(marked).join(", ")} WHERE ${key.map(marked).join(" AND ")}`
  )
  return (values) => statement.run(...values).changes !== 0
}

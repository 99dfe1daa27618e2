/**
 * What waits to be written: entries folded into changes of rows, so that a call whose start and end meet here is written once.
 *
 * A batch is one transaction of a store and one block of the spool. It says nothing of how rows look (`Rows.ts`) or
 * when they are written (`Writer.ts`).
 */
import type { Attempt } from "@orelse/core/domain/Attempt"
import * as Json from "@orelse/core/domain/Json"
import type { AppEvent, AttemptStart, CallEnd, CallStart, Entry } from "@orelse/core/layer/Ledger"

/** What became known of one call. An attempt that has ended needs no start: its end says it all. @stability experimental @category models @since 0.1.0 */
export interface CallChange {
  readonly id: string
  start?: CallStart
  end?: CallEnd
  /** By ordinal; the end replaces the start. */
  attempts?: Array<AttemptStart | Attempt | null | undefined>
}

/** @stability experimental @category models @since 0.1.0 */
export interface Batch {
  readonly calls: Map<string, CallChange>
  readonly events: Array<AppEvent>
  /** Rows that writing it touches. */
  rows: number
  /** Entries that went into it. */
  entries: number
}

/** @stability experimental @category constructors @since 0.1.0 */
export const empty = (): Batch => ({ calls: new Map(), events: [], rows: 0, entries: 0 })

/** Folds one entry in. @stability experimental @category combinators @since 0.1.0 */
export const add = (batch: Batch, entry: Entry): void => {
  batch.entries++
  switch (entry._tag) {
    case "CallStart": {
      const call = changeOf(batch, entry.id)
      if (call.start === undefined && call.end === undefined) batch.rows++
      call.start ??= entry
      return
    }
    case "CallEnd": {
      const call = changeOf(batch, entry.id)
      if (call.start === undefined && call.end === undefined) batch.rows++
      call.end = entry
      return
    }
    case "AttemptStart":
      return setAttempt(batch, entry.callId, entry.ordinal, entry)
    case "AttemptEnd":
      return setAttempt(batch, entry.callId, entry.attempt.ordinal, entry.attempt)
    case "AppEvent":
      batch.events.push(entry)
      batch.rows++
  }
}

const changeOf = (batch: Batch, id: string): CallChange => {
  let call = batch.calls.get(id)
  if (call === undefined) {
    call = { id }
    batch.calls.set(id, call)
  }
  return call
}

const setAttempt = (batch: Batch, callId: string, ordinal: number, attempt: AttemptStart | Attempt): void => {
  const call = changeOf(batch, callId)
  call.attempts ??= []
  const before = call.attempts[ordinal]
  if (before === undefined || before === null) batch.rows++
  // A start that comes late (a replayed spool) never undoes an end.
  if (!isStart(attempt) || before === undefined || before === null) call.attempts[ordinal] = attempt
}

/** Whether this attempt has only begun. @stability experimental @category guards @since 0.1.0 */
export const isStart = (attempt: AttemptStart | Attempt): attempt is AttemptStart => "_tag" in attempt

/** The batch as JSON lines, one a call and one an event: a block of the spool. @stability experimental @category conversions @since 0.1.0 */
export const toLines = (batch: Batch): string => {
  let text = ""
  for (const call of batch.calls.values()) text += `${JSON.stringify(call)}\n`
  for (const event of batch.events) text += `${JSON.stringify(event)}\n`
  return text
}

/** Reads lines back; a line that a crash cut off is left out. @stability experimental @category conversions @since 0.1.0 */
export const fromLines = (text: string): Batch => {
  const batch = empty()
  for (const line of text.split("\n")) {
    const parsed = Json.parseObject(line)
    if (parsed === undefined) continue
    // Our own lines, written by `toLines`.
    if (parsed["_tag"] === "AppEvent") batch.events.push(parsed as unknown as AppEvent)
    else merge(batch, parsed as unknown as CallChange)
  }
  batch.rows = countRows(batch)
  batch.entries = batch.rows
  return batch
}

/** Two batches of half the calls and events each, to find the row that a store rejects. @stability experimental @category combinators @since 0.1.0 */
export const halves = (batch: Batch): readonly [Batch, Batch] => {
  const parts: [Batch, Batch] = [empty(), empty()]
  let index = 0
  const middle = (batch.calls.size + batch.events.length) / 2
  for (const call of batch.calls.values()) parts[index++ < middle ? 0 : 1].calls.set(call.id, call)
  for (const event of batch.events) parts[index++ < middle ? 0 : 1].events.push(event)
  for (const part of parts) part.rows = countRows(part)
  return parts
}

/** Calls and events in it. @stability experimental @category getters @since 0.1.0 */
export const size = (batch: Batch): number => batch.calls.size + batch.events.length

const merge = (batch: Batch, change: CallChange): void => {
  const call = changeOf(batch, change.id)
  if (change.start !== undefined) call.start ??= change.start
  if (change.end !== undefined) call.end = change.end
  for (const [ordinal, attempt] of (change.attempts ?? []).entries())
    if (attempt !== undefined && attempt !== null) setAttempt(batch, change.id, ordinal, attempt)
}

const countRows = (batch: Batch): number => {
  let rows = batch.events.length
  for (const { attempts, end, start } of batch.calls.values()) {
    if (start !== undefined || end !== undefined) rows++
    if (attempts !== undefined) for (const attempt of attempts) if (attempt !== undefined && attempt !== null) rows++
  }
  return rows
}

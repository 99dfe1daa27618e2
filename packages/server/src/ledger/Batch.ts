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
  start: CallStart | undefined
  end: CallEnd | undefined
  /** By ordinal; the end replaces the start. */
  attempts: Array<AttemptStart | Attempt | null | undefined> | undefined
  /** Rows that it touches, and entries that went into it. */
  rows: number
  entries: number
  /** When its first entry came, in elapsed time (milliseconds). */
  readonly since: number
  /** Folded from several lines of the spool: the store may hold some of it already, without the rest. */
  isPieced: boolean
}

/** @stability experimental @category models @since 0.1.0 */
export interface Batch {
  readonly calls: Map<string, CallChange>
  readonly events: Array<AppEvent>
  /** Rows that writing it touches. */
  rows: number
  /** Those of them that will not change soon: all but the rows of calls whose start is here and whose end is not. */
  ready: number
  /** Entries that went into it. */
  entries: number
  /** When its oldest entry came, in elapsed time (milliseconds). */
  since: number
}

/** @stability experimental @category constructors @since 0.1.0 */
export const empty = (): Batch => ({ calls: new Map(), events: [], rows: 0, ready: 0, entries: 0, since: 0 })

/**
 * Folds one entry in.
 *
 * @param now the elapsed time, in milliseconds; asked only where the entry is the first of its call or batch.
 * @stability experimental
 * @category combinators
 * @since 0.1.0
 */
export const add = (batch: Batch, entry: Entry, now: () => number): void => {
  if (batch.entries === 0) batch.since = now()
  batch.entries++
  switch (entry._tag) {
    case "CallStart": {
      const call = changeOf(batch, entry.id, now)
      if (call.start === undefined && call.end === undefined) addRow(batch, call, false)
      call.start ??= entry
      return
    }
    case "CallEnd": {
      const call = changeOf(batch, entry.id, now)
      if (call.start === undefined && call.end === undefined) addRow(batch, call, true)
      else if (call.end === undefined) batch.ready += call.rows
      call.end = entry
      return
    }
    case "AttemptStart":
      return setAttempt(batch, changeOf(batch, entry.callId, now), entry)
    case "AttemptEnd":
      return setAttempt(batch, changeOf(batch, entry.callId, now), entry.attempt)
    case "AppEvent":
      batch.events.push(entry)
      batch.rows++
      batch.ready++
  }
}

/**
 * Takes out the calls that began after `since` and have not ended, as a batch of their own: they will soon be written
 * whole, instead of twice.
 *
 * @stability experimental
 * @category combinators
 * @since 0.1.0
 */
export const takeYoung = (batch: Batch, since: number): Batch => {
  const young = empty()
  for (const call of batch.calls.values()) {
    if (call.start === undefined || call.end !== undefined || call.since < since) continue
    batch.calls.delete(call.id)
    young.calls.set(call.id, call)
    young.since = young.entries === 0 ? call.since : Math.min(young.since, call.since)
    young.rows += call.rows
    young.entries += call.entries
  }
  batch.rows -= young.rows
  batch.entries -= young.entries
  return young
}

const changeOf = (batch: Batch, id: string, now: () => number): CallChange => {
  let call = batch.calls.get(id)
  if (call === undefined) {
    call = {
      id,
      start: undefined,
      end: undefined,
      attempts: undefined,
      rows: 0,
      entries: 0,
      since: now(),
      isPieced: false
    }
    batch.calls.set(id, call)
  }
  call.entries++
  return call
}

const addRow = (batch: Batch, call: CallChange, isReady: boolean): void => {
  call.rows++
  batch.rows++
  if (isReady) batch.ready++
}

const setAttempt = (batch: Batch, call: CallChange, attempt: AttemptStart | Attempt): void => {
  // Nobody is the 0th, and most calls have one.
  call.attempts ??= [undefined, undefined]
  const before = call.attempts[attempt.ordinal] ?? undefined
  if (before === undefined) addRow(batch, call, call.start === undefined || call.end !== undefined)
  // A start that comes late (a replayed spool) never undoes an end.
  if (!isStart(attempt) || before === undefined) call.attempts[attempt.ordinal] = attempt
}

/** Whether this attempt has only begun. @stability experimental @category guards @since 0.1.0 */
export const isStart = (attempt: AttemptStart | Attempt): attempt is AttemptStart => "_tag" in attempt

/** The batch as JSON lines, one a call and one an event: a block of the spool. @stability experimental @category conversions @since 0.1.0 */
export const toLines = (batch: Batch): string => {
  let text = ""
  for (const { attempts, end, id, start } of batch.calls.values())
    text += `${JSON.stringify({ id, start, attempts, end })}\n`
  for (const event of batch.events) text += `${JSON.stringify(event)}\n`
  return text
}

/** Reads lines back; a line that a crash cut off is left out. @stability experimental @category conversions @since 0.1.0 */
export const fromLines = (text: string): Batch => {
  const batch = empty()
  for (const line of text.split("\n")) {
    // Our own lines, written by `toLines`.
    const parsed = Json.parseObject(line) as unknown as AppEvent | Partial<CallChange> | undefined
    if (parsed === undefined) continue
    if ("_tag" in parsed) add(batch, parsed, atOnce)
    else addCall(batch, parsed)
  }
  return batch
}

/** Two batches of half the calls and events each, to find the row that a store rejects. @stability experimental @category combinators @since 0.1.0 */
export const halves = (batch: Batch): readonly [Batch, Batch] => {
  const parts: [Batch, Batch] = [empty(), empty()]
  const middle = size(batch) / 2
  let index = 0
  for (const call of batch.calls.values()) addCall(parts[index++ < middle ? 0 : 1], call)
  for (const event of batch.events) add(parts[index++ < middle ? 0 : 1], event, atOnce)
  return parts
}

/** Calls and events in it. @stability experimental @category getters @since 0.1.0 */
export const size = (batch: Batch): number => batch.calls.size + batch.events.length

/** What is read back is due. */
const atOnce = (): number => 0

const addCall = (batch: Batch, { attempts, end, id, isPieced = false, start }: Partial<CallChange>): void => {
  if (id === undefined) return
  const before = batch.calls.get(id)
  // A line that is there twice (a write that failed half-way) is no piece.
  const isPiece = isPieced || (before !== undefined && (before.isPieced || !isWhole(before)))
  if (start !== undefined) add(batch, start, atOnce)
  for (const attempt of attempts ?? []) {
    if (attempt === undefined || attempt === null) continue
    batch.entries++
    setAttempt(batch, changeOf(batch, id, atOnce), attempt)
  }
  if (end !== undefined) add(batch, end, atOnce)
  const call = batch.calls.get(id)
  if (call !== undefined) call.isPieced = isPiece
}

const isWhole = ({ end, start }: CallChange): boolean => start !== undefined && end !== undefined

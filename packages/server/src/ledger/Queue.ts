/**
 * The ledger's queue in memory: closed batches in order, one open batch that entries are folded into, and those who wait.
 *
 * One fiber takes from it (`Writer.ts`); any number append.
 */
import * as Elapsed from "@orelse/core/domain/Elapsed"
import type { Entry } from "@orelse/core/layer/Ledger"
import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Batch from "./Batch.ts"

/** @stability experimental @category models @since 0.1.0 */
export interface Options {
  /** Whether an attempt's start (and an application's event) waits until it is kept. */
  readonly strict: boolean
  /** Entries that may wait before callers do. */
  readonly limit: number
}

/** A batch, and those who wait until it is kept. @stability experimental @category models @since 0.1.0 */
export interface Pending {
  readonly batch: Batch.Batch
  readonly waiters: Set<() => void>
}

/** @stability experimental @category models @since 0.1.0 */
export interface Queue {
  readonly append: (entry: Entry) => Effect.Effect<void>
  /** Returns when everything appended before it was released. */
  readonly flush: Effect.Effect<void>
  /** For the one who takes: returns when a batch is due. */
  readonly due: Effect.Effect<void>
  /** The oldest batch, closed; it counts as queued until `release`. */
  readonly take: () => Pending | undefined
  readonly release: (pending: Pending) => void
  /** Entries that wait. */
  readonly size: () => number
  /** Whether whoever appends now has to wait. */
  readonly isFull: () => boolean
}

/** A batch is closed at this many rows that are ready. @stability experimental @category constants @since 0.1.0 */
export const maxRows = 256

/** A batch is due this many milliseconds after its first entry: 20 are left to commit it within 50. @stability experimental @category constants @since 0.1.0 */
export const maxWaitMs = 30

/** Calls that began at most this many milliseconds ago and have not ended wait for the next batch: most of them will end in it. */
const youngMs = 20

/** @stability experimental @category constructors @since 0.1.0 */
export const make = (options: Options, clock: Clock.Clock): Queue => {
  const state: State = {
    now: () => Elapsed.millis(clock),
    closed: [],
    open: { batch: Batch.empty(), waiters: new Set() },
    size: 0,
    urgent: false,
    taken: undefined,
    parked: undefined,
    slowed: new Set()
  }
  const slowed = untilRoom(state)
  return {
    append: (entry) => {
      const pending = state.open
      push(state, entry)
      if (options.strict && (entry._tag === "AttemptStart" || entry._tag === "AppEvent"))
        return untilKept(state, pending)
      // The entry is in already: whoever is interrupted here loses nothing.
      return isFull(state, options.limit) ? slowed : Effect.void
    },
    flush: Effect.suspend(() => {
      const last = state.open.batch.entries > 0 ? state.open : (state.closed.at(-1) ?? state.taken)
      return last === undefined ? Effect.void : untilKept(state, last)
    }),
    due: untilDue(state),
    take: () => take(state),
    release: (pending) => {
      state.size -= pending.batch.entries
      state.taken = undefined
      for (const resume of pending.waiters) resume()
      if (state.size <= options.limit && state.closed.length < 2) letIn(state)
    },
    size: () => state.size,
    isFull: () => isFull(state, options.limit)
  }
}

interface State {
  /** Elapsed time, in milliseconds. */
  readonly now: () => number
  readonly closed: Array<Pending>
  open: Pending
  /** Entries in all batches that are not released. */
  size: number
  /** Somebody waits for the open batch. */
  urgent: boolean
  /** Taken and not yet released. */
  taken: Pending | undefined
  /** Wakes the one who takes, while there is nothing to take. */
  parked: (() => void) | undefined
  /** Let callers go on who wait for room. */
  readonly slowed: Set<() => void>
}

const push = (state: State, entry: Entry): void => {
  const { batch } = state.open
  const wasEmpty = batch.entries === 0
  Batch.add(batch, entry, state.now)
  state.size++
  if (batch.ready >= maxRows) close(state)
  else if (!wasEmpty) return
  wake(state)
}

/** Whoever waits for the open batch waits for all of it; else young calls stay. */
const close = (state: State): void => {
  const closing = state.open
  const young = closing.waiters.size > 0 ? Batch.empty() : Batch.takeYoung(closing.batch, state.now() - youngMs)
  if (closing.batch.entries > 0) state.closed.push(closing)
  state.open = { batch: young, waiters: new Set() }
  state.urgent = false
}

const take = (state: State): Pending | undefined => {
  if (state.closed.length === 0 && state.open.batch.entries > 0) close(state)
  state.taken = state.closed.shift()
  return state.taken
}

/** For the one who takes. */
const untilDue = (state: State): Effect.Effect<void> => {
  const park = Effect.callback<void>((resume) => {
    state.parked = () => resume(Effect.void)
  })
  /** Gives the open batch its time; ends early when it is full or urgent. */
  const fill = Effect.suspend(() => {
    const left = state.open.batch.since + maxWaitMs - state.now()
    return left <= 0 ? Effect.void : Effect.asVoid(Effect.timeoutOption(park, Duration.millis(left)))
  })
  const isFilling = (): boolean => state.open.batch.entries > 0 && state.closed.length === 0 && !state.urgent
  return Effect.suspend(() => {
    if (state.closed.length > 0 || state.urgent) return Effect.void
    return state.open.batch.entries > 0 ? fill : Effect.flatMap(park, () => (isFilling() ? fill : Effect.void))
  })
}

const wake = (state: State): void => {
  const { parked } = state
  state.parked = undefined
  parked?.()
}

const untilKept = (state: State, pending: Pending): Effect.Effect<void> =>
  Effect.callback((resume) => {
    const go = () => resume(Effect.void)
    pending.waiters.add(go)
    if (pending === state.open && !state.urgent) {
      state.urgent = true
      wake(state)
    }
    return Effect.sync(() => pending.waiters.delete(go))
  })

/** Too many entries wait, or the store falls behind so that a crash would lose more than the last moments. */
const isFull = (state: State, limit: number): boolean => {
  if (state.size > limit) return true
  const [oldest] = state.closed
  return oldest !== undefined && state.closed.length >= 2 && state.now() - oldest.batch.since > maxWaitMs
}

const untilRoom = (state: State): Effect.Effect<void> =>
  Effect.callback((resume) => {
    const go = () => resume(Effect.void)
    state.slowed.add(go)
    return Effect.sync(() => state.slowed.delete(go))
  })

const letIn = (state: State): void => {
  for (const go of state.slowed) go()
  state.slowed.clear()
}

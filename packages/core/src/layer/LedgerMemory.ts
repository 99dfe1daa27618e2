/**
 * The ledger in memory: for the library, for tests and for a gateway with `store: none` that still wants a recent past.
 *
 * It keeps the newest calls and forgets the oldest beyond its capacity; nothing outlives the process, so it is always
 * healthy and nothing ever waits. Filters mean here what they mean in the SQL stores (`packages/server/src/ledger`).
 */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Attempt } from "../domain/Attempt.ts"
import {
  type AppEvent,
  type AttemptRow,
  type AttemptStart,
  type CallEnd,
  type CallRow,
  type CallStart,
  type CallStory,
  type Entry,
  type FailureFilter,
  type Filter,
  Ledger,
  LedgerUnavailable,
  type Page,
  type Totals
} from "./Ledger.ts"
import * as LedgerCursor from "./LedgerCursor.ts"

/** How much is kept. @stability stable @category models @since 0.1.0 */
export interface Options {
  /** Calls kept, at least 1; 10,000 by default. As many events are kept. */
  readonly capacity?: number | undefined
}

/** One call while it is held: its start, and by ordinal what is known of its attempts. */
interface Held {
  readonly start: CallStart
  end: CallEnd | undefined
  readonly attempts: Array<AttemptStart | Attempt | undefined>
}

/**
 * A ledger that holds the newest calls of this process.
 *
 * @stability stable
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options = {}): Layer.Layer<Ledger> => Layer.sync(Ledger, () => make(options))

/** A ledger that keeps nothing and answers every question with nothing. @stability stable @category layers @since 0.1.0 */
export const layerNone: Layer.Layer<Ledger> = Layer.succeed(Ledger, {
  append: () => Effect.void,
  calls: () => Effect.succeed({ calls: [], totals: noTotals() }),
  call: () => Effect.undefined,
  failures: () => Effect.succeed([]),
  status: Effect.succeed({ store: "none", healthy: true, queued: 0, spooled: 0 }),
  flush: Effect.void
})

/**
 * The service itself, for those that need no layer.
 *
 * @stability stable
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options = {}): Context.Service.Shape<typeof Ledger> => {
  const capacity = Math.max(1, options.capacity ?? 10_000)
  const held = new Map<string, Held>()
  const events: Array<AppEvent> = []
  return {
    append: (entry) => {
      keep(held, events, capacity, entry)
      return Effect.void
    },
    calls: (filter) =>
      Effect.suspend(() => {
        const { cursor } = filter
        const after = cursor === undefined ? undefined : LedgerCursor.read(cursor)
        return cursor !== undefined && after === undefined
          ? Effect.fail(
              new LedgerUnavailable({ store: "memory", message: `Ledger.calls: ${LedgerCursor.refused(cursor)}` })
            )
          : Effect.succeed(page(held, events, filter, after))
      }),
    call: (id) => Effect.sync(() => story(held, events, id)),
    failures: (filter) => Effect.sync(() => failures(held, filter)),
    status: Effect.succeed({ store: "memory", healthy: true, queued: 0, spooled: 0 }),
    flush: Effect.void
  }
}

const keep = (held: Map<string, Held>, events: Array<AppEvent>, capacity: number, entry: Entry): void => {
  switch (entry._tag) {
    case "CallStart":
      if (held.has(entry.id)) return
      held.set(entry.id, { start: entry, end: undefined, attempts: [] })
      if (held.size > capacity) held.delete(held.keys().next().value ?? "")
      return
    case "AttemptStart": {
      const call = held.get(entry.callId)
      if (call !== undefined) call.attempts[entry.ordinal] ??= entry
      return
    }
    case "AttemptEnd": {
      const call = held.get(entry.callId)
      if (call !== undefined) call.attempts[entry.attempt.ordinal] = entry.attempt
      return
    }
    case "CallEnd": {
      const call = held.get(entry.id)
      if (call !== undefined) call.end = entry
      return
    }
    case "AppEvent":
      events.push(entry)
      if (events.length > capacity) events.shift()
  }
}

const rowOf = (call: Held): CallRow => {
  const { _tag, ...start } = call.start
  if (call.end === undefined) return { ...start, outcome: "running" }
  const { _tag: _, ...end } = call.end
  return { ...start, ...end }
}

const attemptsOf = (call: Held): ReadonlyArray<AttemptRow> =>
  call.attempts.flatMap((attempt): ReadonlyArray<AttemptRow> => {
    if (attempt === undefined) return []
    if (!("_tag" in attempt)) return [attempt]
    const { _tag, callId: _, ...start } = attempt
    return [{ ...start, outcome: "running", durationMs: 0 }]
  })

const matches = (call: Held, filter: Filter): boolean => {
  const { start, end } = call
  const outcome = end === undefined ? "running" : end.outcome
  return (
    (filter.since === undefined || start.startedAt >= filter.since) &&
    (filter.until === undefined || start.startedAt < filter.until) &&
    (filter.route === undefined || start.route === filter.route) &&
    (filter.outcome === undefined || outcome === filter.outcome) &&
    (filter.caller === undefined || start.caller === filter.caller) &&
    (filter.provider === undefined ||
      end?.served?.provider === filter.provider ||
      call.attempts.some((attempt) => attempt?.provider === filter.provider)) &&
    (filter.reason === undefined ||
      end?.reason === filter.reason ||
      call.attempts.some(
        (attempt) => attempt !== undefined && "reason" in attempt && attempt.reason === filter.reason
      )) &&
    Object.entries(filter.metadata ?? {}).every(([key, value]) => {
      const found = start.metadata?.[key]
      return found !== undefined && String(found) === value
    })
  )
}

const page = (
  held: Map<string, Held>,
  events: ReadonlyArray<AppEvent>,
  filter: Filter,
  cursor: LedgerCursor.Cursor | undefined
): Page => {
  const found = [...held.values()].filter((call) => matches(call, filter)).toSorted((a, b) => order(a.start, b.start))
  const left = cursor === undefined ? found : found.filter(({ start }) => order(start, cursor) > 0)
  const limit = Math.min(1000, Math.max(1, filter.limit ?? 50))
  const calls = left.slice(0, limit)
  const last = calls.at(-1)
  const run = cursor === undefined ? filter.metadata?.["run"] : undefined
  return {
    calls: calls.map(rowOf),
    totals: found.reduce(addUp, noTotals()),
    ...(run === undefined ? {} : { events: eventsOf(events, run) }),
    ...(last !== undefined && left.length > limit ? { next: LedgerCursor.write(last.start) } : {})
  }
}

/** Newest first; by whole milliseconds, for a virtual clock has parts of them. */
const order = (a: LedgerCursor.Cursor, b: LedgerCursor.Cursor): number => {
  if (a.id === b.id) return 0
  return Math.trunc(b.startedAt) - Math.trunc(a.startedAt) || (a.id < b.id ? 1 : -1)
}

const story = (held: Map<string, Held>, events: ReadonlyArray<AppEvent>, id: string): CallStory | undefined => {
  const call = held.get(id)
  if (call === undefined) return undefined
  const run = call.start.metadata?.["run"]
  return {
    call: rowOf(call),
    attempts: attemptsOf(call),
    events: run === undefined ? [] : eventsOf(events, run)
  }
}

const eventsOf = (events: ReadonlyArray<AppEvent>, run: unknown): ReadonlyArray<AppEvent> =>
  events.filter((event) => event.metadata["run"] === run).toSorted((a, b) => a.at - b.at)

const failures = (held: Map<string, Held>, filter: FailureFilter): ReadonlyArray<string> => {
  const { limit = 100, provider, since = 0, until = Infinity } = filter
  const found = [...held.values()]
    .flatMap(({ attempts }) => attempts.flatMap((attempt) => (hasFixture(attempt) ? [attempt] : [])))
    .filter(({ startedAt }) => startedAt >= since && startedAt < until)
    .filter((attempt) => provider === undefined || attempt.provider === provider)
    .toSorted((a, b) => b.startedAt - a.startedAt)
  return [...new Set(found.map(({ fixture }) => fixture))].slice(0, Math.min(1000, Math.max(1, limit)))
}

const hasFixture = (attempt: AttemptStart | Attempt | undefined): attempt is Attempt & { readonly fixture: string } =>
  attempt !== undefined && "fixture" in attempt && attempt.fixture !== undefined

function noTotals(): Totals {
  return { calls: 0, attempts: 0, inputTokens: 0, outputTokens: 0, costUsd: 0 }
}

const addUp = (totals: Totals, { attempts, end }: Held): Totals => ({
  calls: totals.calls + 1,
  attempts: totals.attempts + (end?.attempts ?? attempts.filter((attempt) => attempt !== undefined).length),
  inputTokens: totals.inputTokens + (end?.usage?.inputTokens ?? 0),
  outputTokens: totals.outputTokens + (end?.usage?.outputTokens ?? 0),
  costUsd: totals.costUsd + (end?.costUsd ?? 0)
})

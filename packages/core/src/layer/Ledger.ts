/**
 * The record of every call and every attempt, once: the service that the router writes to, and its shapes.
 *
 * The router appends entries as they happen; a store keeps them (memory here, SQLite and PostgreSQL in the server package).
 * `append` is on the path of every call: a store queues and returns at once, and slows callers down (never drops) when its
 * queue is full. Only with `durability: strict` does it wait until the entry is committed. It never fails: a store that is away
 * spools, and says so through `status`.
 */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type { Attempt } from "../domain/Attempt.ts"
import type { AppEvent, CallEnd, CallStart, Entry } from "../domain/Entry.ts"
import type { Json } from "../domain/Json.ts"

export type { AppEvent, AttemptEnd, AttemptStart, CallEnd, CallStart, Entry } from "../domain/Entry.ts"

/** A call as it is read back: start and end in one, with its attempts where one call was asked for. @stability stable @category models @since 0.1.0 */
export interface CallRow extends Omit<CallStart, "_tag">, Partial<Omit<CallEnd, "_tag" | "id" | "outcome">> {
  readonly outcome: "answered" | "failed" | "cancelled" | "unfinished" | "running"
}

/** An attempt as it is read back; one without an end is `running`, or `unfinished` where its process is gone. @stability stable @category models @since 0.1.0 */
export interface AttemptRow extends Omit<Attempt, "outcome"> {
  readonly outcome: Attempt["outcome"] | "unfinished" | "running"
}

/** Which calls to read; all conditions hold at once. `since`/`until` are epoch milliseconds. @stability stable @category models @since 0.1.0 */
export interface Filter {
  readonly since?: number | undefined
  readonly until?: number | undefined
  readonly route?: string | undefined
  readonly provider?: string | undefined
  readonly outcome?: CallRow["outcome"] | undefined
  readonly reason?: string | undefined
  readonly caller?: string | undefined
  readonly metadata?: Readonly<Record<string, string>> | undefined
  /** Rows at most; 1 to 1000, 50 by default. */
  readonly limit?: number | undefined
  /** Opaque; from the page before. */
  readonly cursor?: string | undefined
}

/**
 * Which answers that no rule knew to read; all conditions hold at once. `since`/`until` are epoch milliseconds.
 *
 * @stability stable
 * @category models
 * @since 0.1.0
 */
export interface FailureFilter {
  readonly since?: number | undefined
  readonly until?: number | undefined
  readonly provider?: string | undefined
  /** Lines at most; 1 to 1000, 100 by default. */
  readonly limit?: number | undefined
}

/** Sums over all calls of a filter, not only those of the page. @stability stable @category models @since 0.1.0 */
export interface Totals {
  readonly calls: number
  readonly attempts: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly costUsd: number
}

/** One page of calls, with the sums over all of them. @stability stable @category models @since 0.1.0 */
export interface Page {
  readonly calls: ReadonlyArray<CallRow>
  readonly totals: Totals
  readonly next?: string | undefined
  /** What applications told of the run, oldest first; where the filter asks for one (`metadata.run`), on its first page. */
  readonly events?: ReadonlyArray<AppEvent> | undefined
}

/** Whether the store is there, and how many entries wait for it. @stability stable @category models @since 0.1.0 */
export interface Status {
  readonly store: string
  readonly healthy: boolean
  readonly queued: number
  readonly spooled: number
  /** Neither store nor spool takes a row, and so many wait that calls do. */
  readonly full?: boolean | undefined
  readonly detail?: Json | undefined
}

/** One call with everything that belongs to it; events are those of its run. @stability stable @category models @since 0.1.0 */
export interface CallStory {
  readonly call: CallRow
  readonly attempts: ReadonlyArray<AttemptRow>
  readonly events: ReadonlyArray<AppEvent>
}

/**
 * The ledger cannot be read now (or the filter cannot be understood). Writing never fails with it: a store that is away spools.
 *
 * @stability stable
 * @category errors
 * @since 0.1.0
 */
export class LedgerUnavailable extends Data.TaggedError("LedgerUnavailable")<{
  readonly store: string
  /** Who, what, and the next step; holds no secret. */
  readonly message: string
}> {}

/**
 * The ledger.
 *
 * `append` in `strict` durability returns once an attempt's start is committed; all else returns at once while there is room.
 *
 * @stability stable
 * @category services
 * @since 0.1.0
 */
export class Ledger extends Context.Service<
  Ledger,
  {
    /** Takes the entry at once; the effect is what there is to wait for. */
    readonly append: (entry: Entry) => Effect.Effect<void>
    /** Newest first, one page. Totals are of the whole filter. */
    readonly calls: (filter: Filter) => Effect.Effect<Page, LedgerUnavailable>
    readonly call: (id: string) => Effect.Effect<CallStory | undefined, LedgerUnavailable>
    /** Answers that no rule knew, as lines of a fixture file (redacted), newest first and each once. */
    readonly failures: (filter: FailureFilter) => Effect.Effect<ReadonlyArray<string>, LedgerUnavailable>
    readonly status: Effect.Effect<Status>
    /** Writes out everything that waits; at shutdown. */
    readonly flush: Effect.Effect<void>
  }
>()("@orelse/core/layer/Ledger") {}

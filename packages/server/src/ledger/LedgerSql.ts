/**
 * The `Ledger` service on a store: writing through the queue, reading by SQL, a heartbeat, retention.
 *
 * What differs between databases is in their `Store`; `LedgerSqlite.ts` and `LedgerPostgres.ts` put the two together.
 */
import * as Json from "@orelse/core/domain/Json"
import {
  type CallStory,
  type FailureFilter,
  type Filter,
  type Ledger,
  LedgerUnavailable,
  type Page
} from "@orelse/core/layer/Ledger"
import * as LedgerCursor from "@orelse/core/layer/LedgerCursor"
import type * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Bodies from "./Bodies.ts"
import * as Owner from "./Owner.ts"
import * as Queries from "./Queries.ts"
import * as Retention from "./Retention.ts"
import * as Rows from "./Rows.ts"
import * as Spool from "./Spool.ts"
import type { Statement, Store } from "./Store.ts"
import * as Writer from "./Writer.ts"

/** What is the same for all stores. @stability stable @category models @since 0.1.0 */
export interface Options {
  /** `batched`: committed at most 50 ms later; `strict`: an attempt's start is committed before it is sent. `batched` by default. */
  readonly durability?: "batched" | "strict" | undefined
  /** `full` keeps requests and answers, without secrets; `none` by default. */
  readonly bodies?: "none" | "full" | undefined
  /** Older calls are deleted; kept for ever where absent. */
  readonly retention?: Duration.Duration | undefined
  /** A folder of this machine for rows that wait while the store is away. */
  readonly spoolPath?: string | undefined
  /** Bytes of the spool at most; 64 MiB by default. */
  readonly spoolSize?: number | undefined
  /** Entries that may wait in memory before callers are slowed down; 10,000 by default. */
  readonly queueLimit?: number | undefined
}

type Service = Context.Service.Shape<typeof Ledger>

/** How long a question waits for what is on its way into the store. */
const patience = "1 second"

/**
 * The service that writes and reads; on closing it writes out what waits and takes its leave.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (
  store: Store,
  options: Options & { readonly spoolPath: string }
): Effect.fn.Return<Service, never, Scope.Scope> {
  const owner = yield* Owner.make
  const spool = yield* Spool.make({
    folder: options.spoolPath,
    maxBytes: options.spoolSize ?? 64 * 1024 * 1024,
    sync: options.durability === "strict",
    owner
  })
  yield* Effect.addFinalizer(() => Effect.ignore(store.run([Owner.goodbye(owner.id)])))
  const recover = Effect.andThen(store.ready, Owner.heartbeat(store, owner))
  const writer = yield* Writer.make({
    store,
    spool,
    durability: options.durability ?? "batched",
    queueLimit: options.queueLimit ?? 10_000,
    owner: owner.id,
    recover
  })
  const beat = Effect.ignore(Effect.suspend(() => (writer.away() === undefined ? recover : Effect.void)))
  // A first one soon: a database may still have been busy with the last words of a gateway that was killed.
  const beats = Effect.andThen(Effect.delay(beat, "1 second"), Effect.forever(Effect.delay(beat, "10 seconds")))
  yield* Effect.forkScoped(beats)
  if (options.retention !== undefined) yield* Effect.forkScoped(Retention.run(store, options.retention))
  // What was appended before the question is part of the answer; where neither store nor spool takes it, the answer does without.
  const caughtUp = Effect.timeoutOption(writer.flush, patience)
  return {
    append: (entry) => writer.append(Bodies.kept(entry, options.bodies ?? "none")),
    flush: writer.flush,
    calls: (filter) => Effect.andThen(caughtUp, page(store, filter)),
    call: (id) => Effect.andThen(caughtUp, story(store, id)),
    failures: (filter) => Effect.andThen(caughtUp, failures(store, filter)),
    status: Effect.sync(() => {
      const away = writer.away()
      return {
        store: store.dialect,
        healthy: away === undefined,
        queued: writer.queued(),
        spooled: spool.rows(),
        ...(writer.isFull() ? { full: true } : {}),
        detail: Json.compact({ where: store.where, away, spooledBytes: spool.bytes() })
      }
    })
  }
})

/**
 * The service for those who only look (the command line beside a running gateway): it writes nothing, and appends die.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const makeReadOnly = (store: Store): Service => ({
  append: () => Effect.die(new Error(`Ledger: ${store.where} was opened for reading only`)),
  calls: (filter) => page(store, filter),
  call: (id) => story(store, id),
  failures: (filter) => failures(store, filter),
  status: Effect.succeed({
    store: store.dialect,
    healthy: true,
    queued: 0,
    spooled: 0,
    detail: { where: store.where }
  }),
  flush: Effect.void
})

const page = Effect.fn("Ledger.calls")(function* (
  store: Store,
  filter: Filter
): Effect.fn.Return<Page, LedgerUnavailable> {
  const cursor = filter.cursor === undefined ? undefined : LedgerCursor.read(filter.cursor)
  if (filter.cursor !== undefined && cursor === undefined) {
    return yield* new LedgerUnavailable({
      store: store.dialect,
      message: `Ledger.calls: ${LedgerCursor.refused(filter.cursor)}`
    })
  }
  const run = cursor === undefined ? filter.metadata?.["run"] : undefined
  const [rows, [totals], events] = yield* Effect.all([
    read(store, Queries.page(filter, cursor)),
    read(store, Queries.totals(filter)),
    run === undefined ? Effect.undefined : read(store, Queries.eventsOfRun(run))
  ])
  const calls = rows.slice(0, Queries.limitOf(filter)).map(Rows.toCall)
  const last = calls.at(-1)
  return {
    calls,
    totals: Queries.toTotals(totals),
    ...(events === undefined ? {} : { events: events.map(Rows.toEvent) }),
    ...(last !== undefined && rows.length > calls.length ? { next: LedgerCursor.write(last) } : {})
  }
})

const story = Effect.fn("Ledger.call")(function* (
  store: Store,
  id: string
): Effect.fn.Return<CallStory | undefined, LedgerUnavailable> {
  // No id holds a NUL, and PostgreSQL takes none.
  if (id.includes("\0")) return undefined
  const [row] = yield* read(store, Queries.call(id))
  if (row === undefined) return undefined
  const call = Rows.toCall(row)
  const run = call.metadata?.["run"]
  return {
    call,
    attempts: (yield* read(store, Queries.attempts(id))).map(Rows.toAttempt),
    events: typeof run === "string" ? (yield* read(store, Queries.eventsOfRun(run))).map(Rows.toEvent) : []
  }
})

const failures = Effect.fn("Ledger.failures")(function* (
  store: Store,
  filter: FailureFilter
): Effect.fn.Return<ReadonlyArray<string>, LedgerUnavailable> {
  const rows = yield* read(store, Queries.failures(filter))
  return rows.flatMap((row) => Json.string(row["fixture"]) ?? [])
})

const read = (store: Store, statement: Statement) =>
  Effect.mapError(
    store.read(statement),
    ({ message }) =>
      new LedgerUnavailable({
        store: store.dialect,
        message: `The ledger in ${store.where} cannot be read: ${message}; ${nextStep(message)}`
      })
  )

/** A database that is there, and is another's. */
const nextStep = (message: string): string =>
  /no such (?:table|column)|does not exist/.test(message)
    ? "no gateway of this version has written it: check ledger.path, or ledger.url"
    : "try again when it is back"

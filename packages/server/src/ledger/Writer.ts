/**
 * Gets entries into the store: a queue in memory (`Queue.ts`), and one fiber that delivers what is due (`Delivery.ts`).
 *
 * `append` is on the path of every call: it folds the entry into the open batch and returns. A batch is due at 256 rows or
 * 30 ms after its first entry, whichever comes first. Beyond `queueLimit` entries, or when the store falls behind by more than
 * two batches, `append` waits: callers are slowed down, and nothing is dropped.
 */
import type { Entry } from "@orelse/core/layer/Ledger"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Delivery from "./Delivery.ts"
import * as Queue from "./Queue.ts"
import type { Spool } from "./Spool.ts"
import type { Store, StoreError } from "./Store.ts"

/** @stability experimental @category models @since 0.1.0 */
export interface Options {
  readonly store: Store
  readonly spool: Spool
  /** `strict`: an attempt's start (and an application's event) is committed when `append` returns. */
  readonly durability: "batched" | "strict"
  /** Entries that may wait before callers do. */
  readonly queueLimit: number
  /** Who writes. */
  readonly owner: string
  /** Makes the store ready, at the start and after it was away. */
  readonly recover: Effect.Effect<unknown, StoreError>
}

/** @stability experimental @category models @since 0.1.0 */
export interface Writer {
  readonly append: (entry: Entry) => Effect.Effect<void>
  /** Returns when all that was appended before is in the store, or, where that is away, in the spool. */
  readonly flush: Effect.Effect<void>
  readonly queued: () => number
  /** Why the store is away; `undefined` while it is there. */
  readonly away: () => string | undefined
  /** Neither store nor spool takes a row, and callers wait. */
  readonly isFull: () => boolean
}

/**
 * Starts writing; at the end of the scope all that waits is written out, for ten seconds at most.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (options: Options): Effect.fn.Return<Writer, never, Scope.Scope> {
  const { durability, queueLimit } = options
  const queue = Queue.make({ strict: durability === "strict", limit: queueLimit }, yield* Clock.Clock)
  const delivery = yield* Delivery.make(options)
  const turn = Effect.gen(function* () {
    yield* queue.due
    const pending = queue.take()
    if (pending === undefined) return
    // A bug in writing one batch must not end the writing of all.
    yield* Effect.catchDefect(delivery.deliver(pending.batch), (defect) =>
      Effect.logError(`Ledger: ${pending.batch.rows} rows could not be written`, defect)
    )
    queue.release(pending)
  })
  const flush = Effect.andThen(queue.flush, delivery.settled)
  yield* Effect.forkScoped(Effect.forever(turn))
  yield* Effect.addFinalizer(() =>
    Effect.flatMap(Effect.timeoutOption(Effect.andThen(queue.flush, delivery.drained), "10 seconds"), (done) =>
      Option.isSome(done) || queue.size() === 0
        ? Effect.void
        : Effect.logError(`Ledger: ${queue.size()} entries are lost, for neither store nor spool took them in time`)
    )
  )
  const isFull = (): boolean => delivery.isFull() && queue.isFull()
  return { append: queue.append, flush, queued: queue.size, away: delivery.away, isFull }
})

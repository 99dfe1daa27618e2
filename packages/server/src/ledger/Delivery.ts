/**
 * Where a batch goes: into the store, or into the spool while the store is away; and back from there, in order.
 *
 * It never fails and never drops: what a store rejects for good is set aside beside the spool, row by row, and when both
 * store and spool are out of order it waits, which makes the queue fill up and callers slow down.
 */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Batch from "./Batch.ts"
import type { Spool } from "./Spool.ts"
import type { Store, StoreError } from "./Store.ts"

/** @stability experimental @category models @since 0.1.0 */
export interface Options {
  readonly store: Store
  readonly spool: Spool
  /** Who writes. */
  readonly owner: string
  /** Makes the store ready after it was away: connect, migrate, say who we are. */
  readonly recover: Effect.Effect<unknown, StoreError>
  /** Called when the store is back. */
  readonly back: () => void
}

/** @stability experimental @category models @since 0.1.0 */
export interface Delivery {
  /** Returns when the batch is in the store or in the spool. */
  readonly deliver: (batch: Batch.Batch) => Effect.Effect<void>
  /** Whether the store is back and rows wait in the spool. */
  readonly canReplay: () => boolean
  /** Moves one portion from the spool into the store. */
  readonly replay: Effect.Effect<void>
  /** Why the store is away; `undefined` while batches go straight into it. */
  readonly away: () => string | undefined
}

/** The store is asked again after 250 ms, 500 ms, … and every 5 seconds. */
const probing = Schedule.min([Schedule.exponential("250 millis"), Schedule.spaced("5 seconds")])

/**
 * Starts with whatever the spool still holds, or away, if the store is.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (options: Options): Effect.fn.Return<Delivery, never, Scope.Scope> {
  const { owner, spool, store } = options
  const scope = yield* Effect.scope
  const state = { away: undefined as string | undefined, reachable: false }

  /** Fails only where the store is away. */
  const write = (batch: Batch.Batch): Effect.Effect<void, StoreError> =>
    Effect.catch(store.write(batch, owner), (error) => {
      if (error.kind !== "rejected") return Effect.fail(error)
      if (Batch.size(batch) > 1) return Effect.forEach(Batch.halves(batch), write, { discard: true })
      return Effect.logError(
        `Ledger: ${store.where} rejects a row; it is set aside in rejected.jsonl`,
        error.message
      ).pipe(
        Effect.andThen(spool.setAside(batch)),
        Effect.catch((failure) => Effect.logError("Ledger: a rejected row could not be set aside", failure.message))
      )
    })

  const goAway = (error: StoreError) =>
    Effect.suspend(() => {
      const isNew = state.away === undefined
      state.away = error.message
      state.reachable = false
      const probe = Effect.retry(Effect.delay(options.recover, "250 millis"), probing).pipe(
        Effect.andThen(
          Effect.sync(() => {
            state.reachable = true
            options.back()
          })
        ),
        // The schedule has no end, so neither has the retry.
        Effect.ignore,
        Effect.forkIn(scope)
      )
      return isNew
        ? Effect.andThen(
            Effect.logWarning(`Ledger: ${store.where} is away; calls go on, rows wait in the spool`, error.message),
            probe
          )
        : probe
    })

  const replay: Effect.Effect<void> = Effect.gen(function* () {
    const portion = yield* spool.oldest
    if (portion !== undefined) {
      yield* write(portion.batch)
      yield* portion.done
    }
    if (!spool.isEmpty()) return
    state.away = undefined
    yield* Effect.logInfo(`Ledger: ${store.where} holds all rows again`)
  }).pipe(
    Effect.catchTags({
      StoreError: goAway,
      SpoolError: (error) =>
        Effect.andThen(Effect.logError("Ledger: the spool cannot be read", error.message), Effect.sleep("1 second"))
    })
  )

  const keep = (batch: Batch.Batch): Effect.Effect<void> =>
    Effect.catch(spool.keep(batch), () =>
      (state.reachable ? replay : Effect.sleep("100 millis")).pipe(Effect.andThen(Effect.suspend(() => deliver(batch))))
    )

  const deliver = (batch: Batch.Batch): Effect.Effect<void> =>
    state.away !== undefined
      ? keep(batch)
      : Effect.catch(write(batch), (error) => Effect.andThen(goAway(error), keep(batch)))

  const start = yield* Effect.result(options.recover)
  if (start._tag === "Failure") yield* goAway(start.failure)
  else if (!spool.isEmpty()) {
    state.away = "rows from before wait in the spool"
    state.reachable = true
  }
  return {
    deliver: (batch) => Effect.suspend(() => deliver(batch)),
    canReplay: () => state.away !== undefined && state.reachable,
    replay,
    away: () => state.away
  }
})

/**
 * Where a batch goes: into the store, or into the spool while the store is away; and back from there, in order.
 *
 * A store that takes its time is not away, but a crash must not lose what it has not answered for: such a batch goes into the
 * spool as well, and the next ones wait there until it has caught up. Writing a batch twice changes nothing.
 *
 * It never fails and never drops: what a store rejects for good is set aside beside the spool, row by row, and when both
 * store and spool are out of order it waits, which makes the queue fill up and callers slow down.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import * as Batch from "./Batch.ts"
import * as Owner from "./Owner.ts"
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
}

/** @stability experimental @category models @since 0.1.0 */
export interface Delivery {
  /** Returns when the batch is in the store or in the spool. */
  readonly deliver: (batch: Batch.Batch) => Effect.Effect<void>
  /** Returns when a store that was slow has caught up, or is away. */
  readonly settled: Effect.Effect<void>
  /** Returns when nothing waits in the spool, or the store is away. */
  readonly drained: Effect.Effect<void>
  /** Why the store is away; `undefined` while it is there. */
  readonly away: () => string | undefined
}

/** How long a write may take before its batch goes into the spool as well: with the queue's 30 ms, and the disk's, 50 ms. */
const patienceMs = 12

/** A batch whose oldest entry came this long ago, because the machine is busy, waits for nobody. */
const oldMs = 42

/** How long before somebody who waits looks again. */
const glance = "5 millis"

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
  // A scope of its own: the last rows are written while the ledger's scope closes.
  const scope = yield* Effect.acquireRelease(Scope.make(), (scope, exit) => Scope.close(scope, exit))
  const state = {
    away: undefined as string | undefined,
    /** Batches go into the spool: the store is away, or has not caught up. */
    spools: false,
    /** It is catching up, or will when it has answered. */
    reachable: true,
    /** A batch is on its way into the spool. */
    keeps: false
  }

  const write = writer(store, spool)

  const goAway = (error: StoreError) =>
    Effect.suspend(() => {
      const isNew = state.away === undefined
      state.away = error.message
      state.spools = true
      state.reachable = false
      const probe = Effect.retry(Effect.delay(options.recover, "250 millis"), probing).pipe(
        Effect.andThen(Effect.suspend(() => catchUp)),
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

  /** Moves the oldest portion into the store; answers whose it was. */
  const replay = Effect.gen(function* () {
    const portion = yield* spool.oldest
    if (portion === undefined) return owner
    yield* write(portion.batch, portion.owner)
    const ids = [...portion.batch.calls.keys()]
    if (portion.owner !== owner && ids.length > 0) yield* store.run(Owner.mend(ids))
    yield* portion.done
    return portion.owner
  })

  /** From the store's return until nothing waits in the spool; batches go there meanwhile, so that order is kept. */
  const catchUp: Effect.Effect<void> = Effect.gen(function* () {
    let isForeign = false
    state.reachable = true
    do {
      if ((yield* replay) !== owner) isForeign = true
    } while (!spool.isEmpty() || state.keeps)
    // What a dead process left in the spool may hold open calls.
    if (isForeign) yield* options.recover
    if (!spool.isEmpty() || state.keeps) return yield* Effect.suspend(() => catchUp)
    const wasAway = state.away !== undefined
    state.spools = false
    state.away = undefined
    if (wasAway) yield* Effect.logInfo(`Ledger: ${store.where} holds all rows again`)
  }).pipe(
    Effect.catchTags({
      StoreError: goAway,
      SpoolError: (error) =>
        Effect.logError("Ledger: the spool cannot be read", error.message).pipe(
          Effect.andThen(Effect.sleep("1 second")),
          Effect.andThen(Effect.suspend(() => catchUp))
        )
    })
  )

  /** Waits, where there is no room, until there is. */
  const keep = (batch: Batch.Batch): Effect.Effect<void> =>
    Effect.suspend(() => {
      state.keeps = true
      return spool.keep(batch)
    }).pipe(
      Effect.ensuring(
        Effect.sync(() => {
          state.keeps = false
        })
      ),
      Effect.catch(() =>
        Effect.andThen(
          Effect.sleep("100 millis"),
          Effect.suspend(() => deliver(batch))
        )
      )
    )

  /** A write that is not over in time goes on by itself, while its batch is kept. */
  const direct = Effect.fnUntraced(function* (batch: Batch.Batch) {
    const writing = yield* Effect.forkIn(write(batch, owner), scope, { startImmediately: true })
    const left = Math.min(patienceMs, batch.since + oldMs - (yield* Clock.currentTimeMillis))
    if (left > 0 && writing.pollUnsafe() === undefined) yield* Effect.timeoutOption(Fiber.await(writing), left)
    const exit = writing.pollUnsafe()
    if (exit !== undefined) return yield* exit
    state.spools = true
    yield* Effect.forkIn(
      Fiber.join(writing).pipe(Effect.andThen(Effect.suspend(() => catchUp)), Effect.catch(goAway)),
      scope
    )
    yield* keep(batch)
  })

  const deliver = (batch: Batch.Batch): Effect.Effect<void> =>
    state.spools ? keep(batch) : Effect.catch(direct(batch), (error) => Effect.andThen(goAway(error), keep(batch)))

  const start = yield* Effect.result(options.recover)
  if (start._tag === "Failure") yield* goAway(start.failure)
  else if (!spool.isEmpty()) {
    state.away = "rows from before wait in the spool"
    state.spools = true
    yield* Effect.forkIn(catchUp, scope)
  }
  return {
    deliver: (batch) => Effect.suspend(() => deliver(batch)),
    settled: whileSo(() => state.spools && state.away === undefined),
    drained: whileSo(() => state.spools && state.reachable),
    away: () => state.away
  }
})

/** Writes a batch, or all of it but the rows that the store rejects; fails only where the store is away. */
const writer = (store: Store, spool: Spool) => {
  const write = (batch: Batch.Batch, owner: string): Effect.Effect<void, StoreError> =>
    Effect.catch(store.write(batch, owner), (error) => {
      if (error.kind !== "rejected") return Effect.fail(error)
      if (Batch.size(batch) > 1)
        return Effect.forEach(Batch.halves(batch), (half) => write(half, owner), { discard: true })
      return Effect.logError(
        `Ledger: ${store.where} rejects a row; it is set aside in rejected.jsonl`,
        error.message
      ).pipe(
        Effect.andThen(spool.setAside(batch)),
        Effect.catch((failure) => Effect.logError("Ledger: a rejected row could not be set aside", failure.message))
      )
    })
  return write
}

const whileSo = (isSo: () => boolean): Effect.Effect<void> =>
  Effect.suspend(() => (isSo() ? Effect.andThen(Effect.sleep(glance), whileSo(isSo)) : Effect.void))

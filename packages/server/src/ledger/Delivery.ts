/**
 * Where a batch goes: into the store, or into the spool while the store is away; and back from there, in order
 * (`CatchUp.ts`).
 *
 * A store that takes its time is not away, but a crash must not lose what it has not answered for: such a batch goes into the
 * spool as well, and the next ones wait there until it has caught up. Writing a batch twice changes nothing.
 *
 * It never fails and never drops: what a store rejects for good is set aside beside the spool, row by row, and when both
 * store and spool are out of order it waits, which makes the queue fill up and callers slow down.
 */
import * as Elapsed from "@orelse/core/domain/Elapsed"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import type * as Batch from "./Batch.ts"
import * as CatchUp from "./CatchUp.ts"
import * as SetAside from "./SetAside.ts"

/** @stability experimental @category models @since 0.1.0 */
export type Options = CatchUp.Options

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
  /** Neither store nor spool takes a row. */
  readonly isFull: () => boolean
}

/** How long a write may take before its batch goes into the spool as well: with the queue's 30 ms, and the disk's, 50 ms. */
const patienceMs = 12

/** A batch whose oldest entry came this long ago, because the machine is busy, waits for nobody. */
const oldMs = 42

/** How long before somebody who waits looks again. */
const glance = "5 millis"

/**
 * Starts with whatever the spool still holds, or away, if the store is.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (options: Options): Effect.fn.Return<Delivery, never, Scope.Scope> {
  // A scope of its own: the last rows are written while the ledger's scope closes.
  const scope = yield* Effect.acquireRelease(Scope.make(), (scope, exit) => Scope.close(scope, exit))
  const back = CatchUp.make(options, SetAside.writer(options.store, options.spool), scope)
  const { course } = back
  const start = yield* Effect.result(options.recover)
  if (start._tag === "Failure") yield* CatchUp.goAway(back, start.failure)
  else if (!options.spool.isEmpty()) {
    course.away = "rows from before wait in the spool"
    course.spools = true
    yield* Effect.forkIn(CatchUp.run(back), scope)
  }
  return {
    deliver: (batch) => Effect.suspend(() => deliver(back, batch)),
    settled: whileSo(() => course.spools && course.away === undefined),
    drained: whileSo(() => course.spools && course.reachable),
    away: () => course.away,
    isFull: () => course.isFull
  }
})

const deliver = (back: CatchUp.CatchUp, batch: Batch.Batch): Effect.Effect<void> =>
  back.course.spools
    ? keep(back, batch)
    : Effect.catch(direct(back, batch), (error) => Effect.andThen(CatchUp.goAway(back, error), keep(back, batch)))

/** A write that is not over in time goes on by itself, while its batch is kept. */
const direct = Effect.fnUntraced(function* (back: CatchUp.CatchUp, batch: Batch.Batch) {
  const { course, owner, scope, write } = back
  const writing = yield* Effect.forkIn(write(batch, owner), scope, { startImmediately: true })
  const left = Math.min(patienceMs, batch.since + oldMs - Elapsed.millis(yield* Clock.Clock))
  if (left > 0 && writing.pollUnsafe() === undefined) yield* Effect.timeoutOption(Fiber.await(writing), left)
  const exit = writing.pollUnsafe()
  if (exit !== undefined) {
    yield* exit
    return course.isFull ? yield* CatchUp.back(back) : undefined
  }
  course.spools = true
  yield* Effect.forkIn(
    Fiber.join(writing).pipe(
      Effect.andThen(CatchUp.run(back)),
      Effect.catch((error) => CatchUp.goAway(back, error))
    ),
    scope
  )
  yield* keep(back, batch)
})

/** Waits, where there is no room, until there is. */
const keep = (back: CatchUp.CatchUp, batch: Batch.Batch): Effect.Effect<void> =>
  Effect.suspend(() => {
    back.course.keeps = true
    return back.spool.keep(batch)
  }).pipe(
    Effect.tap(() =>
      Effect.sync(() => {
        back.course.isFull = false
      })
    ),
    Effect.ensuring(
      Effect.sync(() => {
        back.course.keeps = false
      })
    ),
    Effect.catch((error) =>
      Effect.suspend(() => {
        const isNew = !back.course.isFull
        back.course.isFull = true
        return isNew
          ? Effect.logWarning("Ledger: the spool takes no more; callers wait until it does", error.message)
          : Effect.void
      }).pipe(
        Effect.andThen(Effect.sleep("100 millis")),
        // Last of all, so that nothing is kept of a wait that may last for days.
        Effect.andThen(Effect.suspend(() => deliver(back, batch)))
      )
    )
  )

const whileSo = (isSo: () => boolean): Effect.Effect<void> =>
  Effect.suspend(() => (isSo() ? Effect.andThen(Effect.sleep(glance), whileSo(isSo)) : Effect.void))

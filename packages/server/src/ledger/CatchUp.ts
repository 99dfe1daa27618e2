/**
 * The way back: a store that was away is asked until it answers, and what waits in the spool goes into it, in order.
 *
 * Says where batches go meanwhile (`Course`); putting them there is `Delivery.ts`.
 */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Owner from "./Owner.ts"
import type * as SetAside from "./SetAside.ts"
import type { Spool, SpoolError } from "./Spool.ts"
import type { Store, StoreError } from "./Store.ts"

/** Where batches go now. @stability experimental @category models @since 0.1.0 */
export interface Course {
  /** Why the store is away; `undefined` while it is there. */
  away: string | undefined
  /** Batches go into the spool: the store is away, or has not caught up. */
  spools: boolean
  /** It is catching up, or will when it has answered. */
  reachable: boolean
  /** A batch is on its way into the spool. */
  keeps: boolean
  /** The spool did not take a batch, which waits: only its writing shows that the store is there again. */
  isFull: boolean
}

/** @stability experimental @category models @since 0.1.0 */
export interface Options {
  readonly store: Store
  readonly spool: Spool
  /** Who writes. */
  readonly owner: string
  /** Makes the store ready after it was away: connect, migrate, say who we are. */
  readonly recover: Effect.Effect<unknown, StoreError>
}

/** Between whom it is, and what it works in. @stability experimental @category models @since 0.1.0 */
export interface CatchUp extends Options {
  readonly write: SetAside.Write
  /** In which it asks a store that is away. */
  readonly scope: Scope.Scope
  readonly course: Course
}

/** The store is asked again after 250 ms, 500 ms, … and every 5 seconds. */
const probing = Schedule.min([Schedule.exponential("250 millis"), Schedule.spaced("5 seconds")])

/** Of a store that is there. @stability experimental @category constructors @since 0.1.0 */
export const make = (options: Options, write: SetAside.Write, scope: Scope.Scope): CatchUp => ({
  ...options,
  write,
  scope,
  course: { away: undefined, spools: false, reachable: true, keeps: false, isFull: false }
})

/**
 * From the store's return until nothing waits in the spool; batches go there meanwhile, so that order is kept.
 *
 * @stability experimental
 * @category combinators
 * @since 0.1.0
 */
export const run = (self: CatchUp): Effect.Effect<void> =>
  Effect.catchTags(emptySpool(self), {
    StoreError: (error) => goAway(self, error),
    SpoolError: (error) =>
      Effect.logError("Ledger: the spool cannot be read", error.message).pipe(
        Effect.andThen(Effect.sleep("1 second")),
        Effect.andThen(Effect.suspend(() => run(self)))
      )
  })

/**
 * The store is away: calls go on, and it is asked until it is there again.
 *
 * @stability experimental
 * @category combinators
 * @since 0.1.0
 */
export const goAway = (self: CatchUp, error: StoreError): Effect.Effect<void> =>
  Effect.suspend(() => {
    const { course, store } = self
    const isNew = course.away === undefined
    course.away = error.message
    course.spools = true
    course.reachable = false
    const probe = Effect.retry(Effect.delay(self.recover, "250 millis"), probing).pipe(
      Effect.andThen(Effect.suspend(() => run(self))),
      // The schedule has no end, so neither has the retry.
      Effect.ignore,
      Effect.forkIn(self.scope),
      Effect.asVoid
    )
    return isNew
      ? Effect.andThen(
          Effect.logWarning(`Ledger: ${store.where} is away; calls go on, rows wait in the spool`, error.message),
          probe
        )
      : probe
  })

const emptySpool = Effect.fnUntraced(function* (self: CatchUp): Effect.fn.Return<void, StoreError | SpoolError> {
  const { course, owner, spool } = self
  let isForeign = false
  course.reachable = true
  do {
    if ((yield* replay(self)) !== owner) isForeign = true
  } while (!spool.isEmpty() || course.keeps)
  // What a dead process left in the spool may hold open calls.
  if (isForeign) yield* self.recover
  if (!spool.isEmpty() || course.keeps) return yield* run(self)
  course.spools = false
  if (!course.isFull) yield* back(self)
})

/**
 * The store holds all rows; says so where it was away.
 *
 * @stability experimental
 * @category combinators
 * @since 0.1.0
 */
export const back = ({ course, store }: CatchUp): Effect.Effect<void> =>
  Effect.suspend(() => {
    const wasAway = course.away !== undefined
    course.away = undefined
    course.isFull = false
    return wasAway ? Effect.logInfo(`Ledger: ${store.where} holds all rows again`) : Effect.void
  })

/** Moves the oldest portion into the store; answers whose it was. */
const replay = Effect.fnUntraced(function* ({ owner, spool, store, write }: CatchUp) {
  const portion = yield* spool.oldest
  if (portion === undefined) return owner
  yield* write(portion.batch, portion.owner)
  const ids = [...portion.batch.calls.keys()]
  if (portion.owner !== owner && ids.length > 0) yield* store.run(Owner.mend(ids))
  yield* portion.done
  return portion.owner
})

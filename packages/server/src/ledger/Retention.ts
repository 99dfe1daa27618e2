/**
 * Deletes what is older than the retention: some hundred rows at a time, with pauses, so that writing is never kept waiting.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { statement, type Statement, type Store, type StoreError } from "./Store.ts"

/** Calls in one portion; with their attempts some 500 rows. */
const portion = 100

/** Between portions. */
const pause = "20 millis"

/**
 * One sweep: answers how many calls and events were deleted. Open calls are left.
 *
 * @stability experimental
 * @category combinators
 * @since 0.1.0
 */
export const sweep = Effect.fnUntraced(function* (
  store: Store,
  retention: Duration.Duration
): Effect.fn.Return<number, StoreError> {
  const before = (yield* Clock.currentTimeMillis) - Duration.toMillis(retention)
  let deleted = 0
  let last: number
  do {
    const ids = (yield* store.read(oldCalls(before))).map((row) => String(row["id"]))
    if (ids.length > 0) deleted += yield* store.run(withAttempts(ids))
    last = ids.length
    yield* Effect.sleep(pause)
  } while (last === portion)
  do {
    last = yield* store.run(oldEvents(before))
    deleted += last
    yield* Effect.sleep(pause)
  } while (last === portion)
  return deleted
})

/**
 * Sweeps every ten minutes, for ever. A store that is away is swept the next time.
 *
 * @stability experimental
 * @category combinators
 * @since 0.1.0
 */
export const run = (store: Store, retention: Duration.Duration): Effect.Effect<never> =>
  sweep(store, retention).pipe(
    Effect.catch((error) => Effect.logDebug("Ledger: retention waits for the store", error.message)),
    Effect.andThen(Effect.sleep("10 minutes")),
    Effect.forever
  )

const oldCalls = (before: number): Statement =>
  statement(
    `SELECT id FROM calls WHERE started_at < ? AND outcome <> 'running' ORDER BY started_at, id LIMIT ${portion}`,
    before
  )

/** By their names: where another gateway deletes as well, "the oldest" would be others for the second statement than for the first. */
const withAttempts = (ids: ReadonlyArray<string>): ReadonlyArray<Statement> => {
  const marks = ids.map(() => "?").join(", ")
  return [
    statement(`DELETE FROM attempt_rows WHERE call_id IN (${marks})`, ...ids),
    statement(`DELETE FROM calls WHERE id IN (${marks})`, ...ids)
  ]
}

const oldEvents = (before: number): ReadonlyArray<Statement> => [
  statement(
    `DELETE FROM events WHERE id IN (SELECT id FROM events WHERE at < ? ORDER BY at, id LIMIT ${portion})`,
    before
  )
]

/**
 * Deletes what is older than the retention: some hundred rows at a time, with pauses, so that writing is never kept waiting.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { statement, type Statement, type Store, type StoreError } from "./Store.ts"

/** Calls in one portion; with their attempts some 500 rows. */
const portion = 100

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
  for (const statements of [oldCalls(before), oldEvents(before)]) {
    let last = portion
    while (last === portion) {
      last = yield* store.run(statements)
      deleted += last
      yield* Effect.sleep("20 millis")
    }
  }
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

const oldCalls = (before: number): ReadonlyArray<Statement> => {
  const ids = `SELECT id FROM calls WHERE started_at < ? AND outcome <> 'running' ORDER BY started_at, id LIMIT ${portion}`
  return [
    statement(`DELETE FROM attempt_rows WHERE call_id IN (${ids})`, before),
    statement(`DELETE FROM calls WHERE id IN (${ids})`, before)
  ]
}

const oldEvents = (before: number): ReadonlyArray<Statement> => [
  statement(
    `DELETE FROM events WHERE id IN (SELECT id FROM events WHERE at < ? ORDER BY at, id LIMIT ${portion})`,
    before
  )
]

/**
 * How long somebody else may take, told apart from how long this process was busy itself.
 *
 * A timer alone would blame Redis for our own work: under a burst of calls the answer lies in the socket while the event loop has
 * not come round to reading it. So when the time is up the loop first makes some turns, each of which reads what has arrived.
 * An idle loop makes them within microseconds.
 */
import * as Effect from "effect/Effect"

/** How often the event loop goes round after the time is up. */
const turns = 10

/**
 * The promise's result, its rejection as `onError` says, or `onTimeout` after `ms` milliseconds. What comes later is dropped.
 *
 * @stability experimental
 * @category combinators
 * @since 0.1.0
 */
export const within = <A, E>(
  start: () => Promise<A>,
  ms: number,
  onError: (cause: unknown) => E,
  onTimeout: () => E
): Effect.Effect<A, E> =>
  Effect.callback((resume) => {
    let isOver = false
    const finish = (result: Effect.Effect<A, E>) => {
      if (isOver) return
      isOver = true
      clearTimeout(timer)
      resume(result)
    }
    const goRound = (left: number) => {
      if (isOver) return
      if (left === 0) finish(Effect.suspend(() => Effect.fail(onTimeout())))
      else setImmediate(goRound, left - 1)
    }
    const timer = setTimeout(goRound, ms, turns)
    new Promise<A>((settle) => settle(start())).then(
      (value) => finish(Effect.succeed(value)),
      (cause: unknown) => finish(Effect.suspend(() => Effect.fail(onError(cause))))
    )
    return Effect.sync(() => {
      isOver = true
      clearTimeout(timer)
    })
  })

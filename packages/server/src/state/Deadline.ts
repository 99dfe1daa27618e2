/**
 * How long somebody else may take, told apart from how long this process was busy itself.
 *
 * A timer alone would blame Redis for our own work: under a burst of calls the answer lies in the socket while the event loop has
 * not come round to reading it. So a timer that fires late is set again, and one that fires in time lets what has arrived be read
 * before it is believed.
 */
import * as Effect from "effect/Effect"

/** A timer that fires later than this was held up by our own work. */
const heldUpMs = 10

/** How often a deadline that was held up is set again. */
const mostRounds = 5

/**
 * The promise's result, its rejection as `onError` says, or `onTimeout` after `ms` milliseconds of waiting. What comes later is dropped.
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
    let timer: NodeJS.Timeout | undefined
    let isOver = false
    const finish = (result: Effect.Effect<A, E>) => {
      if (isOver) return
      isOver = true
      clearTimeout(timer)
      resume(result)
    }
    const wait = (round: number) => {
      const due = performance.now() + ms
      timer = setTimeout(() => {
        if (performance.now() - due > heldUpMs && round < mostRounds) wait(round + 1)
        else setImmediate(() => finish(Effect.suspend(() => Effect.fail(onTimeout()))))
      }, ms)
    }
    wait(1)
    new Promise<A>((settle) => settle(start())).then(
      (value) => finish(Effect.succeed(value)),
      (cause: unknown) => finish(Effect.suspend(() => Effect.fail(onError(cause))))
    )
    return Effect.sync(() => {
      isOver = true
      clearTimeout(timer)
    })
  })

/**
 * A clock on which waiting takes no time: where everything waits, it goes on to the first that is due.
 *
 * It starts at 0. It is for walks through a route; tests have Effect's `TestClock`, which they move themselves.
 */
import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

interface Sleeper {
  readonly until: number
  readonly wake: () => void
}

/** A clock of its own. @stability experimental @category constructors @since 0.1.0 */
export const make = (): Clock.Clock => {
  let now = 0
  let isDue = false
  const sleepers: Array<Sleeper> = []
  /** Everything that can run has run by then. */
  const goOn = () => {
    if (isDue) return
    isDue = true
    setImmediate(() => {
      isDue = false
      const next = sleepers.reduce<Sleeper | undefined>(
        (a, b) => (a === undefined || b.until < a.until ? b : a),
        undefined
      )
      if (next === undefined) return
      sleepers.splice(sleepers.indexOf(next), 1)
      now = Math.max(now, next.until)
      next.wake()
      goOn()
    })
  }
  const nanos = () => BigInt(Math.round(now)) * 1_000_000n
  return {
    currentTimeMillisUnsafe: () => now,
    currentTimeMillis: Effect.sync(() => now),
    currentTimeNanosUnsafe: nanos,
    currentTimeNanos: Effect.sync(nanos),
    monotonicTimeNanosUnsafe: nanos,
    monotonicTimeNanos: Effect.sync(nanos),
    sleep: (duration) =>
      Effect.callback<void>((resume) => {
        const sleeper: Sleeper = { until: now + Duration.toMillis(duration), wake: () => resume(Effect.void) }
        sleepers.push(sleeper)
        goOn()
        return Effect.sync(() => {
          const index = sleepers.indexOf(sleeper)
          if (index >= 0) sleepers.splice(index, 1)
        })
      })
  }
}

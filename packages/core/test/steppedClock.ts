/** The test's clock as a system's clock that somebody sets, while time goes by as before. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

export interface SteppedClock extends Clock.Clock {
  /** Sets it forward, or back (below 0), by so many milliseconds. */
  readonly step: (ms: number) => void
}

/** Of the current test. */
export const make: Effect.Effect<SteppedClock> = Effect.map(Clock.Clock, (clock) => {
  let ahead = 0
  const now = () => clock.currentTimeMillisUnsafe() + ahead
  return Object.assign(Object.create(clock), {
    currentTimeMillisUnsafe: now,
    currentTimeMillis: Effect.sync(now),
    step: (ms: number) => {
      ahead += ms
    }
  })
})

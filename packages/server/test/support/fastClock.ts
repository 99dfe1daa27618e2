/** A clock that runs so many times as fast as the real one: a minute of a gateway's life in seconds, over real sockets. */
import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

/** Starts now. */
export const make = (times: number): Clock.Clock => {
  const began = Date.now()
  const beganNanos = process.hrtime.bigint()
  // Whole ones, as of the real clock.
  const millis = () => Math.floor(began + (performance.timeOrigin + performance.now() - began) * times)
  const monotonic = () => beganNanos + (process.hrtime.bigint() - beganNanos) * BigInt(times)
  const nanos = () => BigInt(millis()) * 1_000_000n
  return {
    currentTimeMillisUnsafe: millis,
    currentTimeMillis: Effect.sync(millis),
    currentTimeNanosUnsafe: nanos,
    currentTimeNanos: Effect.sync(nanos),
    monotonicTimeNanosUnsafe: monotonic,
    monotonicTimeNanos: Effect.sync(monotonic),
    sleep: (duration) => {
      const ms = Duration.toMillis(duration)
      if (!Number.isFinite(ms)) return Effect.never
      return Effect.callback((resume) => {
        const timer = setTimeout(() => resume(Effect.void), Math.min(ms / times, 2 ** 31 - 1))
        return Effect.sync(() => clearTimeout(timer))
      })
    }
  }
}

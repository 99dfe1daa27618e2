/**
 * Says in the log that this process or its machine has run out of what connections take, once in a while: each attempt says so of itself, to
 * its caller and on record.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Attempt } from "../domain/Attempt.ts"
import * as Elapsed from "../domain/Elapsed.ts"
import * as Exhausted from "../provider/Exhausted.ts"

/** Between two lines, in milliseconds. */
const quiet = 60_000

/** Hears of every attempt that ended. @stability experimental @category constructors @since 0.1.0 */
export const make: Effect.Effect<(attempt: Attempt) => void> = Effect.gen(function* () {
  const clock = yield* Clock.Clock
  const fork = Effect.runForkWith(yield* Effect.context<never>())
  let saidAt = Number.NEGATIVE_INFINITY
  return (attempt) => {
    const told = Exhausted.told(attempt)
    if (told === undefined || Elapsed.millis(clock) - saidAt < quiet) return
    saidAt = Elapsed.millis(clock)
    fork(Effect.logError(`A provider (${attempt.provider}) could not be asked: ${told}`))
  }
})

/**
 * The longest waits that chance allows: every draw is its upper end.
 */
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"

/** Takes chance out of waits: each is the longest that its jitter allows. @stability experimental @category combinators @since 0.1.0 */
export const jitter: <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R> = Effect.provideService(
  Random.Random,
  { nextDoubleUnsafe: () => 1, nextIntUnsafe: () => Number.MAX_SAFE_INTEGER }
)

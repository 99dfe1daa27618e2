/**
 * A listener of finished calls whose failure stays its own: answers and their record are there, and must not go with it.
 */
import * as Effect from "effect/Effect"

/**
 * The listener, which does not throw any more. What it throws is logged by its kind alone: its message may hold a caller's words.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const make = <A>(listener: (heard: A) => void): Effect.Effect<(heard: A) => void> =>
  Effect.map(Effect.context<never>(), (context) => {
    const fork = Effect.runForkWith(context)
    return (heard) => {
      try {
        listener(heard)
      } catch (error) {
        fork(Effect.logError("A listener of finished calls failed", error instanceof Error ? error.name : typeof error))
      }
    }
  })

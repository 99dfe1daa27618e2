/**
 * What others bring along, a listener of finished calls or the reader of a gauge, whose failure stays its own: answers, their record and all
 * other metrics are there, and must not go with it.
 */
import * as Effect from "effect/Effect"
import * as Redaction from "../../domain/Redaction.ts"

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

/**
 * The reader of a gauge, which does not throw: where it did, it calls what it is given and says the number that it said last.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const reader = (name: string, read: () => number): Effect.Effect<(onFailure: () => void) => number> =>
  Effect.map(Effect.context<never>(), (context) => {
    const fork = Effect.runForkWith(context)
    let last = 0
    return (onFailure) => {
      try {
        last = read()
      } catch (error) {
        onFailure()
        const why = error instanceof Error ? error.message : String(error)
        fork(Effect.logError(`The gauge ${name} cannot be read, and is not shown any more`, Redaction.redact(why)))
      }
      return last
    }
  })

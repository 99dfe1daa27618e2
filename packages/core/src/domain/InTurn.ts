/**
 * Effects of services that act at the call where all is at hand: what is already done costs no step.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"

/** What takes something: waiting for it cannot be interrupted, so that what was taken is known. @stability experimental @category combinators @since 0.1.0 */
export const taken = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Exit.isExit(effect) ? effect : Effect.uninterruptible(effect)

/** One thing after another, whatever becomes of the first. @stability experimental @category combinators @since 0.1.0 */
export const andThen = (first: Effect.Effect<void> | undefined, next: () => Effect.Effect<void>): Effect.Effect<void> =>
  first === undefined || (Exit.isExit(first) && Exit.isSuccess(first))
    ? next()
    : Effect.ensuring(first, Effect.suspend(next))

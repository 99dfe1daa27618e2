/**
 * One thing after another at the end of a call, whatever becomes of the first: what is already done costs no step.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"

/** @stability experimental @category combinators @since 0.1.0 */
export const andThen = (first: Effect.Effect<void> | undefined, next: () => Effect.Effect<void>): Effect.Effect<void> =>
  first === undefined || (Exit.isExit(first) && Exit.isSuccess(first))
    ? next()
    : Effect.ensuring(first, Effect.suspend(next))

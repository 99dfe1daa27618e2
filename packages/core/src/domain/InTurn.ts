/**
 * Effects of services that act at the call where all is at hand: what is already done costs no step.
 */
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"

/** What such a service has at hand; `undefined` where its effect is to be waited for, or fails. @stability experimental @category getters @since 0.1.0 */
export const atHand = <A, E>(effect: Effect.Effect<A, E>): A | undefined => (isDone(effect) ? effect.value : undefined)

/** An effect, by what marks it as an `Exit`: `Exit.isExit` costs as much as half a step. */
type Tagged<A, E> = Effect.Effect<A, E> & { readonly _tag?: unknown }

const isDone = <A, E>(effect: Tagged<A, E>): effect is Exit.Success<A, E> => effect._tag === "Success"

const isRefused = <A, E>(effect: Tagged<A, E>): effect is Exit.Failure<A, E> => effect._tag === "Failure"

/** What of it there is to wait for; `undefined` where it is done. @stability experimental @category getters @since 0.1.0 */
export const left = <E>(effect: Effect.Effect<void, E>): Effect.Effect<void, E> | undefined =>
  isDone(effect) ? undefined : effect

/** What takes something: waiting for it cannot be interrupted, so that what was taken is known. @stability experimental @category combinators @since 0.1.0 */
export const taken = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  isDone(effect) || isRefused(effect) ? effect : Effect.uninterruptible(effect)

/** One thing after another, whatever becomes of the first. @stability experimental @category combinators @since 0.1.0 */
export const andThen = (first: Effect.Effect<void> | undefined, next: () => Effect.Effect<void>): Effect.Effect<void> =>
  first === undefined || isDone(first) ? next() : Effect.ensuring(first, Effect.suspend(next))

/** What comes after something that is mostly done at the call. @stability experimental @category combinators @since 0.1.0 */
export const after = <A, E, E2 = never>(
  first: Effect.Effect<void, E2>,
  next: () => Effect.Effect<A, E>
): Effect.Effect<A, E | E2> => (isDone(first) ? next() : Effect.flatMap(first, next))

/** Nobody takes it away again. */
const first = {}

/** The first thing that a scope does at its end: put there at the call, which `Scope.addFinalizerExit` takes three steps for. @stability experimental @category combinators @since 0.1.0 */
export const atEnd = (
  scope: Scope.Scope,
  finalizer: (exit: Exit.Exit<unknown, unknown>) => Effect.Effect<void>
): Effect.Effect<void> => {
  if (scope.state._tag !== "Empty") return Scope.addFinalizerExit(scope, finalizer)
  scope.state = { _tag: "Open", finalizerKey: first, finalizer, finalizers: undefined }
  return Effect.void
}

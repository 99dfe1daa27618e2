/**
 * How an attempt is told that its time is up, with no fiber around it that could be interrupted: whoever waits listens.
 *
 * One per attempt: it ends the wait for the first content, and after the commit the stream.
 */
import * as Effect from "effect/Effect"
import type { AttemptError } from "../domain/AttemptError.ts"

/** Tells whoever listens, once, that the time of its attempt is up. @stability experimental @category models @since 0.1.0 */
export class Expiry {
  #tell: ((error: AttemptError) => void) | undefined
  #error: AttemptError | undefined

  /** From now on this one is told, and nobody else; at once where the time was up before. */
  listen(tell: (error: AttemptError) => void): void {
    if (this.#error === undefined) this.#tell = tell
    else tell(this.#error)
  }

  /** Nobody waits any more. */
  forget(): void {
    this.#tell = undefined
  }

  /** The time is up. */
  expire(error: AttemptError): void {
    const tell = this.#tell
    this.#tell = undefined
    this.#error = error
    tell?.(error)
  }
}

/**
 * An effect that does not listen itself: it is interrupted when the time is up, and has ended before that is told.
 *
 * @stability experimental
 * @category combinators
 * @since 0.1.0
 */
export const interrupting = <A, R>(
  effect: Effect.Effect<A, AttemptError, R>,
  expiry: Expiry
): Effect.Effect<A, AttemptError, R> =>
  Effect.raceFirst(
    effect,
    Effect.callback<never, AttemptError>((resume) => {
      expiry.listen((error) => resume(Effect.fail(error)))
      return Effect.sync(() => expiry.forget())
    })
  )

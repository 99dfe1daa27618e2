/**
 * Text that must not be lost: whoever writes it hears whether it could be written, and says so. Any other lost output ends the process
 * (`Process.ts`).
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"

/** What was written nobody can have read. */
export class Undelivered extends Data.TaggedError("Undelivered")<{ readonly message: string }> {}

let isHeard = false

/** Whether a command hears itself of what standard output does not take. */
export const isHeardOf = (): boolean => isHeard

/** Writes text to a stream; fails where it does not take it. */
export const to =
  (stream: Pick<NodeJS.WritableStream, "write">) =>
  (text: string): Effect.Effect<void, Undelivered> =>
    Effect.callback((resume) => {
      isHeard = true
      stream.write(text, (error) => {
        // A stream that has failed stays so: what it says later is known by then.
        isHeard = error instanceof Error
        resume(error instanceof Error ? Effect.fail(new Undelivered({ message: error.message })) : Effect.void)
      })
    })

/**
 * Says in the log when this process has no file descriptor left for a caller's connection, and when it has again. Node closes such connections
 * itself, and tells nobody: whether there are any left is known by opening something else.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import { open } from "node:fs/promises"
import { devNull } from "node:os"

/** What could not be opened, and why. */
class Unopened extends Data.TaggedError("Unopened")<{ readonly code: string | undefined }> {}

/** Opens something and closes it again. */
const openOne: Effect.Effect<void, Unopened> = Effect.tryPromise({
  try: async () => (await open(devNull)).close(),
  catch: (error) => new Unopened({ code: (error as NodeJS.ErrnoException).code })
})

/** Looks every ten seconds, until the scope closes. @stability experimental @category combinators @since 0.1.0 */
export const watch = (
  probe: Effect.Effect<void, { readonly code: string | undefined }> = openOne
): Effect.Effect<void, never, Scope.Scope> => {
  let isOut = false
  const look = Effect.flatMap(Effect.result(probe), (opened) => {
    const code = Result.isFailure(opened) ? opened.failure.code : undefined
    const wasOut = isOut
    isOut = code === "EMFILE" || code === "ENFILE"
    if (isOut === wasOut) return Effect.void
    return isOut ? Effect.logError(told, code) : Effect.logInfo("There are file descriptors for connections again")
  })
  return Effect.asVoid(Effect.forkScoped(Effect.forever(Effect.delay(look, "10 seconds"))))
}

const told =
  "There is no file descriptor left: connections of callers are closed unanswered; raise the limit (ulimit -n, LimitNOFILE; for ENFILE sysctl fs.file-max)"

/**
 * When the configuration is read again: its file changes, or the process gets SIGHUP. (`POST /admin/reload` does the same.)
 *
 * The folder is watched, not the file: editors and Kubernetes replace files. What a reload changed, or why nothing did, is logged.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import { watch } from "node:fs"
import { basename, dirname, resolve } from "node:path"
import { Gateway } from "./http/Gateway.ts"

/** Watches the file of a configuration; one without a file reacts to SIGHUP alone. */
export const layer = (file: string | undefined) =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const gateway = yield* Gateway
      const asked = yield* Queue.sliding<void>(1)
      const ask = () => void Queue.offerUnsafe(asked, undefined)
      yield* listen(ask)
      if (file !== undefined) yield* watchFile(file, ask)
      yield* Queue.take(asked).pipe(
        // Editors write in several steps; the last of them counts.
        Effect.andThen(Effect.sleep("100 millis")),
        Effect.andThen(Queue.clear(asked)),
        Effect.andThen(gateway.reload),
        Effect.flatMap((outcome) =>
          outcome.taken
            ? outcome.change.same
              ? Effect.void
              : Effect.logInfo("The configuration was read again and is in force", outcome.change)
            : Effect.logWarning("The new configuration has problems; the one before stays in force", outcome.problems)
        ),
        Effect.forever,
        Effect.forkScoped
      )
    })
  )

const listen = (ask: () => void) =>
  Effect.acquireRelease(
    Effect.sync(() => process.on("SIGHUP", ask)),
    () => Effect.sync(() => process.off("SIGHUP", ask))
  )

const watchFile = (file: string, ask: () => void) =>
  Effect.acquireRelease(
    Effect.try(() => {
      const path = resolve(file)
      const watcher = watch(dirname(path), (_event, name) => {
        // Kubernetes swaps a link named ..data beside the file.
        if (name === null || name === basename(path) || name === "..data") ask()
      })
      watcher.on("error", () => {})
      return watcher
    }),
    (watcher) => Effect.sync(() => watcher.close())
  ).pipe(
    Effect.catch((error) =>
      Effect.logWarning(`${file} cannot be watched; SIGHUP and POST /admin/reload still work`, error)
    )
  )

/**
 * When the configuration is read again: its file changes, or the process gets SIGHUP. (`POST /admin/reload` does the same.)
 *
 * The folder is watched, not the file: editors and Kubernetes replace files. What came of it is said by the gateway itself.
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
        Effect.andThen(settled(asked)),
        Effect.andThen(gateway.reload),
        Effect.forever,
        Effect.forkScoped
      )
    })
  )

/** Editors write in several steps; the last of them counts. Milliseconds; a file that is written all the time is read nevertheless. */
const quietMs = 100
const mostTurns = 20

const settled = (asked: Queue.Queue<void>, turns = 0): Effect.Effect<void> =>
  Effect.sleep(quietMs).pipe(
    Effect.andThen(Queue.clear(asked)),
    Effect.flatMap((more) => (more.length > 0 && turns < mostTurns ? settled(asked, turns + 1) : Effect.void))
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

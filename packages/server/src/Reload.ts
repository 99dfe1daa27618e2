/**
 * When the configuration is read again: its file changes, or the process gets SIGHUP. (`POST /admin/reload` does the same.)
 *
 * The folder is watched, not the file: editors and Kubernetes replace files. What happens behind links on the way is told by no watch (a folder
 * that is swapped, a file elsewhere): so the file itself is looked at every two seconds as well. A pipe is read once, and never again. What
 * came of it is said by the gateway itself.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import { statSync, type Stats, watch } from "node:fs"
import { basename, dirname, resolve } from "node:path"
import { Gateway } from "./http/Gateway.ts"

/** The file of a configuration, and whether it was read as it is now. */
export interface Sight {
  /** A pipe is none. */
  readonly file: string | undefined
  /** Remembers what the file is when this reads it. */
  readonly reading: <A, E>(read: Effect.Effect<A, E>) => Effect.Effect<A, E>
  readonly isNew: () => boolean
}

/** The file as it is: it has been read just now. */
export const sight = (path: string | undefined): Sight => {
  const look = () => (path === undefined ? undefined : statOf(path))
  const first = look()
  let last = nameOf(first)
  return {
    file: first?.isFile() === false ? undefined : path,
    reading: (read) =>
      Effect.suspend(() => {
        last = nameOf(look())
        return read
      }),
    isNew: () => nameOf(look()) !== last
  }
}

const statOf = (path: string): Stats | undefined => {
  try {
    return statSync(path)
  } catch {
    return undefined
  }
}

/** Which file it is, behind all links, and in which state. */
const nameOf = (stat: Stats | undefined): string =>
  stat === undefined ? "" : [stat.dev, stat.ino, stat.size, stat.mtimeMs, stat.ctimeMs].join()

/** Watches the file of a configuration; one without a file reacts to SIGHUP alone. */
export const layer = ({ file, isNew }: Sight) =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const gateway = yield* Gateway
      const asked = yield* Queue.sliding<void>(1)
      const ask = () => void Queue.offerUnsafe(asked, undefined)
      yield* listen(ask)
      if (file !== undefined) {
        yield* watchFile(file, ask)
        yield* Effect.forkScoped(Effect.forever(lookAgain(isNew, ask)))
      }
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

const between = "2 seconds"

/** What is new twice has not been read meanwhile by whoever replaced it and said so. */
const lookAgain = (isNew: () => boolean, ask: () => void): Effect.Effect<void> =>
  Effect.gen(function* () {
    yield* Effect.sleep(between)
    if (!isNew()) return
    yield* Effect.sleep(quietMs)
    if (isNew()) ask()
  })

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
    Effect.catch((error) => Effect.logWarning(`${file} cannot be watched; it is looked at every two seconds`, error))
  )

/**
 * When the configuration is read again: its file changes, or the process gets SIGHUP. (`POST /admin/reload` does the same.)
 *
 * The file is looked at four times a second, behind all links: editors and Kubernetes replace files, and folders on the way to them. It is not
 * watched: that is done by its folder, which tells of each write of a ledger that lies there, too. A pipe is read once, and never again. What
 * came of it is said by the gateway itself.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import { statSync, type Stats } from "node:fs"
import { Gateway } from "./http/Gateway.ts"

/** The file of a configuration, and whether it was read as it is now. */
export interface Sight {
  /** A pipe is none. */
  readonly file: string | undefined
  /** Remembers what the file is when this reads it. */
  readonly reading: <A, E>(read: Effect.Effect<A, E>) => Effect.Effect<A, E>
  /** Which state of the file was not read yet; `undefined` where it is the one that was. */
  readonly unread: () => string | undefined
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
    unread: () => {
      const name = nameOf(look())
      return name === last ? undefined : name
    }
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

/** Looks after the file of a configuration; one without a file reacts to SIGHUP alone. */
export const layer = ({ file, unread }: Sight) =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const gateway = yield* Gateway
      const asked = yield* Queue.sliding<void>(1)
      const ask = () => void Queue.offerUnsafe(asked, undefined)
      yield* listen(ask)
      if (file !== undefined) yield* Effect.forkScoped(Effect.forever(look(unread, ask)))
      yield* Queue.take(asked).pipe(Effect.andThen(gateway.reload), Effect.forever, Effect.forkScoped)
    })
  )

const between = "250 millis"

const look = (unread: Sight["unread"], ask: () => void): Effect.Effect<void> =>
  Effect.flatMap(Effect.sync(unread).pipe(Effect.delay(between)), (state) =>
    state === undefined ? Effect.void : askWhenQuiet(unread, ask, state)
  )

/** Editors write in several steps; the last of them counts. A file that is written all the time is read nevertheless. */
const quiet = "100 millis"
const mostTurns = 20

const askWhenQuiet = (unread: Sight["unread"], ask: () => void, before: string, turns = 0): Effect.Effect<void> =>
  Effect.flatMap(Effect.sync(unread).pipe(Effect.delay(quiet)), (state) => {
    // Whoever replaced it has said so meanwhile.
    if (state === undefined) return Effect.void
    if (state !== before && turns < mostTurns) return askWhenQuiet(unread, ask, state, turns + 1)
    return Effect.sync(ask)
  })

const listen = (ask: () => void) =>
  Effect.acquireRelease(
    Effect.sync(() => process.on("SIGHUP", ask)),
    () => Effect.sync(() => process.off("SIGHUP", ask))
  )

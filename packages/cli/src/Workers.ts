/**
 * `orelse serve --workers N`: the same program as primary and as each of its workers.
 *
 * Signals of the primary: SIGTERM and SIGINT drain all workers, SIGHUP has them read their configuration again, SIGUSR2 replaces
 * them one by one. A worker that gets SIGTERM itself drains, and is replaced.
 */
import type { Config } from "@orelse/core/layer/config/Types"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import { resolve } from "node:path"
import * as Configuration from "./Configuration.ts"
import { Failure } from "./Failure.ts"
import { Screen } from "./Screen.ts"
import * as Signals from "./Signals.ts"

/** What a worker runs, and what is said once all of them do. */
export interface Options<E, R, R2> {
  readonly config: Config
  readonly count: number
  /** Listens until its scope closes; the result is the address. */
  readonly listen: Effect.Effect<string, E, R | Scope.Scope>
  readonly announce: (address: string) => Effect.Effect<void, never, R2>
}

/** Runs as what this process is, until it is told to stop. */
export const run = <R, R2>(options: Options<Failure, R, R2>) =>
  Effect.gen(function* () {
    const { isWorker } = yield* Effect.promise(() => import("@orelse/server/workers/Peers"))
    return yield* isWorker() ? worker(options) : primary(options)
  }).pipe(Effect.scoped)

const worker = <R, R2>({ config, listen }: Options<Failure, R, R2>) =>
  Effect.gen(function* () {
    const { Peers } = yield* Effect.promise(() => import("@orelse/server/workers/Peers"))
    const Retire = yield* Effect.promise(() => import("@orelse/server/workers/Retire"))
    const peers = yield* Peers
    // Heard from the first moment on: the primary may be stopped while this one starts.
    const dismissed = yield* Effect.forkScoped(Retire.dismissed(config.server.drainTimeout), { startImmediately: true })
    const address = yield* listen.pipe(
      // The primary says it, once for all, and ends this process.
      Effect.tapError(({ message, next }) =>
        Effect.andThen(peers.report({ orelse: "failed", message, next }), Effect.never)
      )
    )
    yield* peers.report({ orelse: "ready", address })
    const orphaned = Effect.andThen(
      peers.orphaned,
      Effect.logWarning(
        `The process that keeps the workers is gone; worker ${peers.number} ends when the calls that it has are answered`
      )
    )
    yield* Effect.raceAllFirst([Fiber.join(dismissed), orphaned, (yield* Screen).stop])
  })

const primary = <R, R2>({ announce, config, count }: Options<Failure, R, R2>) =>
  Effect.gen(function* () {
    if (config.file !== undefined && Configuration.isPipe(resolve((yield* Screen).cwd, config.file)))
      return yield* needsFile
    const Primary = yield* Effect.promise(() => import("@orelse/server/workers/Primary"))
    let running: Effect.Success<ReturnType<typeof Primary.start>> | undefined
    // Heard from the first moment on: unheard they would end this process. Workers that start are new, and read the configuration as it is.
    yield* Signals.on("SIGHUP", () => running?.reload())
    yield* Signals.on("SIGUSR2", () => running?.restart())
    const started = yield* Primary.start({ count, drainTimeout: config.server.drainTimeout }).pipe(
      Effect.mapError(({ message, next }) => new Failure({ message, next }))
    )
    running = started
    yield* announce(started.address)
    yield* (yield* Screen).stop
  })

const needsFile = new Failure({
  message: "Workers read the configuration each for itself, and a pipe can be read only once.",
  next: "Write it into a file: orelse serve --workers 2 --config FILE"
})

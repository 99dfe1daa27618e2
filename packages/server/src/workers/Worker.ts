/**
 * One worker process, as the primary sees it: started, spoken to, waited for.
 */
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import cluster, { type Worker as Child } from "node:cluster"
import * as Handoff from "./Handoff.ts"
import { isToPrimary, type ToPrimary, type ToWorker } from "./Message.ts"
import { numberVariable } from "./Peers.ts"

/** A worker that ended, or said why it cannot serve, before it served. @stability experimental @category errors @since 0.1.0 */
export class NotStarted extends Data.TaggedError("WorkerNotStarted")<{
  readonly message: string
  readonly next: string | undefined
}> {}

/** How a process ended. @stability experimental @category models @since 0.1.0 */
export interface Ended {
  readonly code: number | null
  readonly signal: string | null
}

/** @stability experimental @category models @since 0.1.0 */
export interface Worker {
  readonly pid: number
  /** Where it listens, as a URL. */
  readonly address: string
  readonly exited: Effect.Effect<Ended>
  /** `false` where it is gone. */
  readonly send: (message: ToWorker) => boolean
  readonly kill: () => void
}

/** How long a worker may take until it serves. */
const startTimeout = Duration.seconds(60)

/** `node:cluster` deals connections to all workers of this process, and so does this. */
const handoff = Handoff.make()

/** Who hears what a worker says. @stability experimental @category models @since 0.1.0 */
export type Hear = (message: ToPrimary, from: Worker) => void

/**
 * Starts this program again as worker `number`, and waits until it serves.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const start = (number: number, hear: Hear): Effect.Effect<Worker, NotStarted> =>
  Effect.suspend(() => {
    const child = cluster.fork({ [numberVariable]: String(number) })
    handoff.watch(child)
    const exited = Deferred.makeUnsafe<Ended>()
    const started = Deferred.makeUnsafe<Worker, NotStarted>()
    const fail = (message: string, next?: string) =>
      Deferred.doneUnsafe(started, Effect.fail(new NotStarted({ message, next })))
    child.once("exit", (code: number | null, signal: string | null) => {
      Deferred.doneUnsafe(exited, Effect.succeed({ code, signal }))
      fail(`Worker ${number} ended before it served: ${describe({ code, signal })}.`)
    })
    // A channel that breaks is followed by the exit.
    child.on("error", () => {})
    let worker: Worker | undefined
    child.on("message", (message: unknown) => {
      if (!isToPrimary(message)) return
      if (message.orelse === "ready") {
        worker = make(child, message.address, Deferred.await(exited))
        Deferred.doneUnsafe(started, Effect.succeed(worker))
      } else if (message.orelse === "failed") fail(message.message, message.next)
      else if (worker !== undefined) hear(message, worker)
    })
    return Deferred.await(started).pipe(
      Effect.timeoutOrElse({
        duration: startTimeout,
        orElse: () =>
          Effect.fail(
            new NotStarted({
              message: `Worker ${number} did not serve within ${Duration.format(startTimeout)}.`,
              next: undefined
            })
          )
      }),
      Effect.onError(() => Effect.sync(() => child.process.kill("SIGKILL")))
    )
  })

const make = (child: Child, address: string, exited: Effect.Effect<Ended>): Worker => ({
  pid: child.process.pid ?? 0,
  address,
  exited,
  send: (message) => {
    if (!child.isConnected()) return false
    child.send(message, () => {})
    return true
  },
  kill: () => void child.process.kill("SIGKILL")
})

/** For a log. @stability experimental @category getters @since 0.1.0 */
export const describe = ({ code, signal }: Ended): string => (signal === null ? `exit code ${code}` : signal)

/**
 * The other workers, as one worker sees them: it asks, the primary passes the question on and brings the answers.
 *
 * A process that is no worker has no peers: nothing to ask, nobody to wait for. It knows nothing of what is asked (that is
 * `Answering.ts`), and never fails: a worker that does not answer in time is left out.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import cluster from "node:cluster"
import { isToWorker, type Question, type Reply, type ToPrimary, type ToWorker } from "./Message.ts"

/** @stability experimental @category models @since 0.1.0 */
export interface Peers {
  /** This worker's number, from 1; `undefined` in a process of its own. */
  readonly number: number | undefined
  /** What the others answer within `patienceMs`; nothing where there are none. */
  readonly ask: (question: Question) => Effect.Effect<ReadonlyArray<Reply>>
  /** Has all workers replaced, one by one; `false` where this is no worker. */
  readonly restart: Effect.Effect<boolean>
  /** Answers the others' questions from now on, until interrupted. */
  readonly answer: (read: (question: Question) => Effect.Effect<string>) => Effect.Effect<never>
  /** Waits until the primary says that this worker is to end, and how. */
  readonly dismissed: Effect.Effect<"stop" | "retire">
  /** Waits until the primary is gone without having said so. From then on it is this process's own to end: unasked, Node ends it at once. */
  readonly orphaned: Effect.Effect<void>
  /** Tells the primary how the start went. */
  readonly report: (started: ToPrimary & { readonly orelse: "ready" | "failed" }) => Effect.Effect<void>
}

/** How long a worker may take to answer another; milliseconds. @stability experimental @category constants @since 0.1.0 */
export const patienceMs = 5_000

const alone: Peers = {
  number: undefined,
  ask: () => Effect.succeed([]),
  restart: Effect.succeed(false),
  answer: () => Effect.never,
  dismissed: Effect.never,
  orphaned: Effect.never,
  report: () => Effect.void
}

/**
 * The peers of this process: real ones where the primary started it.
 *
 * @stability experimental
 * @category services
 * @since 0.1.0
 */
export const Peers: Context.Reference<Peers> = Context.Reference("@orelse/server/workers/Peers", {
  defaultValue: () => (isWorker() ? ofWorker() : alone)
})

/** The variable by which the primary tells a worker its number. @stability experimental @category constants @since 0.1.0 */
export const numberVariable = "ORELSE_WORKER"

/** Whether the primary started this process. @stability experimental @category guards @since 0.1.0 */
export const isWorker = (): boolean => cluster.isWorker && process.env[numberVariable] !== undefined

const ofWorker = (): Peers => {
  let asked = 0
  const send = (message: ToPrimary) => {
    // Without a channel the primary is gone.
    if (process.connected) process.send?.(message, undefined, undefined, () => {})
  }
  return {
    number: Number(process.env[numberVariable]),
    report: (started) => Effect.sync(() => send(started)),
    restart: Effect.sync(() => {
      send({ orelse: "restart" })
      return true
    }),
    dismissed: hear((message) =>
      message.orelse === "stop" || message.orelse === "retire" ? message.orelse : undefined
    ),
    orphaned: Effect.callback((resume) => {
      const { worker } = cluster
      if (worker === undefined) return
      // So Node is told that a channel that closes is no reason to end.
      worker.exitedAfterDisconnect = true
      const onDisconnect = () => resume(Effect.void)
      if (!process.connected) return onDisconnect()
      process.once("disconnect", onDisconnect)
      return Effect.sync(() => void process.off("disconnect", onDisconnect))
    }),
    ask: (question) =>
      Effect.suspend(() => {
        const id = ++asked
        const replies = hear((message) =>
          message.orelse === "replies" && message.id === id ? message.replies : undefined
        )
        return Effect.timeoutOrElse(
          Effect.raceFirst(
            replies,
            Effect.andThen(
              Effect.sync(() => send({ orelse: "ask", id, question })),
              Effect.never
            )
          ),
          { duration: 2 * patienceMs, orElse: () => Effect.succeed([]) }
        )
      }),
    answer: (read) =>
      Effect.callback<never>(() => {
        const onMessage = (message: unknown) => {
          if (!isToWorker(message) || message.orelse !== "question") return
          const { id, question } = message
          Effect.runFork(Effect.map(read(question), (text) => send({ orelse: "reply", id, text })))
        }
        process.on("message", onMessage)
        return Effect.sync(() => void process.off("message", onMessage))
      })
  }
}

/** The first message that this function takes. */
const hear = <A>(take: (message: ToWorker) => A | undefined): Effect.Effect<A> =>
  Effect.callback((resume) => {
    const onMessage = (message: unknown) => {
      const taken = isToWorker(message) ? take(message) : undefined
      if (taken === undefined) return
      process.off("message", onMessage)
      resume(Effect.succeed(taken))
    }
    process.on("message", onMessage)
    return Effect.sync(() => void process.off("message", onMessage))
  })

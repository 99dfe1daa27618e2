/**
 * How a process leaves its port without a failed call.
 *
 * `http.Server.close` cuts idle kept-alive connections at once, and a request that is just on its way on one of them is lost; busy
 * ones it leaves open for ever. So every connection ends with its next answer, which says `connection: close`. A worker whose
 * port others go on serving also leaves the idle ones alone, until they were idle for the server's `keepAliveTimeout`, which
 * clients know of. Nothing is ended by force here; the drain time does that.
 */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Server, ServerResponse } from "node:http"
import { Server as NetServer, type Socket } from "node:net"
import { Peers } from "./Peers.ts"

/** A server that can leave in order. @stability experimental @category models @since 0.1.0 */
export interface Leaving {
  /** From now on every answer is the last of its connection. */
  readonly lastAnswers: () => void
  /** Whether an answer is under way, or waited for, on this connection. */
  readonly isAnswering: (socket: Socket) => boolean
  /** Whether an answer has begun to leave on this connection, and has not ended. */
  readonly isMidAnswer: (socket: Socket) => boolean
  /** Gives up the port and waits until every connection has ended. */
  readonly retire: Effect.Effect<void>
}

/** Every server of this process. */
const all = new Set<Leaving>()

/**
 * Keeps an eye on a server, from before its first request.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const watch = (server: Server): Leaving => {
  /** By connection, the answer that was begun last: a set of answers would be built anew all the time, and hold on to them. */
  const latest = new Map<Socket, ServerResponse | undefined>()
  let isLast = false
  server.on("connection", (socket) => {
    latest.set(socket, undefined)
    socket.once("close", () => latest.delete(socket))
  })
  server.on("request", (request, response: ServerResponse) => {
    if (isLast) response.setHeader("connection", "close")
    latest.set(request.socket, response)
  })
  const lastAnswers = () => {
    isLast = true
    for (const response of latest.values())
      if (response?.headersSent === false) response.setHeader("connection", "close")
  }
  const isAnswering = (socket: Socket): boolean => {
    const response = latest.get(socket)
    return response !== undefined && !response.writableFinished && !response.destroyed
  }
  const leaving: Leaving = {
    lastAnswers,
    isAnswering,
    isMidAnswer: (socket) => isAnswering(socket) && latest.get(socket)?.headersSent === true,
    retire: Effect.callback((resume) => {
      lastAnswers()
      if (!server.listening) return resume(Effect.void)
      NetServer.prototype.close.call(server, () => resume(Effect.void))
    })
  }
  server.once("listening", () => all.add(leaving))
  server.once("close", () => all.delete(leaving))
  return leaving
}

/**
 * Waits until this worker is dismissed; where it is to make room for another, until its connections have ended too, `within`
 * that time.
 *
 * @stability experimental
 * @category running
 * @since 0.1.0
 */
export const dismissed = (within: Duration.Duration): Effect.Effect<void> =>
  Effect.gen(function* () {
    const peers = yield* Peers
    if ((yield* peers.dismissed) === "stop") return
    const retiring = Effect.forEach([...all], ({ retire }) => retire, { concurrency: "unbounded", discard: true })
    yield* Effect.timeoutOption(retiring, within)
  })

/**
 * How a worker leaves without a failed call while others go on at the same port.
 *
 * `http.Server.close` cuts idle kept-alive connections at once, and a request that is just on its way on one of them is lost. So the
 * port is given up first, and connections stay: each ends with its next answer, which says `connection: close`, or when it was
 * idle for the server's `keepAliveTimeout`, which clients know of. It ends nothing by force; the drain time does.
 */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Server, ServerResponse } from "node:http"
import { Server as NetServer } from "node:net"
import { isWorker, Peers } from "./Peers.ts"

/** What there is to retire: the server of this process, once it listens. */
interface Retiring {
  readonly server: Server
  readonly open: Set<ServerResponse>
  isLast: boolean
}

const known = new Map<Server, Retiring>()

/**
 * Keeps an eye on a server that may have to retire, and gives it back. Nothing is done to one of a process that is no worker.
 *
 * @stability experimental
 * @category combinators
 * @since 0.1.0
 */
export const watch = (server: Server): Server => (isWorker() ? watched(server) : server)

/** The same, worker or not; for tests. @stability experimental @category combinators @since 0.1.0 */
export const watched = (server: Server): Server => {
  const retiring: Retiring = { server, open: new Set(), isLast: false }
  known.set(server, retiring)
  server.once("close", () => known.delete(server))
  server.on("request", (_request, response: ServerResponse) => {
    if (retiring.isLast) return void response.setHeader("connection", "close")
    retiring.open.add(response)
    response.once("close", () => retiring.open.delete(response))
  })
  return server
}

/**
 * Gives up the port and waits until every connection has ended.
 *
 * @stability experimental
 * @category running
 * @since 0.1.0
 */
export const retire: Effect.Effect<void> = Effect.suspend(() =>
  Effect.forEach([...known.values()], leave, { concurrency: "unbounded", discard: true })
)

const leave = (retiring: Retiring): Effect.Effect<void> =>
  Effect.callback((resume) => {
    retiring.isLast = true
    for (const response of retiring.open) if (!response.headersSent) response.setHeader("connection", "close")
    if (!retiring.server.listening) return resume(Effect.void)
    NetServer.prototype.close.call(retiring.server, () => resume(Effect.void))
  })

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
    if ((yield* peers.dismissed) === "retire") yield* Effect.timeoutOption(retire, within)
  })

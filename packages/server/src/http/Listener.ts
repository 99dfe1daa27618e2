/**
 * The port: limits against slow and huge clients, CORS, and the end of connections when the gateway stops.
 *
 * Node bounds the time for headers and for the whole request, counts header bytes, and closes idle connections; the size of
 * bodies is `Body.ts`. Who takes nothing of an answer is cut. While draining, every answer is the last of its connection; what is still open after the drain time is cut,
 * once its calls have said so in their dialect (`Reply.ts`).
 */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import type { ServerConfig } from "@orelse/core/layer/config/Types"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { createServer, type Server, type ServerOptions } from "node:http"
import * as Retire from "../workers/Retire.ts"
import * as Cors from "./Cors.ts"
import * as Expectations from "./Expectations.ts"
import { Gateway } from "./Gateway.ts"
import * as Malformed from "./Malformed.ts"

/** Where to listen. */
export interface Where {
  readonly host: string
  readonly port: number
}

/** Bytes of all headers of a request; more is answered with 431. */
export const maxHeaderSize = 32 * 1024
const keepAliveTimeout = 5_000

/** The longest time that a timer of Node's takes, some 24.8 days. */
const longestMs = 2 ** 31 - 1

/** As Node takes a time: whole milliseconds. */
const wholeMillis = (duration: Duration.Duration): number => Math.min(longestMs, Math.ceil(Duration.toMillis(duration)))

/** What Node bounds, in milliseconds where it is a time, and what it leaves to us. */
export const limits = (config: Pick<ServerConfig, "headersTimeout" | "requestTimeout">): ServerOptions => {
  const headersTimeout = wholeMillis(config.headersTimeout)
  return {
    headersTimeout,
    requestTimeout: Math.max(headersTimeout, wholeMillis(config.requestTimeout)),
    connectionsCheckingInterval: Math.min(5_000, Math.max(50, headersTimeout / 4)),
    keepAliveTimeout,
    maxHeaderSize,
    // Node would say no more than 400; `Strays.ts` says what is wrong.
    requireHostHeader: false
  }
}

/**
 * `layer` listens as long as it lives, and fails where the port is taken. `draining` goes above all that answers: as the first to
 * stop it makes the gateway not ready, and every answer the last of its connection.
 */
export const make = (config: ServerConfig, where: Where) => {
  const server = createServer(limits(config))
  const leaving = Retire.watch(server)
  cutSlowReaders(server, leaving)
  Malformed.answer(server, leaving.isMidAnswer)
  Malformed.ignoreUpgrades(server)
  Expectations.hear(server)
  const layer = Layer.unwrap(
    Effect.map(Gateway, (gateway) => {
      Cors.answer(server, () => gateway.current().config.server.cors)
      const listening = NodeHttpServer.layer(() => server, { ...where, gracefulShutdownTimeout: config.drainTimeout })
      return cut(server).pipe(Layer.provideMerge(listening))
    })
  )
  const draining = Layer.effectDiscard(
    Effect.gen(function* () {
      const gateway = yield* Gateway
      yield* Effect.addFinalizer(() =>
        Effect.sync(() => {
          gateway.drain()
          leaving.lastAnswers()
          letGo(server)
        })
      )
    })
  )
  return { layer, draining }
}

/**
 * Ends a client that takes nothing of its answer for as long as it may take to send a request: what it does not take lies in our memory,
 * and in its provider's. One that waits for its answer may; one that is idle between two requests ends here as always.
 */
const cutSlowReaders = (server: Server, leaving: Retire.Leaving): void => {
  server.timeout = server.requestTimeout
  server.on("timeout", (socket) => {
    if (socket.writableLength > 0 || !leaving.isAnswering(socket)) socket.destroy()
  })
}

/** Ends what is left when the calls are over: a client that sends its request drop by drop would hold the process for ever. */
const cut = (server: Server) =>
  Layer.effectDiscard(Effect.addFinalizer(() => Effect.sync(() => server.closeAllConnections())))

/** A stream that began before promised to keep its connection: it is closed once it is idle, not a `keepAliveTimeout` later. */
const letGo = (server: Server): void => {
  const timer = setInterval(() => server.closeIdleConnections(), 50)
  server.once("close", () => clearInterval(timer))
}

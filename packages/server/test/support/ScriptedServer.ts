/**
 * A fake provider on a loopback port: it answers each request by a script, goes wrong in every way that providers and
 * networks do, and records what it was asked, when, on which connection, and who hung up.
 *
 * `Step` says what happens to one request, `Answers` writes bodies in each provider's format, `Playback` sends them, `Recorded` is what
 * was seen. `ScriptedServerMain.ts` runs one as its own process. Sockets and time are real here.
 *
 * @example
 * const server = await ScriptedServer.start({ script: [failure(429, chatError("slow down"), retryAfterSeconds(1)), answer()] })
 * // … call server.url
 * server.requests.length // => 2
 * await server.close()
 */
import * as Http from "node:http"
import type { AddressInfo, Socket } from "node:net"
import { answer, chatError, modelOf } from "./Answers.ts"
import { play } from "./Playback.ts"
import { makeConnection, makeRequest, setBody } from "./Recorded.ts"
import type { Connection, MutableConnection, MutableRequest, RecordedRequest } from "./Recorded.ts"
import { failure } from "./Step.ts"
import type { Step } from "./Step.ts"

export type { Connection, RecordedRequest } from "./Recorded.ts"
export type { Fault, Piece, Step } from "./Step.ts"

/** What to do with one request; a function sees the request. */
export type ScriptedStep = Step | ((request: RecordedRequest) => Step | Promise<Step>)

/**
 * One step answers every request; a list answers as many requests as it is long, in the order of their arrival, and any more
 * with a 500 that says so.
 */
export type Script = ScriptedStep | ReadonlyArray<ScriptedStep>

export interface ScriptedServer {
  /** `http://127.0.0.1:PORT`, without a path. */
  readonly url: string
  readonly port: number
  readonly requests: ReadonlyArray<RecordedRequest>
  readonly connections: ReadonlyArray<Connection>
  /** Connections open now, idle ones included. */
  readonly openConnections: number
  /** Requests whose exchange is not over. */
  readonly openRequests: number
  /** The most requests that were open at once. */
  readonly peakRequests: number
  /** Replaces the script from the next request on. */
  readonly use: (script: Script) => void
  /** Forgets what was seen so far (open exchanges stay counted). */
  readonly forget: () => void
  /** Resolves with the first value other than `undefined` and `false`; looks after each event, rejects after `timeoutMs` (5,000). */
  readonly until: <A>(read: () => A | undefined | false, what: string, timeoutMs?: number) => Promise<A>
  /** Closes the port and every connection. */
  readonly close: () => Promise<void>
}

export interface Options {
  /** Default: an answer in the format that is asked for. */
  readonly script?: Script
  /** Default: any free one. */
  readonly port?: number
}

/** A script per model: one server as many providers. Each entry keeps its own place in its list. */
export const byModel = (scripts: Readonly<Record<string, Script>>): ScriptedStep => {
  const next = new Map(Object.entries(scripts).map(([model, script]) => [model, stepper(script)]))
  return (request) => {
    const model = modelOf(request) ?? "(none)"
    return next.get(model)?.(request) ?? failure(404, chatError(`ScriptedServer.byModel: nothing for model ${model}`))
  }
}

const stepper = (script: Script): ((request: RecordedRequest) => Step | Promise<Step>) => {
  const run = (step: ScriptedStep, request: RecordedRequest) => (typeof step === "function" ? step(request) : step)
  if (!isList(script)) return (request) => run(script, request)
  let taken = 0
  return (request) => {
    const step = script[taken++]
    if (step !== undefined) return run(step, request)
    return failure(500, chatError(`ScriptedServer: request ${taken} of a script of ${script.length}`))
  }
}

const isList = (script: Script): script is ReadonlyArray<ScriptedStep> => Array.isArray(script)

class State {
  readonly requests: Array<MutableRequest> = []
  readonly connections: Array<MutableConnection> = []
  readonly sockets = new Map<Socket, MutableConnection>()
  readonly watchers = new Set<() => void>()
  openRequests = 0
  peakRequests = 0
  next: (request: RecordedRequest) => Step | Promise<Step>
  #seen = { requests: 0, connections: 0 }

  constructor(script: Script) {
    this.next = stepper(script)
  }

  changed(): void {
    for (const look of this.watchers) look()
  }

  connect(socket: Socket): void {
    const connection = makeConnection(++this.#seen.connections)
    this.connections.push(connection)
    this.sockets.set(socket, connection)
    socket.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ECONNRESET" || error.code === "EPIPE") connection.wasReset = true
    })
    socket.on("close", () => {
      connection.closedAt = performance.now()
      connection.closedBy ??= "caller"
      this.sockets.delete(socket)
      this.changed()
    })
    this.changed()
  }

  async exchange(incoming: Http.IncomingMessage, response: Http.ServerResponse): Promise<void> {
    const { socket } = incoming
    const connection = this.sockets.get(socket) ?? makeConnection(0)
    connection.requests += 1
    const request = makeRequest({
      index: this.#seen.requests++,
      at: performance.now(),
      method: incoming.method ?? "",
      path: incoming.url ?? "",
      headers: incoming.headers,
      connection
    })
    this.requests.push(request)
    this.peakRequests = Math.max(this.peakRequests, ++this.openRequests)
    const cut = (): void => void (connection.closedBy ??= "server")
    response.on("close", () => this.#end(request))
    setBody(request, await bodyOf(incoming))
    this.changed()
    await play({ response, socket, request, cut }, await this.next(request))
    this.changed()
  }

  #end(request: MutableRequest): void {
    this.openRequests -= 1
    request.endedAt = performance.now()
    const cut = request.connection.closedBy === "server" ? "serverCut" : "callerLeft"
    request.outcome = request.completedAt === undefined ? cut : "completed"
    this.changed()
  }

  until<A>(read: () => A | undefined | false, what: string, timeoutMs = 5_000): Promise<A> {
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer)
        this.watchers.delete(look)
      }
      const look = (): void => {
        const value = read()
        if (value === undefined || value === false) return
        stop()
        resolve(value)
      }
      const timer = setTimeout(() => {
        stop()
        reject(
          new Error(`ScriptedServer.until: no ${what} within ${timeoutMs} ms; ${this.requests.length} requests seen`)
        )
      }, timeoutMs)
      this.watchers.add(look)
      look()
    })
  }

  cutAll(): void {
    for (const [socket, connection] of this.sockets) {
      connection.closedBy ??= "server"
      socket.destroy()
    }
  }
}

const bodyOf = (incoming: Http.IncomingMessage): Promise<string> =>
  new Promise((resolve) => {
    const parts: Array<Buffer> = []
    incoming.on("data", (part: Buffer) => parts.push(part))
    incoming.on("close", () => resolve(Buffer.concat(parts).toString()))
    incoming.on("end", () => resolve(Buffer.concat(parts).toString()))
  })

const makeHttp = (state: State): Http.Server => {
  const server = Http.createServer(
    { keepAliveTimeout: 0, requestTimeout: 0, maxHeaderSize: 65_536 },
    (incoming, response) => {
      state
        .exchange(incoming, response)
        .catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined))
    }
  )
  server.on("connection", (socket: Socket) => state.connect(socket))
  return server
}

/** Starts a server on a loopback port. */
export const start = async (options: Options = {}): Promise<ScriptedServer> => {
  const state = new State(options.script ?? answer())
  const server = makeHttp(state)
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject)
    server.listen(options.port ?? 0, "127.0.0.1", 4_096, resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests: state.requests,
    connections: state.connections,
    get openConnections() {
      return state.sockets.size
    },
    get openRequests() {
      return state.openRequests
    },
    get peakRequests() {
      return state.peakRequests
    },
    use: (script) => void (state.next = stepper(script)),
    forget: () => {
      state.requests.length = 0
      state.connections.length = 0
      state.peakRequests = state.openRequests
    },
    until: (read, what, timeoutMs) => state.until(read, what, timeoutMs),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        state.cutAll()
      })
  }
}

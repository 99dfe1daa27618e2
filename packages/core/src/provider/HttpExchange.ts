/**
 * One HTTP exchange, as events: connected, head, bytes, end, error. It reads no meaning into them.
 *
 * The hot path of every call goes through here, so it is `dispatch` with a handler object: no Web streams, no promises, no header
 * objects. `abort` ends the exchange in every phase; nothing is told after it.
 */
import type { Socket } from "node:net"
import { buildConnector, type Dispatcher } from "undici"

/** @stability experimental @category models @since 0.1.0 */
export interface HttpRequest {
  /** Scheme, host and port. */
  readonly origin: string
  /** Path and query. */
  readonly path: string
  /** Names and values in turn. */
  readonly headers: Array<string>
  readonly body: string
}

/** Header values, several of one name as a list; names lower-cased. @stability experimental @category models @since 0.1.0 */
export type Headers = Readonly<Record<string, string | ReadonlyArray<string> | undefined>>

/** Who listens. Each method is called on the event loop, never after `onEnd`, `onError` or an abort. @stability experimental @category models @since 0.1.0 */
export interface Listener {
  /** A connection is being opened; where one was kept it is connected without that. */
  readonly onConnecting: () => void
  readonly onConnected: () => void
  readonly onHead: (status: number, headers: Headers) => void
  readonly onData: (chunk: Buffer) => void
  readonly onEnd: () => void
  readonly onError: (error: Error, requestSent: boolean) => void
}

/** How long a connection may take to end after its answer, in milliseconds. */
const lingerMs = 1000

const nobody: Listener = {
  onConnecting: () => {},
  onConnected: () => {},
  onHead: () => {},
  onData: () => {},
  onEnd: () => {},
  onError: () => {}
}

const hangUp = new Error("The call was given up")

/** What can be ended before it is a connection. @stability experimental @category models @since 0.1.0 */
export interface Opening {
  readonly destroy: (error: Error) => unknown
}

/** The clock is the attempt's. */
const connect = buildConnector({ timeout: 0, allowH2: false })

/** Opens a connection, and returns its socket at once. @stability experimental @category constructors @since 0.1.0 */
export const open = (options: buildConnector.Options, callback: buildConnector.Callback): Socket | undefined =>
  // It returns its socket, which its type does not say.
  connect(options, callback) as Socket | undefined

/** @stability experimental @category models @since 0.1.0 */
export class HttpExchange implements Dispatcher.DispatchHandler {
  #listener: Listener
  #controller: Dispatcher.DispatchController | undefined
  #over = false
  #lingering: NodeJS.Timeout | undefined
  #connecting: Opening | undefined

  constructor(listener: Listener) {
    this.#listener = listener
  }

  /** It has ended, one way or other. */
  get isOver(): boolean {
    return this.#over
  }

  start(dispatcher: Dispatcher, { body, headers, origin, path }: HttpRequest): void {
    dispatcher.dispatch({ origin, path, method: "POST", headers, body }, this)
  }

  /** This connection is being opened for it. Where nobody waits any more it ends with it. */
  connecting(connection: Opening | undefined): void {
    this.#connecting = connection
    if (this.#over) connection?.destroy(hangUp)
    else this.#listener.onConnecting()
  }

  /** Ends the exchange and closes its connection; nothing is told afterwards. */
  abort(): void {
    if (this.#over) return
    this.#finish()
    this.#connecting?.destroy(hangUp)
    this.#controller?.abort(hangUp)
  }

  /**
   * All that was wanted has come: nothing more is told, and the connection has a second to end by itself, so that it can be used
   * again. Whoever listened is let go of at once.
   */
  linger(): void {
    if (this.#over) return
    this.#listener = nobody
    this.resume()
    this.#lingering = setTimeout(() => this.abort(), lingerMs)
    this.#lingering.unref()
  }

  pause(): void {
    this.#controller?.pause()
  }

  resume(): void {
    this.#controller?.resume()
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    this.#connecting = undefined
    if (this.#over) controller.abort(hangUp)
    else this.#listener.onConnected()
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Headers): void {
    // Heads below 200 (103, Early Hints) say that the answer's own is still to come (RFC 9110, 15.2).
    if (!this.#over && status >= 200) this.#listener.onHead(status, headers)
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#over) this.#listener.onData(chunk)
  }

  onResponseEnd(): void {
    if (this.#over) return
    this.#finish().onEnd()
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (!this.#over) this.#finish().onError(error, this.#controller !== undefined)
  }

  /** Whoever listened, for the last time. */
  #finish(): Listener {
    const listener = this.#listener
    this.#listener = nobody
    this.#over = true
    clearTimeout(this.#lingering)
    return listener
  }
}

/** The headers as plain strings, several values joined by a comma. @stability experimental @category conversions @since 0.1.0 */
export const plain = (headers: Headers): Record<string, string> => {
  const out: Record<string, string> = {}
  for (const name in headers) {
    const value = headers[name]
    if (value !== undefined) out[name] = typeof value === "string" ? value : value.join(", ")
  }
  return out
}

/** The first value of a header. @stability experimental @category getters @since 0.1.0 */
export const first = (value: Headers[string]): string | undefined => (typeof value === "string" ? value : value?.[0])

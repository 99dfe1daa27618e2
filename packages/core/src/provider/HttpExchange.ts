/**
 * One HTTP exchange over undici, as events: connected, head, bytes, end, error. It reads no meaning into them.
 *
 * The hot path of every call goes through here, so it is `dispatch` with a handler object: no Web streams, no promises, no header
 * objects. `abort` ends the exchange in every phase; nothing is told after it.
 */
import type { Dispatcher } from "undici"

/** @stability experimental @category models @since 0.1.0 */
export interface HttpRequest {
  /** Scheme, host and port. */
  readonly origin: string
  /** Path and query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Header values as undici gives them, names lower-cased. @stability experimental @category models @since 0.1.0 */
export type Headers = Readonly<Record<string, string | ReadonlyArray<string> | undefined>>

/** Who listens. Each method is called on the event loop, never after `onEnd`, `onError` or an abort. @stability experimental @category models @since 0.1.0 */
export interface Listener {
  readonly onConnected: () => void
  readonly onHead: (status: number, headers: Headers) => void
  readonly onData: (chunk: Buffer) => void
  readonly onEnd: () => void
  readonly onError: (error: Error, requestSent: boolean) => void
}

const hangUp = new Error("The call was given up")

/** @stability experimental @category models @since 0.1.0 */
export class HttpExchange implements Dispatcher.DispatchHandler {
  readonly #listener: Listener
  #controller: Dispatcher.DispatchController | undefined
  #over = false

  constructor(listener: Listener) {
    this.#listener = listener
  }

  start(dispatcher: Dispatcher, request: HttpRequest): void {
    dispatcher.dispatch(
      { origin: request.origin, path: request.path, method: "POST", headers: request.headers, body: request.body },
      this
    )
  }

  /** Ends the exchange and closes its connection; nothing is told afterwards. */
  abort(): void {
    if (this.#over) return
    this.#over = true
    this.#controller?.abort(hangUp)
  }

  pause(): void {
    this.#controller?.pause()
  }

  resume(): void {
    this.#controller?.resume()
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#over) controller.abort(hangUp)
    else this.#listener.onConnected()
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Headers): void {
    if (!this.#over) this.#listener.onHead(status, headers)
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#over) this.#listener.onData(chunk)
  }

  onResponseEnd(): void {
    if (this.#over) return
    this.#over = true
    this.#listener.onEnd()
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#over) return
    this.#over = true
    this.#listener.onError(error, this.#controller !== undefined)
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
export const header = (headers: Headers, name: string): string | undefined => {
  const value = headers[name]
  return typeof value === "string" ? value : value?.[0]
}

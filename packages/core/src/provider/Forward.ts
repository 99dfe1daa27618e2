/**
 * Requests for a provider without TLS, handed to a forward proxy whole: with the provider's URL in the request line (RFC 9112, 3.2.2), since
 * many proxies open no tunnel but to port 443.
 *
 * What the proxy itself answers instead of the provider looks like an answer of the provider, and is read as one; only 407 is the proxy's
 * alone.
 */
import { Dispatcher } from "undici"
import * as Proxy from "./Proxy.ts"

/** @stability experimental @category models @since 0.1.0 */
export class Forward extends Dispatcher {
  readonly #proxy: Proxy.Proxy
  /** Its connections lead to the proxy. */
  readonly #dispatcher: Dispatcher

  constructor(proxy: Proxy.Proxy, dispatcher: Dispatcher) {
    super()
    this.#proxy = proxy
    this.#dispatcher = dispatcher
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const { headers, origin, path } = options
    const forwarded = {
      ...options,
      path: `${String(origin)}${path}`,
      headers: [...(headers as ReadonlyArray<string>), ...Object.entries(Proxy.headers(this.#proxy)).flat()]
    }
    return this.#dispatcher.dispatch(forwarded, new Watched(this.#proxy, String(origin), handler))
  }
}

/** Ends an exchange that the proxy wants a login for. */
class Watched implements Dispatcher.DispatchHandler {
  readonly #proxy: Proxy.Proxy
  readonly #origin: string
  readonly #handler: Dispatcher.DispatchHandler

  constructor(proxy: Proxy.Proxy, origin: string, handler: Dispatcher.DispatchHandler) {
    this.#proxy = proxy
    this.#origin = origin
    this.#handler = handler
  }

  onRequestStart(...told: Parameters<NonNullable<Dispatcher.DispatchHandler["onRequestStart"]>>): void {
    this.#handler.onRequestStart?.(...told)
  }

  onResponseStart(...told: Parameters<NonNullable<Dispatcher.DispatchHandler["onResponseStart"]>>): void {
    const [controller, status, headers] = told
    if (status !== 407) return this.#handler.onResponseStart?.(...told)
    const what = `the request to ${this.#origin}`
    controller.abort(Proxy.refused(this.#proxy, what, status, headers["proxy-authenticate"]))
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#handler.onResponseData?.(controller, chunk)
  }

  onResponseEnd(...told: Parameters<NonNullable<Dispatcher.DispatchHandler["onResponseEnd"]>>): void {
    this.#handler.onResponseEnd?.(...told)
  }

  onResponseError(controller: Dispatcher.DispatchController, error: Error): void {
    this.#handler.onResponseError?.(controller, error)
  }
}

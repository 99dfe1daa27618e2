/**
 * Requests for a provider without TLS, handed to a forward proxy whole: with the provider's URL in the request line (RFC 9112, 3.2.2), since
 * many proxies open no tunnel but to port 443.
 *
 * What the proxy itself answers instead of the provider looks like an answer of the provider, and is read as one; only 407 is the proxy's
 * alone.
 */
import { Dispatcher } from "undici"
import type { Opening } from "./HttpExchange.ts"
import type { Owner } from "./http1/Connection.ts"
import type { Origin, Sent } from "./Origin.ts"
import * as Proxy from "./Proxy.ts"

/** @stability experimental @category models @since 0.1.0 */
export class Forward extends Dispatcher {
  readonly #proxy: Proxy.Proxy
  /** Its connections lead to the proxy. */
  readonly #origin: Origin

  constructor(proxy: Proxy.Proxy, origin: Origin) {
    super()
    this.#proxy = proxy
    this.#origin = origin
  }

  override dispatch(options: Sent, owner: Owner): boolean {
    const { headers, origin, path } = options
    const forwarded = {
      ...options,
      path: `${origin}${path}`,
      headers: [...headers, ...Object.entries(Proxy.headers(this.#proxy)).flat()]
    }
    return this.#origin.dispatch(forwarded, new Watched(this.#proxy, origin, owner))
  }
}

/** Ends an exchange that the proxy wants a login for. */
class Watched implements Owner {
  readonly #proxy: Proxy.Proxy
  readonly #origin: string
  readonly #owner: Owner

  constructor(proxy: Proxy.Proxy, origin: string, owner: Owner) {
    this.#proxy = proxy
    this.#origin = origin
    this.#owner = owner
  }

  get isOver(): boolean {
    return this.#owner.isOver
  }

  connecting(connection: Opening | undefined): void {
    this.#owner.connecting(connection)
  }

  onRequestStart(...told: Parameters<NonNullable<Dispatcher.DispatchHandler["onRequestStart"]>>): void {
    this.#owner.onRequestStart?.(...told)
  }

  onResponseStart(...told: Parameters<NonNullable<Dispatcher.DispatchHandler["onResponseStart"]>>): void {
    const [controller, status, headers] = told
    if (status !== 407) return this.#owner.onResponseStart?.(...told)
    const what = `the request to ${this.#origin}`
    controller.abort(Proxy.refused(this.#proxy, what, status, headers["proxy-authenticate"]))
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#owner.onResponseData?.(controller, chunk)
  }

  onResponseEnd(...told: Parameters<NonNullable<Dispatcher.DispatchHandler["onResponseEnd"]>>): void {
    this.#owner.onResponseEnd?.(...told)
  }

  onResponseError(controller: Dispatcher.DispatchController, error: Error): void {
    this.#owner.onResponseError?.(controller, error)
  }
}

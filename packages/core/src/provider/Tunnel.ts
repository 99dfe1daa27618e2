/**
 * Connections through a forward proxy: a tunnel by CONNECT (RFC 9110, 9.3.6) to a provider over TLS, the connection to the proxy itself for
 * one without.
 *
 * undici's own `ProxyAgent` calls a refused tunnel a call that was given up, and goes on opening it when nobody waits any more. Here a
 * refusal says so, and the exchange that a tunnel is opened for ends it in every phase (`Origin.ts`).
 */
import * as Http from "node:http"
import type { Socket } from "node:net"
import type { buildConnector } from "undici"
import * as HttpExchange from "./HttpExchange.ts"
import type { Open } from "./http1/Connection.ts"
import * as Proxy from "./Proxy.ts"

/**
 * Opens connections through this proxy.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const connector =
  (proxy: Proxy.Proxy): Open =>
  (options, callback) => {
    const tunnel = new Tunnel(proxy, options, callback)
    tunnel.open()
    return tunnel
  }

class Tunnel {
  readonly #proxy: Proxy.Proxy
  readonly #options: buildConnector.Options
  readonly #callback: buildConnector.Callback
  /** The provider's host and port. */
  readonly #authority: string
  /** The outermost connection that there is: to close it closes all. */
  #socket: Socket | undefined
  #isOver = false

  constructor(proxy: Proxy.Proxy, options: buildConnector.Options, callback: buildConnector.Callback) {
    const { host, hostname, port, protocol } = options
    this.#proxy = proxy
    this.#options = options
    this.#callback = callback
    this.#authority = port === "" ? `${host ?? hostname}:${protocol === "https:" ? 443 : 80}` : (host ?? hostname)
  }

  open(): void {
    const { host, hostname, port, protocol } = new URL(this.#proxy.url)
    const near = { host, hostname: hostname.replace(/^\[(.*)\]$/, "$1"), port, protocol }
    this.#socket = HttpExchange.open(near, (error, socket) => {
      if (error !== null) this.#fail(`no connection to ${this.#authority}`, error)
      else if (this.#options.protocol === "https:") this.#ask(socket)
      else this.#succeed(socket)
    })
  }

  /** Whoever it is opened for does not want it any more. */
  destroy(error: Error): void {
    this.#socket?.destroy(error)
  }

  #ask(socket: Socket): void {
    const request = Http.request({
      method: "CONNECT",
      path: this.#authority,
      headers: {
        host: this.#authority,
        connection: "keep-alive",
        "user-agent": "orelse",
        ...Proxy.headers(this.#proxy)
      },
      createConnection: () => socket
    })
    request.once("error", (error) => this.#fail(`no tunnel to ${this.#authority}`, error))
    request.once("connect", ({ headers, statusCode = 0 }, _, head) => {
      if (statusCode < 200 || statusCode > 299) return this.#refuse(socket, statusCode, headers)
      if (head.length > 0) socket.unshift(head)
      this.#encrypt(socket)
    })
    request.end()
  }

  #encrypt(socket: Socket): void {
    this.#socket = HttpExchange.open({ ...this.#options, httpSocket: socket }, (error, secure) => {
      if (error !== null) this.#fail(`no TLS with ${this.#authority}`, error)
      else this.#succeed(secure)
    })
  }

  #refuse(socket: Socket, status: number, headers: Http.IncomingHttpHeaders): void {
    socket.destroy()
    const what = `the tunnel to ${this.#authority}`
    const error = Proxy.refused(this.#proxy, what, status, headers["proxy-authenticate"])
    this.#end(() => this.#callback(error, null))
  }

  #fail(what: string, error: Error): void {
    this.#socket?.destroy()
    this.#end(() => this.#callback(Proxy.failed(this.#proxy, what, error), null))
  }

  #succeed(socket: Socket): void {
    this.#end(() => this.#callback(null, socket))
  }

  #end(tell: () => void): void {
    if (this.#isOver) return
    this.#isOver = true
    tell()
  }
}

/**
 * What is no request: headers that are too large or too slow, bytes that are not HTTP, and what is meant for a proxy. Node ends such a
 * connection with a bare status line or with nothing; here it says what was wrong, in OpenAI's form, for nobody can know what its client
 * speaks.
 */
import type { IncomingMessage, Server } from "node:http"
import { Socket } from "node:net"
import type { Duplex } from "node:stream"

interface Said {
  readonly status: 400 | 405 | 408 | 431
  readonly title: string
  readonly code: string
  readonly message: string
  /** The methods that are taken. */
  readonly allow?: string
}

const tooLarge: Said = {
  status: 431,
  title: "Request Header Fields Too Large",
  code: "headers_too_large",
  message: "All headers together may be 32 KiB; send fewer or shorter ones, such as less x-orelse-metadata"
}
const tooSlow: Said = {
  status: 408,
  title: "Request Timeout",
  code: "request_timeout",
  message: "The request did not come in time (server.headersTimeout, server.requestTimeout); send it again"
}
const noHttp: Said = {
  status: 400,
  title: "Bad Request",
  code: "malformed_http",
  message: "This is no HTTP/1.1 request that can be read; TLS, HTTP/2 and broken headers end here"
}

const forProxies: Said = {
  status: 405,
  title: "Method Not Allowed",
  code: "method_not_allowed",
  message:
    "CONNECT asks a proxy for a tunnel, and Orelse is no proxy; take its address out of HTTPS_PROXY, and set it as the base URL",
  allow: "GET, HEAD, POST"
}

const ofCode = (code: string | undefined): Said => {
  if (code === "HPE_HEADER_OVERFLOW" || code === "HPE_CHUNK_EXTENSIONS_OVERFLOW") return tooLarge
  return code === "ERR_HTTP_REQUEST_TIMEOUT" ? tooSlow : noHttp
}

/** How long a client may take to read why it is cut: what it has not read is lost at once where more of it is still coming. */
const linger = 500

/** `isMidAnswer` tells whether an answer is on its way over a connection: then nothing may be written into it. */
export const answer = (server: Server, isMidAnswer: (socket: Socket) => boolean): void => {
  const end = (socket: Duplex, said: Said): void => {
    if (!socket.writable || !(socket instanceof Socket)) {
      if (!socket.writableEnded) socket.destroy()
      return
    }
    // A whole answer that waits for the end of this very turn (`Departures.ts`) leaves before; one that goes on is cut.
    if (isMidAnswer(socket))
      return void setImmediate(() => (isMidAnswer(socket) ? socket.destroy() : socket.destroySoon()))
    socket.end(textOf(said))
    const cut = setTimeout(() => socket.destroy(), linger)
    socket.once("close", () => clearTimeout(cut))
  }
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => end(socket, ofCode(error.code)))
  server.on("connect", (_request, socket) => {
    // Node has let go of it.
    socket.on("error", () => socket.destroy())
    end(socket, forProxies)
  })
}

const textOf = ({ allow, code, message, status, title }: Said): string => {
  const body = JSON.stringify({ error: { message, type: "invalid_request_error", param: null, code } })
  const allowed = allow === undefined ? "" : `allow: ${allow}\r\n`
  const headers = `${allowed}content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close`
  return `HTTP/1.1 ${status} ${title}\r\n${headers}\r\n\r\n${body}`
}

/**
 * The gateway upgrades to nothing (no WebSocket, no HTTP/2): who asks for it, as Java's client does with every first request, gets its answer
 * over HTTP/1.1. Node would hand such a request over without its body as soon as somebody listened for upgrades, as the framework does.
 */
export const ignoreUpgrades = (server: Server): void => {
  server.on("newListener", (event: string, listener: (request: IncomingMessage) => void) => {
    if (event === "upgrade") queueMicrotask(() => server.off("upgrade", listener))
  })
}

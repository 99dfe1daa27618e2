/**
 * A forward proxy on a loopback port, as companies run them: tunnels by CONNECT, requests with a whole URL, with a login or without. Every host is
 * this machine; what stands behind a name is said by `hosts`. It misbehaves as it is told to, and keeps what it was asked.
 */
import * as Http from "node:http"
import { type AddressInfo, connect, type Socket } from "node:net"
import type { Duplex } from "node:stream"

/** What it does with what comes next. */
export type Way =
  | "pass"
  /** Takes the connection, and never says anything. */
  | "silent"
  /** Closes the connection instead of an answer. */
  | "close"
  /** Opens the tunnel, and closes it once this many bytes have come back through it. */
  | { readonly cutAfter: number }
  | { readonly status: number }

/** What it was asked for. */
export interface Asked {
  readonly method: string
  /** `host:port` of a tunnel, else a whole URL. */
  readonly target: string
  readonly headers: Http.IncomingHttpHeaders
  /** When the one who asked was gone (`performance.now()`). */
  endedAt: number | undefined
}

export interface ForwardProxy {
  readonly url: string
  readonly port: number
  readonly asked: ReadonlyArray<Asked>
  /** Connections to it that are open. */
  readonly open: () => number
  readonly use: (way: Way) => void
  readonly forget: () => void
  /** Closes the connections that are open. */
  readonly cutAll: () => void
  readonly close: () => Promise<void>
}

export interface Options {
  /** Ports by `host:port`. */
  readonly hosts: Readonly<Record<string, number>>
  /** `user:password` that it wants to see. */
  readonly login?: string
}

/** Starts one. */
export const start = async ({ hosts, login }: Options): Promise<ForwardProxy> => {
  const asked: Array<Asked> = []
  const sockets = new Set<Socket>()
  let way: Way = "pass"
  const wanted = login === undefined ? undefined : `Basic ${Buffer.from(login).toString("base64")}`
  const note = (incoming: Http.IncomingMessage): Asked => {
    const { headers, method = "", socket, url: target = "" } = incoming
    const one: Asked = { method, target, headers, endedAt: undefined }
    asked.push(one)
    socket.once("close", () => (one.endedAt = performance.now()))
    return one
  }
  /** What is said instead of doing what was asked for. */
  const refusal = ({ headers }: Asked): number | undefined => {
    if (typeof way === "object" && "status" in way) return way.status
    return wanted === undefined || headers["proxy-authorization"] === wanted ? undefined : 407
  }
  const server = Http.createServer((incoming, response) => {
    const one = note(incoming)
    const status = refusal(one)
    if (way === "close") incoming.socket.destroy()
    else if (status !== undefined)
      response.writeHead(status).end(`not for ${login ?? "you"}: ${JSON.stringify(one.headers)}`)
    else if (way !== "silent") forward(incoming, response, hosts)
  })
  server.on("connect", (incoming, near, head) => {
    const one = note(incoming)
    const status = refusal(one)
    near.on("error", () => {})
    near.on("end", () => near.destroy()).resume()
    if (way === "close") near.destroy()
    else if (status !== undefined) near.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`)
    else if (way !== "silent")
      tunnel(
        near,
        head,
        hosts[one.target] ?? 0,
        typeof way === "object" && "cutAfter" in way ? way.cutAfter : undefined
      )
  })
  server.on("connection", (socket) => {
    sockets.add(socket.setMaxListeners(0))
    socket.on("close", () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    asked,
    open: () => sockets.size,
    use: (next) => void (way = next),
    forget: () => void (asked.length = 0),
    cutAll: () => {
      for (const socket of sockets) socket.destroy()
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      })
  }
}

/** Passes a request on; what it was shown itself stays here. */
const forward = (incoming: Http.IncomingMessage, response: Http.ServerResponse, hosts: Options["hosts"]): void => {
  const { host, pathname, search } = new URL(incoming.url ?? "")
  const { "proxy-authorization": _, ...headers } = incoming.headers
  const { method } = incoming
  const path = `${pathname}${search}`
  const further = Http.request({ port: hosts[host] ?? 0, host: "127.0.0.1", method, path, headers, agent: false })
  further.on("response", (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.on("error", () => response.destroy())
    answer.pipe(response)
  })
  further.on("error", () => response.destroy())
  response.on("close", () => further.destroy())
  incoming.pipe(further)
}

const tunnel = (near: Duplex, head: Buffer, port: number, cutAfter = Number.POSITIVE_INFINITY): void => {
  const far = connect(port, "127.0.0.1", () => {
    near.write("HTTP/1.1 200 Connection established\r\nvia: test\r\n\r\n")
    if (cutAfter === 0) near.end()
    far.write(head)
    near.pipe(far)
  })
  let come = 0
  far.on("data", (bytes: Buffer) => {
    come += bytes.length
    near.write(bytes)
    if (come >= cutAfter) near.destroy()
  })
  far.on("error", () => near.destroy())
  far.on("close", () => near.destroy())
  near.on("close", () => far.destroy())
}

/**
 * What clients do to a gateway that is reached from the internet: each attack says what it saw. Raw sockets, loopback or not, bounded
 * in time and number. `attacksMain.ts` runs them by hand against any gateway.
 */
import { connect, type Socket } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"

/** What became of one connection. */
export interface Connection {
  readonly socket: Socket
  /** Everything it was sent. */
  readonly said: () => string
  readonly isClosed: () => boolean
  /** Resolves when it is closed by either side, or after so many milliseconds. */
  readonly closed: (withinMs: number) => Promise<boolean>
}

/** Opens a connection; fails where it is refused. */
export const open = (url: string): Promise<Connection> => {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname)
    let said = ""
    let isClosed = false
    const closing = new Promise<void>((done) =>
      socket.once("close", () => {
        isClosed = true
        done()
      })
    )
    socket.on("data", (chunk: Buffer) => (said.length < 65_536 ? (said += chunk.toString("latin1")) : undefined))
    socket.on("error", reject)
    socket.once("connect", () =>
      resolve({
        socket,
        said: () => said,
        isClosed: () => isClosed,
        closed: (withinMs) =>
          Promise.race([closing.then(() => true), sleep(withinMs, false, { ref: false })]).then(() => isClosed)
      })
    )
  })
}

const head = (path: string, headers: Readonly<Record<string, string>> = {}): string =>
  `POST ${path} HTTP/1.1\r\nhost: gateway\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("")}`

/** Headers that never end, a few bytes at a time. Answers how long each connection was borne, in milliseconds. */
export const slowHeaders = async (url: string, count: number, giveUpMs: number): Promise<ReadonlyArray<number>> => {
  const connections = await many(url, count)
  for (const { socket } of connections) socket.write(head("/v1/chat/completions"))
  return borne(connections, giveUpMs, (socket) => void socket.write("x-a: b\r\n"))
}

/** A body that never ends, a byte at a time. */
export const slowBody = async (url: string, count: number, giveUpMs: number): Promise<ReadonlyArray<number>> => {
  const connections = await many(url, count)
  for (const { socket } of connections)
    socket.write(`${head("/v1/chat/completions", { "content-length": "100000" })}\r\n{`)
  return borne(connections, giveUpMs, (socket) => void socket.write(" "))
}

/** Connections that say nothing. Answers those that are still open after the time, and closes them. */
export const idle = async (
  url: string,
  count: number,
  holdMs: number,
  meanwhile: () => Promise<void>
): Promise<number> => {
  const connections = await many(url, count)
  await meanwhile()
  const until = performance.now() + holdMs
  while (performance.now() < until && connections.some(({ isClosed }) => !isClosed())) await sleep(50)
  const left = connections.filter(({ isClosed }) => !isClosed())
  for (const { socket } of connections) socket.destroy()
  return left.length
}

/** A body of so many bytes, with its length declared or not. Answers the status line, and how many bytes were taken. */
export const hugeBody = async (
  url: string,
  bytes: number,
  isDeclared: boolean
): Promise<{ readonly status: string; readonly sent: number; readonly isClosed: boolean }> => {
  const connection = await open(url)
  const { socket } = connection
  const framing = isDeclared ? { "content-length": String(bytes) } : { "transfer-encoding": "chunked" }
  socket.write(`${head("/v1/chat/completions", framing)}\r\n`)
  const piece = Buffer.alloc(65_536, 0x20)
  const frame = isDeclared ? piece : Buffer.concat([Buffer.from("10000\r\n"), piece, Buffer.from("\r\n")])
  let sent = 0
  while (sent < bytes && !connection.isClosed() && connection.said() === "") {
    sent += piece.length
    if (socket.write(frame)) await sleep(0)
    else await Promise.race([new Promise((resolve) => socket.once("drain", resolve)), connection.closed(2_000)])
  }
  const isClosed = await connection.closed(5_000)
  socket.destroy()
  return { status: connection.said().split("\r\n")[0] ?? "", sent, isClosed }
}

/** So many headers of so many bytes each, until there is an answer. Answers its status line, and how many bytes were sent. */
export const headerFlood = async (
  url: string,
  count: number,
  bytes: number
): Promise<{ readonly status: string; readonly sent: number; readonly isClosed: boolean }> => {
  const connection = await open(url)
  const flood =
    head("/v1/chat/completions") +
    Array.from({ length: count }, (_, index) => `x-${index}: ${"a".repeat(bytes)}\r\n`).join("")
  let sent = 0
  // Not faster than the answer can come: what lies unread at the gateway's end would make it a reset.
  while (sent < flood.length && connection.said() === "" && !connection.isClosed()) {
    connection.socket.write(flood.slice(sent, sent + 8_192))
    sent += 8_192
    await sleep(5)
  }
  const isClosed = await connection.closed(3_000)
  connection.socket.destroy()
  return { status: connection.said().split("\r\n")[0] ?? "", sent, isClosed }
}

/** Asks for an answer and takes nothing of it for so long; then all that is left. Answers how many bytes came in all. */
export const deaf = async (
  url: string,
  body: object,
  silentMs: number
): Promise<{ readonly taken: number; readonly isClosed: boolean }> => {
  const text = JSON.stringify(body)
  const { closed, socket } = await open(url)
  let taken = 0
  socket.removeAllListeners("data")
  socket.on("data", (chunk: Buffer) => (taken += chunk.length))
  socket.pause()
  socket.write(
    `${head("/v1/chat/completions", { "content-length": String(text.length), connection: "close" })}\r\n${text}`
  )
  await sleep(silentMs)
  socket.resume()
  const isClosed = await closed(10_000)
  socket.destroy()
  return { taken, isClosed }
}

/** Asks whether its body is wanted, and sends it with that. No attack: what Node tells servers of by another event. Answers all that came back. */
export const polite = async (url: string, body: object, withinMs: number): Promise<string> => {
  const text = JSON.stringify(body)
  const headers = { expect: "100-continue", "content-length": String(text.length), connection: "close" }
  return garbage(url, `${head("/v1/chat/completions", headers)}\r\n${text}`, withinMs)
}

/** Bytes as they are. Answers all that came back until the connection was closed, or `withinMs`. */
export const garbage = async (url: string, bytes: string | Buffer, withinMs: number): Promise<string> => {
  const connection = await open(url)
  connection.socket.write(bytes)
  await connection.closed(withinMs)
  connection.socket.destroy()
  return connection.said()
}

/** In portions, so that no backlog overflows. */
const many = async (url: string, count: number): Promise<ReadonlyArray<Connection>> => {
  const connections: Array<Connection> = []
  while (connections.length < count) {
    const portion = Math.min(250, count - connections.length)
    connections.push(...(await Promise.all(Array.from({ length: portion }, () => open(url)))))
  }
  return connections
}

const borne = async (
  connections: ReadonlyArray<Connection>,
  giveUpMs: number,
  drip: (socket: Socket) => void
): Promise<ReadonlyArray<number>> => {
  const began = performance.now()
  const ends = new Map<Connection, number>()
  while (ends.size < connections.length && performance.now() - began < giveUpMs) {
    for (const connection of connections) {
      if (ends.has(connection)) continue
      if (connection.isClosed()) ends.set(connection, performance.now() - began)
      else drip(connection.socket)
    }
    await sleep(100)
  }
  for (const { socket } of connections) socket.destroy()
  return connections.map((connection) => ends.get(connection) ?? Number.POSITIVE_INFINITY)
}

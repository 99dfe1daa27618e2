/**
 * The benchmark's provider: raw sockets and prepared bytes, so that it costs little beside what is measured. It runs as its own
 * process and prints its port. (Tests use `packages/server/test/support/ScriptedServer.ts`, which can do far more.)
 *
 * The first path segment says how it behaves: `fast` (whole, or 200 chunks at full speed), `paced` (each chunk its own write), `slow`
 * (one chunk, then one a second), `hang` (one chunk, then nothing), `silent` (nothing at all), `faulty` (now and then 500, 429, a cut).
 * `/control/closed` gives when each tagged request's connection closed (monotonic nanoseconds), `/control/open` what is open; any other
 * path answers `{}` (an OTLP collector, for one).
 */
import { createServer } from "node:net"
import type { Socket } from "node:net"
import { streamEvents, wholeAnswer } from "./lib/Payload.ts"

const head = (type: string, rest: string): string => `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\n${rest}\r\n\r\n`
const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`
const json = (text: string, status = "200 OK", more = ""): Buffer =>
  Buffer.from(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\n${more}content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`
  )

const streamHead = head("text/event-stream; charset=utf-8", "transfer-encoding: chunked")
const chunks = streamEvents.map(chunk)
const end = "0\r\n\r\n"
const whole = json(wholeAnswer)
const fullStream = Buffer.from(streamHead + chunks.join("") + end)
const firstTwo = Buffer.from(streamHead + chunks.slice(0, 2).join(""))
const oneMore = Buffer.from(chunks[2] ?? "")
const half = Buffer.from(streamHead + chunks.slice(0, 80).join(""))

const slow = new Set<Socket>()
const open = new Map<Socket, string>()
const closed = new Map<string, string>()
let live = 0
let served = 0

setInterval(() => {
  for (const socket of slow) socket.write(oneMore)
}, 1_000).unref()

const pacedStream = (socket: Socket): void => {
  socket.write(streamHead)
  let at = 0
  const next = (): void => {
    if (socket.destroyed) return
    if (at === chunks.length) return void socket.write(end)
    socket.write(chunks[at++] ?? "")
    setImmediate(next)
  }
  next()
}

const faulty = (socket: Socket, streamed: boolean): void => {
  const turn = served % 20
  if (turn === 3)
    return void socket.write(json('{"error":{"message":"oops","type":"server_error"}}', "500 Internal Server Error"))
  if (turn === 7)
    return void socket.write(
      json(
        '{"error":{"message":"slow down","type":"requests","code":"rate_limit_exceeded"}}',
        "429 Too Many Requests",
        "retry-after-ms: 1\r\n"
      )
    )
  if (turn === 11) return void socket.resetAndDestroy()
  if (turn === 15 && streamed) return void socket.write(half, () => socket.destroySoon())
  socket.write(streamed ? fullStream : whole)
}

const control = (path: string): Buffer => {
  if (path === "/control/closed") {
    const seen = Object.fromEntries(closed)
    closed.clear()
    return json(JSON.stringify(seen))
  }
  return json(JSON.stringify({ connections: live, slow: slow.size, open: [...open.values()], served }))
}

const isStreamed = (body: Buffer): boolean => body.includes('"stream":true') || body.includes('"stream": true')
const tagOf = (body: Buffer): string | undefined => /tag-\w+-\d+/.exec(body.toString("latin1", 0, 4_096))?.[0]

const respond = (socket: Socket, path: string, body: Buffer): void => {
  if (path.startsWith("/control/")) return void socket.write(control(path))
  if (!path.includes("/chat/completions")) return void socket.write(json("{}"))
  served += 1
  const streamed = isStreamed(body)
  const mode = path.slice(1, path.indexOf("/", 1))
  if (mode === "paced" && streamed) return pacedStream(socket)
  if (mode === "faulty") return faulty(socket, streamed)
  if (mode !== "slow" && mode !== "hang" && mode !== "silent") return void socket.write(streamed ? fullStream : whole)
  const tag = tagOf(body)
  if (tag !== undefined) open.set(socket, tag)
  if (mode === "slow") slow.add(socket)
  if (mode !== "silent") socket.write(firstTwo)
}

/** Where the request in the buffer ends, and where its body begins; `undefined` while it is not whole. */
const frame = (buffer: Buffer): { path: string; from: number; to: number } | undefined => {
  const headEnd = buffer.indexOf("\r\n\r\n")
  if (headEnd < 0) return undefined
  const text = buffer.toString("latin1", 0, headEnd)
  const path = text.slice(text.indexOf(" ") + 1, text.indexOf(" HTTP/"))
  const from = headEnd + 4
  if (/\r\ntransfer-encoding: *chunked/i.test(text)) {
    const last = buffer.indexOf("0\r\n\r\n", from)
    return last < 0 ? undefined : { path, from, to: last + 5 }
  }
  const to = from + Number(/\r\ncontent-length: *(\d+)/i.exec(text)?.[1] ?? 0)
  return buffer.length < to ? undefined : { path, from, to }
}

const serve = (socket: Socket): void => {
  let pending: Buffer = Buffer.alloc(0)
  live += 1
  socket.setNoDelay(true)
  socket.on("error", () => {})
  socket.on("data", (data: Buffer) => {
    pending = pending.length === 0 ? data : Buffer.concat([pending, data])
    for (let found = frame(pending); found !== undefined; found = frame(pending)) {
      respond(socket, found.path, pending.subarray(found.from, found.to))
      pending = pending.subarray(found.to)
    }
  })
  socket.on("close", () => {
    live -= 1
    slow.delete(socket)
    const tag = open.get(socket)
    if (tag !== undefined) closed.set(tag, String(process.hrtime.bigint()))
    open.delete(socket)
  })
}

const port = Number(process.argv[2] ?? 0)
const server = createServer(serve).listen(port, "127.0.0.1", 8_192, () => {
  const address = server.address()
  process.stdout.write(`${typeof address === "object" ? address?.port : ""}\n`)
})

/**
 * Callers that hang up: a raw call of each dialect that can be left at any moment, and a port that never takes a connection.
 */
import type { Socket } from "node:net"
import { readFileSync } from "node:fs"
import { connect } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"
import { Worker } from "node:worker_threads"
import type { Caller } from "./callers.ts"

/** A call under way. */
export interface Leaving {
  /** Everything that it was sent. */
  readonly said: () => string
  /** Hangs up, and answers when that was (`performance.now()`). */
  readonly leave: () => number
}

const requests: {
  readonly [P in Caller["protocol"]]: (
    model: string,
    stream: boolean,
    content: string
  ) => { readonly path: string; readonly body: object }
} = {
  "openai-chat": (model, stream, content) => ({
    path: "/v1/chat/completions",
    body: { model, stream, messages: [{ role: "user", content }] }
  }),
  "openai-responses": (model, stream, content) => ({ path: "/v1/responses", body: { model, stream, input: content } }),
  "anthropic-messages": (model, stream, content) => ({
    path: "/v1/messages",
    body: { model, stream, max_tokens: 100, messages: [{ role: "user", content }] }
  }),
  gemini: (model, stream, content) => ({
    path: `/v1beta/models/${model}:${stream ? "streamGenerateContent?alt=sse" : "generateContent"}`,
    body: { contents: [{ role: "user", parts: [{ text: content }] }] }
  })
}

export interface Asking {
  readonly key?: string
  readonly stream?: boolean
  readonly content?: string
}

/** Asks in a dialect; `key` is the caller's. Resolves when the request is sent. */
export const ask = (
  url: string,
  dialect: Caller["protocol"],
  model: string,
  { content = "hi", key = "caller", stream = true }: Asking = {}
): Promise<Leaving> => {
  const { hostname, port } = new URL(url)
  const { body, path } = requests[dialect](model, stream, content)
  const text = JSON.stringify(body)
  const head = `POST ${path} HTTP/1.1\r\nhost: gateway\r\nauthorization: Bearer ${key}\r\ncontent-length: ${text.length}\r\n\r\n`
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ port: Number(port), host: hostname, noDelay: true })
    let said = ""
    socket.on("data", (chunk: Buffer) => (said += chunk.toString("latin1")))
    socket.on("error", reject)
    socket.once("connect", () =>
      socket.write(head + text, () => resolve({ said: () => said, leave: () => leave(socket) }))
    )
  })
}

const leave = (socket: Socket): number => {
  const at = performance.now()
  socket.destroy()
  return at
}

/** Resolves with the first value other than `undefined` and `false`, looking every few milliseconds. */
export const until = async <A>(
  read: () => A | undefined | false | Promise<A | undefined | false>,
  what: string,
  timeoutMs = 3_000
): Promise<A> => {
  const end = performance.now() + timeoutMs
  while (performance.now() < end) {
    const value = await read()
    if (value !== undefined && value !== false) return value
    await sleep(2)
  }
  throw new Error(`until: no ${what} within ${timeoutMs} ms`)
}

/** A port whose host takes no connection: whoever connects waits for ever. Linux. */
export interface Unreachable {
  readonly port: number
  /** Connections that are being tried. */
  readonly tried: () => number
  readonly close: () => Promise<void>
}

/** Listens with the smallest backlog in a thread that is busy, and fills the backlog. */
export const unreachable = async (): Promise<Unreachable> => {
  const listen = `
    const { parentPort } = require("node:worker_threads")
    const server = require("node:net").createServer()
    server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
      parentPort.postMessage(server.address().port)
      setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0), 20)
    })`
  const worker = new Worker(listen, { eval: true })
  const port = await new Promise<number>((resolve) => worker.once("message", resolve))
  await sleep(50)
  const filling: Array<Socket> = []
  const tried = () => countOf(port, synSent) - filling.filter((socket) => socket.connecting).length
  for (let turn = 0; turn < 4; turn++) {
    filling.push(connect(port, "127.0.0.1").on("error", () => {}))
    await sleep(20)
  }
  return {
    port,
    tried,
    close: async () => {
      for (const socket of filling) socket.destroy()
      await worker.terminate()
    }
  }
}

const synSent = "02"

/** Sockets of this host to a loopback port in a state of the kernel's (proc_net_tcp(5)). */
const countOf = (port: number, state: string): number => {
  const remote = `:${port.toString(16).toUpperCase().padStart(4, "0")}`
  return readFileSync("/proc/net/tcp", "utf8")
    .split("\n")
    .filter((line) => {
      const [, , to = "", found = ""] = line.trim().split(/\s+/)
      return to.endsWith(remote) && found === state
    }).length
}

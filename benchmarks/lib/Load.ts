/**
 * A closed-loop load generator over raw sockets: each connection sends the next request when its answer is whole. It reads only what
 * tells where an answer ends, so one core of it drives a gateway of three; `busy` says how near it was to its own limit.
 */
import { connect } from "node:net"
import type { Socket } from "node:net"

export interface Address {
  readonly host: string
  readonly port: number
}

export interface Plan {
  readonly connections: number
  readonly durationMs: number
  /** Stop after so many answers even if there is time left. */
  readonly requests?: number
  /** Keep each answer's latency. */
  readonly latencies?: boolean
}

export interface Outcome {
  readonly requests: number
  readonly errors: number
  readonly elapsedMs: number
  /** Microseconds each, when asked for. */
  readonly latencies: ReadonlyArray<number>
  /** The generator's own CPU share, 0 to 1: near 1 it was the bottleneck. */
  readonly busy: number
}

/** An HTTP/1.1 request as bytes. */
export const post = (path: string, body: string, headers: Readonly<Record<string, string>> = {}): Buffer => {
  const lines = Object.entries({ "content-type": "application/json", ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`
  )
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\nhost: bench\r\n${lines.join("")}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  )
}

const terminator = "\r\n0\r\n\r\n"

/** Finds where an answer ends. */
export class AnswerReader {
  status = 0
  #head = ""
  #inHead = true
  #remaining = 0
  #chunked = false
  #tail = ""

  reset(): void {
    this.#head = ""
    this.#inHead = true
  }

  /** Takes the next bytes; whether the answer is whole now. */
  take(data: Buffer): boolean {
    if (!this.#inHead) return this.#body(data, 0)
    const split = this.#head === "" ? data.indexOf("\r\n\r\n") : -1
    if (split >= 0) return this.#readHead(data.toString("latin1", 0, split + 2), data, split + 4)
    this.#head += data.toString("latin1", 0, data.length)
    const at = this.#head.indexOf("\r\n\r\n")
    if (at < 0) return false
    return this.#readHead(this.#head.slice(0, at + 2), data, data.length - (this.#head.length - at - 4))
  }

  #readHead(text: string, data: Buffer, from: number): boolean {
    this.status = Number(text.slice(9, 12))
    const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1]
    this.#inHead = false
    this.#chunked = length === undefined
    this.#remaining = Number(length ?? 0)
    this.#tail = "\r\n"
    return this.#body(data, from)
  }

  #body(data: Buffer, from: number): boolean {
    if (!this.#chunked) return (this.#remaining -= data.length - from) <= 0
    const tail = data.toString("latin1", Math.max(from, data.length - terminator.length), data.length)
    this.#tail = (this.#tail + tail).slice(-terminator.length)
    return this.#tail === terminator
  }
}

interface Run {
  readonly address: Address
  readonly request: Buffer
  readonly plan: Plan
  readonly until: number
  readonly latencies: Array<number>
  requests: number
  errors: number
}

/** One connection's loop; resolves when the time or the count is up. */
const lane = (run: Run): Promise<void> =>
  new Promise((resolve) => {
    const reader = new AnswerReader()
    let startedAt = 0
    let socket: Socket
    const isOver = (): boolean =>
      performance.now() >= run.until || (run.plan.requests !== undefined && run.requests >= run.plan.requests)
    const send = (): void => {
      reader.reset()
      startedAt = performance.now()
      socket.write(run.request)
    }
    const answered = (): void => {
      run.requests += 1
      if (run.plan.latencies === true) run.latencies.push((performance.now() - startedAt) * 1_000)
      if (reader.status !== 200) run.errors += 1
      if (!isOver()) return send()
      socket.destroy()
      resolve()
    }
    const open = (): void => {
      socket = connect({ ...run.address, noDelay: true })
      socket.on("connect", send)
      socket.on("data", (data: Buffer) => {
        if (reader.take(data)) answered()
      })
      socket.on("error", () => {})
      socket.on("close", () => {
        if (isOver()) return resolve()
        run.errors += 1
        setTimeout(open, 5)
      })
    }
    open()
  })

/** Drives the address with one request, over and over. */
export const drive = async (address: Address, request: Buffer, plan: Plan): Promise<Outcome> => {
  const startedAt = performance.now()
  const cpu = process.cpuUsage()
  const run: Run = { address, request, plan, until: startedAt + plan.durationMs, latencies: [], requests: 0, errors: 0 }
  await Promise.all(Array.from({ length: plan.connections }, () => lane(run)))
  const elapsedMs = performance.now() - startedAt
  const used = process.cpuUsage(cpu)
  const busy = (used.user + used.system) / 1_000 / elapsedMs
  return { requests: run.requests, errors: run.errors, elapsedMs, latencies: run.latencies, busy }
}

/** One request; the whole answer as text. Rejects when there is none within the time. */
export const probe = (
  address: Address,
  request: Buffer,
  timeoutMs = 5_000
): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    const reader = new AnswerReader()
    const socket = connect({ ...address, noDelay: true })
    let text = ""
    const fail = (why: string): void => {
      clearTimeout(timer)
      socket.destroy()
      reject(new Error(`Load.probe: ${why} from ${address.host}:${address.port}; so far: ${text.slice(0, 300)}`))
    }
    const timer = setTimeout(() => fail(`no whole answer within ${timeoutMs} ms`), timeoutMs)
    socket.on("connect", () => socket.write(request))
    socket.on("error", (error) => fail(error.message))
    socket.on("close", () => fail("connection closed"))
    socket.on("data", (data: Buffer) => {
      text += data.toString()
      if (!reader.take(data)) return
      clearTimeout(timer)
      socket.removeAllListeners("close")
      socket.destroy()
      resolve({ status: reader.status, text })
    })
  })

/** One request at a time, over a raw socket: whether somebody answers, and what. */
import { connect } from "node:net"

export interface Address {
  readonly host: string
  readonly port: number
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
class AnswerReader {
  status = 0
  #head = ""
  #inHead = true
  #remaining = 0
  #chunked = false
  #tail = ""

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
      reject(new Error(`Probe.probe: ${why} from ${address.host}:${address.port}; so far: ${text.slice(0, 300)}`))
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

/**
 * The caller's response as a place to write a stream to: what comes in one turn of the event loop leaves in one write.
 *
 * It copies nothing and knows no dialect.
 */
import type { ServerResponse } from "node:http"
import type { KeptBody } from "./KeptBody.ts"
import * as KeepAwake from "./KeepAwake.ts"

/** An open stream's way out. */
export class Outlet implements KeepAwake.Awake {
  wroteAt = 0
  readonly #response: ServerResponse
  /** Node makes room for three bytes a character of UTF-8; text that passes through is ASCII and needs one. */
  readonly #encoding: "latin1" | "utf8"
  readonly #kept: KeptBody | undefined
  #waiting: Array<Buffer | string> = []
  #isFull = false

  constructor(response: ServerResponse, encoding: "latin1" | "utf8", kept: KeptBody | undefined) {
    this.#response = response
    this.#encoding = encoding
    this.#kept = kept
  }

  /** Whether more is welcome. */
  write(bytes: Buffer | string): boolean {
    if (bytes.length === 0) return !this.#isFull
    this.wroteAt = KeepAwake.tick()
    this.#kept?.add(bytes)
    if (this.#waiting.push(bytes) === 1) process.nextTick(flush, this)
    return !this.#isFull
  }

  flush(): void {
    const waiting = this.#waiting
    const response = this.#response
    if (waiting.length === 0) return
    this.#waiting = []
    // Node raises what is written after the end where nobody listens: that would end the process.
    if (response.writableEnded) return
    if (waiting.length > 1) response.cork()
    for (const bytes of waiting) response.write(bytes, this.#encoding)
    if (waiting.length > 1) response.uncork()
    this.#look(response)
  }

  /** What `write` says while it is corked may be over when that ends: where the connection took all of it, "drain" has been then. */
  #look(response: ServerResponse): void {
    const wasFull = this.#isFull
    this.#isFull = response.writableNeedDrain && response.writableLength > 0
    // Comments go on while nobody reads.
    if (this.#isFull && !wasFull) response.once("drain", () => (this.#isFull = false))
  }

  onReady(resume: () => void): void {
    if (this.#isFull) this.#response.once("drain", resume)
    else resume()
  }

  /** Ends with this text, which need not be ASCII: in one write with what waits. */
  end(text: string): void {
    if (text !== "") {
      this.#waiting.push(Buffer.from(text))
      this.#kept?.add(text)
    }
    const last = this.#waiting.pop()
    this.flush()
    if (last === undefined || this.#response.writableEnded) this.#response.end()
    else this.#response.end(last, this.#encoding)
  }
}

const flush = (outlet: Outlet): void => outlet.flush()

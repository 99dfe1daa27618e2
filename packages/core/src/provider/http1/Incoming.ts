/**
 * One answer as its bytes come: head, body, end.
 */
import { maxHeaderSize } from "node:http"
import { errors } from "undici"
import { Chunks } from "./Chunks.ts"
import * as ResponseHead from "./ResponseHead.ts"

/** Who is told. @stability experimental @category models @since 0.1.0 */
export interface Told {
  /** Nothing more is told. */
  readonly isOver: boolean
  readonly onHead: (head: ResponseHead.ResponseHead) => void
  readonly onBody: (bytes: Buffer) => void
}

const blankLine = "\r\n\r\n"

/** @stability experimental @category models @since 0.1.0 */
export class Incoming {
  readonly #told: Told
  /** The beginning of a head that has not come whole. */
  #begun: Buffer | undefined
  #head: ResponseHead.ResponseHead | undefined
  #left = 0
  #chunks: Chunks | undefined

  constructor(told: Told) {
    this.#told = told
  }

  get head(): ResponseHead.ResponseHead | undefined {
    return this.#head
  }

  /** Takes bytes, which it may change; gives those behind its end, once it has ended. Throws what is wrong with them. */
  push(bytes: Buffer): Buffer | undefined {
    let rest = bytes
    while (this.#head === undefined) {
      const after = this.#takeHead(rest)
      if (after === undefined || this.#told.isOver) return undefined
      rest = after
    }
    const { body } = this.#head
    if (body === "chunks") return this.#takeChunks(rest)
    if (body !== "close") return this.#takeLength(rest)
    if (rest.length > 0) this.#told.onBody(rest)
    return undefined
  }

  /** What stands behind it, if it is whole. Heads below 200 (103, Early Hints) say that the answer's own is still to come (RFC 9110, 15.2). */
  #takeHead(bytes: Buffer): Buffer | undefined {
    const all = pastEmptyLines(this.#begun === undefined ? bytes : Buffer.concat([this.#begun, bytes]))
    const end = all.indexOf(blankLine)
    if ((end === -1 ? all.length : end) > maxHeaderSize) throw new errors.HeadersOverflowError()
    if (end === -1) {
      this.#begun = all
      return ResponseHead.expect(all.toString("latin1"))
    }
    this.#begun = undefined
    const head = ResponseHead.read(all.toString("latin1", 0, end))
    if (head.status === 101) throw new errors.SocketError("bad upgrade")
    if (head.status >= 200) this.#begin(head)
    this.#told.onHead(head)
    return all.subarray(end + blankLine.length)
  }

  #begin(head: ResponseHead.ResponseHead): void {
    this.#head = head
    if (head.body === "chunks") this.#chunks = new Chunks()
    else if (head.body !== "close") this.#left = head.body
  }

  #takeLength(bytes: Buffer): Buffer | undefined {
    const body = bytes.length > this.#left ? bytes.subarray(0, this.#left) : bytes
    this.#left -= body.length
    if (body.length > 0) this.#told.onBody(body)
    return this.#left === 0 ? bytes.subarray(body.length) : undefined
  }

  #takeChunks(bytes: Buffer): Buffer | undefined {
    const chunks = this.#chunks!
    const { end, to } = chunks.take(bytes)
    if (to > 0) this.#told.onBody(bytes.subarray(0, to))
    if (chunks.problem !== undefined) throw chunks.problem
    return end === undefined ? undefined : bytes.subarray(end)
  }
}

/** Some end a body by one more than they said. */
const pastEmptyLines = (bytes: Buffer): Buffer => {
  let at = 0
  while (bytes[at] === 0x0d || bytes[at] === 0x0a) at++
  return at === 0 ? bytes : bytes.subarray(at)
}

/**
 * The body of an answer that comes in chunks (RFC 9112, 7.1), without what stands between them.
 *
 * A read of the socket brings many: they are moved together where they lie, and given as one piece of bytes.
 */
import * as Field from "./Field.ts"
import { invalid } from "./ResponseHead.ts"

const lf = 0x0a
const cr = 0x0d
const semicolon = 0x3b

/** What comes next. */
type State =
  | "size"
  | "extension"
  | "sizeLf"
  | "data"
  | "dataCr"
  | "dataLf"
  | "trailer"
  | "trailerLine"
  | "trailerLf"
  | "lastLf"

/** Digits of a chunk's size: more would be larger than any answer that is read. */
const mostDigits = 8

/** The most bytes of extensions and trailers, which nobody reads. */
const mostBeside = 16 * 1024

/** What they are made of all the same (RFC 9112, 7.1.1 and 7.1.2). */
const quoted = '"(?:[\\t !#-\\[\\]-~\\x80-\\xff]|\\\\[\\t -~\\x80-\\xff])*"'
const extension = `${Field.name}(?:=(?:${Field.name}|${quoted}))?`
const lines = {
  extension: new RegExp(`^${extension}(?:;${extension})*$`),
  trailerLine: new RegExp(`^${Field.name}:${Field.text}$`)
}

/** @stability experimental @category models @since 0.1.0 */
export class Chunks {
  #state: State = "size"
  #digits = 0
  /** Of the size while that is read, then of what is left of the chunk. */
  #left = 0
  #beside = 0
  /** An extension or a trailer, as far as it has come. */
  #line = ""
  #problem: Error | undefined

  /** What is wrong with what came; nothing behind it is read. */
  get problem(): Error | undefined {
    return this.#problem
  }

  /**
   * Takes bytes, and changes them.
   *
   * @returns where the body's own end, which were moved to the beginning, and where the answer ends, if it does
   */
  take(bytes: Buffer): { readonly to: number; readonly end: number | undefined } {
    let to = 0
    let at = 0
    while (at < bytes.length && this.#problem === undefined) {
      if (this.#state === "data") {
        const end = Math.min(at + this.#left, bytes.length)
        bytes.copyWithin(to, at, end)
        to += end - at
        this.#left -= end - at
        at = end
        if (this.#left === 0) this.#state = "dataCr"
      } else if (this.#isLast(bytes[at++]!)) return { to, end: at }
    }
    return { to, end: undefined }
  }

  /** One byte of what stands between the chunks, and whether it is the last. */
  #isLast(byte: number): boolean {
    switch (this.#state) {
      case "size":
        this.#size(byte)
        return false
      case "extension":
      case "trailerLine":
        this.#aside(byte, this.#state)
        return false
      case "trailer":
        this.#state = byte === cr ? "lastLf" : "trailerLine"
        if (byte !== cr) this.#aside(byte, "trailerLine")
        return false
      case "dataCr":
        this.#expect(byte, cr, "dataLf")
        return false
      case "dataLf":
        this.#expect(byte, lf, "size")
        this.#digits = 0
        return false
      case "sizeLf":
        this.#expect(byte, lf, this.#left === 0 ? "trailer" : "data")
        return false
      case "trailerLf":
        this.#expect(byte, lf, "trailer")
        return false
      case "lastLf":
        this.#expect(byte, lf, "size")
        return this.#problem === undefined
      case "data":
        return false
    }
  }

  #size(byte: number): void {
    const digit = hexOf(byte)
    if (digit >= 0 && ++this.#digits <= mostDigits) this.#left = this.#left * 16 + digit
    else if (this.#digits === 0 || digit >= 0) this.#problem = noSize()
    else if (byte === cr) this.#state = "sizeLf"
    else if (byte === semicolon) this.#state = "extension"
    else this.#problem = noSize()
  }

  #aside(byte: number, state: keyof typeof lines): void {
    if (byte !== cr) {
      this.#line += String.fromCharCode(byte)
      if (byte === lf || ++this.#beside > mostBeside) this.#problem = noLine()
      return
    }
    if (!lines[state].test(this.#line)) this.#problem = noLine()
    this.#line = ""
    this.#state = state === "extension" ? "sizeLf" : "trailerLf"
  }

  #expect(byte: number, expected: number, next: State): void {
    if (byte === expected) this.#state = next
    else this.#problem = invalid("Expected the end of a line in a chunked body")
  }
}

const noLine = (): Error => invalid("Invalid chunk extensions or trailers")

const noSize = (): Error => invalid("Invalid character in chunk size")

/** -1 for what is no digit. */
const hexOf = (byte: number): number => {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}

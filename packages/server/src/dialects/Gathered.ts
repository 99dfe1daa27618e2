/**
 * Text that comes in thousands of pieces and is said once more in the end, kept no larger than it is.
 *
 * JavaScript's `+=` keeps every piece, and with a piece all of what it was cut out of: ten times the text, and more, for as long as its
 * stream is open.
 */

/** Pieces that are put together at once. */
const many = 64

// eslint-disable-next-line no-control-regex
const ascii = /^[\u0000-\u007f]*$/

/** A text that grows. @stability experimental @category models @since 0.1.0 */
export class Gathered {
  readonly #blocks: Array<string> = []
  #recent: Array<string> = []

  get isEmpty(): boolean {
    return this.#blocks.length === 0 && this.#recent.length === 0
  }

  add(piece: string): void {
    if (piece === "") return
    if (this.#recent.push(piece) < many) return
    this.#blocks.push(copied(this.#recent.join("")))
    this.#recent = []
  }

  /** All of it so far. */
  text(): string {
    return this.#blocks.join("") + this.#recent.join("")
  }
}

/** Of its own memory: a piece may end between the halves of a character, which UTF-8 would not survive. */
const copied = (text: string): string => {
  const encoding = ascii.test(text) ? "latin1" : "utf16le"
  return Buffer.from(text, encoding).toString(encoding)
}

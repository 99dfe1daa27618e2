/**
 * Which 8 characters in a row a long text may hold: what it says no to is not there, so that nobody has to look for it. What it says yes to
 * mostly is.
 *
 * One bit for each hash, eight times as many bits as characters; the hash rolls over the text, so that each character is read once.
 */

/** How many characters in a row. @stability experimental @category constants @since 0.1.0 */
export const width = 8

/** @stability experimental @category models @since 0.1.0 */
export class Pieces {
  readonly #bits: Uint8Array
  readonly #last: number

  constructor(text: string) {
    const bytes = 2 ** Math.ceil(Math.log2(Math.max(text.length, 64)))
    this.#bits = new Uint8Array(bytes)
    this.#last = bytes * 8 - 1
    let hash = hashOf(text, 0)
    for (let at = 0; at + width <= text.length; at++) {
      const place = spread(hash) & this.#last
      this.#bits[place >>> 3]! |= 1 << (place & 7)
      hash = Math.imul(hash, base) + text.charCodeAt(at + width) - Math.imul(text.charCodeAt(at), leaving)
    }
  }

  /** Whether it may hold the characters of this text that begin here. */
  mayHold(text: string, at: number): boolean {
    const place = spread(hashOf(text, at)) & this.#last
    return (this.#bits[place >>> 3]! & (1 << (place & 7))) !== 0
  }
}

const base = 0x01000193

/** What the first of the characters weighs when the next comes. */
const leaving = Array.from({ length: width }).reduce<number>((weight) => Math.imul(weight, base), 1)

const hashOf = (text: string, at: number): number => {
  let hash = 0
  for (let next = at; next < at + width; next++) hash = Math.imul(hash, base) + text.charCodeAt(next)
  return hash
}

/** The upper bits have seen most of the characters. */
const spread = (hash: number): number => (hash >>> 13) ^ hash

/**
 * Bytes of an event that has not ended, in one piece: it grows by doubling, so that each byte is copied a few times at most, however
 * small the pieces are that it comes in.
 *
 * What was cut off stays as it is: frames lie in it, and may be on their way out.
 */

const nothing = Buffer.alloc(0)

/** @stability experimental @category models @since 0.1.0 */
export class Pending {
  #bytes: Buffer = nothing
  #size = 0

  get size(): number {
    return this.#size
  }

  /** All of it. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#size)
  }

  /** Copies a chunk to the end. */
  push(chunk: Buffer): void {
    const size = this.#size + chunk.length
    if (size > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(this.#size === 0 ? size : Math.max(size, 2 * this.#bytes.length))
      grown.set(this.bytes)
      this.#bytes = grown
    }
    this.#bytes.set(chunk, this.#size)
    this.#size = size
  }

  /** Lets go of all that stands before `start`. */
  cut(start: number): void {
    if (start === 0) return
    const rest = this.#bytes.subarray(start, this.#size)
    this.#bytes = rest.length === 0 ? nothing : Buffer.from(rest)
    this.#size = rest.length
  }
}

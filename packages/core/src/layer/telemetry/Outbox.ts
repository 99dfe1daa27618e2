/**
 * Texts that wait to be sent together, as bytes beside the heap: the collector of garbage has nothing to do with what waits.
 *
 * Objects or strings that wait for their batch outlive their call, are moved from one space of the heap to the next, and cost more
 * there than all the work on them.
 */

/** Room for a batch of calls with one attempt each; what has none gets more. */
const slabSize = 1024 * 1024

/** @stability experimental @category models @since 0.1.0 */
export interface Outbox {
  /** Writes it down. What it gives is good until the next `joined`. */
  readonly take: (text: string) => Uint8Array
  /** All that was taken, with commas between: whatever is not among `parts` was given up. Room is free again. */
  readonly joined: (head: string, parts: ReadonlyArray<Uint8Array>, foot: string) => Uint8Array
}

/** @stability experimental @category constructors @since 0.1.0 */
export const make = (): Outbox => {
  let slab = Buffer.allocUnsafeSlow(0)
  let at = 0
  return {
    take: (text) => {
      // A UTF-16 unit takes three bytes at most.
      if (slab.length - at < 3 * text.length) {
        slab = Buffer.allocUnsafeSlow(Math.max(slabSize, 3 * text.length))
        at = 0
      }
      const from = at
      at += slab.write(text, from)
      return slab.subarray(from, at)
    },
    joined: (head, parts, foot) => {
      const bytes = parts.reduce((sum, part) => sum + part.length, Math.max(0, parts.length - 1))
      const whole = Buffer.allocUnsafeSlow(Buffer.byteLength(head) + bytes + Buffer.byteLength(foot))
      let end = whole.write(head, 0)
      for (const [index, part] of parts.entries()) {
        if (index > 0) whole[end++] = 0x2c
        whole.set(part, end)
        end += part.length
      }
      whole.write(foot, end)
      at = 0
      return whole
    }
  }
}

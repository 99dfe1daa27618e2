/**
 * Ids of calls: UUIDv7 (RFC 9562), sortable by time. Random bits come from a pool of the platform's generator, so that an id costs
 * well under a microsecond.
 */
import { randomFillSync } from "node:crypto"

/** Random bytes of an id; the third says the variant in its upper bits. */
const size = 10
const pool = Buffer.alloc(400 * size)
let used = pool.length

/** The pool in hexadecimal. */
let digits = ""

/** What ids of the same millisecond begin with. */
let begins = ""
let lastNow = Number.NaN

const refill = (): void => {
  randomFillSync(pool)
  for (let at = 2; at < pool.length; at += size) pool[at] = (pool[at]! & 0x3f) | 0x80
  digits = pool.toString("hex")
  used = 0
}

/**
 * An id for something that began at `now` (epoch milliseconds).
 *
 * @stability stable
 * @category constructors
 * @since 0.1.0
 */
export const make = (now: number): string => {
  if (used === pool.length) refill()
  if (now !== lastNow) {
    const time = Math.max(0, Math.floor(now)).toString(16).padStart(12, "0")
    lastNow = now
    begins = `${time.slice(0, 8)}-${time.slice(8, 12)}-7`
  }
  const at = used * 2
  used += size
  return `${begins}${digits.slice(at + 1, at + 4)}-${digits.slice(at + 4, at + 8)}-${digits.slice(at + 8, at + 20)}`
}

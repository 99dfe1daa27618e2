/**
 * Ids of calls: UUIDv7 (RFC 9562), sortable by time. Random bits come from a pool of the platform's generator, so that an id costs
 * well under a microsecond.
 */
import { randomFillSync } from "node:crypto"

const pool = new Uint8Array(4096)
let used = pool.length

/** What ids of the same millisecond begin with. */
let begins = ""
let lastNow = Number.NaN

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"))

/**
 * An id for something that began at `now` (epoch milliseconds).
 *
 * @stability stable
 * @category constructors
 * @since 0.1.0
 */
export const make = (now: number): string => {
  if (used + 10 > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  if (now !== lastNow) {
    const time = Math.max(0, Math.floor(now)).toString(16).padStart(12, "0")
    lastNow = now
    begins = `${time.slice(0, 8)}-${time.slice(8, 12)}-7`
  }
  const at = (index: number) => pool[used + index]!
  const id =
    `${begins}${hex[at(0)]!.slice(1)}${hex[at(1)]}` +
    `-${hex[(at(2) & 0x3f) | 0x80]}${hex[at(3)]}-${hex[at(4)]}${hex[at(5)]}${hex[at(6)]}${hex[at(7)]}${hex[at(8)]}${hex[at(9)]}`
  used += 10
  return id
}

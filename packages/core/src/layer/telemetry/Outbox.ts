/**
 * Texts that wait to be sent together, as bytes beside the heap: the collector of garbage has nothing to do with what waits.
 *
 * Objects or strings that wait for their batch outlive their call, are moved from one space of the heap to the next, and cost more
 * there than all the work on them. They are written where they are sent from, so that nothing is copied afterwards, and the room of a
 * portion that was sent is used again: fresh memory costs as much as filling it.
 */

/** Room for a batch of calls with one attempt each; what has none gets more. */
const roomSize = 1024 * 1024

/** So many wait at most; where nobody sends them, all are given up. */
const most = 4096

/** @stability experimental @category models @since 0.1.0 */
export interface Portion {
  readonly bytes: Uint8Array
  /** Its bytes are not read any more: their room may be used again. */
  readonly sent: () => void
}

/** @stability experimental @category models @since 0.1.0 */
export interface Outbox {
  /** Writes it down, and gives the number that it has from then on. */
  readonly take: (text: string) => number
  /** The texts of these numbers, which ascend, with commas between. Whatever else was taken is given up. */
  readonly portion: (numbers: ReadonlyArray<number>) => Portion
}

/** Texts in a row, in one piece of memory. */
class Room {
  bytes: Buffer
  readonly first: number
  readonly #begin: number
  /** Where each text ends. */
  readonly #ends: Array<number> = []

  constructor(bytes: Buffer, head: string, first: number) {
    this.bytes = bytes
    this.first = first
    this.#begin = bytes.write(head)
  }

  get count(): number {
    return this.#ends.length
  }

  add(text: string): void {
    let at = this.#ends.at(-1) ?? this.#begin
    this.#reserve(at + 1, text)
    if (this.count > 0) this.bytes[at++] = 0x2c
    this.#ends.push(at + this.bytes.write(text, at))
  }

  /** Those of these numbers and no other, and the foot. */
  close(numbers: ReadonlyArray<number>, foot: string): Uint8Array {
    const isAll = numbers.length === this.count && (this.count === 0 || numbers[0] === this.first)
    const end = isAll ? (this.#ends.at(-1) ?? this.#begin) : this.#packed(numbers)
    this.#reserve(end, foot)
    return this.bytes.subarray(0, end + this.bytes.write(foot, end))
  }

  /** A UTF-16 unit takes three bytes at most. */
  #reserve(at: number, text: string): void {
    const size = at + 3 * text.length
    if (size <= this.bytes.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.bytes.length, size))
    larger.set(this.bytes)
    this.bytes = larger
  }

  #packed(numbers: ReadonlyArray<number>): number {
    let at = this.#begin
    for (const number of numbers) {
      const to = this.#ends[number - this.first]
      if (to === undefined) continue
      const from = number === this.first ? this.#begin : this.#ends[number - this.first - 1]! + 1
      if (at > this.#begin) this.bytes[at++] = 0x2c
      this.bytes.copyWithin(at, from, to)
      at += to - from
    }
    return at
  }
}

/**
 * An empty one.
 *
 * @param head what a portion begins with.
 * @param foot what it ends with.
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const make = (head: string, foot: string): Outbox => {
  let spare: Buffer | undefined
  let next = 0
  const open = (): Room => {
    const bytes = spare ?? Buffer.allocUnsafeSlow(Math.max(roomSize, 3 * head.length))
    spare = undefined
    return new Room(bytes, head, next)
  }
  let room: Room | undefined
  return {
    take: (text) => {
      room = room === undefined || room.count === most ? open() : room
      room.add(text)
      return next++
    },
    portion: (numbers) => {
      const closing = room ?? open()
      room = undefined
      const bytes = closing.close(numbers, foot)
      return {
        bytes,
        sent: () => {
          spare = closing.bytes
        }
      }
    }
  }
}

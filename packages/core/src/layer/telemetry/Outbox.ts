/**
 * Texts that wait to be sent together, as bytes beside the heap: the collector of garbage has nothing to do with what waits.
 *
 * Objects or strings that wait for their batch outlive their call, are moved from one space of the heap to the next, and cost more
 * there than all the work on them. They are written where they are sent from, so that nothing is copied afterwards, and the room of a
 * portion that was sent is used again: fresh memory costs as much as filling it.
 */
import { Sheet } from "./Sheet.ts"

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
  /** Where the next text is to be written. What was written and not taken is gone. */
  readonly next: () => Sheet
  /** Takes what was written since `next`, and gives the number that it has from then on. */
  readonly take: () => number
  /** The texts of these numbers, which ascend, with commas between. Whatever else was taken is given up. */
  readonly portion: (numbers: ReadonlyArray<number>) => Portion
}

/** Texts in a row, in one piece of memory. */
class Room {
  readonly sheet: Sheet
  readonly first: number
  readonly #begin: number
  /** Where each text ends. */
  readonly #ends: Array<number> = []

  constructor(bytes: Buffer, head: Uint8Array, first: number) {
    this.sheet = new Sheet(bytes)
    this.sheet.put(head)
    this.first = first
    this.#begin = head.length
  }

  get count(): number {
    return this.#ends.length
  }

  get #end(): number {
    return this.#ends.at(-1) ?? this.#begin
  }

  /** Goes on behind the last text. */
  open(): Sheet {
    this.sheet.at = this.#end
    if (this.count > 0) this.sheet.byte(comma)
    return this.sheet
  }

  add(): void {
    this.#ends.push(this.sheet.at)
  }

  /** Those of these numbers and no other, and the foot. */
  close(numbers: ReadonlyArray<number>, foot: Uint8Array): Uint8Array {
    const isAll = numbers.length === this.count && (this.count === 0 || numbers[0] === this.first)
    this.sheet.at = isAll ? this.#end : this.#packed(numbers)
    this.sheet.put(foot)
    return this.sheet.bytes.subarray(0, this.sheet.at)
  }

  #packed(numbers: ReadonlyArray<number>): number {
    const { bytes } = this.sheet
    let at = this.#begin
    for (const number of numbers) {
      const to = this.#ends[number - this.first]
      if (to === undefined) continue
      const from = number === this.first ? this.#begin : this.#ends[number - this.first - 1]! + 1
      if (at > this.#begin) bytes[at++] = comma
      bytes.copyWithin(at, from, to)
      at += to - from
    }
    return at
  }
}

const comma = 0x2c

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
  const headBytes = Buffer.from(head)
  const footBytes = Buffer.from(foot)
  let spare: Buffer | undefined
  let next = 0
  const open = (): Room => {
    const bytes = spare ?? Buffer.allocUnsafeSlow(roomSize)
    spare = undefined
    return new Room(bytes, headBytes, next)
  }
  let room: Room | undefined
  const current = (): Room => (room = room === undefined || room.count === most ? open() : room)
  return {
    next: () => current().open(),
    take: () => {
      room?.add()
      return next++
    },
    portion: (numbers) => {
      const closing = room ?? open()
      room = undefined
      const bytes = closing.close(numbers, footBytes)
      return {
        bytes,
        sent: () => {
          spare = closing.sheet.bytes
        }
      }
    }
  }
}

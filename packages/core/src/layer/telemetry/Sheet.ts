/**
 * Text that is written straight into memory, from left to right: what is the same for many is copied as bytes, numbers are written digit by
 * digit, and only what is known of no text beforehand goes through a conversion.
 */

/** @stability experimental @category models @since 0.1.0 */
export class Sheet {
  bytes: Buffer
  /** Where the next byte comes to stand. */
  at = 0

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  /** Copies them. */
  put(bytes: Uint8Array): void {
    const end = this.at + bytes.length
    if (end > this.bytes.length) this.#grow(end)
    this.bytes.set(bytes, this.at)
    this.at = end
  }

  /** One byte. */
  byte(value: number): void {
    if (this.at === this.bytes.length) this.#grow(this.at + 1)
    this.bytes[this.at++] = value
  }

  text(text: string): void {
    // A UTF-16 unit takes three bytes at most.
    const most = this.at + 3 * text.length
    if (most > this.bytes.length) this.#grow(most)
    this.at += this.bytes.write(text, this.at)
  }

  /** As JavaScript and JSON write it; it must be finite. */
  number(value: number): void {
    if (value >= 0 && value <= Number.MAX_SAFE_INTEGER && Math.floor(value) === value) this.#whole(value)
    else this.text(`${value}`)
  }

  #whole(value: number): void {
    if (value < part) return this.#digits(value, digitsOf(value))
    const high = Math.floor(value / part)
    this.#whole(high)
    this.#digits(value - high * part, partDigits)
  }

  /** So many, with zeros before them where it has fewer. */
  #digits(value: number, count: number): void {
    const end = this.at + count
    if (end > this.bytes.length) this.#grow(end)
    let rest = value | 0
    for (let at = end; at > this.at;) {
      const tens = (rest / 10) | 0
      this.bytes[--at] = 0x30 + rest - tens * 10
      rest = tens
    }
    this.at = end
  }

  #grow(end: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.bytes.length, end))
    larger.set(this.bytes.subarray(0, this.at))
    this.bytes = larger
  }
}

/** Numbers are written in parts of so many digits, each of which is a small integer. */
const partDigits = 8
const part = 10 ** partDigits

const digitsOf = (value: number): number => {
  let count = 1
  for (let limit = 10; limit <= value; limit *= 10) count++
  return count
}

/**
 * What was written, as bytes of their own.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const written = (write: (to: Sheet) => void): Uint8Array => {
  const sheet = new Sheet(Buffer.alloc(1024))
  write(sheet)
  return Uint8Array.from(sheet.bytes.subarray(0, sheet.at))
}

/**
 * JSON texts with keys that are written with escapes (`"\u540d"`, `"a\"b"`), which V8 of Node 24 and 26 may misread: where an object of the same
 * shape had a key with a backslash before, `JSON.parse` takes an escaped key for that one, as long as both begin with the same characters as
 * written. One caller's request could so change what another one's says. Reported as https://github.com/nodejs/node/issues/63785 (open on
 * 2026-11-22). Texts without such keys are not concerned.
 */
import { pastBlanks } from "./Blanks.ts"

/** Whether a key of this JSON text is written with an escape; of a text that is no JSON it says nothing. @stability experimental @category guards @since 0.1.0 */
export const has = (text: string): boolean => {
  let at = text.indexOf("\\")
  while (at !== -1) {
    const end = closing(text, at)
    if (end === -1) return false
    if (text.charCodeAt(pastBlanks(text, end + 1)) === colon) return true
    at = text.indexOf("\\", end + 1)
  }
  return false
}

/**
 * Reads a text of which `JSON.parse` has said that it is JSON: V8 reads each string and number, and what they are part of is put together here.
 *
 * @param number what stands for a number, by how it is written; its value, unless said otherwise
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const read = (text: string, number: (written: string) => unknown = Number): unknown =>
  new Reader(text, number).value()

class Reader {
  readonly text: string
  readonly number: (written: string) => unknown
  at = 0

  constructor(text: string, number: (written: string) => unknown) {
    this.text = text
    this.number = number
  }

  value(): unknown {
    switch (this.next()) {
      case 0x7b:
        return this.object()
      case 0x5b:
        return this.array()
      case 0x22:
        return this.string()
      default:
        return this.word()
    }
  }

  object(): unknown {
    const object: Record<string, unknown> = {}
    this.at++
    while (this.next() !== 0x7d) {
      if (this.next() === 0x2c) this.at++
      this.next()
      const key = this.string()
      if (this.next() === colon) this.at++
      const value = this.value()
      if (key === "__proto__")
        Object.defineProperty(object, key, { value, configurable: true, enumerable: true, writable: true })
      else object[key] = value
    }
    this.at++
    return object
  }

  array(): unknown {
    const array: Array<unknown> = []
    this.at++
    while (this.next() !== 0x5d) {
      if (this.next() === 0x2c) this.at++
      array.push(this.value())
    }
    this.at++
    return array
  }

  string(): string {
    const from = this.at
    this.at = closing(this.text, from + 1) + 1
    return JSON.parse(this.text.slice(from, this.at)) as string
  }

  /** A number, `true`, `false` or `null`. */
  word(): unknown {
    const from = this.at
    while (isOfWord(this.text.charCodeAt(this.at))) this.at++
    const word = this.text.slice(from, this.at)
    return word === "true" ? true : word === "false" ? false : word === "null" ? null : this.number(word)
  }

  /** Goes to what comes next, and says what it is. */
  next(): number {
    this.at = pastBlanks(this.text, this.at)
    return this.text.charCodeAt(this.at)
  }
}

const colon = 0x3a

/** Where the string ends of which `from` is the first character, or one that an escape begins with. */
const closing = (text: string, from: number): number => {
  let quote = text.indexOf('"', from)
  while (quote !== -1 && isEscaped(text, quote)) quote = text.indexOf('"', quote + 1)
  return quote
}

const isEscaped = (text: string, at: number): boolean => {
  let from = at
  while (text.charCodeAt(from - 1) === 0x5c) from--
  return (at - from) % 2 === 1
}

/** A letter, a digit, a point or a sign: what stands between brackets, commas, colons, quotes and blanks. */
const isOfWord = (code: number): boolean => code > 0x20 && code !== 0x2c && code !== 0x5d && code !== 0x7d

/**
 * Spans as OTLP's JSON (opentelemetry.io/docs/specs/otlp, protocol 1.x), written straight as bytes: a span lives as long as it
 * takes to write it.
 *
 * Lists that are empty and counts that are 0 are left out, as the protocol allows. Each attribute leaves two braces open, which what
 * follows closes: so what stands between two values is one piece.
 */
import { type Sheet, written } from "./Sheet.ts"

/** Writes one attribute; nothing where it has no value. @stability experimental @category models @since 0.1.0 */
export type Field<A> = (to: Sheet, value: A | undefined) => void

/** @stability experimental @category constructors @since 0.1.0 */
export const string = (key: string): Field<string> => {
  const head = headOf(key, "stringValue")
  return (to, value) => {
    if (value === undefined) return
    to.put(head)
    to.text(JSON.stringify(value))
  }
}

/** For whole numbers. @stability experimental @category constructors @since 0.1.0 */
export const int = (key: string): Field<number> => number(headOf(key, "intValue"))

/** For numbers that may have a fraction: an attribute that is now an int and now a double is refused by some stores. @stability experimental @category constructors @since 0.1.0 */
export const double = (key: string): Field<number> => number(headOf(key, "doubleValue"))

const number =
  (head: Uint8Array): Field<number> =>
  (to, value) => {
    if (value === undefined || !Number.isFinite(value)) return
    to.put(head)
    to.number(value)
  }

/** @stability experimental @category constructors @since 0.1.0 */
export const bool = (key: string): Field<boolean> => {
  const head = headOf(key, "boolValue")
  return (to, value) => {
    if (value === undefined) return
    to.put(head)
    to.text(`${value}`)
  }
}

/** A list of one. @stability experimental @category constructors @since 0.1.0 */
export const only = (key: string): Field<string> => {
  const head = headOf(key, "arrayValue", `{"values":[{"stringValue":`)
  return (to, value) => {
    if (value === undefined) return
    to.put(head)
    to.text(`${JSON.stringify(value)}}]}`)
  }
}

const headOf = (key: string, kind: string, more = ""): Uint8Array =>
  Buffer.from(`${closing}{"key":${JSON.stringify(key)},"value":{"${kind}":${more}`)

const closing = "}},"

const zeros = (size: number): string => "0".repeat(size)

const traceAt = `{"traceId":"`.length
const spanAt = traceAt + 32 + `","spanId":"`.length
const parentAt = spanAt + 16 + `","parentSpanId":"`.length

/** Where a UUID's digits stand: all but its dashes. */
const uuidDigits = Uint8Array.from({ length: 36 }, (_, at) => at).filter((at) => ![8, 13, 18, 23].includes(at))

/** A program may name its calls otherwise: nothing of the call before it is left, and the text stays JSON. */
const fitted = (id: string): string =>
  id
    .replace(/[^0-9a-f]/g, "0")
    .padEnd(36, "0")
    .slice(0, 36)

/** Of a call's id, so many digits are in the ids of all its spans. */
const common = 12

/**
 * The ids that the spans of a call begin with, from the call's own, which is a UUID. They are kept as the text that they stand in and written over for
 * the next call.
 *
 * @stability experimental
 * @category models
 * @since 0.1.0
 */
export class Ids {
  readonly #head = Buffer.from(`{"traceId":"${zeros(32)}","spanId":"${zeros(16)}","parentSpanId":"${zeros(16)}",`)
  readonly #root = this.#head.subarray(0, spanAt + 16 + 2)
  readonly #common = this.#head.subarray(spanAt, spanAt + common)
  readonly #callId: Buffer
  readonly #callIdAt: number

  /** @param key under which spans tell the call's id. */
  constructor(key: string) {
    const head = headOf(key, "stringValue")
    this.#callId = Buffer.concat([head, Buffer.from(`"${zeros(36)}"`)])
    this.#callIdAt = head.length + 1
  }

  /** Begins a call's own span: a trace of its id, or a part of its parent's. */
  call(to: Sheet, id: string, parent: { readonly traceId: string; readonly spanId: string } | undefined): void {
    const head = this.#head
    this.#callId.write(id.length === 36 ? id : fitted(id), this.#callIdAt, 36, "latin1")
    for (let at = 0; at < 32; at++) head[traceAt + at] = this.#callId[this.#callIdAt + uuidDigits[at]!]!
    // The random end of it.
    head.copyWithin(spanAt, traceAt + 16, traceAt + 16 + common)
    this.#number(spanAt, 0)
    if (parent === undefined) return to.put(this.#root)
    head.write(parent.traceId, traceAt, 32, "latin1")
    head.write(parent.spanId, parentAt, 16, "latin1")
    to.put(head)
  }

  /** Begins the span of one of the attempts of the call that was begun last. */
  attempt(to: Sheet, ordinal: number): void {
    this.#number(spanAt, ordinal)
    this.#head.set(this.#common, parentAt)
    this.#number(parentAt, 0)
    to.put(this.#head)
  }

  /** The attribute with the call's id. */
  callId(to: Sheet): void {
    to.put(this.#callId)
  }

  /** Which of the call's spans it is. */
  #number(id: number, ordinal: number): void {
    for (let digit = 0; digit < 4; digit++)
      this.#head[id + 15 - digit] = hexDigits.charCodeAt((ordinal >> (4 * digit)) & 0xf)
  }
}

const hexDigits = "0123456789abcdef"

/**
 * What a span is called, and its kind: 1 internal, 2 server, 3 client. Behind it comes its start.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const heading = (name: string, kind: number): Uint8Array =>
  Buffer.from(`"name":${JSON.stringify(name)},"kind":${kind},"startTimeUnixNano":"`)

/** From when to when, in epoch milliseconds; exact to the microsecond. @stability experimental @category conversions @since 0.1.0 */
export const times = (to: Sheet, startedAt: number, endedAt: number): void => {
  to.number(Math.round(startedAt * 1000))
  to.put(until)
  to.number(Math.round(endedAt * 1000))
}

/** Epoch microseconds as nanoseconds. */
const until = Buffer.from(`000","endTimeUnixNano":"`)

/**
 * What comes behind the times: the first attributes, and before them, where nothing went wrong, an unset status.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const attributes = (isFine: boolean, write: (to: Sheet) => void): Uint8Array =>
  written((to) => {
    if (isFine) to.text(`000","status":{"code":0},"attributes":[`)
    // There is nothing to be closed before the first.
    to.put(written(write).subarray(closing.length))
  })

/** What went wrong: comes between the times and the attributes. @stability experimental @category conversions @since 0.1.0 */
export const failed = (to: Sheet, message: string): void =>
  to.text(`000","status":{"code":2,"message":${JSON.stringify(message)}},"attributes":[`)

/** Closes a span. @stability experimental @category conversions @since 0.1.0 */
export const end = (to: Sheet): void => to.put(foot)

const foot = Buffer.from("}}]}")

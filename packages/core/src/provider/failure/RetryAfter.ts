/**
 * How long the provider asks us to wait, in milliseconds, from every place where one says so.
 *
 * Order: what is said outright (`retry-after-ms`, `retry-after`, RetryInfo and other fields of the body), then a phrase of the
 * message, then the reset of a bucket that is empty (`ResetHeaders.ts`). What cannot be read is absent, never zero: a zero could
 * send the next attempt at once, and only a plain `retry-after: 0` says so.
 */
import type { Evidence } from "./Evidence.ts"
import * as Instant from "./Instant.ts"
import * as Span from "./Span.ts"
import * as ResetHeaders from "./ResetHeaders.ts"

/** A wait longer than this (a year) is no wait but a mistake in units. */
const longest = 366 * 86_400_000

/** The wait in milliseconds. @stability experimental @category getters @since 0.1.0 */
export const read = (evidence: Evidence): number | undefined =>
  outright(evidence) ??
  sane(fromBody(evidence)) ??
  sane(fromText(evidence.text.value)) ??
  sane(ResetHeaders.read(evidence)) ??
  (decimal(evidence.input.headers["retry-after"]) === 0 ? 0 : undefined)

/** What the headers say outright, in milliseconds. @stability experimental @category getters @since 0.1.0 */
export const outright = (evidence: Evidence): number | undefined => sane(fromHeaders(evidence))

/** When a plan's window opens again, as an instant (epoch milliseconds), where it is named as one. @stability experimental @category getters @since 0.1.0 */
export const resetsAt = (evidence: Evidence): number | undefined => {
  const { input, found, text } = evidence
  const epoch = Number(
    input.headers["x-codex-primary-reset-at"] ?? found.values.get("resetsat") ?? found.values.get("resetat")
  )
  if (Number.isFinite(epoch) && epoch > 1e9) return epoch > 1e11 ? epoch : epoch * 1000
  const stamp = instant.exec(text.value)
  if (stamp === null) return undefined
  const zone = stamp[3] !== undefined || stamp[4] !== undefined ? "Z" : isChina(evidence) ? "+08:00" : "Z"
  const at = Date.parse(`${stamp[1]}T${stamp[2]!.length === 5 ? `${stamp[2]}:00` : stamp[2]}${zone}`)
  return Number.isNaN(at) ? undefined : at
}

/** A time of day with its date: `2026-05-15T15:00:00Z`, `2026-08-27 21:31:39` (no zone), `2026-01-01 at 00:00 UTC`. */
const instant = /\b(20\d\d-\d\d-\d\d)(?:t| at | )(\d\d:\d\d(?::\d\d)?)(?:\.\d{1,9})?(z)?( ?\(?utc)?/

/** Services that write Beijing time without saying so. */
const isChina = (evidence: Evidence): boolean =>
  evidence.family === "zai" || /[\u4e00-\u9fff]/.test(evidence.text.value)

const sane = (milliseconds: number | undefined): number | undefined =>
  milliseconds !== undefined && milliseconds > 0 && milliseconds <= longest ? Math.ceil(milliseconds - 1e-6) : undefined

/** Both headers may be there and disagree (Azure was seen with `retry-after: 1` beside `retry-after-ms: 0`): the larger one. */
const fromHeaders = ({ input }: Evidence): number | undefined => {
  const { headers, now } = input
  const at = serverNow(headers, now)
  const millis = longestOf(headers["retry-after-ms"], decimal)
  const seconds = longestOf(headers["retry-after"] ?? headers["x-ratelimit-timeremaining"], (one) =>
    retryAfter(one, at)
  )
  if (millis === undefined) return seconds
  return seconds === undefined ? millis : Math.max(millis, seconds)
}

/** A header that was set twice (by a service and by a proxy before it) comes as one list: the longest that can be read. */
const longestOf = (value: string | undefined, read: (value: string) => number | undefined): number | undefined => {
  if (typeof value !== "string") return undefined
  const whole = read(value)
  if (whole !== undefined || !value.includes(",")) return whole
  const waits = (value.match(listed) ?? []).flatMap((one) => read(one.trim()) ?? [])
  return waits.length === 0 ? undefined : Math.max(...waits)
}

/** The comma behind a day of the week ends no value. */
const listed = /(?:\s{0,8}(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},)?[^,]+/gi

/** Seconds, with or without a fraction; an HTTP date; a duration with its units. */
const retryAfter = (value: string | undefined, now: number): number | undefined => {
  const seconds = decimal(value)
  if (seconds !== undefined) return seconds * 1000
  if (typeof value !== "string" || value.trim() === "") return undefined
  const span = Span.parse(value.toLowerCase())
  if (span !== undefined) return span
  if (value.length > longestDate || (!/[a-z]{3}.*\d\d:\d\d/i.test(value) && !/^\d{4}-\d\d-\d\dt/i.test(value)))
    return undefined
  const date = Instant.parse(value)
  return date === undefined ? undefined : date - now
}

/** The provider's own clock at the time of the answer, so that a clock that is wrong on either side does no harm. */
const serverNow = (headers: Readonly<Record<string, string>>, now: number): number =>
  ResetHeaders.serverNow(headers, now)

/** The longest day of RFC 850 takes 33 characters. A header may hold thousands, which would be searched for a date once for each. */
const longestDate = 64

const decimal = (value: string | number | undefined): number | undefined => {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined
  return typeof value === "string" && /^\s*\d{1,12}(?:\.\d{1,12})?\s*$/.test(value) ? Number(value) : undefined
}

const fromBody = ({ found, input }: Evidence): number | undefined => {
  const { values } = found
  const info = values.get("retrydelay")
  const delay = typeof info === "string" ? (Span.parse(info) ?? scaled(decimal(info), 1000)) : scaled(info, 1000)
  if (delay !== undefined) return delay
  const millis = decimal(values.get("retryafterms"))
  if (millis !== undefined) return millis
  const after = values.get("retryafter") ?? values.get("retryafterseconds")
  const seconds =
    typeof after === "string" ? retryAfter(after, serverNow(input.headers, input.now)) : scaled(after, 1000)
  return seconds ?? scaled(decimal(values.get("resetsinseconds")) ?? decimal(values.get("estimatedtime")), 1000)
}

const scaled = (value: number | undefined, by: number): number | undefined =>
  value === undefined ? undefined : value * by

/** What introduces a wait in a sentence, and the amount with its unit; a bare number means seconds. */
const phrase =
  /(?:try again|try your request again|retry|retrying|retry your request|reset|resets|wait|available again|available|again|retry[-_ ]after|reset[-_ ]after)(?: ?(?:in|after|at least|for|:|=|about|another|approximately))* ?~?(\d{1,9}(?:\.\d{1,12})?) ?(milliseconds?|millis|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d)(?![a-z])((?: ?\d{1,6}(?:\.\d{1,12})? ?(?:ms|s|m|h)(?![a-z]))*)/

const chinese = /(?:请|在|约)? ?(\d{1,6}(?:\.\d{1,6})?) ?(毫秒|秒|分钟|小时|天)(?:钟)?(?:之?后|内?再|以后)/

const units: Readonly<Record<string, number>> = { 毫秒: 1, 秒: 1000, 分钟: 60_000, 小时: 3_600_000, 天: 86_400_000 }

const fromText = (text: string): number | undefined => {
  if (!/\d/.test(text)) return undefined
  const match = phrase.exec(text)
  if (match !== null)
    return (
      Number(match[1]) * unitOf(match[2]!) + (match[3] === "" ? 0 : (Span.parse(match[3]!.replaceAll(" ", "")) ?? 0))
    )
  if (!text.includes("后") && !text.includes("内")) return undefined
  const worded = chinese.exec(text)
  return worded === null ? undefined : Number(worded[1]) * units[worded[2]!]!
}

const unitOf = (unit: string): number => {
  if (unit.startsWith("ms") || unit.startsWith("mil")) return 1
  if (unit.startsWith("m")) return 60_000
  if (unit.startsWith("h")) return 3_600_000
  return unit.startsWith("d") ? 86_400_000 : 1000
}

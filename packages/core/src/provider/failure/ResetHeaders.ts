/**
 * Reset headers of rate limits: when a bucket is full again. They stand on successes and on other errors too, so they are a wait
 * only where the answer is a rate limit, the bucket's `remaining` is zero, and nothing said a wait outright.
 *
 * `x-ratelimit-reset-*` has five meanings by provider (a duration, whole or fractional seconds, epoch seconds, epoch milliseconds);
 * a bare number is read only where the family is known or its size leaves no doubt.
 */
import type { Evidence } from "./Evidence.ts"
import * as Instant from "./Instant.ts"
import * as Span from "./Span.ts"

/** The wait in milliseconds: the longest of the buckets that are empty. @stability experimental @category getters @since 0.1.0 */
export const read = (evidence: Evidence): number | undefined => {
  const { headers, now } = evidence.input
  const at = serverNow(headers, now)
  let longest = codex(headers) ?? unified(evidence, at)
  for (const name in headers) {
    if (!name.includes("ratelimit")) continue
    const wait = name === "ratelimit" ? draft(headers[name]!) : bucket(evidence, name, at)
    if (wait !== undefined && (longest === undefined || wait > longest)) longest = wait
  }
  return longest ?? fromBody(evidence, at)
}

/** The answer's own `date` where it has a sane one, else our clock. @stability experimental @category getters @since 0.1.0 */
export const serverNow = (headers: Readonly<Record<string, string>>, now: number): number =>
  (typeof headers["date"] === "string" ? Instant.parse(headers["date"]) : undefined) ?? now

const bucket = (evidence: Evidence, name: string, now: number): number | undefined => {
  const { headers } = evidence.input
  if (!name.includes("reset")) return undefined
  const remaining = headers[name.replace("reset", "remaining")]
  const limit = headers[name.replace("reset", "limit")]
  if (!isZero(remaining) || limit === "-1" || limit === "0") return undefined
  return resetOf(evidence.family, headers[name], now)
}

const isZero = (value: string | undefined): boolean => value !== undefined && /^\s*0+(?:\.0+)?\s*$/.test(value)

/** Families whose bare numbers are seconds from now. */
const inSeconds = new Set([
  "azure",
  "together",
  "cerebras",
  "fireworks",
  "mistral",
  "openai",
  "groq",
  "sambanova",
  "github-models",
  "deepinfra",
  "novita"
])

const resetOf = (family: string, value: string | number | undefined, now: number): number | undefined => {
  const text = String(value ?? "").trim()
  if (/^\d+(?:\.\d+)?$/.test(text)) {
    const number = Number(text)
    if (number > 1e11) return number - now
    if (number > 1e9) return number * 1000 - now
    return inSeconds.has(family) ? number * 1000 : undefined
  }
  if (/^\d{4}-\d\d-\d\dT/i.test(text)) {
    const date = Instant.parse(text)
    return date === undefined ? undefined : date - now
  }
  return Span.parse(text)
}

const codexWindows = [
  ["x-codex-primary-used-percent", "x-codex-primary-reset-after-seconds"],
  ["x-codex-secondary-used-percent", "x-codex-secondary-reset-after-seconds"]
] as const

/** Subscriptions of ChatGPT: percent used and seconds until the window opens. */
const codex = (headers: Readonly<Record<string, string>>): number | undefined => {
  let longest: number | undefined
  for (const [percent, after] of codexWindows) {
    const used = Number(headers[percent] ?? Number.NaN)
    const seconds = Number(headers[after] ?? Number.NaN)
    if (used >= 100 && seconds > 0) longest = Math.max(longest ?? 0, seconds * 1000)
  }
  return longest
}

/** Subscriptions of Claude: whether the window is used up, and when it opens again (epoch seconds). */
const unified = ({ family, input: { headers } }: Evidence, now: number): number | undefined =>
  headers["anthropic-ratelimit-unified-status"] === "rejected"
    ? resetOf(family, headers["anthropic-ratelimit-unified-reset"], now)
    : undefined

/** The IETF draft: `ratelimit: "api";r=0;t=68`. */
const draft = (value: string): number | undefined => {
  const match = /(?:^|[;,\s])r=0(?:[;,\s].{0,80})?[;,\s]t=(\d{1,9})/.exec(value)
  return match === null ? undefined : Number(match[1]) * 1000
}

/** OpenRouter puts `X-RateLimit-*` of its free tier into the body. */
const fromBody = (evidence: Evidence, now: number): number | undefined => {
  const { values } = evidence.found
  return isZero(asText(values.get("xratelimitremaining")))
    ? resetOf(evidence.family, values.get("xratelimitreset"), now)
    : undefined
}

const asText = (value: string | number | undefined): string | undefined =>
  value === undefined ? undefined : String(value)

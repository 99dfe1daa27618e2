/**
 * `x-ratelimit-…`: where a limited caller stands, as OpenAI says it, so that SDKs and scripts for OpenAI can pace themselves.
 *
 * Names and units after platform.openai.com/docs/guides/rate-limits (2026-11): counts, and the time until all is there again as `1s` or `6m0s`.
 */
import type { Standing } from "@orelse/core/target/Limits"

/** The headers for where a caller stands, names and values in turn; of a limit that it does not have, none. @stability experimental @category conversions @since 0.1.0 */
export const of = ({ requests, tokens }: Standing): Array<string> => {
  const headers =
    requests === undefined
      ? []
      : [
          "x-ratelimit-limit-requests",
          String(requests.limit),
          "x-ratelimit-remaining-requests",
          String(requests.remaining),
          "x-ratelimit-reset-requests",
          duration(requests.resetMs)
        ]
  if (tokens !== undefined)
    headers.push(
      "x-ratelimit-limit-tokens",
      String(tokens.limit),
      "x-ratelimit-remaining-tokens",
      String(tokens.remaining),
      "x-ratelimit-reset-tokens",
      duration(tokens.resetMs)
    )
  return headers
}

/** The same as fields. @stability experimental @category conversions @since 0.1.0 */
export const record = (standing: Standing): Readonly<Record<string, string>> => {
  const pairs = of(standing)
  const headers: Record<string, string> = {}
  for (let at = 0; at < pairs.length; at += 2) headers[pairs[at]!] = pairs[at + 1]!
  return headers
}

/** `250ms`, `1s`, `1.5s`, `6m0s`, `23h59m3s`. @stability experimental @category conversions @since 0.1.0 */
export const duration = (ms: number): string => {
  const whole = Math.ceil(ms)
  if (whole < 1000) return whole === 0 ? "0s" : `${whole}ms`
  if (whole < 60_000) return `${whole / 1000}s`
  const seconds = Math.ceil(whole / 1000)
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  return `${hours > 0 ? `${hours}h` : ""}${minutes % 60}m${seconds % 60}s`
}

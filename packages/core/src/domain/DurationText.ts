/**
 * Durations for people: `850 ms`, `2.5 s`, `1 m 5 s`, `2 h`. What the configuration writes (`90s`) is `layer/config/schema/Scalar.ts`.
 */

/** Of milliseconds. @stability experimental @category conversions @since 0.1.0 */
export const of = (ms: number): string => {
  if (Math.round(ms) < 1000) return `${Math.round(ms)} ms`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${Number((ms / 1000).toFixed(1))} s`
  if (seconds < 3600) return pair(seconds, 60, "m", "s")
  return pair(Math.round(seconds / 60), 60, "h", "m")
}

const pair = (amount: number, size: number, big: string, small: string): string => {
  const rest = amount % size
  return `${Math.floor(amount / size)} ${big}${rest === 0 ? "" : ` ${rest} ${small}`}`
}

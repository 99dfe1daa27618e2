/**
 * Times as people type them: how long ago (`15m`, `2h`, `7d`), or a date.
 */

const units = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const

/** Epoch milliseconds; `undefined` where the text is no time. A date without a time is midnight here. */
export const read = (text: string, now: number): number | undefined => {
  const ago = /^(\d+(?:\.\d+)?)(s|m|h|d|w)$/.exec(text)
  if (ago !== null) return now - Number(ago[1]) * units[ago[2] as keyof typeof units]
  if (!/^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/.test(text))
    return undefined
  const parsed = Date.parse(text.includes(":") ? text.replace(" ", "T") : `${text}T00:00`)
  return Number.isNaN(parsed) ? undefined : parsed
}

/**
 * Moments as ISO 8601 writes them. `Date.parse` alone takes far more (`-1`, `last+5`) and moves days that do not exist into the next month.
 */

const pattern = /^(\d{4})-(\d{2})-(\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/

/**
 * Epoch milliseconds; `undefined` where the text is no date, or none that exists. A date alone is midnight in UTC, a time without a zone is
 * local.
 *
 * @stability experimental
 * @category conversions
 * @since 0.1.0
 */
export const read = (text: string): number | undefined => {
  const [, year, month, day] = pattern.exec(text) ?? []
  if (!exists(Number(year), Number(month), Number(day))) return undefined
  const millis = Date.parse(text.replace(" ", "T"))
  return Number.isNaN(millis) ? undefined : millis
}

const exists = (year: number, month: number, day: number): boolean => {
  const date = new Date(Date.UTC(year, month - 1, day))
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}

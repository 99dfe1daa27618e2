/**
 * Durations as Go writes them, which is how most providers write theirs.
 */

/**
 * A duration as Go writes it (`12ms`, `6m0s`, `1h2m3s`, `2m59.56s`), in milliseconds; `undefined` for anything else.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const parse = (text: string): number | undefined => {
  const match = goDuration.exec(text.trim())
  if (match === null || match[0] === "") return undefined
  const [, days, hours, minutes, seconds, millis] = match
  return sum([
    [days, 86_400_000],
    [hours, 3_600_000],
    [minutes, 60_000],
    [seconds, 1000],
    [millis, 1]
  ])
}

const goDuration =
  /^(?:(\d{1,6})d)?(?:(\d{1,7}(?:\.\d{1,9})?)h)?(?:(\d{1,9}(?:\.\d{1,9})?)m(?!s))?(?:(\d{1,9}(?:\.\d{1,12})?)s)?(?:(\d{1,12}(?:\.\d{1,9})?)ms)?$/

const sum = (parts: ReadonlyArray<readonly [string | undefined, number]>): number =>
  parts.reduce((total, [digits, unit]) => total + (digits === undefined ? 0 : Number(digits) * unit), 0)

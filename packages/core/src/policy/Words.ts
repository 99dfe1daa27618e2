/**
 * What the words of a failure say, for presets whose originals decide by text. The last resort: a typed reason comes first.
 */

/**
 * Whether of each group at least one stands in the text. A word with a capital is compared exactly, any other without regard to case.
 *
 * @stability experimental
 * @category getters
 * @since 0.1.0
 */
export const says = (text: string, groups: ReadonlyArray<ReadonlyArray<string>>): boolean => {
  const lower = text.toLowerCase()
  return groups.every((group) =>
    group.some((word) => (word === word.toLowerCase() ? lower.includes(word) : text.includes(word)))
  )
}

/** Right after a parenthesis, then right after `HTTP `: three digits and no more. */
const anchors = [/\((\d+)/g, /HTTP (\d+)/g]
const anywhere = /(?<![A-Za-z0-9:/.\-_])(\d+)/g

/**
 * The HTTP status that a text names: of a run of exactly three digits (100 to 599) right after `(`, else right after `HTTP `, else of
 * the first that stands free to its left.
 *
 * @stability experimental
 * @category getters
 * @since 0.1.0
 */
export const statusIn = (text: string): number | undefined => {
  for (const pattern of [...anchors, anywhere]) {
    for (const [, digits] of text.matchAll(pattern)) {
      const status = Number(digits)
      if (digits?.length === 3 && status >= 100 && status <= 599) return status
    }
  }
  return undefined
}

/** Before a number of seconds; each counts at its first place only, in this order. */
const beforeSeconds = ["retry-after:", "retry_after:", "retry-after ", "retry_after ", "reset after ", "retry in "]

/**
 * The wait in whole milliseconds that a text asks for: the seconds after the first of some prefixes that has a number after it. Units are
 * not read.
 *
 * @stability experimental
 * @category getters
 * @since 0.1.0
 */
export const waitIn = (text: string): number | undefined => {
  const lower = text.toLowerCase()
  for (const prefix of beforeSeconds) {
    const at = lower.indexOf(prefix)
    const digits = at < 0 ? undefined : /^\s*([\d.]+)/.exec(lower.slice(at + prefix.length))?.[1]
    const seconds = digits === undefined ? Number.NaN : Number(digits)
    if (Number.isFinite(seconds)) return Math.trunc(seconds * 1000)
  }
  return undefined
}

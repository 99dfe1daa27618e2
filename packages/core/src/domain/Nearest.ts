/**
 * The nearest name: what a user probably meant by one that does not exist.
 */

/**
 * The candidate with the smallest edit distance to `name`, or `undefined` where none is near enough to be meant: at most a third of
 * the longer name's length, at least 2. Case does not count; of equals the first wins.
 *
 * @stability stable
 * @category getters
 * @since 0.1.0
 */
export const of = (name: string, candidates: Iterable<string>): string | undefined => {
  let best: string | undefined
  let bestDistance = Number.POSITIVE_INFINITY
  for (const candidate of candidates) {
    const allowed = Math.max(2, Math.floor(Math.max(name.length, candidate.length) / 3))
    // So many characters are inserted or deleted at least; a caller's name may be hundreds of them long, and there may be thousands of routes.
    if (Math.abs(name.length - candidate.length) > allowed) continue
    const found = distance(name.toLowerCase(), candidate.toLowerCase())
    if (found <= allowed && found < Math.min(bestDistance, name.length, candidate.length)) {
      best = candidate
      bestDistance = found
    }
  }
  return best
}

/**
 * Insertions, deletions, replacements and swaps of neighbours that lead from one text to the other
 * (optimal string alignment).
 *
 * @stability stable
 * @category getters
 * @since 0.1.0
 */
export const distance = (from: string, to: string): number => {
  let beforeLast: Array<number> = []
  let last = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i++) {
    const row = [i]
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1]
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1))
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]) {
        cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1)
      }
      row.push(cost)
    }
    beforeLast = last
    last = row
  }
  return last[to.length] ?? 0
}

/**
 * What calls of a caller on a route cost lately, on average: the best guess for the next one.
 */

/** @stability experimental @category models @since 0.1.0 */
export interface Means {
  /** USD; `undefined` where none has ended yet. */
  readonly of: (caller: string, route: string) => number | undefined
  readonly add: (caller: string, route: string, costUsd: number) => void
}

/** How much the newest call counts. */
const share = 0.2

/** The most pairs that are remembered: targets may be anything. */
const capacity = 10_000

/** Means in memory. @stability experimental @category constructors @since 0.1.0 */
export const make = (): Means => {
  const means = new Map<string, number>()
  const keyOf = (caller: string, route: string) => `${caller}\n${route}`
  return {
    of: (caller, route) => means.get(keyOf(caller, route)),
    add: (caller, route, costUsd) => {
      const key = keyOf(caller, route)
      const mean = means.get(key)
      if (mean === undefined && means.size >= capacity) means.clear()
      means.set(key, mean === undefined ? costUsd : mean + (costUsd - mean) * share)
    }
  }
}

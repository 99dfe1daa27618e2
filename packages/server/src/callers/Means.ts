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

/** The most routes of one caller that are remembered: targets may be anything. */
const capacity = 1_000

/** Means in memory. @stability experimental @category constructors @since 0.1.0 */
export const make = (): Means => {
  const callers = new Map<string, Map<string, number>>()
  return {
    of: (caller, route) => callers.get(caller)?.get(route),
    add: (caller, route, costUsd) => {
      let means = callers.get(caller)
      if (means === undefined) callers.set(caller, (means = new Map()))
      const mean = means.get(route)
      if (mean === undefined && means.size >= capacity) means.clear()
      means.set(route, mean === undefined ? costUsd : mean + (costUsd - mean) * share)
    }
  }
}

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
  /** By caller, then by route. */
  const means = new Map<string, Map<string, number>>()
  let size = 0
  return {
    of: (caller, route) => means.get(caller)?.get(route),
    add: (caller, route, costUsd) => {
      const mean = means.get(caller)?.get(route)
      if (mean === undefined && size++ >= capacity) {
        means.clear()
        size = 1
      }
      let own = means.get(caller)
      if (own === undefined) means.set(caller, (own = new Map()))
      own.set(route, mean === undefined ? costUsd : mean + (costUsd - mean) * share)
    }
  }
}

/**
 * What targets are doing: attempts that are open now, and how fast first content has come lately; read by strategies.
 *
 * Latency is a peak-sensitive moving average (peak EWMA): a slow answer counts at once, a fast one little by little, and what is known
 * fades with time. After Finagle's and tower's `load::peak_ewma`.
 */

/** How fast what is known of a latency fades. */
const decayMs = 10_000

/** Targets that are remembered; a caller may invent models. */
const capacity = 10_000

interface Entry {
  open: number
  ewmaMs: number
  at: number
}

/** @stability experimental @category models @since 0.1.0 */
export interface Activity {
  readonly begin: (target: string) => void
  /** `firstContentMs` absent where no content came. `now` is epoch milliseconds. */
  readonly end: (target: string, firstContentMs: number | undefined, now: number) => void
  readonly open: (target: string) => number
  /** The expected wait for first content, weighed by what is open; 0 where nothing is known. */
  readonly cost: (target: string, now: number) => number
}

/** A table for one router. @stability experimental @category constructors @since 0.1.0 */
export const make = (): Activity => {
  const entries = new Map<string, Entry>()
  const of = (target: string): Entry => {
    let entry = entries.get(target)
    if (entry === undefined) {
      if (entries.size >= capacity) forgetIdle(entries)
      entry = { open: 0, ewmaMs: 0, at: 0 }
      entries.set(target, entry)
    }
    return entry
  }
  return {
    begin: (target) => void (of(target).open += 1),
    end: (target, firstContentMs, now) => {
      const entry = of(target)
      entry.open -= 1
      if (firstContentMs !== undefined) observe(entry, firstContentMs, now)
    },
    open: (target) => entries.get(target)?.open ?? 0,
    cost: (target, now) => {
      const entry = entries.get(target)
      return entry === undefined ? 0 : faded(entry, now) * (entry.open + 1)
    }
  }
}

const forgetIdle = (entries: Map<string, Entry>): void => {
  for (const [target, { open }] of entries) {
    if (open > 0) continue
    entries.delete(target)
    return
  }
}

const faded = (entry: Entry, now: number): number => entry.ewmaMs * Math.exp(-Math.max(0, now - entry.at) / decayMs)

const observe = (entry: Entry, sampleMs: number, now: number): void => {
  const weight = Math.exp(-Math.max(0, now - entry.at) / decayMs)
  entry.ewmaMs = sampleMs > entry.ewmaMs ? sampleMs : entry.ewmaMs * weight + sampleMs * (1 - weight)
  entry.at = now
}

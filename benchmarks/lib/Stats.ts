/** Medians and spread: figures of a shared machine are read as medians of alternated laps, never as one run. */

/** A figure over all rounds. `spread` = (highest - lowest) / median. */
export interface Figure {
  readonly median: number
  readonly low: number
  readonly high: number
  readonly spread: number
  readonly rounds: number
}

export const quantile = (values: ReadonlyArray<number>, share: number): number => {
  const sorted = Float64Array.from(values).sort()
  if (sorted.length === 0) return NaN
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN
}

export const median = (values: ReadonlyArray<number>): number => {
  const sorted = [...values].toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  if (sorted.length === 0) return NaN
  const upper = sorted[Math.floor(middle)] ?? NaN
  return Number.isInteger(middle) ? (upper + (sorted[middle - 1] ?? NaN)) / 2 : upper
}

export const figure = (values: ReadonlyArray<number>): Figure => {
  const center = median(values)
  const low = Math.min(...values)
  const high = Math.max(...values)
  return { median: center, low, high, spread: (high - low) / center, rounds: values.length }
}

/** Ratio per lap, then the median of those: what a busy machine does to one lap it does to both sides of it. */
export const pairedRatio = (over: ReadonlyArray<number>, under: ReadonlyArray<number>): number =>
  median(over.slice(0, under.length).map((value, round) => value / (under[round] ?? NaN)))

/** Difference per lap, then the median. */
export const pairedDifference = (left: ReadonlyArray<number>, right: ReadonlyArray<number>): number =>
  median(left.slice(0, right.length).map((value, round) => value - (right[round] ?? NaN)))

export const round = (value: number, digits = 1): number => Math.round(value * 10 ** digits) / 10 ** digits

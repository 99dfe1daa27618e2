/**
 * Counters, histograms and gauges in plain memory: a family per name, a series per set of label values.
 *
 * They stand in for effect's `Metric` on the path of a call, because a series is looked up once and then bumped like a
 * field (nanoseconds, against a context lookup and a string key each time). Names are OpenTelemetry's, with dots;
 * `Prometheus.ts` and `Otlp.ts` print them. A family has at most `maxSeries` series: beyond that, values are
 * counted under `other`, so that no caller can grow the process.
 */

/** @stability experimental @category models @since 0.1.0 */
export interface Counter {
  value: number
}

/** `counts[i]` are the values at most `bounds[i]` and above the bound before; the last one is all above. @stability experimental @category models @since 0.1.0 */
export interface Histogram {
  readonly counts: Array<number>
  sum: number
  count: number
}

/** @stability experimental @category models @since 0.1.0 */
export interface Described {
  /** With dots: `orelse.calls`; without unit and without `total`. */
  readonly name: string
  readonly help: string
  /** UCUM: `s`, `{token}`; none for plain counts. */
  readonly unit?: string | undefined
  readonly labels: ReadonlyArray<string>
}

/** One series of a family: its label values, in the order of the family's labels. @stability experimental @category models @since 0.1.0 */
export interface Series<A> {
  readonly values: ReadonlyArray<string>
  readonly state: A
}

/** @stability experimental @category models @since 0.1.0 */
export type Family = Described &
  (
    | { readonly type: "counter"; readonly series: () => ReadonlyArray<Series<Counter>> }
    | { readonly type: "gauge"; readonly series: () => ReadonlyArray<Series<Counter>> }
    | {
        readonly type: "histogram"
        readonly bounds: ReadonlyArray<number>
        readonly series: () => ReadonlyArray<Series<Histogram>>
      }
  )

/** What a gauge reads when it is asked: one number, or one for each set of label values. @stability experimental @category models @since 0.1.0 */
export type Reading = number | ReadonlyArray<{ readonly values: ReadonlyArray<string>; readonly value: number }>

/** @stability experimental @category models @since 0.1.0 */
export interface Instruments {
  /** Finds or makes the series of these label values; keep it, looking it up costs more than counting. */
  readonly counter: (family: Described) => (...values: ReadonlyArray<string>) => Counter
  readonly histogram: (
    family: Described,
    bounds: ReadonlyArray<number>
  ) => (...values: ReadonlyArray<string>) => Histogram
  /** Read when somebody looks; answers how to take it away again. */
  readonly gauge: (family: Described, read: () => Reading) => () => void
  readonly families: () => ReadonlyArray<Family>
}

/**
 * An empty set of instruments.
 *
 * @param maxSeries series of one family at most, at least 1; 2,000 by default.
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const make = (maxSeries = 2_000): Instruments => {
  const families = new Map<string, Family>()
  return {
    counter: (family) => {
      const { get, series } = table((): Counter => ({ value: 0 }), family.labels.length, maxSeries)
      families.set(family.name, { ...family, type: "counter", series })
      return get
    },
    histogram: (family, bounds) => {
      const { get, series } = table(() => emptyHistogram(bounds.length), family.labels.length, maxSeries)
      families.set(family.name, { ...family, type: "histogram", bounds, series })
      return get
    },
    gauge: (family, read) => {
      const entry: Family = { ...family, type: "gauge", series: () => readings(read()) }
      families.set(family.name, entry)
      return () => {
        if (families.get(family.name) === entry) families.delete(family.name)
      }
    },
    families: () => [...families.values()]
  }
}

/** Counts a value in; `bounds` are those of the histogram's family. @stability experimental @category combinators @since 0.1.0 */
export const observe = (histogram: Histogram, bounds: ReadonlyArray<number>, value: number): void => {
  let index = 0
  while (index < bounds.length && value > (bounds[index] ?? 0)) index++
  histogram.counts[index] = (histogram.counts[index] ?? 0) + 1
  histogram.sum += value
  histogram.count++
}

const emptyHistogram = (bounds: number): Histogram => ({ counts: Array(bounds + 1).fill(0), sum: 0, count: 0 })

const readings = (reading: Reading): ReadonlyArray<Series<Counter>> =>
  typeof reading === "number"
    ? [{ values: [], state: { value: reading } }]
    : reading.map(({ value, values }) => ({ values, state: { value } }))

/** Series by label values; what does not fit any more is `other` in every label. */
const table = <A>(make: () => A, labels: number, maxSeries: number) => {
  const byKey = new Map<string, Series<A>>()
  const other = Array<string>(labels).fill("other")
  const find = (values: ReadonlyArray<string>): A => {
    const key = values.join("\n")
    const found = byKey.get(key)
    if (found !== undefined) return found.state
    if (byKey.size >= maxSeries && values !== other) return find(other)
    const series = { values, state: make() }
    byKey.set(key, series)
    return series.state
  }
  return { get: (...values: ReadonlyArray<string>): A => find(values), series: () => [...byKey.values()] }
}

/**
 * Counters, histograms and gauges: series in a registry of effect's `Metric`s, which its printers read. They are found once and then
 * bumped (a few ns each), and bounded in number.
 *
 * Names are OpenTelemetry's, with dots and without unit; `Prometheus.ts` prints them as Prometheus wants them. A family
 * has at most `maxSeries` series: beyond that, values are counted under `other`, so that no caller can grow the process.
 */
import * as Context from "effect/Context"
import * as Metric from "effect/Metric"

/** What a family of series is, and how its series are told apart. @stability experimental @category models @since 0.1.0 */
export interface Described {
  /** With dots: `orelse.calls`; without unit and without `total`. */
  readonly name: string
  readonly help: string
  /** UCUM: `s`, `{token}`; none for plain counts. */
  readonly unit?: string | undefined
  readonly labels: ReadonlyArray<string>
}

/** One series. @stability experimental @category models @since 0.1.0 */
export interface Counter {
  readonly add: (amount: number) => void
}

/** One series. @stability experimental @category models @since 0.1.0 */
export interface Histogram {
  readonly observe: (value: number) => void
}

/** Where series are found, made and read. @stability experimental @category models @since 0.1.0 */
export interface Instruments {
  /** Finds or makes the series of these label values (an empty one leaves its label out); keep it, looking it up costs more than counting. */
  readonly counter: (family: Described) => (...values: ReadonlyArray<string>) => Counter
  readonly histogram: (
    family: Described,
    bounds: ReadonlyArray<number>
  ) => (...values: ReadonlyArray<string>) => Histogram
  /** Read when somebody looks; answers how to take it away again. */
  readonly gauge: (family: Described, values: ReadonlyArray<string>, read: () => number) => () => void
  /** Holds the registry, for exporters. */
  readonly context: Context.Context<never>
  /** What kind each family is, by name: by this Prometheus names it. */
  readonly kinds: ReadonlyMap<string, Kind>
}

/** What a family counts, and in what. @stability experimental @category models @since 0.1.0 */
export interface Kind {
  readonly type: "counter" | "histogram" | "gauge"
  readonly unit: string | undefined
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
  const context: Context.Context<never> = Context.make(Metric.MetricRegistry, new Map())
  const kinds = new Map<string, Kind>()
  const counters: Tables<Counter> = new Map()
  const histograms: Tables<Histogram> = new Map()
  return {
    context,
    kinds,
    counter: (family) => {
      kinds.set(family.name, { type: "counter", unit: family.unit })
      return tableOf(counters, family, maxSeries, (values) => {
        const options = { description: family.help, attributes: attributes(family, values), incremental: true }
        const series = Metric.counter(family.name, options)
        return new Count((get) => Metric.registerUnsafe(series, context, { ...unset, get }))
      })
    },
    histogram: (family, boundaries) => {
      kinds.set(family.name, { type: "histogram", unit: family.unit })
      return tableOf(histograms, family, maxSeries, (values) => {
        const options = { description: family.help, attributes: attributes(family, values), boundaries }
        const series = Metric.histogram(family.name, options)
        return new Spread(boundaries, (get) => Metric.registerUnsafe(series, context, { ...unset, get }))
      })
    },
    gauge: (family, values, read) => {
      kinds.set(family.name, { type: "gauge", unit: family.unit })
      const metric = Metric.gauge(family.name, { description: family.help, attributes: attributes(family, values) })
      return Metric.registerUnsafe(metric, context, { ...unset, get: () => ({ value: read() }) }).remove
    }
  }
}

/**
 * Counts by itself and tells who reads it, for effect looks a series up at each update and boxes its numbers. It is shown from its first value on.
 */
class Count implements Counter {
  #count = 0
  #isShown = false
  readonly #show: (get: () => Metric.CounterState<number>) => void

  constructor(show: (get: () => Metric.CounterState<number>) => void) {
    this.#show = show
  }

  add(amount: number): void {
    if (!this.#isShown) {
      this.#isShown = true
      this.#show(() => ({ count: this.#count, incremental: true }))
    }
    if (amount >= 0) this.#count += amount
  }
}

/** The same for a histogram. */
class Spread implements Histogram {
  readonly #bounds: Float64Array
  /** What is above all bounds is in the count alone. */
  readonly #counts: Float64Array
  #count = 0
  #sum = 0
  #min = Number.MAX_VALUE
  #max = -Number.MAX_VALUE
  #isShown = false
  readonly #show: (get: () => Metric.HistogramState) => void

  constructor(bounds: ReadonlyArray<number>, show: (get: () => Metric.HistogramState) => void) {
    this.#bounds = Float64Array.from(bounds).sort()
    this.#counts = new Float64Array(bounds.length)
    this.#show = show
  }

  observe(value: number): void {
    if (!this.#isShown) {
      this.#isShown = true
      this.#show(() => this.#state())
    }
    const bounds = this.#bounds
    let at = 0
    while (at < bounds.length && !(value <= bounds[at]!)) at++
    if (at < bounds.length) this.#counts[at]! += 1
    this.#count += 1
    this.#sum += value
    if (value < this.#min) this.#min = value
    if (value > this.#max) this.#max = value
  }

  #state(): Metric.HistogramState {
    let below = 0
    const buckets = Array.from(this.#bounds, (bound, at): [number, number] => [bound, (below += this.#counts[at]!)])
    return { buckets, count: this.#count, min: this.#min, max: this.#max, sum: this.#sum }
  }
}

const unset = { update: () => {}, modify: () => {} }

const attributes = ({ labels, unit }: Described, values: ReadonlyArray<string>): Record<string, string> => {
  const found: Record<string, string> = unit === undefined ? {} : { unit }
  for (const [index, label] of labels.entries()) {
    const value = values[index] ?? ""
    if (value !== "") found[label] = value
  }
  return found
}

/** By a family's name: whoever declares it again finds its series. */
type Tables<A> = Map<string, (...values: ReadonlyArray<string>) => A>

const tableOf = <A>(
  tables: Tables<A>,
  { labels, name }: Described,
  maxSeries: number,
  make: (values: ReadonlyArray<string>) => A
) => {
  let found = tables.get(name)
  if (found === undefined) tables.set(name, (found = table(labels.length, maxSeries, make)))
  return found
}

/** Series by label values; what does not fit any more is `other` in every label. */
const table = <A>(labels: number, maxSeries: number, make: (values: ReadonlyArray<string>) => A) => {
  const byKey = new Map<string, A>()
  const other = Array<string>(labels).fill("other")
  const find = (values: ReadonlyArray<string>): A => {
    const key = values.join("\n")
    const found = byKey.get(key)
    if (found !== undefined) return found
    if (byKey.size >= maxSeries && values !== other) return find(other)
    const series = make(values)
    byKey.set(key, series)
    return series
  }
  return (...values: ReadonlyArray<string>): A => find(values)
}

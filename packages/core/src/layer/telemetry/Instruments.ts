/**
 * Counters, histograms and gauges: effect's `Metric`s in a registry of our own, with series that are found once and then
 * bumped (a few ns each), and that are bounded in number.
 *
 * Names are OpenTelemetry's, with dots and without unit; `Prometheus.ts` prints them as Prometheus wants them. A family
 * has at most `maxSeries` series: beyond that, values are counted under `other`, so that no caller can grow the process.
 */
import * as Context from "effect/Context"
import * as Metric from "effect/Metric"

/** @stability experimental @category models @since 0.1.0 */
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

/** @stability experimental @category models @since 0.1.0 */
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

/** @stability experimental @category models @since 0.1.0 */
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
  const registry: Registry = new Map()
  const context: Context.Context<never> = Context.make(Metric.MetricRegistry, registry)
  const kinds = new Map<string, Kind>()
  return {
    context,
    kinds,
    // A metric a series: effect's `withAttributes` would work out the series' key anew at almost every update.
    counter: (family) => {
      kinds.set(family.name, { type: "counter", unit: family.unit })
      return table(family.labels.length, maxSeries, (values) => {
        const options = { description: family.help, attributes: attributes(family, values), incremental: true }
        return { add: updating(Metric.counter(family.name, options), registry, context) }
      })
    },
    histogram: (family, boundaries) => {
      kinds.set(family.name, { type: "histogram", unit: family.unit })
      return table(family.labels.length, maxSeries, (values) => {
        const options = { description: family.help, attributes: attributes(family, values), boundaries }
        return { observe: updating(Metric.histogram(family.name, options), registry, context) }
      })
    },
    gauge: (family, values, read) => {
      kinds.set(family.name, { type: "gauge", unit: family.unit })
      const metric = Metric.gauge(family.name, { description: family.help, attributes: attributes(family, values) })
      return Metric.registerUnsafe(metric, context, { ...unset, get: () => ({ value: read() }) }).remove
    }
  }
}

type Registry = Map<string, Metric.Metric.Metadata<number, unknown>>

/**
 * Updates one series, which is there from its first value on. Effect looks it up in the registry each time, and that costs ten times as much as
 * counting; in ours it stays, and what the first value put in last is it.
 */
const updating = (
  series: Metric.Metric<number, unknown>,
  registry: Registry,
  context: Context.Context<never>
): ((value: number) => void) => {
  let hooks: Metric.Metric.Hooks<number, unknown> | undefined
  return (value) => {
    if (hooks !== undefined) return hooks.update(value, context)
    const before = registry.size
    series.updateUnsafe(value, context)
    if (registry.size > before) hooks = [...registry.values()].at(-1)?.hooks
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

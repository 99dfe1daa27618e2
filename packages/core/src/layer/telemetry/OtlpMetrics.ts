/**
 * Instruments as OTLP's JSON: cumulative since the start of the process.
 */
import type { Counter, Family, Histogram, Series } from "./Instruments.ts"
import { attributes, type HistogramPoint, type KeyValue, type Metric, nanos, type NumberPoint } from "./OtlpJson.ts"

/** @stability experimental @category models @since 0.1.0 */
export interface Period {
  /** Epoch milliseconds. */
  readonly from: number
  readonly to: number
}

/**
 * Families that have a series, as metrics of this period.
 *
 * @stability experimental
 * @category conversions
 * @since 0.1.0
 */
export const metrics = (families: ReadonlyArray<Family>, period: Period): Array<Metric> =>
  families.flatMap((family): ReadonlyArray<Metric> => {
    const metric = { name: family.name, description: family.help, unit: family.unit ?? "1" }
    const points = (series: ReadonlyArray<Series<Counter>>) => series.map((one) => numberPoint(family, one, period))
    switch (family.type) {
      case "counter": {
        const dataPoints = points(family.series())
        return dataPoints.length === 0
          ? []
          : [{ ...metric, sum: { dataPoints, aggregationTemporality: cumulative, isMonotonic: true } }]
      }
      case "gauge": {
        const dataPoints = points(family.series())
        return dataPoints.length === 0 ? [] : [{ ...metric, gauge: { dataPoints } }]
      }
      case "histogram": {
        const { bounds } = family
        const dataPoints = family.series().map((one) => histogramPoint(family, bounds, one, period))
        return dataPoints.length === 0
          ? []
          : [{ ...metric, histogram: { dataPoints, aggregationTemporality: cumulative } }]
      }
    }
  })

const cumulative = 2

/** A label without a value (`error.type` of what went well) is left out. */
const labelled = (family: Family, values: ReadonlyArray<string>): Array<KeyValue> =>
  attributes(
    Object.fromEntries(
      family.labels.flatMap((label, index) => {
        const value = values[index] ?? ""
        return value === "" ? [] : [[label, value]]
      })
    )
  )

const times = ({ from, to }: Period) => ({ startTimeUnixNano: nanos(from), timeUnixNano: nanos(to) })

const numberPoint = (family: Family, { state, values }: Series<Counter>, period: Period): NumberPoint => ({
  attributes: labelled(family, values),
  ...times(period),
  asDouble: state.value
})

const histogramPoint = (
  family: Family,
  bounds: ReadonlyArray<number>,
  { state, values }: Series<Histogram>,
  period: Period
): HistogramPoint => ({
  attributes: labelled(family, values),
  ...times(period),
  count: state.count,
  sum: state.sum,
  bucketCounts: [...state.counts],
  explicitBounds: [...bounds]
})

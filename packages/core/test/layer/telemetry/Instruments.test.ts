import { assert, describe, it } from "@effect/vitest"
import * as Instruments from "@orelse/core/layer/telemetry/Instruments"
import * as OtlpMetrics from "@orelse/core/layer/telemetry/OtlpMetrics"

describe("Instruments", () => {
  it("gives the same series for the same label values", () => {
    const counter = Instruments.make().counter({ name: "a", help: "A.", labels: ["x", "y"] })
    counter("1", "2").value += 3
    assert.strictEqual(counter("1", "2").value, 3)
    assert.strictEqual(counter("1", "3").value, 0)
  })

  it("counts values under other once a family is full", () => {
    const instruments = Instruments.make(2)
    const counter = instruments.counter({ name: "a", help: "A.", labels: ["x"] })
    for (const name of ["a", "b", "c", "d"]) counter(name).value++
    const [family] = instruments.families()
    assert.deepStrictEqual(
      family?.series().map(({ state, values }) => [values, "value" in state ? state.value : undefined]),
      [
        [["a"], 1],
        [["b"], 1],
        [["other"], 2]
      ]
    )
  })

  it.each([
    [0.5, 0],
    [1, 0],
    [1.5, 1],
    [2, 1],
    [3, 2]
  ])("puts %d into bucket %d of bounds 1 and 2", (value, bucket) => {
    const histogram = Instruments.make().histogram({ name: "h", help: "H.", labels: [] }, [1, 2])()
    Instruments.observe(histogram, [1, 2], value)
    assert.deepStrictEqual(
      histogram.counts,
      [0, 1, 2].map((index) => (index === bucket ? 1 : 0))
    )
    assert.strictEqual(histogram.sum, value)
  })
})

describe("OtlpMetrics.metrics", () => {
  it("prints counters as cumulative sums, gauges and histograms, and leaves out labels without a value", () => {
    const instruments = Instruments.make()
    instruments.counter({ name: "c", help: "C.", labels: ["error.type", "x"] })("", "1").value += 2
    instruments.gauge({ name: "g", help: "G.", labels: [] }, () => 7)
    const bounds = [1]
    Instruments.observe(instruments.histogram({ name: "h", help: "H.", unit: "s", labels: [] }, bounds)(), bounds, 5)
    const [sum, gauge, histogram] = OtlpMetrics.metrics(instruments.families(), { from: 1, to: 2 })
    assert.deepStrictEqual(sum?.sum, {
      aggregationTemporality: 2,
      isMonotonic: true,
      dataPoints: [
        {
          attributes: [{ key: "x", value: { stringValue: "1" } }],
          startTimeUnixNano: "1000000",
          timeUnixNano: "2000000",
          asDouble: 2
        }
      ]
    })
    assert.strictEqual(gauge?.gauge?.dataPoints[0]?.asDouble, 7)
    assert.strictEqual(histogram?.unit, "s")
    assert.deepStrictEqual(histogram?.histogram?.dataPoints[0]?.bucketCounts, [0, 1])
    assert.deepStrictEqual(histogram?.histogram?.dataPoints[0]?.explicitBounds, [1])
  })
})

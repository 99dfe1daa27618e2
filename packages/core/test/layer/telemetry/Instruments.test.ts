import { assert, describe, it } from "@effect/vitest"
import * as Instruments from "@orelse/core/layer/telemetry/Instruments"
import * as Prometheus from "@orelse/core/layer/telemetry/Prometheus"

const lines = (instruments: Instruments.Instruments) =>
  Prometheus.render(instruments)
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))

describe("Instruments", () => {
  it("gives the same series for the same label values, and leaves out a label without a value", () => {
    const instruments = Instruments.make()
    const counter = instruments.counter({ name: "a", help: "A.", labels: ["x", "y"] })
    assert.strictEqual(counter("1", "2"), counter("1", "2"))
    counter("1", "2").add(3)
    counter("1", "2").add(1)
    counter("1", "").add(1)
    assert.deepStrictEqual(lines(instruments), ['a_total{x="1",y="2"} 4', 'a_total{x="1"} 1'])
  })

  it("counts two declarations of one family in the same series, and series that came in turn each by itself", () => {
    const instruments = Instruments.make()
    const family = { name: "a", help: "A.", labels: ["x"] }
    const [one, two] = [instruments.counter(family), instruments.counter(family)]
    for (const counter of [one, two, one, two]) {
      counter("1").add(1)
      counter("2").add(10)
    }
    assert.deepStrictEqual(lines(instruments), ['a_total{x="1"} 4', 'a_total{x="2"} 40'])
  })

  it("counts values under other once a family is full", () => {
    const instruments = Instruments.make(2)
    const counter = instruments.counter({ name: "a", help: "A.", labels: ["x"] })
    for (const name of ["a", "b", "c", "d"]) counter(name).add(1)
    assert.deepStrictEqual(lines(instruments), ['a_total{x="a"} 1', 'a_total{x="b"} 1', 'a_total{x="other"} 2'])
  })

  it.each([
    [0.5, [1, 1, 1]],
    [1, [1, 1, 1]],
    [1.5, [0, 1, 1]],
    [3, [0, 0, 1]]
  ])("counts %d into every bucket of bounds 1 and 2 that holds it", (value, counts) => {
    const instruments = Instruments.make()
    instruments.histogram({ name: "h", help: "H.", unit: "s", labels: [] }, [1, 2])().observe(value)
    assert.deepStrictEqual(lines(instruments), [
      ...["1", "2", "+Inf"].map((bound, index) => `h_seconds_bucket{le="${bound}"} ${counts[index]}`),
      `h_seconds_sum ${value}`,
      "h_seconds_count 1"
    ])
  })

  it("adds up what a histogram has seen, and shows neither it nor a counter before their first value", () => {
    const instruments = Instruments.make()
    const histogram = instruments.histogram({ name: "h", help: "H.", labels: [] }, [2, 1])()
    const counter = instruments.counter({ name: "c", help: "C.", labels: [] })()
    assert.deepStrictEqual(lines(instruments), [])
    for (const value of [0.5, 1.5, 4, 1]) histogram.observe(value)
    for (const amount of [0, -1, Number.NaN]) counter.add(amount)
    assert.deepStrictEqual(lines(instruments), [
      'h_bucket{le="1"} 2',
      'h_bucket{le="2"} 3',
      'h_bucket{le="+Inf"} 4',
      "h_sum 7",
      "h_count 4",
      "c_total 0"
    ])
  })

  it("reads a gauge when somebody looks, until it is taken away", () => {
    const instruments = Instruments.make()
    let value = 1
    const remove = instruments.gauge({ name: "g.g", help: "G.", labels: ["x"] }, ["a"], () => value)
    value = 5
    assert.deepStrictEqual(lines(instruments), ['g_g{x="a"} 5'])
    remove()
    assert.deepStrictEqual(lines(instruments), [])
  })
})

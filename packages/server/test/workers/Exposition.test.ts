import { assert, describe, it } from "@effect/vitest"
import * as Exposition from "../../src/workers/Exposition.ts"

describe("the metrics of several workers", () => {
  it("keep each family together, with its head once and every sample under its worker", () => {
    const text = (calls: number) =>
      `# HELP calls_total Calls.\n# TYPE calls_total counter\ncalls_total{route="a b {c}"} ${calls}\n# HELP open Open.\n# TYPE open gauge\nopen 1\n`
    assert.strictEqual(
      Exposition.merge([
        { worker: 2, text: text(5) },
        { worker: 1, text: text(3) }
      ]),
      [
        "# HELP calls_total Calls.",
        "# TYPE calls_total counter",
        'calls_total{worker="1",route="a b {c}"} 3',
        'calls_total{worker="2",route="a b {c}"} 5',
        "# HELP open Open.",
        "# TYPE open gauge",
        'open{worker="1"} 1',
        'open{worker="2"} 1',
        ""
      ].join("\n")
    )
  })

  it("leave the samples of a histogram where its head is", () => {
    const text = '# TYPE t histogram\nt_bucket{le="1"} 2\nt_sum 3\nt_count 2\n'
    assert.strictEqual(
      Exposition.merge([{ worker: 1, text }]),
      '# TYPE t histogram\nt_bucket{worker="1",le="1"} 2\nt_sum{worker="1"} 3\nt_count{worker="1"} 2\n'
    )
  })

  it("are empty where nothing was counted", () => {
    assert.strictEqual(Exposition.merge([]), "")
    assert.strictEqual(Exposition.merge([{ worker: 1, text: "" }]), "")
  })
})

import { assert, describe, it } from "@effect/vitest"
import * as Targets from "../../src/render/targets.ts"
import { colored, plain } from "../../src/render/text.ts"

describe("targets", () => {
  it("shows state, what is left of a cooldown, failures and the last reason, and no empty column", () => {
    const read = Targets.read({
      targets: [
        { provider: "openai", model: "gpt-5", state: "healthy", failures: 0 },
        { provider: "mine", model: "a/b", state: "cooling", until: 65_000, failures: 3, lastReason: "Overloaded" },
        { provider: "mine", model: "c", state: "cooling", until: "1970-01-01T00:00:10.000Z", failures: 1 }
      ]
    })
    assert.deepStrictEqual(Targets.table(read, plain, 5000).split("\n"), [
      "openai/gpt-5  healthy",
      "mine/a/b      cooling  for 1 m  3 failed  Overloaded",
      "mine/c        cooling  for 5 s  1 failed"
    ])
  })

  it("has a colour for each state that the gateway tells", () => {
    for (const [state, said] of [
      ["healthy", colored.good],
      ["cooling", colored.warn],
      ["half-open", colored.warn],
      ["disabled", colored.dim]
    ] as const) {
      const read = Targets.read({ targets: [{ provider: "a", model: "m", state }] })
      assert.strictEqual(Targets.table(read, colored, 0), `a/m  ${said(state)}`)
    }
  })

  it("says so where nothing has been called, and survives an answer of another shape", () => {
    assert.strictEqual(Targets.table(Targets.read({ targets: [] }), plain, 0), "No target has been called yet.")
    assert.strictEqual(Targets.table(Targets.read("nonsense"), plain, 0), "No target has been called yet.")
    assert.strictEqual(Targets.table(Targets.read({ targets: [1] }), plain, 0), "?/?  ?")
  })
})

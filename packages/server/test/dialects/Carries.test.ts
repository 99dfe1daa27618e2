import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import * as Carries from "./carries.ts"

describe("what protocols carry", () => {
  for (const protocol of Carries.columns) {
    it(`of ${protocol.id}: nothing is changed or left out without a reason why that does no harm`, () => {
      const silent = Carries.features.filter((feature) => {
        const verdict = Carries.verdict(feature, protocol)
        return feature.why === undefined && (verdict === "left out" || verdict === "changed")
      })
      assert.deepStrictEqual(
        silent.map((feature) => feature.name),
        []
      )
    })
  }

  it("is what docs/dialects.md says (else run scripts/generate-dialect-table.ts)", () => {
    const page = readFileSync(new URL("../../../../docs/dialects.md", import.meta.url), "utf8")
    assert.isTrue(page.includes(Carries.table()))
  })
})

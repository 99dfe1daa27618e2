import { assert, describe, it } from "@effect/vitest"
import * as Filters from "../../src/http/Filters.ts"

describe("a query of an admin endpoint", () => {
  it("is a filter of names, times and metadata", () =>
    assert.deepStrictEqual(Filters.calls(new URLSearchParams("route=smart&limit=5&since=7&metadata.team=a")), {
      route: "smart",
      limit: 5,
      since: 7,
      metadata: { team: "a" }
    }))

  for (const name of ["modell", "constructor", "toString"]) {
    it(`is told that there is no filter ${name}`, () =>
      assert.include(JSON.stringify(Filters.failures(new URLSearchParams({ [name]: "x" }))), `no filter \\"${name}\\"`))
  }
})

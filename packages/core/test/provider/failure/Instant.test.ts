import { assert, describe, it } from "@effect/vitest"
import * as Instant from "../../../src/provider/failure/Instant.ts"

const at = Date.UTC(2026, 7, 1, 12, 0, 30)

describe("Instant.parse", () => {
  it("keeps to the zone that is named", () => {
    for (const text of ["2026-08-01T12:00:30Z", "2026-08-01T14:00:30+02:00", "Sat, 01 Aug 2026 10:00:30 -0200"])
      assert.strictEqual(Instant.parse(text), at, text)
  })

  it("is absent for what is no instant", () => {
    for (const text of ["", "soon", "Sat Aug 99 12:00:30 2026", "2026-08-01T25:00:30"])
      assert.isUndefined(Instant.parse(text), text)
  })
})

import { assert, describe, it } from "@effect/vitest"
import * as Moment from "../../src/domain/Moment.ts"

describe("Moment.read", () => {
  it("reads dates, and times with and without seconds and zones", () => {
    assert.strictEqual(Moment.read("2026-11-21"), Date.UTC(2026, 10, 21))
    assert.strictEqual(Moment.read("2028-02-29T23:59:59.123456Z"), Date.UTC(2028, 1, 29, 23, 59, 59, 123))
    assert.strictEqual(Moment.read("2026-11-21 09:30:05+01:00"), Date.UTC(2026, 10, 21, 8, 30, 5))
    assert.strictEqual(Moment.read("2026-11-21T09:30"), new Date(2026, 10, 21, 9, 30).getTime())
  })

  it.each([
    "",
    "-1",
    "last+5",
    "2026",
    "2026-02-30",
    "2026-02-29",
    "2026-13-01",
    "2026-00-10",
    "2026-11-21T25:00Z",
    "Sat, 21 Nov 2026 00:00:00 GMT",
    "2026-11-21T09:30 and more"
  ])("reads nothing else: %s", (text) => {
    assert.isUndefined(Moment.read(text))
  })
})

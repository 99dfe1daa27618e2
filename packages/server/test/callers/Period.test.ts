import { assert, describe, it } from "@effect/vitest"
import * as Period from "../../src/callers/Period.ts"

describe("Period.at", () => {
  const iso = (per: Period.Per, time: string) => {
    const { end, start } = Period.at(per, Date.parse(time))
    return [new Date(start).toISOString(), new Date(end).toISOString()]
  }
  it("is the calendar hour, day or month in UTC", () => {
    assert.deepStrictEqual(iso("hour", "2026-11-21T07:59:59.999Z"), [
      "2026-11-21T07:00:00.000Z",
      "2026-11-21T08:00:00.000Z"
    ])
    assert.deepStrictEqual(iso("day", "2026-11-21T00:00:00.000Z"), [
      "2026-11-21T00:00:00.000Z",
      "2026-11-22T00:00:00.000Z"
    ])
    assert.deepStrictEqual(iso("month", "2026-12-31T23:59:59.999Z"), [
      "2026-12-01T00:00:00.000Z",
      "2027-01-01T00:00:00.000Z"
    ])
    assert.deepStrictEqual(iso("month", "2028-02-29T12:00:00.000Z"), [
      "2028-02-01T00:00:00.000Z",
      "2028-03-01T00:00:00.000Z"
    ])
  })
})

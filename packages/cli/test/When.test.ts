import { assert, describe, it } from "@effect/vitest"
import * as When from "../src/When.ts"

describe("When.read", () => {
  it("reads how long ago, in seconds to weeks", () => {
    const now = 1_000_000_000
    assert.strictEqual(When.read("90s", now), now - 90_000)
    assert.strictEqual(When.read("1.5h", now), now - 5_400_000)
    assert.strictEqual(When.read("2w", now), now - 1_209_600_000)
    // Stores count whole milliseconds.
    assert.strictEqual(When.read("0.1236s", now), now - 124)
  })
  it("reads dates, at midnight here where there is no time", () => {
    assert.strictEqual(When.read("2026-11-21T09:30Z", 0), Date.UTC(2026, 10, 21, 9, 30))
    assert.strictEqual(When.read("2026-11-21 09:30:05+01:00", 0), Date.UTC(2026, 10, 21, 8, 30, 5))
    assert.strictEqual(When.read("2026-11-21", 0), new Date(2026, 10, 21).getTime())
  })
  it("reads nothing else", () => {
    for (const text of [
      "",
      "yesterday",
      "5",
      "5 m",
      "-5m",
      "1000000000000000000w",
      "21.11.2026",
      "2026-13-40",
      "2026-02-30",
      "2026-02-30T10:00Z",
      "1"
    ]) {
      assert.strictEqual(When.read(text, 0), undefined, text)
    }
  })
})

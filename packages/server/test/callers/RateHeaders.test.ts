import { assert, describe, it } from "@effect/vitest"
import * as RateHeaders from "../../src/callers/RateHeaders.ts"

describe("RateHeaders.of", () => {
  it("says for each limit that there is how much of it is left, and when all is there again", () => {
    const requests = { limit: 60, remaining: 59, resetMs: 999.2 }
    assert.deepStrictEqual(RateHeaders.of({ requests }), [
      "x-ratelimit-limit-requests",
      "60",
      "x-ratelimit-remaining-requests",
      "59",
      "x-ratelimit-reset-requests",
      "1s"
    ])
    const names = Object.keys(RateHeaders.record({ requests, tokens: requests }))
    assert.deepStrictEqual(names.slice(3), [
      "x-ratelimit-limit-tokens",
      "x-ratelimit-remaining-tokens",
      "x-ratelimit-reset-tokens"
    ])
    assert.deepStrictEqual(RateHeaders.of({ tokens: requests }).slice(0, 2), ["x-ratelimit-limit-tokens", "60"])
    assert.deepStrictEqual(RateHeaders.of({}), [])
  })
  it("writes durations as OpenAI does", () => {
    const cases: ReadonlyArray<readonly [number, string]> = [
      [0, "0s"],
      [250, "250ms"],
      [999.5, "1s"],
      [1500, "1.5s"],
      [60_000, "1m0s"],
      [359_001, "6m0s"],
      [3_600_000, "1h0m0s"],
      [86_400_000, "24h0m0s"]
    ]
    for (const [ms, text] of cases) assert.strictEqual(RateHeaders.duration(ms), text)
  })
})

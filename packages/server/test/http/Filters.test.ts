import { assert, describe, it } from "@effect/vitest"
import type { Filter } from "@orelse/core/layer/Ledger"
import * as Filters from "../../src/http/Filters.ts"

const filter = (query: string) => Filters.calls(new URLSearchParams(query))

describe("a query of an admin endpoint", () => {
  it("is a filter of names, times and metadata", () =>
    assert.deepStrictEqual(Filters.calls(new URLSearchParams("route=smart&limit=5&since=7&metadata.team=a")), {
      route: "smart",
      limit: 5,
      since: 7,
      metadata: { team: "a" }
    }))

  it("is a filter of metadata of any name", () => {
    const { metadata } = filter("metadata.__proto__=x&metadata.constructor=y") as Filter
    assert.deepStrictEqual(Object.entries(metadata ?? {}), [
      ["__proto__", "x"],
      ["constructor", "y"]
    ])
  })

  it("asks for 1 to 1,000 at a time", () => {
    for (const limit of [1, 1000]) assert.deepStrictEqual(filter(`limit=${limit}`), { limit })
    for (const limit of ["0", "1001", "1.5", "all"])
      assert.strictEqual(filter(`limit=${limit}`), `limit must be a whole number from 1 to 1000, got "${limit}"`)
  })

  it("holds no NUL", () => {
    for (const query of ["route=%00", "metadata.a=x%00", "metadata.%00=x", "caller=%00"])
      assert.match(filter(query) as string, /^a filter holds no NUL, as "/)
  })

  it("names no reason that is none: it would find nothing", () => {
    for (const reason of ["RateLimited", "AttemptsExhausted", "GatewayStopped"])
      assert.deepStrictEqual(filter(`reason=${reason}`), { reason })
    assert.strictEqual(filter("reason=ratelimited"), '"ratelimited" is no reason; did you mean RateLimited?')
    assert.include(filter("reason=constructor") as string, '"constructor" is no reason; there are RateLimited, ')
  })

  for (const name of ["modell", "constructor", "toString"]) {
    it(`is told that there is no filter ${name}`, () =>
      assert.include(JSON.stringify(Filters.failures(new URLSearchParams({ [name]: "x" }))), `no filter \\"${name}\\"`))
  }
})

describe("Filters.calls, times", () => {
  it("takes epoch milliseconds and ISO 8601", () => {
    const since = Date.UTC(2026, 10, 21)
    assert.deepStrictEqual(filter(`since=${since}`), { since })
    assert.deepStrictEqual(filter("since=2026-11-21&until=2026-11-21T00:00:01Z"), { since, until: since + 1_000 })
  })

  it.each(["-1", "last+5", "yesterday", "2026-02-30", "1.5", "", "1795413110260000000"])(
    "refuses %s, and says what it takes",
    (text) => {
      const message = `since must be epoch milliseconds or an ISO 8601 time, got "${text}"`
      assert.strictEqual(filter(`since=${encodeURIComponent(text)}`), message)
    }
  )
})

import { assert, describe, it } from "@effect/vitest"
import * as RequestHeaders from "../../src/provider/RequestHeaders.ts"

const parts = (auth: RequestHeaders.Parts["auth"], crossing?: RequestHeaders.Parts["crossing"]) => ({
  stream: false,
  crossing,
  written: RequestHeaders.none,
  auth
})

describe("the headers of a provider's requests", () => {
  it.each([1, 16, 17, 200])("are put together once for each of %d credentials, asked in turn", (count) => {
    const headers = RequestHeaders.make({ "x-team": "research" })
    const credentials = Array.from({ length: count }, (_, at) => ({ authorization: `Bearer key-${at}` }))
    const round = () => credentials.flatMap((auth) => [headers(parts(auth)), headers({ ...parts(auth), stream: true })])
    const first = round()
    const second = round()
    assert.lengthOf(new Set(first), 2 * count)
    assert.isTrue(second.every((one, at) => one === first[at]))
    for (const [at, { authorization }] of credentials.entries()) {
      assert.include(first[2 * at] ?? [], authorization)
      assert.include(first[2 * at] ?? [], "research")
      assert.include(first[2 * at + 1] ?? [], "text/event-stream, application/json")
    }
  })

  it("are a caller's own where something of it crosses over", () => {
    const headers = RequestHeaders.make({})
    const auth = { authorization: "Bearer k" }
    assert.include(headers(parts(auth, { "anthropic-beta": "a" })), "anthropic-beta")
    assert.notInclude(headers(parts(auth)), "anthropic-beta")
  })
})

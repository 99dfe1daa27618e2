import { assert, describe, it } from "@effect/vitest"
import * as Bodies from "../../src/ledger/Bodies.ts"
import { callEnd, callStart } from "../support/ledgerEntries.ts"

describe("Bodies.kept", () => {
  const requestBody = JSON.stringify({
    messages: [{ role: "user", content: "a prompt of more than twenty-four characters, kept whole" }],
    api_key: "sk-live-1234567890abcdef",
    header: "Bearer abcdef123456"
  })

  it("keeps no body where none are asked for", () => {
    assert.deepStrictEqual(Bodies.kept(callStart(1, { requestBody }), "none"), callStart(1, { requestBody: undefined }))
    assert.deepStrictEqual(
      Bodies.kept(callEnd(1, { responseBody: "x" }), "none"),
      callEnd(1, { responseBody: undefined })
    )
  })

  it("keeps bodies without secrets where they are asked for, and JSON stays JSON", () => {
    const kept = Bodies.kept(callStart(1, { requestBody }), "full")
    const body = kept._tag === "CallStart" ? (kept.requestBody ?? "") : ""
    assert.notInclude(body, "1234567890abcdef")
    assert.notInclude(body, "abcdef123456")
    assert.include(body, "kept whole")
    assert.doesNotThrow(() => JSON.parse(body) as unknown)
  })

  it("leaves an entry without a body as it is, itself", () => {
    const entry = callStart(1)
    assert.strictEqual(Bodies.kept(entry, "full"), entry)
  })
})

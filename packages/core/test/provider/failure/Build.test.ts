import { assert, describe, it } from "@effect/vitest"
import * as Failure from "../../../src/provider/Failure.ts"

const codeOf = (error: object) =>
  Failure.classify({
    provider: "p",
    family: "openai",
    protocol: "openai-chat",
    transport: "http",
    status: 429,
    headers: {},
    body: JSON.stringify({ error }),
    now: 0
  }).providerCode

describe("a provider's own code", () => {
  it("is the one that says more than the status does, whether a number or a text", () => {
    assert.strictEqual(codeOf({ message: "no luck", type: "rate_limit_error", code: 1113 }), "1113")
    assert.strictEqual(codeOf({ message: "no luck", type: "rate_limit_error", code: "1113" }), "1113")
    assert.strictEqual(codeOf({ message: "no luck", type: "tokens", code: "429" }), "tokens")
  })

  it("is what stands there where nothing says more", () => {
    assert.strictEqual(codeOf({ message: "slow down", type: "rate_limit_error", code: 429 }), "rate_limit_error")
    assert.isUndefined(codeOf({ message: "slow down" }))
  })
})

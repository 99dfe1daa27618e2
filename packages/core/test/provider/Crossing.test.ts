import { assert, describe, it } from "@effect/vitest"
import * as Crossing from "../../src/provider/Crossing.ts"

const written = { "anthropic-version": "2023-06-01" }

describe("Crossing.of", () => {
  it("is nothing where a caller says what goes out anyhow, so that no request needs headers of its own", () => {
    assert.isUndefined(Crossing.of("anthropic-messages", { ...written, "openai-beta": "a" }, written, true))
    assert.isUndefined(Crossing.of("openai-chat", { ...written, "anthropic-beta": "a" }, {}, true))
    assert.isUndefined(Crossing.of("openai-chat", undefined, {}, true))
  })

  it("is the version of a body that goes out as it came, and never that of another", () => {
    const headers = { "anthropic-version": "2023-01-01", "anthropic-beta": "a" }
    assert.deepStrictEqual(Crossing.of("anthropic-messages", headers, written, true), headers)
    assert.deepStrictEqual(Crossing.of("anthropic-messages", headers, written, false), { "anthropic-beta": "a" })
  })
})

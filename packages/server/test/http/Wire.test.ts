import { assert, describe, it } from "@effect/vitest"
import * as Wire from "../../src/http/Wire.ts"

const text = '{"model":"fast","messages":[{"role":"user","content":"a secret plan"}]}'

describe("Wire.Held", () => {
  it("gives what was parsed, the same each time", () => {
    const body = { model: "fast" }
    const held = new Wire.Held(text, body, { "openai-beta": "x" })
    assert.strictEqual(held.body, body)
    assert.strictEqual(held.body, body)
    assert.deepStrictEqual(held.headers, { "openai-beta": "x" })
  })

  it("holds the text alone once it let go, and parses it again for whoever asks", () => {
    const body = { ...JSON.parse(text) }
    const held = new Wire.Held(text, body, {})
    held.letGo()
    assert.notStrictEqual(held.body, body)
    assert.deepStrictEqual(held.body, JSON.parse(text))
    assert.strictEqual(held.text, text)
  })
})

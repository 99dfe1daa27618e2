import { assert, describe, it } from "@effect/vitest"
import type { Tag } from "../../../src/domain/Reason.ts"
import * as Disposition from "../../../src/policy/Disposition.ts"
import * as reliable from "../../../src/policy/presets/reliable.ts"
import * as words from "../../../src/policy/presets/reliableWords.ts"

const preset = reliable.policy()
const first = (message: string, more: { _tag?: Tag; providerCode?: string; stream?: boolean } = {}) => {
  const { stream = false, ...facts } = more
  return Disposition.actionsFor(preset, { _tag: "UnknownFailure", ...facts, message }, stream)[0]
}

describe("the words of reliable", () => {
  it("decide for what they name, each of them, and for nothing else (R-19, R-20, R-27 to R-32)", () => {
    for (const word of words.contextWindow) {
      assert.strictEqual(first(`oh: ${word}!`), "repair:halveHistory", word)
      assert.strictEqual(first(`oh: ${word}!`, { stream: true }), "retry", word)
    }
    for (const word of words.toolSchema)
      assert.strictEqual(first(`oh: ${word}!`, { _tag: "InvalidRequest" }), "retry", word)
    for (const word of words.business) {
      assert.strictEqual(first(`oh: ${word}!`, { _tag: "RateLimited" }), "nextTarget", word)
      for (const also of words.rateLimit) assert.strictEqual(first(`429 ${also}: ${word}`), "nextTarget", word)
    }
    for (const providerCode of words.businessCodes) {
      assert.strictEqual(first("slow down", { _tag: "RateLimited", providerCode }), "nextTarget", providerCode)
    }
    for (const word of words.refused) assert.strictEqual(first(`oh: ${word}!`), "nextTarget", word)
    for (const word of words.unknownModel) assert.strictEqual(first(`the model is ${word}`), "nextTarget", word)
  })

  it("leave alone what says none of them", () => {
    assert.strictEqual(first("the model is fine"), "retry")
    assert.strictEqual(first("something is unknown"), "retry")
    assert.strictEqual(first("429 insufficient quota"), "retry")
    assert.strictEqual(first("slow down", { _tag: "RateLimited", providerCode: "1302" }), "retry")
    assert.strictEqual(first("slow down", { _tag: "InvalidRequest" }), "nextTarget")
  })
})

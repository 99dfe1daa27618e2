import { assert, describe, it } from "@effect/vitest"
import * as Keys from "../../src/callers/Keys.ts"

describe("Keys.make", () => {
  it("makes a key of 256 random bits that only its hash remembers", () => {
    const [one, other] = [Keys.make(), Keys.make()]
    assert.match(one.key, /^orl_[\w-]{43}$/)
    assert.notStrictEqual(one.key, other.key)
    assert.notStrictEqual(one.id, other.id)
    assert.strictEqual(one.hash, Keys.hashed(one.key))
    assert.strictEqual(one.begins, one.key.slice(0, 8))
    assert.notInclude(JSON.stringify({ ...one, key: undefined }), one.key.slice(8))
  })
  it("reads a hash as it is written, and hashes everything else", () => {
    assert.deepStrictEqual(Keys.digestOf(Keys.hashed("secret")), Keys.digest("secret"))
    assert.deepStrictEqual(Keys.digestOf("sha256:short"), Keys.digest("sha256:short"))
  })
})

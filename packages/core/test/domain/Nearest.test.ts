import { assert, describe, it } from "@effect/vitest"
import * as Nearest from "../../src/domain/Nearest.ts"

describe("Nearest.distance", () => {
  it("counts insertions, deletions, replacements and swaps of neighbours", () => {
    assert.strictEqual(Nearest.distance("", ""), 0)
    assert.strictEqual(Nearest.distance("abc", ""), 3)
    assert.strictEqual(Nearest.distance("kitten", "sitting"), 3)
    assert.strictEqual(Nearest.distance("opneai", "openai"), 1)
    assert.strictEqual(Nearest.distance("polcy", "policy"), 1)
  })
})

describe("Nearest.of", () => {
  it("names what was probably meant", () => {
    assert.strictEqual(Nearest.of("polcy", ["try", "policy", "orElse"]), "policy")
    assert.strictEqual(Nearest.of("SMART", ["cheap", "smart"]), "smart")
  })
  it("names nothing where nothing is near", () => {
    assert.strictEqual(Nearest.of("zzzzzz", ["try", "policy"]), undefined)
    assert.strictEqual(Nearest.of("ab", ["cd"]), undefined)
    assert.strictEqual(Nearest.of("x", []), undefined)
    assert.strictEqual(Nearest.of("a", ["cap"]), undefined)
  })
  it("compares no name with one that is too long or too short to be meant: a caller's may be endless, and routes many", () => {
    const routes = Array.from({ length: 10_000 }, (_, at) => `team-${at}-production-route`)
    assert.isUndefined(Nearest.of("x".repeat(100_000), routes))
    assert.strictEqual(Nearest.of("abcde", ["abc", "abcdefg"]), "abc")
  })

  it("takes the first of equally near names", () => {
    assert.strictEqual(Nearest.of("cat", ["bat", "hat"]), "bat")
  })
})

import { assert, describe, it } from "@effect/vitest"
import * as Means from "../../src/callers/Means.ts"

describe("Means", () => {
  it("keeps a mean for each caller and route, in which the newest call counts for a fifth", () => {
    const means = Means.make()
    assert.isUndefined(means.of("a", "smart"))
    means.add("a", "smart", 1)
    means.add("a", "cheap", 0.5)
    means.add("b", "smart", 3)
    means.add("a", "smart", 2)
    assert.closeTo(means.of("a", "smart")!, 1.2, 1e-9)
    assert.strictEqual(means.of("a", "cheap"), 0.5)
    assert.strictEqual(means.of("b", "smart"), 3)
    assert.isUndefined(means.of("b", "cheap"))
  })

  it("holds ten thousand pairs, and begins anew with each one beyond them", () => {
    const means = Means.make()
    for (let at = 0; at < 10_000; at++) means.add("a", String(at), 1)
    means.add("a", "0", 1)
    assert.strictEqual(means.of("a", "0"), 1)
    means.add("a", "beyond", 1)
    assert.isUndefined(means.of("a", "0"))
    assert.strictEqual(means.of("a", "beyond"), 1)
    for (let at = 1; at < 10_000; at++) means.add("b", String(at), 1)
    assert.strictEqual(means.of("a", "beyond"), 1)
    means.add("b", "beyond", 1)
    assert.isUndefined(means.of("a", "beyond"))
  })
})

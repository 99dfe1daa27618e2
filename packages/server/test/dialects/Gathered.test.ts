import { assert, describe, it } from "@effect/vitest"
import { Gathered } from "../../src/dialects/Gathered.ts"

describe("Gathered", () => {
  it("is all of its pieces in their order, however many", () => {
    const pieces = Array.from({ length: 1_000 }, (_, index) => `piece ${index}, `)
    const gathered = new Gathered()
    for (const piece of pieces) gathered.add(piece)
    assert.strictEqual(gathered.text(), pieces.join(""))
  })

  it("keeps characters whole whose halves come in two pieces", () => {
    const gathered = new Gathered()
    for (let index = 0; index < 129; index++) gathered.add(index % 2 === 0 ? "\ud83d" : "\ude00")
    assert.strictEqual(gathered.text(), "\ud83d\ude00".repeat(64) + "\ud83d")
  })

  it("is empty until a piece comes that is not", () => {
    const gathered = new Gathered()
    gathered.add("")
    assert.isTrue(gathered.isEmpty)
    gathered.add("a")
    assert.isFalse(gathered.isEmpty)
  })
})

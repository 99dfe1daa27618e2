import { assert, describe, it } from "@effect/vitest"
import * as Bytes from "../../src/domain/Bytes.ts"

const of = (...sizes: ReadonlyArray<number>) => {
  const chunks = sizes.map((size, index) => Buffer.alloc(size, index + 1))
  return { chunks, size: sizes.reduce((sum, size) => sum + size, 0) }
}

describe("Bytes.joined", () => {
  for (const sizes of [[0], [5], [3, 4], [1, 0, 2], [1024 * 1024, 1], [700_000, 700_000]]) {
    it(`puts chunks of ${sizes.join(" and ")} bytes one after the other`, () => {
      const { chunks, size } = of(...sizes)
      assert.isTrue(Bytes.joined(chunks, size).equals(Buffer.concat(chunks)))
    })
  }

  it("gives nothing of what was joined before", () => {
    const before = of(100, 100)
    const text = Bytes.joined(before.chunks, before.size).toString("latin1")
    const after = of(1, 2)
    assert.lengthOf(Bytes.joined(after.chunks, after.size), 3)
    assert.lengthOf(text, 200)
  })
})

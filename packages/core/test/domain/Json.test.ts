import { assert, describe, it } from "@effect/vitest"
import * as Json from "@orelse/core/domain/Json"

describe("Json.unlessEmpty", () => {
  it("keeps an object with a field, whatever it holds, and nothing of one without", () => {
    assert.deepStrictEqual(Json.unlessEmpty({ a: undefined }), { a: undefined })
    assert.isUndefined(Json.unlessEmpty({}))
  })
})

describe("Json.isDeeper", () => {
  it("counts objects and lists within each other, not what stands side by side", () => {
    assert.isFalse(Json.isDeeper("text", 0))
    assert.isTrue(Json.isDeeper({}, 0))
    assert.isFalse(Json.isDeeper({ a: [1, 2], b: [3], c: { d: 4 } }, 2))
    assert.isTrue(Json.isDeeper({ a: [1, 2], b: [{ c: 3 }] }, 2))
  })

  it("says so of a value that is deeper than any stack, without walking all of it", () => {
    assert.isTrue(Json.isDeeper(Json.parse("[".repeat(100_000) + "]".repeat(100_000)), 256))
  })
})

import { assert, describe, it } from "@effect/vitest"
import { mutants } from "../../src/testing/Mutants.ts"

const texts = (value: Parameters<typeof mutants>[0]) => [...mutants(value)].map((mutant) => JSON.stringify(mutant))

describe("mutants", () => {
  it("leave out each member and each item, at any depth", () => {
    const all = texts({ a: [1, { b: 2 }], c: "x" })
    for (const without of ['{"c":"x"}', '{"a":[1,{"b":2}]}', '{"a":[{"b":2}],"c":"x"}', '{"a":[1,{}],"c":"x"}'])
      assert.include(all, without)
  })

  it("put an oddity of every kind in each place, and in the place of the whole", () => {
    const oddities = texts(0)
    assert.includeMembers(oddities, ["null", "true", "-1", '""', "[]", "{}"])
    const all = texts({ a: [1] })
    for (const oddity of oddities) assert.includeMembers(all, [oddity, `{"a":${oddity}}`, `{"a":[${oddity}]}`])
  })

  it("change one place each, and the value itself not at all", () => {
    const value = { a: "untouched", b: "untouched" }
    const both = texts(value).filter((text) => text.includes('"a":') && text.includes('"b":'))
    assert.isNotEmpty(both)
    for (const text of both) assert.lengthOf(text.match(/"untouched"/g) ?? [], 1, text)
    assert.deepStrictEqual(value, { a: "untouched", b: "untouched" })
  })
})

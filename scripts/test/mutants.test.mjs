import { assert, describe, it } from "vitest"
import { apply, find } from "../mutants/find.mjs"

const changed = (code) => find(code).map((mutant) => apply(code, mutant))

describe("mutants", () => {
  it("swap operators, constants, conditions and statements, one at a time", () => {
    assert.deepStrictEqual(changed("const f = (a) => a < 1 && !a"), [
      "const f = (a) => a <= 1 && !a",
      "const f = (a) => a < 2 && !a",
      "const f = (a) => a < 1 || !a",
      "const f = (a) => a < 1 && a"
    ])
    assert.deepStrictEqual(changed('if (x) y("z")'), ['if (!(x)) y("z")', "if (x) ;", 'if (x) y("")'])
    assert.deepStrictEqual(changed("const a = b ? Math.min(c) : true"), [
      "const a = !(b) ? Math.min(c) : true",
      "const a = b ? Math.max(c) : true",
      "const a = b ? Math.min(c) : false"
    ])
  })

  it("leave types, names of keys, imports and the joining of texts alone", () => {
    for (const code of [
      'import { a } from "b"',
      'type A = "b" | 1',
      "const a: 1 | 2 = b",
      "const a = `${b}` + c",
      'export * from "a"',
      "interface A { b: true }"
    ]) {
      assert.deepStrictEqual(find(code), [], code)
    }
    assert.deepStrictEqual(
      find('const a = { "b-c": d } as const satisfies Record<"b", 1>').map(({ was }) => was),
      []
    )
  })

  it("know their line and what they replace", () => {
    assert.deepStrictEqual(
      find("const a = 1\n\nconst b = a === 2").map(({ line, was }) => [line, was]),
      [
        [1, "1"],
        [3, "==="],
        [3, "2"]
      ]
    )
  })
})

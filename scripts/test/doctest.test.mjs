import { describe, expect, it } from "vitest"
import { blocks, withChecks } from "../doctest/extract.mjs"

const fence = "```"
const checked = (code) => withChecks({ file: "a.md", line: 1, code })

describe("blocks", () => {
  it("takes the blocks of a Markdown file that carry the tag, with the line of their first line", () => {
    const text = ["# Title", `${fence}ts doctest`, "1 + 1 // => 2", fence, `${fence}ts`, "no()", fence].join("\n")
    expect(blocks("a.md", text, "doctest")).toEqual([{ file: "a.md", language: "ts", line: 3, code: "1 + 1 // => 2" }])
  })

  it("takes a block of a list item without its indent", () => {
    const text = ["- item", `  ${fence}sh doctest`, "  ls", "    -l", `  ${fence}`].join("\n")
    expect(blocks("a.md", text, "doctest")[0].code).toBe("ls\n  -l")
  })

  it("leaves a fence inside of a longer fence alone", () => {
    const text = ["````md", `${fence}ts doctest`, "x", fence, "````"].join("\n")
    expect(blocks("a.md", text, "doctest")).toEqual([])
  })

  it("reads docstrings of a source file, and no other comment or string", () => {
    const text = [
      "/**",
      " * Says two.",
      ` * ${fence}ts doctest`,
      " * two() // => 2",
      ` * ${fence}`,
      " */",
      `const other = "${fence}ts doctest"`
    ].join("\n")
    expect(blocks("a.ts", text, "doctest")).toEqual([{ file: "a.ts", language: "ts", line: 4, code: "two() // => 2" }])
  })

  it("refuses a tagged block that is never closed", () => {
    expect(() => blocks("a.md", `${fence}ts doctest\nx`, "doctest")).toThrow("a.md:1: this block has no closing fence")
  })
})

describe("withChecks", () => {
  it("compares an expression", () => {
    expect(checked("1 + 1 // => 2")).toBe('__equal(1 + 1, (2), "a.md:1")')
  })

  it("compares what a name was given", () => {
    expect(checked("const a = f(1) // => [1]")).toBe('const a = f(1); __equal(a, ([1]), "a.md:1")')
  })

  it("compares what is printed as text", () => {
    expect(checked('console.log("a", b) // => a 1')).toBe('__printed(["a", b], "a 1", "a.md:1")')
  })

  it("finds the start of an expression of several lines, and keeps every line where it is", () => {
    const code = "const a = 1\nf(a, {\n  b: ')'\n})\n  .c() // => 3\nlast()"
    expect(checked(code)).toBe(`const a = 1\n__equal(f(a, {\n  b: ')'\n})\n  .c(), (3), "a.md:5")\nlast()`)
  })

  it("takes a value on the next line for the statement before it", () => {
    expect(checked("f(\n  1\n)\n// => 1\ng()")).toBe('__equal(f(\n  1\n), (1), "a.md:4")\n\ng()')
  })

  it("works inside of a generator, beside other statements", () => {
    const code = "Effect.gen(function* () {\n  yield* a // => 1\n  return yield* b\n})"
    expect(checked(code)).toBe('Effect.gen(function* () {\n  __equal(yield* a, (1), "a.md:2")\n  return yield* b\n})')
  })

  it("leaves code without marks as it is", () => {
    const code = "const f = () => 1 // why\nf()"
    expect(checked(code)).toBe(code)
  })
})

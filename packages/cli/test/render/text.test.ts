import { assert, describe, it } from "@effect/vitest"
import * as Text from "../../src/render/text.ts"

describe("columns", () => {
  it("puts cells under one another, whatever their colour, and pads no last column", () => {
    const rows = [
      ["a", Text.colored.good("on"), "x"],
      ["long", "off", ""]
    ]
    assert.strictEqual(Text.columns(rows, "  "), "  a     \u001b[32mon\u001b[0m   x\n  long  off")
    assert.strictEqual(Text.columns([]), "")
  })
})

describe("what somebody else wrote", () => {
  it("shows control characters instead of obeying them", () => {
    assert.strictEqual(Text.line("a\u001b[31mb\u0007\u009b\n"), "a\\u001b[31mb\\u0007\\u009b\\u000a")
    assert.strictEqual(Text.lines("a\r\n\tb\u001b]0;x\u0007\rc"), "a\r\n\tb\\u001b]0;x\\u0007\\u000dc")
    assert.strictEqual(Text.line("Zoë 模型 → 250 ms"), "Zoë 模型 → 250 ms")
    const visible: unknown = Text.visible({ "a\u001b": ["\n", 1, null, undefined, true] })
    assert.deepStrictEqual(visible, {
      "a\\u001b": ["\\u000a", 1, null, undefined, true]
    })
  })

  it("shows marks that turn writing around, behind which a name would read as another, and leaves scripts from right to left", () => {
    assert.strictEqual(Text.line("evil/\u202eohce/omed\u202c"), "evil/\\u202eohce/omed\\u202c")
    assert.strictEqual(Text.line("a\u2066b\u2069"), "a\\u2066b\\u2069")
    assert.strictEqual(Text.line("שלום\u200f عالم"), "שלום\u200f عالم")
  })

  it("leaves JSON what it was", () => {
    const value = { text: "a\u001b\u009b\u007f\n", list: [1] }
    const text = Text.json(value)
    assert.notMatch(text, /[^\n\P{Cc}]/u)
    assert.deepStrictEqual(JSON.parse(text), value)
  })
})

describe("duration", () => {
  it.each([
    [0, "0 ms"],
    [849.6, "850 ms"],
    [2000, "2 s"],
    [2540, "2.5 s"],
    [65_000, "1 m 5 s"],
    [120_000, "2 m"],
    [7_200_000, "2 h"],
    [5_400_000, "1 h 30 m"]
  ])("writes %d ms as %s", (ms, text) => {
    assert.strictEqual(Text.duration(ms), text)
  })
  it("never writes 60 seconds beside minutes", () => {
    assert.strictEqual(Text.duration(119_600), "2 m")
  })
})

describe("styleOf", () => {
  it("gives pipes and NO_COLOR plain text", () => {
    assert.strictEqual(Text.styleOf({ color: false }).bad("x"), "x")
    assert.strictEqual(Text.styleOf({ color: true }).bad("x"), "\u001b[31mx\u001b[0m")
  })
})

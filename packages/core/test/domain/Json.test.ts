import { assert, describe, it } from "@effect/vitest"
import * as EscapedKeys from "@orelse/core/domain/EscapedKeys"
import * as Json from "@orelse/core/domain/Json"
import * as Schema from "effect/Schema"

describe("Json.unlessEmpty", () => {
  it("keeps an object with a field, whatever it holds, and nothing of one without", () => {
    assert.deepStrictEqual(Json.unlessEmpty({ a: undefined }), { a: undefined })
    assert.isUndefined(Json.unlessEmpty({}))
  })
})

describe("Json.quoted", () => {
  it("writes a text as JSON.stringify does, however long it is and whatever is in it", () => {
    const texts = ["", "gpt-5.2", "x".repeat(64), "x".repeat(65), 'a"b', "a\\b", "a\nb", "\u007f", "é", "\ud800", "😀"]
    for (const text of texts) assert.strictEqual(Json.quoted(text), JSON.stringify(text), text)
  })
})

describe("Json.parse, where a key is written with an escape", () => {
  it("reads it as it is, whatever keys with a backslash were read before in its place", () => {
    const bad = String.raw`{"k":1,"\\":2,"a\\":3,"\\u":4}`
    assert.deepStrictEqual(Json.parse(bad), { k: 1, "\\": 2, "a\\": 3, "\\u": 4 })
    for (const key of ["\\", "a\\", "\\u"]) JSON.parse(`{"k":1,${JSON.stringify(key)}:2}`)
    for (const key of [
      String.raw`\n`,
      String.raw`\u0041`,
      String.raw`\"`,
      String.raw`a\u0062`,
      String.raw`\u540d\u524d`
    ]) {
      const text = `{"k":1,"${key}":2}`
      assert.deepStrictEqual(Json.parse(text), { k: 1, [JSON.parse(`"${key}"`) as string]: 2 }, text)
    }
  })

  it.prop(
    "reads what JSON.stringify wrote, with blanks between or without",
    { value: Schema.Record(Schema.String, Schema.Json), indent: Schema.Literals(["", " ", "\n", "\t"]) },
    ({ indent, value }) => {
      const odd = { '"\\': '\\"', ["__proto__"]: value, "a\n": [value, {}, [], -1.5e-7, true, "\\"] }
      const text = JSON.stringify(odd, null, indent)
      assert.isTrue(EscapedKeys.has(text))
      assert.strictEqual(JSON.stringify(Json.parse(text)), JSON.stringify(odd))
    }
  )

  it("is no text where it is broken, or nested without end", () => {
    assert.isUndefined(Json.parse(String.raw`{"\n":1,}`))
    assert.isUndefined(Json.parse(`${String.raw`{"\n":`.repeat(20_000)}1${"}".repeat(20_000)}`))
  })

  it("is a text whose strings alone are, with quotes and backslashes at their ends", () => {
    for (const text of [
      String.raw`{"a":"\n","b":"\\","c":["\"","x\\\""]}`,
      String.raw`["\\",":"]`,
      "{}",
      "",
      "\\",
      '"\\'
    ])
      assert.isFalse(EscapedKeys.has(text), text)
    for (const text of [String.raw`{"\n":1}`, String.raw`{"a":"\"","\"" : 1}`, String.raw`[{"b":{"x\\":1}}]`])
      assert.isTrue(EscapedKeys.has(text), text)
  })
})

describe("Json.parse", () => {
  it("reads every kind of value, with any of the four blanks around and within it", () => {
    const texts = [
      '{"a":1}',
      "{}",
      "[]",
      "[[1]]",
      '["a"]',
      "[true]",
      '"a"',
      '""',
      "0",
      "-1.5",
      "1e5",
      "true",
      "false",
      "null"
    ]
    for (const text of texts) {
      assert.deepStrictEqual(Json.parse(text), JSON.parse(text), text)
      const spaced = ` \t\r\n${text.replace(/^([{[])/, "$1 \n")}\n \r\t`
      assert.deepStrictEqual(Json.parse(spaced), JSON.parse(text), spaced)
    }
  })

  it("says that a text is no JSON, wherever it goes wrong", () => {
    const texts = [
      "",
      " ",
      "{",
      "}",
      "[",
      '"',
      "{]",
      "[}",
      "{a}",
      "{{}}",
      "[,]",
      "[1",
      '{"a"}',
      "tru",
      "1.",
      "+1",
      "\u00a01",
      "\ufeff{}",
      "<a>",
      "-"
    ]
    for (const text of texts) assert.isUndefined(Json.parse(text), text)
  })
})

describe("Json.parse, of what is nested on purpose", () => {
  const nested = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`

  it("takes what is 1000 levels deep, and nothing deeper, unless it is told so", () => {
    assert.isDefined(Json.parse(nested(1000)))
    assert.isUndefined(Json.parse(nested(1001)))
    assert.isUndefined(Json.parse(`{"a":${'{"a":'.repeat(1000)}1${"}".repeat(1000)}}`))
    assert.isDefined(Json.parse(nested(1001), Number.POSITIVE_INFINITY))
  })

  it("takes what is long and not deep", () => {
    assert.isDefined(Json.parse(`[${"[1,2],".repeat(10_000)}3]`))
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
    const deep = Json.parse("[".repeat(100_000) + "]".repeat(100_000), Number.POSITIVE_INFINITY)
    assert.isTrue(Json.isDeeper(deep, 256))
  })
})

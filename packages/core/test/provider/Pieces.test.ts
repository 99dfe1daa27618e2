import { assert, describe, it } from "@effect/vitest"
import { Pieces } from "../../src/provider/Pieces.ts"

describe("Pieces", () => {
  it("says yes to every 8 characters that the text holds, wherever they stand", () => {
    const text = "Der Müller sagt: 模型, \ud83d\ude00 and \ud800 \u0000 nothing else. ".repeat(40)
    const pieces = new Pieces(text)
    for (let at = 0; at + 8 <= text.length; at++) assert.isTrue(pieces.mayHold(text, at), `at ${at}`)
  })

  it("says no to most of what it does not hold", () => {
    const pieces = new Pieces(Array.from({ length: 5_000 }, (_, at) => `line ${at} of the text`).join("\n"))
    const others = Array.from({ length: 1_000 }, (_, at) => `${at} else.`.padEnd(8, "?"))
    assert.isBelow(others.filter((other) => pieces.mayHold(other, 0)).length, 300)
  })

  it("holds nothing where the text is shorter", () => {
    assert.isFalse(new Pieces("short").mayHold("12345678", 0))
  })
})

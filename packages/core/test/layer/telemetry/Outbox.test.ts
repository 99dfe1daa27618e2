import { assert, describe, it } from "@effect/vitest"
import * as Outbox from "../../../src/layer/telemetry/Outbox.ts"

const decoder = new TextDecoder()

/** Takes a text, and gives its number. */
const taking = (outbox: Outbox.Outbox) => (text: string) => {
  outbox.next().text(text)
  return outbox.take()
}

const textOf = ({ bytes }: Outbox.Portion): string => decoder.decode(bytes)

describe("Outbox", () => {
  it("gives all that was taken, in order, with commas between", () => {
    const outbox = Outbox.make("[é ", "]")
    const numbers = ["one", "zwei €", "3"].map(taking(outbox))
    assert.strictEqual(textOf(outbox.portion(numbers)), "[é one,zwei €,3]")
    assert.strictEqual(textOf(outbox.portion([])), "[é ]")
  })

  it("keeps a portion as it is until it was sent, and then uses its room again", () => {
    const outbox = Outbox.make("", "")
    const first = outbox.portion(["first"].map(taking(outbox)))
    const second = outbox.portion(["other"].map(taking(outbox)))
    assert.strictEqual(textOf(first), "first")
    first.sent()
    const third = outbox.portion(["third"].map(taking(outbox)))
    assert.deepStrictEqual([textOf(second), textOf(third)], ["other", "third"])
    assert.strictEqual(third.bytes.buffer, first.bytes.buffer)
    assert.notStrictEqual(third.bytes.buffer, second.bytes.buffer)
  })

  it("leaves out what was given up, wherever it stands, and goes on", () => {
    const outbox = Outbox.make("<", ">")
    const [a, b, c, d] = ["a", "bb €", "ccc", "d"].map(taking(outbox))
    assert.strictEqual(textOf(outbox.portion([b!, d!])), "<bb €,d>")
    assert.strictEqual(textOf(outbox.portion([taking(outbox)("next")])), "<next>")
    // Of an earlier portion: given up long ago.
    assert.strictEqual(textOf(outbox.portion([a!, c!, taking(outbox)("last")])), "<last>")
    taking(outbox)("given up")
    assert.strictEqual(textOf(outbox.portion([a!, taking(outbox)("kept")])), "<kept>")
  })

  it("forgets what was written and not taken", () => {
    const outbox = Outbox.make("[", "]")
    outbox.next().text("half of a te")
    const numbers = [taking(outbox)("one")]
    outbox.next().text("half of another")
    numbers.push(taking(outbox)("two"))
    outbox.next().text("and half of the la")
    assert.strictEqual(textOf(outbox.portion(numbers)), "[one,two]")
  })

  it("has room for one text and for all texts together, however large", () => {
    const outbox = Outbox.make("head", "foot")
    const texts = ["a".repeat(700_000), "€".repeat(500_000), "b".repeat(2_000_000), "c"]
    assert.strictEqual(textOf(outbox.portion(texts.map(taking(outbox)))), `head${texts.join(",")}foot`)
  })

  it("gives up what nobody sends, instead of growing with it", () => {
    const outbox = Outbox.make("[", "]")
    const numbers = Array.from({ length: 10_000 }, (_, index) => taking(outbox)(`text ${index}`))
    const { bytes } = outbox.portion(numbers)
    const kept = textOf({ bytes, sent: () => {} })
      .slice(1, -1)
      .split(",")
    assert.isAtMost(kept.length, 4096)
    assert.deepStrictEqual(
      kept,
      Array.from({ length: kept.length }, (_, index) => `text ${10_000 - kept.length + index}`)
    )
    assert.isAtMost(bytes.buffer.byteLength, 1024 * 1024)
  })
})

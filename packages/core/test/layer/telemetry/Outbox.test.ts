import { assert, describe, it } from "@effect/vitest"
import * as Outbox from "../../../src/layer/telemetry/Outbox.ts"

const decoder = new TextDecoder()

describe("Outbox", () => {
  it("gives all that was taken, in order, with commas between", () => {
    const outbox = Outbox.make()
    const parts = ["one", "zwei €", "3"].map(outbox.take)
    assert.strictEqual(decoder.decode(outbox.joined("[é ", parts, "]")), "[é one,zwei €,3]")
    assert.strictEqual(decoder.decode(outbox.joined("[", [], "]")), "[]")
  })

  it("keeps what was joined when its room is used again", () => {
    const outbox = Outbox.make()
    const first = outbox.joined("", ["first"].map(outbox.take), "")
    outbox.take("other")
    assert.strictEqual(decoder.decode(first), "first")
  })

  it("leaves out what was given up, and goes on", () => {
    const outbox = Outbox.make()
    outbox.take("given up")
    const kept = outbox.take("kept")
    assert.strictEqual(decoder.decode(outbox.joined("", [kept], "")), "kept")
    assert.strictEqual(decoder.decode(outbox.joined("", [outbox.take("next")], "")), "next")
  })

  it("has room for one text and for all texts together, however large", () => {
    const outbox = Outbox.make()
    const texts = ["a".repeat(700_000), "€".repeat(500_000), "b".repeat(2_000_000), "c"]
    assert.strictEqual(decoder.decode(outbox.joined("", texts.map(outbox.take), "")), texts.join(","))
  })
})

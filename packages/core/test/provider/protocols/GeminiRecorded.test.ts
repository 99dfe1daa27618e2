import { assert, describe, it } from "@effect/vitest"
import { protocol } from "../../../src/provider/protocols/Gemini.ts"
import * as Fold from "../fold.ts"
import * as Recorded from "../recorded.ts"

describe("gemini, as Google's servers prove their thoughts", () => {
  it("holds the signatures that the servers sent, each with its call", () => {
    const signed = Recorded.of("gemini").filter((recording) => recording.file.includes("gemini3-tool"))
    assert.strictEqual(signed.length, 1)
    for (const recording of signed) {
      const { parts } = Fold.read(protocol, Recorded.bytes(recording))
      const starts = parts.filter((part) => part.type === "toolCallStart")
      assert.isNotEmpty(starts)
      assert.isTrue(starts.every((start) => (start.signature ?? "").length > 100))
    }
  })
})

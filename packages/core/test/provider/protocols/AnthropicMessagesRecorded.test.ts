import { assert, describe, it } from "@effect/vitest"
import { protocol } from "../../../src/provider/protocols/AnthropicMessages.ts"
import * as Every from "../everyRecording.ts"
import * as Recorded from "../recorded.ts"

describe("anthropic-messages, as it proves its thoughts", () => {
  for (const recording of Recorded.of("anthropic", "anthropic_complete", "bedrock_anthropic")) {
    it(`keeps every letter of the signatures of ${recording.file}`, () => {
      const { signatures } = Every.fold(recording, protocol)
      assert.strictEqual(signatures.join("").length, recording.expected.signature_length ?? 0)
    })
  }

  it("keeps both hidden blocks of anthropic-redacted-thinking.txt", () => {
    const recording = Recorded.of("anthropic").find((one) => one.file === "anthropic-redacted-thinking.txt")!
    assert.strictEqual(Every.fold(recording, protocol).redacted.length, 2)
  })
})

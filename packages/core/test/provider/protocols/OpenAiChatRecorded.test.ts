import { assert, describe, it } from "@effect/vitest"
import * as Json from "../../../src/domain/Json.ts"
import { protocol } from "../../../src/provider/protocols/OpenAiChat.ts"
import * as Fold from "../fold.ts"
import * as Recorded from "../recorded.ts"

const recordings = Recorded.of("openai_chat")

describe("openai-chat, as 30 recordings of its speakers", () => {
  it("finds all recordings", () => assert.strictEqual(recordings.length, 30))

  for (const recording of recordings) {
    const { expected, file } = recording
    const bytes = Recorded.bytes(recording)

    it(`folds ${file} (${recording.what}) to what was recorded`, () => {
      const read = Fold.read(protocol, bytes)
      const folded = Fold.parts(read.parts)
      assert.strictEqual(folded.text, expected.text)
      assert.strictEqual(folded.reasoning, expected.reasoning)
      assert.strictEqual(folded.refusal, expected.refusal ?? "")
      assert.deepStrictEqual(
        folded.toolCalls,
        expected.tool_calls.map(({ id, name, arguments: written }) => ({ id: id ?? "", name, arguments: written }))
      )
      assert.strictEqual(
        folded.error === undefined ? (folded.finishReason ?? null) : "error",
        expected.finish_reason_norm
      )
      assert.strictEqual(folded.rawFinishReason ?? null, expected.finish_reason)
      assert.strictEqual(read.malformed, 0)
      assert.deepStrictEqual(usageOf(folded), expected.usage_norm)
    })

    it(`keeps the provider's error of ${file} as it came, where there is one`, () => {
      const { error } = Fold.parts(Fold.read(protocol, bytes).parts)
      assert.deepStrictEqual(error === undefined ? null : (Json.at(Json.parse(error), "error") ?? null), expected.error)
    })

    it(`says of ${file} whether it ended by itself`, () => {
      const read = Fold.read(protocol, bytes)
      assert.strictEqual(read.isComplete, expected.truncated !== true)
      assert.strictEqual(read.isTerminated, expected.done_marker)
    })

    it(`reads ${file} alike wherever the network cuts it, inside of characters too`, () => {
      const whole = Fold.parts(Fold.read(protocol, bytes).parts)
      for (const cut of recording.utf8_split_points)
        assert.deepStrictEqual(Fold.parts(Fold.read(protocol, bytes, [cut]).parts), whole)
      const every = Array.from({ length: Math.floor(bytes.length / 7) }, (_, at) => (at + 1) * 7)
      assert.deepStrictEqual(Fold.parts(Fold.read(protocol, bytes, every).parts), whole)
    })
  }
})

const usageOf = ({ usage }: Fold.Folded) =>
  usage === undefined
    ? null
    : {
        input: usage.inputTokens ?? null,
        output: usage.outputTokens ?? null,
        total: usage.totalTokens ?? null,
        cached: usage.cachedTokens ?? null,
        reasoning: usage.reasoningTokens ?? null
      }

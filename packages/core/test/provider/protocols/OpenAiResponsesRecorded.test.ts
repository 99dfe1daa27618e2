import { assert, describe, it } from "@effect/vitest"
import * as Json from "../../../src/domain/Json.ts"
import { protocol } from "../../../src/provider/protocols/OpenAiResponses.ts"
import * as Fold from "../fold.ts"
import * as Recorded from "../recorded.ts"

const recordings = Recorded.of("responses")

describe("openai-responses, as 6 recordings of its speakers", () => {
  it("finds all recordings", () => assert.strictEqual(recordings.length, 6))

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
      if (folded.error === undefined)
        assert.strictEqual(folded.rawFinishReason, expected.incomplete_reason ?? expected.finish_reason)
      assert.strictEqual(read.malformed, 0)
      assert.deepStrictEqual(usageOf(folded), expected.usage_norm)
    })

    it(`keeps the provider's error of ${file}, where there is one`, () => {
      const { error } = Fold.parts(Fold.read(protocol, bytes).parts)
      const { code, message } = Json.object(Json.at(error === undefined ? null : Json.parse(error), "error")) ?? {}
      assert.deepStrictEqual(code === undefined ? null : { code, message }, expected.error as never)
    })

    it(`says of ${file} that it ended by itself`, () => {
      const read = Fold.read(protocol, bytes)
      assert.deepStrictEqual([read.isComplete, read.isTerminated], [expected.error === null, expected.error === null])
    })

    it(`reads ${file} alike wherever the network cuts it, inside of characters too`, () => {
      const whole = Fold.parts(Fold.read(protocol, bytes).parts)
      for (const cut of recording.utf8_split_points)
        assert.deepStrictEqual(Fold.parts(Fold.read(protocol, bytes, [cut]).parts), whole)
      const every = Array.from({ length: Math.floor(bytes.length / 7) }, (_, at) => (at + 1) * 7)
      assert.deepStrictEqual(Fold.parts(Fold.read(protocol, bytes, every).parts), whole)
    })

    it(`reads the whole answer at the end of ${file} as its pieces`, () => {
      const events = bytes
        .toString()
        .split("\n")
        .flatMap((line) => (line.startsWith("data: {") ? [line.slice(6)] : []))
      const response = Json.object(Json.at(Json.parse(events.at(-1)!), "response"))!
      const answer = protocol.decode(response)
      assert.isDefined(answer)
      const whole = Fold.response(answer)
      const pieces = Fold.parts(Fold.read(protocol, bytes).parts)
      const { finishReason: _, error: __, rawFinishReason: ___, ...same } = pieces
      assert.deepStrictEqual({ ...whole, ...same }, { ...whole })
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

import { assert, describe, it } from "@effect/vitest"
import * as Json from "../../../src/domain/Json.ts"
import { protocol } from "../../../src/provider/protocols/Gemini.ts"
import * as Fold from "../fold.ts"
import * as Recorded from "../recorded.ts"

const streams = Recorded.of("gemini", "gemini_array")
const wholes = Recorded.of("gemini_json")

/** What the provider says of a call without an id. */
const madeUp = /^call_/

const toolCallsOf = (folded: Fold.Folded) =>
  folded.toolCalls.map(({ arguments: written, id, name }) => ({
    id: madeUp.test(id) ? null : id,
    name,
    arguments_json: Json.parse(written)
  }))

const expectedCalls = (recording: Recorded.Recording) =>
  recording.expected.tool_calls.map(({ arguments_json, id, name }) => ({ id, name, arguments_json }))

const compare = (folded: Fold.Folded, recording: Recorded.Recording): void => {
  const { expected } = recording
  assert.strictEqual(folded.text, expected.text)
  assert.strictEqual(folded.reasoning, expected.reasoning)
  assert.deepStrictEqual(toolCallsOf(folded), expectedCalls(recording))
  const seen = folded.error === undefined ? (folded.finishReason ?? null) : "error"
  // The manifest has no word for a reason that it does not know.
  assert.strictEqual(seen, expected.finish_reason_norm ?? (expected.finish_reason === null ? null : "unknown"))
  assert.strictEqual(folded.rawFinishReason ?? null, expected.finish_reason)
  assert.deepStrictEqual(usageOf(folded), tokensOf(recording))
}

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

/** `output_visible` is the output without reasoning. */
const tokensOf = ({ expected }: Recorded.Recording) => {
  if (expected.usage_norm === null) return null
  const { output_visible: _, ...norm } = expected.usage_norm
  return norm
}

describe("gemini, as 14 recordings of Google's servers", () => {
  it("finds all recordings", () => assert.deepStrictEqual([streams.length, wholes.length], [12, 2]))

  for (const recording of streams) {
    const { expected, file } = recording
    const bytes = Recorded.bytes(recording)

    it(`folds ${file} (${recording.what}) to what was recorded`, () => {
      const read = Fold.read(protocol, bytes)
      compare(Fold.parts(read.parts), recording)
      assert.strictEqual(read.malformed, 0)
    })

    it(`keeps the provider's error of ${file} as it came, where there is one`, () => {
      const { error } = Fold.parts(Fold.read(protocol, bytes).parts)
      assert.deepStrictEqual(error === undefined ? null : (Json.at(Json.parse(error), "error") ?? null), expected.error)
    })

    it(`says of ${file} whether it ended by itself, and never that nothing more can come`, () => {
      const read = Fold.read(protocol, bytes)
      assert.strictEqual(read.isComplete, expected.truncated !== true)
      assert.isFalse(read.isTerminated)
    })

    it(`reads ${file} alike wherever the network cuts it, inside of characters too`, () => {
      const whole = Fold.parts(Fold.read(protocol, bytes).parts)
      for (const cut of recording.utf8_split_points)
        assert.deepStrictEqual(Fold.parts(Fold.read(protocol, bytes, [cut]).parts), whole)
      const every = Array.from({ length: Math.floor(bytes.length / 7) }, (_, at) => (at + 1) * 7)
      assert.deepStrictEqual(Fold.parts(Fold.read(protocol, bytes, every).parts), whole)
    })
  }

  for (const recording of wholes) {
    it(`reads ${recording.file} (${recording.what}) as what was recorded`, () => {
      const answer = protocol.decode(Json.parseObject(Recorded.bytes(recording).toString()) ?? {})
      assert.isDefined(answer)
      compare(Fold.response(answer), recording)
    })
  }

  it("holds the signatures that the servers sent, each with its call", () => {
    const signed = streams.filter((recording) => recording.file.includes("gemini3-tool"))
    assert.strictEqual(signed.length, 1)
    for (const recording of signed) {
      const { parts } = Fold.read(protocol, Recorded.bytes(recording))
      const starts = parts.filter((part) => part.type === "toolCallStart")
      assert.isTrue(starts.every((start) => (start.signature ?? "").length > 100))
    }
  })
})

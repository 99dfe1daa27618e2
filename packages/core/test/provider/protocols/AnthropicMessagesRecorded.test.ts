import { assert, describe, it } from "@effect/vitest"
import { EventStreamCodec } from "@smithy/eventstream-codec"
import * as Json from "../../../src/domain/Json.ts"
import { protocol } from "../../../src/provider/protocols/AnthropicMessages.ts"
import * as Fold from "../fold.ts"
import * as Recorded from "../recorded.ts"

const recordings = Recorded.of("anthropic", "anthropic_complete", "bedrock_anthropic")

describe("anthropic-messages, as 11 recordings", () => {
  it("finds all recordings", () => assert.strictEqual(recordings.length, 11))

  for (const recording of recordings) {
    const { expected, file } = recording
    const bytes =
      recording.protocol === "bedrock_anthropic" ? unpacked(Recorded.bytes(recording)) : Recorded.bytes(recording)

    it(`folds ${file} (${recording.what}) to what was recorded`, () => {
      const read = Fold.read(protocol, bytes)
      const folded = Fold.parts(read.parts)
      assert.strictEqual(folded.text, expected.text)
      assert.strictEqual(folded.reasoning, expected.reasoning)
      assert.deepStrictEqual(
        folded.toolCalls.map(({ id, name, arguments: written }) => ({
          id,
          name,
          arguments: written === "" ? "{}" : written
        })),
        expected.tool_calls.map(({ id, name, arguments: written }) => ({ id, name, arguments: written }))
      )
      assert.strictEqual(
        folded.error === undefined ? (folded.finishReason ?? null) : "error",
        expected.finish_reason_norm
      )
      assert.strictEqual(folded.rawFinishReason ?? null, expected.finish_reason)
      assert.strictEqual(read.malformed, 0)
      assert.deepStrictEqual(usageOf(folded), expected.usage_norm)
      assert.strictEqual(folded.signatures.join("").length, expected.signature_length ?? 0)
      assert.deepStrictEqual(
        folded.error === undefined ? null : Json.at(Json.parse(folded.error), "error"),
        expected.error
      )
    })

    it(`says of ${file} whether it ended by itself`, () => {
      const read = Fold.read(protocol, bytes)
      const ended = expected.finish_reason_norm !== null && expected.error === null
      assert.strictEqual(read.isComplete, ended)
      assert.strictEqual(read.isTerminated, expected.terminal_event ?? false)
    })

    it(`reads ${file} alike wherever the network cuts it, inside of characters too`, () => {
      const whole = Fold.parts(Fold.read(protocol, bytes).parts)
      for (const cut of recording.utf8_split_points)
        assert.deepStrictEqual(Fold.parts(Fold.read(protocol, bytes, [cut]).parts), whole)
      const every = Array.from({ length: Math.floor(bytes.length / 7) }, (_, at) => (at + 1) * 7)
      assert.deepStrictEqual(Fold.parts(Fold.read(protocol, bytes, every).parts), whole)
    })
  }

  it("keeps both hidden blocks of anthropic-redacted-thinking.txt", () => {
    const recording = recordings.find((one) => one.file === "anthropic-redacted-thinking.txt")!
    assert.strictEqual(Fold.parts(Fold.read(protocol, Recorded.bytes(recording)).parts).redacted.length, 2)
  })
})

/** Bedrock packs each event as base64 into a message of its event stream: unpacked, they are Anthropic's own. */
function unpacked(bytes: Buffer): Buffer {
  const codec = new EventStreamCodec(
    (input) => Buffer.from(typeof input === "string" ? input : input).toString("utf8"),
    (text) => Buffer.from(text)
  )
  const events: Array<string> = []
  for (let at = 0; at < bytes.length;) {
    const length = bytes.readUInt32BE(at)
    const { body } = codec.decode(bytes.subarray(at, at + length))
    const inner = Json.string(Json.at(Json.parse(Buffer.from(body).toString("utf8")), "bytes"))
    if (inner !== undefined) events.push(`data: ${Buffer.from(inner, "base64").toString("utf8")}\n\n`)
    at += length
  }
  return Buffer.from(events.join(""))
}

const usageOf = ({ usage }: Fold.Folded) =>
  usage === undefined
    ? null
    : {
        input: (usage.inputTokens ?? 0) - (usage.cachedTokens ?? 0) - (usage.cacheWriteTokens ?? 0),
        output: usage.outputTokens ?? null,
        cached: usage.cachedTokens ?? null,
        cache_write: usage.cacheWriteTokens ?? null,
        input_with_cache: usage.inputTokens ?? null
      }

import { assert, describe, it } from "@effect/vitest"
import * as Json from "../../src/domain/Json.ts"
import * as Every from "./everyRecording.ts"
import * as Fold from "./fold.ts"
import * as Recorded from "./recorded.ts"

const every = [...Recorded.all, ...Recorded.made]

describe("every recording of the manifest", () => {
  it("is there: 69 of them, each with a protocol that reads it", () => {
    assert.strictEqual(Recorded.all.length, 69)
    assert.deepStrictEqual(
      every.filter((one) => Every.protocolOf(one) === undefined).map((one) => one.file),
      []
    )
  })

  for (const recording of every) {
    const protocol = Every.protocolOf(recording)
    const { expected, file } = recording
    if (protocol === undefined) continue

    it(`${file} (${recording.provider}, ${recording.what}) is what the manifest says, read by ${protocol.id}`, () => {
      const folded = Every.fold(recording, protocol)
      assert.strictEqual(folded.text, expected.text)
      assert.strictEqual(folded.reasoning, expected.reasoning)
      assert.strictEqual(folded.refusal, expected.refusal ?? "")
      assert.deepStrictEqual(Every.callsOf(recording, folded), Every.expectedCalls(recording))
      assert.deepStrictEqual(Every.writtenOf(recording, folded), Every.expectedWritten(recording))
      const seen = folded.error === undefined ? (folded.finishReason ?? null) : "error"
      // Of a reason that it has no word for, the manifest says nothing.
      const norm = expected.finish_reason_norm ?? (expected.finish_reason === null ? null : "unknown")
      assert.strictEqual(seen, norm)
      assert.strictEqual(folded.rawFinishReason ?? null, Every.expectedReason(recording))
      assert.deepStrictEqual(Every.usageOf(recording, folded), Every.expectedUsage(recording))
      if (folded.error === undefined) assert.isNull(expected.error ?? null)
      else assert.deepInclude(Json.object(Json.at(Json.parse(folded.error), "error")), Json.object(expected.error))
    })

    if (Every.isWhole(recording)) continue

    it(`${file} reads alike at every cut that the manifest names, and in pieces of 7 and of 11 bytes`, () => {
      const bytes = Every.bytesOf(recording)
      const whole = Fold.read(protocol, bytes)
      assert.strictEqual(whole.malformed, 0)
      const pieces = (size: number) =>
        Array.from({ length: Math.floor((bytes.length - 1) / size) }, (_, at) => (at + 1) * size)
      for (const cuts of [...recording.utf8_split_points.map((cut) => [cut]), pieces(7), pieces(11)]) {
        if (cuts.some((cut) => cut >= bytes.length)) continue
        assert.deepStrictEqual(Fold.parts(Fold.read(protocol, bytes, cuts).parts), Fold.parts(whole.parts))
      }
    })

    it(`${file} is ${expected.truncated === true ? "cut" : "whole or an error"}, and is known to be`, () => {
      const read = Fold.read(protocol, Every.bytesOf(recording))
      const failed = Fold.parts(read.parts).error !== undefined
      // One that failed is complete where it had told the reason of its end before.
      assert.strictEqual(
        read.isComplete,
        failed ? Every.expectedReason(recording) !== null : expected.truncated !== true
      )
      const isTerminated = Every.isTerminated(recording)
      if (isTerminated !== undefined) assert.strictEqual(read.isTerminated, isTerminated)
    })
  }
})

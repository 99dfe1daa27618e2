/**
 * Each recorded stream, cut at its event boundaries and at places within its events: never is what came of it taken for whole where anything
 * of the answer is missing.
 */
import { assert, describe, it } from "@effect/vitest"
import type { Protocol } from "../../src/provider/Protocol.ts"
import * as Every from "./everyRecording.ts"
import * as Fold from "./fold.ts"
import * as Recorded from "./recorded.ts"
import { streamed } from "./streamed.ts"

/** Recordings that say STOP in pieces before the last: nothing in them tells a cut from the end. */
const saysStopTooSoon = ["gemini-error-raw-tail.txt", "gemini-recitation.txt", "gemini-unknown-finish-enum.txt"]

/** Every `step`th offset, and those around each line end. */
const cutsOf = (bytes: Buffer): ReadonlyArray<number> => {
  const step = Math.max(1, Math.floor(bytes.length / 60))
  const cuts = new Set(Array.from({ length: 60 }, (_, at) => at * step))
  let ends = 0
  for (let at = bytes.indexOf(0x0a); at !== -1 && ends < 40; at = bytes.indexOf(0x0a, at + 1), ends++)
    for (const cut of [at, at + 1]) cuts.add(cut)
  for (let cut = Math.max(0, bytes.length - 160); cut < bytes.length; cut++) cuts.add(cut)
  return [...cuts].filter((cut) => cut < bytes.length)
}

const answerOf = (protocol: Protocol, bytes: Buffer, broken?: string) => {
  const { parts, reason } = streamed(protocol, [bytes], broken === undefined ? {} : { broken })
  const { finishReason, reasoning, refusal, text, toolCalls } = Fold.parts(parts)
  return { reason, said: { finishReason, reasoning, refusal, text, toolCalls } }
}

describe("every recorded stream, cut anywhere", () => {
  for (const recording of [...Recorded.all, ...Recorded.made]) {
    const protocol = Every.protocolOf(recording)
    if (protocol === undefined || Every.isWhole(recording) || saysStopTooSoon.includes(recording.file)) continue
    const bytes = Every.bytesOf(recording)

    it(`${recording.file} is never taken for whole with less than all that it says`, () => {
      const whole = answerOf(protocol, bytes)
      const isWhole = recording.expected.truncated !== true && !recording.expected.error
      assert.strictEqual(whole.reason === undefined, isWhole)
      for (const cut of cutsOf(bytes)) {
        const { reason, said } = answerOf(protocol, bytes.subarray(0, cut))
        if (reason === undefined) assert.deepStrictEqual(said, whole.said, `cut at ${cut}`)
      }
    })

    it(`${recording.file} is cut where its connection breaks, but for what comes behind its protocol's end`, () => {
      const { said } = answerOf(protocol, bytes)
      assert.isDefined(answerOf(protocol, bytes.subarray(0, 1), "ECONNRESET").reason)
      for (const cut of cutsOf(bytes)) {
        const broken = answerOf(protocol, bytes.subarray(0, cut), "ECONNRESET")
        if (broken.reason === undefined) assert.deepStrictEqual(broken.said, said, `cut at ${cut}`)
      }
    })
  }
})

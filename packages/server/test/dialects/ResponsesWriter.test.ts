import { assert, describe, it } from "@effect/vitest"
import type { StreamPart } from "@orelse/core/domain/Response"
import * as OpenAiResponses from "../../src/dialects/OpenAiResponses.ts"
import { streamed } from "./context.ts"

const start = (index: number): StreamPart => ({ type: "toolCallStart", index, id: `call_${index}`, name: "f" })
const delta = (index: number, written: string): StreamPart => ({ type: "toolCallDelta", index, arguments: written })

/** The ids of the calls that are done, in the order of their events. */
const doneIn = (parts: ReadonlyArray<StreamPart>): ReadonlyArray<string> =>
  [
    ...streamed(OpenAiResponses.dialect, parts).matchAll(/event: response\.output_item\.done\n.*?"call_id":"(\w+)"/g)
  ].map((match) => match[1]!)

describe("a stream, written as OpenAI's responses", () => {
  it("ends a call once its arguments are whole and something else begins, whichever call was the first", () => {
    const mixed = [start(0), delta(0, '{"a":'), start(1), delta(1, "{}"), start(2), delta(0, "1}"), delta(2, "{}")]
    assert.deepStrictEqual(doneIn(mixed), ["call_1", "call_0", "call_2"])
    assert.deepStrictEqual(doneIn([...mixed, { type: "text", index: 3, text: "so" }]), ["call_1", "call_0", "call_2"])
  })

  it("has room for thirty thousand calls that are all open", () => {
    const many = Array.from({ length: 30_000 }, (_, index) => [start(index), delta(index, "{")]).flat()
    assert.lengthOf(doneIn(many), 30_000)
  })
})

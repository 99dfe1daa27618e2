import { assert, describe, it } from "@effect/vitest"
import * as Json from "@orelse/core/domain/Json"
import type { StreamPart } from "@orelse/core/domain/Response"
import { dialect } from "../../src/dialects/OpenAiChat.ts"
import { streamed } from "./context.ts"

/** The pieces of a list in the deltas of a stream, in their order. */
const pieces = (list: string, ...parts: ReadonlyArray<StreamPart>): ReadonlyArray<Json.Json> =>
  streamed(dialect, parts)
    .split("\n\n")
    .flatMap((event) => Json.array(Json.at(Json.parse(event.slice(6)), "choices", 0, "delta", list)))

describe("lists in the chunks of openai-chat", () => {
  it("number their proofs of reasoning, by which OpenAI's SDK for Python puts a list together", () => {
    const details = pieces(
      "reasoning_details",
      { type: "reasoning", index: 0, text: "One." },
      { type: "reasoning", index: 0, text: "", signature: "s1" },
      { type: "reasoning", index: 1, text: "", redacted: "hidden" },
      { type: "reasoning", index: 2, text: "Two.", signature: "s2" }
    )
    assert.deepStrictEqual(details, [
      { type: "reasoning.text", text: "One.", signature: "s1", index: 0 },
      { type: "reasoning.encrypted", data: "hidden", index: 1 },
      { type: "reasoning.text", text: "Two.", signature: "s2", index: 2 }
    ])
  })

  it("hold their proofs together, behind all else: OpenAI's SDK for Node keeps of such a field what came last", () => {
    const chunks = streamed(dialect, [
      { type: "reasoning", index: 0, text: "One." },
      { type: "reasoning", index: 0, text: "", signature: "s1" },
      { type: "reasoning", index: 1, text: "", redacted: "hidden" },
      { type: "text", index: 2, text: "Said." },
      { type: "reasoning", index: 3, text: "Two.", signature: "s2" },
      { type: "finish", reason: "stop" }
    ])
      .split("\n\n")
      .map((event) => Json.at(Json.parse(event.slice(6)), "choices", 0))
    const lengths = chunks.map((choice) => Json.array(Json.at(choice, "delta", "reasoning_details")).length)
    assert.deepStrictEqual(
      lengths.filter((length) => length > 0),
      [3]
    )
    const finished = chunks.findIndex((choice) => Json.at(choice, "finish_reason") === "stop")
    assert.strictEqual(lengths.indexOf(3), finished - 1)
  })

  it("number their pictures: two of one number would be one to it", () => {
    const picture = (index: number, data: string): StreamPart => ({
      type: "image",
      index,
      mediaType: "image/png",
      data
    })
    assert.deepStrictEqual(pieces("images", picture(3, "AAAA"), picture(4, "BBBB")), [
      { type: "image_url", index: 0, image_url: { url: "data:image/png;base64,AAAA" } },
      { type: "image_url", index: 1, image_url: { url: "data:image/png;base64,BBBB" } }
    ])
  })
})

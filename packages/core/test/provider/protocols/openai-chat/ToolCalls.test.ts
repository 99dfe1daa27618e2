import { assert, describe, it } from "@effect/vitest"
import type * as Json from "../../../../src/domain/Json.ts"
import type { StreamPart } from "../../../../src/domain/Response.ts"
import { ToolCalls } from "../../../../src/provider/protocols/openai-chat/ToolCalls.ts"

/** The ids of the calls that begin with each piece, at its end those that begin then. */
const begun = (pieces: ReadonlyArray<Json.JsonObject>): ReadonlyArray<ReadonlyArray<string>> => {
  let blocks = 0
  const calls = new ToolCalls(
    () => blocks++,
    () => "answer"
  )
  const idsOf = (run: (parts: Array<StreamPart>) => void): ReadonlyArray<string> => {
    const parts: Array<StreamPart> = []
    run(parts)
    return parts.flatMap((part) => (part.type === "toolCallStart" ? [part.id] : []))
  }
  const told = pieces.map((piece) => idsOf((parts) => calls.add(piece, parts)))
  return [...told, idsOf((parts) => calls.end(parts))]
}

const named = (fields: Json.JsonObject, written = ""): Json.JsonObject => ({
  ...fields,
  function: { name: "f", arguments: written }
})

describe("ToolCalls.add", () => {
  it("numbers calls without an index behind the highest, and finds them again by their id", () => {
    const more = { id: "b", function: { arguments: "}" } }
    const ids = begun([named({ index: 7, id: "a" }, "{}"), named({ id: "b" }, "{"), more, named({ id: "c" }, "{}")])
    assert.deepStrictEqual(ids, [["a"], ["b"], [], ["c"], []])
  })

  it("begins a call that only has its name with the next one, and one that has none at the end", () => {
    const ids = begun([named({ index: 0 }), { index: 1, id: "nameless" }, named({ index: 2, id: "c" })])
    assert.deepStrictEqual(
      ids.map((list) => list.length),
      [0, 1, 1, 1]
    )
    assert.strictEqual(ids.at(-1)?.[0], "nameless")
  })

  it("tells a hundred thousand calls of one answer apart, by their ids or their indexes, in the time of reading them", () => {
    const many = Array.from({ length: 100_000 }, (_, at) => `call-${at}`)
    const byId = begun(many.map((id) => named({ id }, "{}")))
    const byIndex = begun(many.map((id, index) => named({ index, id }, "{}")))
    assert.deepStrictEqual([byId.flat(), byIndex.flat()], [many, many])
  })
})

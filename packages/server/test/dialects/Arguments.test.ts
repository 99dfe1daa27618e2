import * as Json from "@orelse/core/domain/Json"
import { assert, describe, it } from "@effect/vitest"
import { Arguments } from "../../src/dialects/Arguments.ts"

/** Whether they are whole, after each of these pieces. */
const told = (pieces: Iterable<string>): ReadonlyArray<boolean> => {
  const come = new Arguments()
  return Array.from(pieces, (piece) => {
    come.add(piece)
    return come.isWhole
  })
}

describe("Arguments", () => {
  it.each([
    "{}",
    ' \n{"a":{"b":[{}]}} ',
    String.raw`{"code":"if (x) { y(\"}\\\") }","\\":"\\"}`,
    '{"text":"{{{","next":"}"}',
    "[{}]",
    '"{}"',
    "null"
  ])("are whole where %j can be parsed to an object, after each of its characters", (written) => {
    const parsed = Array.from(written, (_, at) => Json.parseObject(written.slice(0, at + 1)) !== undefined)
    assert.deepStrictEqual(told(written), parsed)
  })

  it("are whole however they were cut", () => {
    assert.deepStrictEqual(told([" ", '{"a":"\\', '"}', '"}']), [false, false, false, true])
  })
})

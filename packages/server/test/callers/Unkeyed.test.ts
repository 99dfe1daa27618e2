import { assert, describe, it } from "@effect/vitest"
import * as Redaction from "@orelse/core/domain/Redaction"
import * as Known from "../../src/callers/Known.ts"
import * as Unkeyed from "../../src/callers/Unkeyed.ts"

describe("what callers tell, without keys", () => {
  it.each([
    ["sk", "-proj-abcdefghij0123456789"],
    ["AKIA", "IOSFODNN7EXAMPLE1234"],
    ["Bearer ", "abcdefghij0123456789"],
    ["orl", "_Ab3dEf6hIjKlMnOpQrStUvWxYz0123456789AbCdEfG"],
    ["eyJ", "hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0"]
  ])("loses what is a key by its shape: %s…", (start, rest) => {
    assert.notInclude(Unkeyed.text(`for ${start}${rest} here`, Unkeyed.noKeys), rest)
  })

  it.each([
    "xai-helper",
    "sess-0123456789abcdef0123456789",
    "hf_some_application_of_ours",
    "01a1fdfa-17d0-702b-934d-a1c7dfe29d39",
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "ada@example.com",
    "token: 5, key=7 and a Basic plan for everybody"
  ])("keeps names and ids of any other kind: %s", (name) => {
    assert.strictEqual(Unkeyed.text(name, Unkeyed.noKeys), name)
  })

  it("loses the keys that the request itself shows, wherever they stand, but for those that may be words", () => {
    const shown = ["my-own-key", "none"]
    const told = { note: "my-own-key and none", "my-own-key": [1, null, true, { deep: "xmy-own-keyx" }] }
    assert.deepStrictEqual(Unkeyed.json(told, { known: Known.none, shown }) as unknown, {
      note: `${Redaction.mark} and none`,
      [Redaction.mark]: [1, null, true, { deep: `x${Redaction.mark}x` }]
    })
  })
})

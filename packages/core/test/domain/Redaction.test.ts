import { assert, describe, it } from "@effect/vitest"
import * as Redaction from "../../src/domain/Redaction.ts"

const { mark } = Redaction
/** So many characters of no known prefix, with a digit among them. */
const run = (length: number): string => "a1".repeat(length).slice(0, length)

describe("Redaction", () => {
  it("takes out runs of 40 characters with a digit, wherever they begin, and leaves all that stands around them", () => {
    for (let before = 0; before < 90; before++) {
      const words = "say ".repeat(30).slice(0, before)
      assert.strictEqual(Redaction.secrets(`${words} ${run(40)} and ${run(64)}!`), `${words} ${mark} and ${mark}!`)
      const short = `${words} ${run(39)} and ${"x".repeat(50)}!`
      assert.strictEqual(Redaction.secrets(short), short)
    }
  })

  it("takes out a private key as a whole, its short lines too, and what is there of one that was cut", () => {
    const lines = ["MIIEvQ short", "line 2", "Zm9v"].join("\n")
    const key = `-----BEGIN RSA PRIVATE KEY-----\n${lines}\n-----END RSA PRIVATE KEY-----`
    for (const read of [Redaction.secrets, Redaction.keys]) {
      assert.strictEqual(read(`found ${key} there`), `found ${mark} there`)
      assert.strictEqual(read(`found ${key.slice(0, -40)}`), `found ${mark}`)
    }
  })

  it("takes user and password out of an address, also a password without a user, and leaves the rest of it", () => {
    for (const [address, left] of [
      ["redis://me:short@cache:6379/0", `redis://${mark}@cache:6379/0`],
      ["redis://:short@cache:6379/0", `redis://${mark}@cache:6379/0`],
      ["ssh://git@inside/v1", "ssh://git@inside/v1"],
      ["http://inside:80/v1?to=me@there", "http://inside:80/v1?to=me@there"]
    ] as const)
      for (const read of [Redaction.redact, Redaction.secrets, Redaction.keys])
        assert.strictEqual(read(`found no ${address} there`), `found no ${left} there`)
  })

  it("shortens quotations of more than 80 characters, and keeps their marks", () => {
    const quoted = (length: number) => `it said "${"say ".repeat(40).slice(0, length)}" and left`
    assert.strictEqual(Redaction.redact(quoted(80)), quoted(80))
    assert.strictEqual(Redaction.redact(quoted(81)), `it said "${mark}" and left`)
    assert.strictEqual(Redaction.redact(`it said “${"say ".repeat(40)}`), `it said “${mark}`)
  })

  it("leaves out a word that the end of what is looked at goes through, for half a key is not recognised", () => {
    const words = "say ".repeat(180)
    assert.strictEqual(Redaction.redact(`${words}sk-${run(60)}`).includes("sk-"), false)
    assert.strictEqual(Redaction.redact(`a ${"x".repeat(900)}`), "a")
    assert.strictEqual(Redaction.redact("x".repeat(900)), "x".repeat(40))
  })

  it("cuts what is left to 500 characters, and never through one of them", () => {
    const long = Redaction.redact("say ".repeat(200))
    assert.deepStrictEqual([long.length, long.endsWith("...")], [500, true])
    const faces = Redaction.redact(`${"x ".repeat(248)}😀${" y".repeat(50)}`)
    assert.isTrue(faces.isWellFormed())
    assert.strictEqual(faces.length, 499)
  })
})

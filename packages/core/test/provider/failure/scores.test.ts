import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as Failure from "../../../src/provider/Failure.ts"
import { kinds } from "../../../src/provider/failure/Kinds.ts"
import * as Rule from "../../../src/provider/failure/Rule.ts"
import { builtIn } from "../../../src/provider/failure/rules/builtIn.ts"
import { isScored, load, score, totals } from "./score.ts"
import { wordings } from "./wordings.ts"

const fixtures = load()
const scored = fixtures.filter(isScored)

describe("the recorded answers", () => {
  it("are read strictly in at least 99 % and leniently in at least 99.5 % of the cases", () => {
    const { cases, strict, lenient } = totals(scored.map((fixture) => score(fixture)))
    assert.strictEqual(cases, 280)
    assert.isAtLeast(strict / cases, 0.99)
    assert.isAtLeast(lenient / cases, 0.995)
  })

  it("give every wait that they hold, and no other", () => {
    const { waits } = totals(scored.map((fixture) => score(fixture)))
    assert.deepStrictEqual(waits, { cases: 13, right: 13, invented: 0 })
  })

  it("are still read strictly in at least 95 % of the cases by the rules that know no family", () => {
    const { cases, strict, lenient } = totals(scored.map((fixture) => score(fixture, undefined, "openai-chat")))
    assert.isAtLeast(strict / cases, 0.95)
    assert.isAtLeast(lenient / cases, 0.97)
  })

  it("are read the same whether the clock is at the epoch or in the far future", () => {
    for (const fixture of scored) {
      const input = { ...score(fixture).fixture }
      assert.strictEqual(score(input).kind, score(input).kind, fixture.id)
    }
  })
})

describe("the wordings of documentation", () => {
  const read = ([family, status, body]: (typeof wordings)[number], as: string = family) =>
    kinds[
      Failure.classify({
        provider: family,
        family: as,
        protocol: "openai-chat",
        transport: "http",
        status: status ?? undefined,
        headers: {},
        body: typeof body === "string" ? body : JSON.stringify(body),
        now: Date.UTC(2026, 7, 1)
      })._tag
    ]

  it("are read strictly in at least 97 % of the cases, and all of them leniently", () => {
    const misses = wordings.filter((wording) => read(wording) !== wording[3])
    const lenient = misses.filter((wording) => read(wording) !== wording[4]).map((wording) => JSON.stringify(wording))
    assert.deepStrictEqual(lenient, [])
    assert.isAtMost(misses.length / wordings.length, 0.03)
  })

  it("are read strictly in at least 88 % of the cases when the family is unknown", () => {
    const right = wordings.filter((wording) => read(wording, "openai-chat") === wording[3])
    assert.isAtLeast(right.length / wordings.length, 0.88)
  })
})

describe("the rules", () => {
  it("have names that are unique", () => {
    const ids = builtIn.map((rule) => rule.id)
    assert.deepStrictEqual(ids.length, new Set(ids).size)
  })

  it("keep to the schema that users' rules keep to", () => {
    const decode = Schema.decodeUnknownSync(Schema.Array(Rule.Rule))
    assert.strictEqual(decode(builtIn).length, builtIn.length)
  })

  it("name teachers that exist", () => {
    const known = new Set(fixtures.map((fixture) => fixture.id))
    const recorded = /^[\w.-]+-(?:\d{3}|net)-[0-9a-f]{10}$/
    const strangers = builtIn.flatMap((rule) =>
      (rule.learned ?? []).filter((id) => recorded.test(id) && !known.has(id))
    )
    assert.deepStrictEqual(strangers, [])
  })

  it("were taught, except for those that only repeat what a type or a status says", () => {
    const untaught = builtIn.filter((rule) => rule.learned === undefined).map((rule) => rule.id)
    assert.deepStrictEqual(
      untaught.filter((id) => !/^(?:status|types|access|load|network|request|google)\//.test(id)),
      []
    )
  })
})

import { assert, describe, it } from "@effect/vitest"
import * as Laws from "../../src/testing/laws/Laws.ts"
import * as Effect from "effect/Effect"
import * as Route from "../../src/route/Route.ts"
import { planted } from "./planted.ts"

/** All laws together: 500 here, 10,000 in the nightly profile, whose seed is new each time and stands in the titles. */
const total = Number(process.env["ORELSE_LAW_CASES"] ?? 500)
const cases = Math.ceil(total / Laws.all.length)
const seed = process.env["ORELSE_LAW_SEED"] ?? (total > 500 ? String(Date.now()) : "orelse")

describe("Laws", () => {
  for (const law of Laws.all) {
    it(`law ${law.number} holds in ${cases} worlds (seed ${seed}): ${law.says}`, { timeout: 300_000 }, async () => {
      const kept = await Effect.runPromise(Laws.check(law, { cases, seed }))
      assert.strictEqual(kept.cases, cases)
    })
  }

  it("are ten, numbered in order", () => {
    assert.deepStrictEqual(
      Laws.all.map((law) => law.number),
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    )
  })
})

describe("Laws.check on a route of one's own", () => {
  const route = Route.balance("rotation", [Route.target("a/x"), Route.target("b/x")]).pipe(
    Route.orElse(Route.route("last")),
    Route.deadline("20 seconds"),
    Route.budget({ attempts: 3 })
  )
  const routes = { last: Route.target("c/y") }

  for (const law of Laws.all) {
    it(`holds law ${law.number}`, async () => {
      const kept = await Effect.runPromise(Laws.check(law, { route, routes, cases: 20, seed }))
      assert.deepStrictEqual(kept, { law: law.number, cases: 20, seed })
    })
  }
})

describe("Laws.check on an engine with a bug", () => {
  it("has a bug for every law", () => {
    const numbers = [...new Set(planted.map(({ law }) => law))]
    assert.deepStrictEqual(
      numbers,
      Laws.all.map((law) => law.number)
    )
  })

  for (const { bug, law: number, subject } of planted) {
    const law = Laws.all[number - 1]!
    it(`breaks law ${number} where ${bug}`, async () => {
      const broken = await Effect.runPromise(Effect.flip(Laws.check(law, { subject, cases: 300, seed: "planted" })))
      assert.strictEqual(broken.law.number, number)
      assert.match(broken.message, /in the world \{.*\nseed planted; again with \{ replay: /s)
      const again = await Effect.runPromise(Effect.flip(Laws.check(law, { subject, replay: broken.replay })))
      assert.strictEqual(again.how, broken.how)
    })
  }
})

import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Schema from "effect/Schema"
import { all, names } from "../../../src/route/strategy/all.ts"
import * as Cheapest from "../../../src/route/strategy/Cheapest.ts"
import * as Fastest from "../../../src/route/strategy/Fastest.ts"
import * as LeastBusy from "../../../src/route/strategy/LeastBusy.ts"
import * as RandomStart from "../../../src/route/strategy/Random.ts"
import * as Rotation from "../../../src/route/strategy/Rotation.ts"
import type { Candidate } from "../../../src/route/strategy/Strategy.ts"
import * as Weighted from "../../../src/route/strategy/Weighted.ts"
import * as Activity from "../../../src/target/Activity.ts"

const candidate = (fields: Partial<Candidate>): Candidate => ({
  weight: 1,
  open: 0,
  latencyCost: 0,
  price: undefined,
  ...fields
})

/** Draws these chances, one after the other. */
const drawing = (...chances: ReadonlyArray<number>) => {
  let next = 0
  return Effect.provideService(Random.Random, {
    nextDoubleUnsafe: () => chances[next++ % chances.length]!,
    nextIntUnsafe: () => 0
  })
}

describe("Strategy", () => {
  it("has a name for each, as configurations write it, and words for what it does", () => {
    assert.includeMembers(
      [...names],
      ["priority", "weighted", "rotation", "random", "least-busy", "fastest", "cheapest"]
    )
    assert.strictEqual(new Set(names.map((name) => all[name].says)).size, names.length)
  })

  for (const [name, { order }] of Object.entries(all)) {
    it.effect.prop(
      `${name} gives every member exactly once`,
      {
        weights: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 9 }))),
        turn: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 99 }))
      },
      ({ turn, weights }) =>
        Effect.gen(function* () {
          const candidates = weights.map((weight) =>
            candidate({ weight, open: weight, latencyCost: 9 - weight, price: weight })
          )
          const got = yield* order(candidates, turn)
          assert.deepStrictEqual(
            [...got].sort((a, b) => a - b),
            candidates.map((_, index) => index)
          )
        }),
      { arbitrary: { runs: 50 } }
    )
  }

  it.effect("weighted draws in proportion, step by step, and puts weight 0 last in definition order", () =>
    Effect.gen(function* () {
      const candidates = [0, 1, 0, 3].map((weight) => candidate({ weight }))
      assert.deepStrictEqual(yield* Weighted.order(candidates, 0).pipe(drawing(0.24, 0.5)), [1, 3, 0, 2])
      assert.deepStrictEqual(yield* Weighted.order(candidates, 0).pipe(drawing(0.25, 0.5)), [3, 1, 0, 2])
    })
  )

  it("weighted takes the last member for a draw that rounding puts past them all", () => {
    const members = [0.1, 0.2].map((weight) => ({ weight }))
    assert.deepStrictEqual(
      [0, 0.1, 0.3, 1].map((draw) => Weighted.indexAt(members, draw)),
      [0, 1, 1, 1]
    )
  })

  it.effect("weighted picks first as often as the weights say", () =>
    Effect.gen(function* () {
      const candidates = [1, 3].map((weight) => candidate({ weight }))
      let second = 0
      for (let index = 0; index < 4000; index++) if ((yield* Weighted.order(candidates, index))[0] === 1) second++
      assert.approximately(second / 4000, 0.75, 0.03)
    }).pipe(Random.withSeed("weights"))
  )

  it.effect("rotation begins one further with each turn", () =>
    Effect.gen(function* () {
      const three = [candidate({}), candidate({}), candidate({})]
      assert.deepStrictEqual(yield* Rotation.order(three, 0), [0, 1, 2])
      assert.deepStrictEqual(yield* Rotation.order(three, 4), [1, 2, 0])
    })
  )

  it.effect("random rotates from a drawn start, and draws nothing for one member", () =>
    Effect.gen(function* () {
      const three = [candidate({}), candidate({}), candidate({})]
      assert.deepStrictEqual(yield* RandomStart.order(three, 0).pipe(drawing(0.99)), [2, 0, 1])
      assert.deepStrictEqual(
        yield* RandomStart.order([candidate({})], 0).pipe(
          Effect.provideService(Random.Random, {
            nextDoubleUnsafe: () => {
              throw new Error("drew")
            },
            nextIntUnsafe: () => 0
          })
        ),
        [0]
      )
    })
  )

  it.effect("least-busy, fastest and cheapest compare, and keep definition order between equals", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(
        yield* LeastBusy.order([candidate({ open: 2 }), candidate({ open: 1 }), candidate({ open: 1 })], 0),
        [1, 2, 0]
      )
      assert.deepStrictEqual(
        yield* Fastest.order([candidate({ latencyCost: 300 }), candidate({ latencyCost: 20 }), candidate({})], 0),
        [2, 1, 0]
      )
      assert.deepStrictEqual(
        yield* Cheapest.order([candidate({}), candidate({ price: 2 }), candidate({ price: 1 })], 0),
        [2, 1, 0]
      )
    })
  )
})

describe("Activity", () => {
  it("takes a slow answer at once, a fast one little by little, and forgets with time", () => {
    const activity = Activity.make()
    activity.begin("a", "m").end(100, 0)
    assert.strictEqual(activity.cost("a", "m", 0), 100)
    activity.begin("a", "m").end(10, 1000)
    const cost = activity.cost("a", "m", 1000)
    assert.isTrue(cost > 80 && cost < 100)
    assert.isTrue(activity.cost("a", "m", 60_000) < 1)
  })

  it("weighs by what is open", () => {
    const activity = Activity.make()
    activity.begin("a", "m").end(100, 0)
    activity.begin("a", "m")
    assert.strictEqual(activity.cost("a", "m", 0), 200)
    assert.strictEqual(activity.open("a", "m"), 1)
    assert.strictEqual(activity.open("b", "m"), 0)
  })
})

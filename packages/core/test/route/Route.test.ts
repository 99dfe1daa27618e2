import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Schedule from "effect/Schedule"
import * as RetryPolicy from "../../src/policy/RetryPolicy.ts"
import * as Route from "../../src/route/Route.ts"

const a = Route.target("a/m")
const b = Route.target("b/m")

describe("Route.target", () => {
  it("splits provider and model at the first slash", () => {
    assert.deepStrictEqual(a.node, { _tag: "Target", provider: "a", model: "m" })
    assert.deepStrictEqual(Route.target("a/b/c").node, { _tag: "Target", provider: "a", model: "b/c" })
    assert.deepStrictEqual(Route.target("a//c").node, { _tag: "Target", provider: "a", model: "/c" })
  })

  it("refuses a name without a provider or a model, and says what it wants", () => {
    for (const name of ["/m", "a/", "/"] as const) {
      assert.throws(() => Route.target(name), `Route.target: name must be "provider/model", got "${name}"`)
    }
    assert.throws(() => Route.target("am" as "a/m"), /must be "provider\/model"/)
  })
})

describe("Route.balance", () => {
  it("gives members weight 1 where they have none, and keeps order and strategy", () => {
    const { node } = Route.balance("weighted", [a, { route: b, weight: 0 }, { route: a, weight: 2.5 }])
    assert.deepStrictEqual(node._tag === "Balance" && [node.strategy, node.members], [
      "weighted",
      [
        { route: a, weight: 1 },
        { route: b, weight: 0 },
        { route: a, weight: 2.5 }
      ]
    ])
  })

  it("refuses no members, and weights that are negative or no number", () => {
    assert.throws(() => Route.balance("priority", []), "Route.balance: members must not be empty")
    for (const weight of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      assert.throws(
        () => Route.balance("weighted", [a, { route: b, weight }]),
        `Route.balance: weight must be 0 or more, got ${weight}`
      )
    }
  })
})

describe("Route combinators", () => {
  it("wrap the route and leave it as it is", () => {
    assert.deepStrictEqual(a.pipe(Route.orElse(b)).node, { _tag: "OrElse", left: a, right: b, on: undefined })
    assert.deepStrictEqual(a.pipe(Route.orElse(b, { on: ["Conflict"] })).node, {
      _tag: "OrElse",
      left: a,
      right: b,
      on: ["Conflict"]
    })
    assert.deepStrictEqual(a.pipe(Route.repair("describeTools")).node, {
      _tag: "Repair",
      route: a,
      repair: "describeTools"
    })
    const inSeconds = { _tag: "Deadline", route: a, deadline: Duration.seconds(2) } as const
    assert.deepStrictEqual(a.pipe(Route.deadline("2 seconds")).node, inSeconds)
    assert.deepStrictEqual(Route.deadline(a, 2000).node, inSeconds)
    assert.deepStrictEqual(Route.route("other").node, { _tag: "Named", name: "other" })
    assert.deepStrictEqual(a.node, { _tag: "Target", provider: "a", model: "m" })
  })

  it("take a policy or any Schedule for a retry", () => {
    const policy = RetryPolicy.recommended
    assert.deepStrictEqual(a.pipe(Route.retry(policy)).node, { _tag: "Retry", route: a, policy })
    const schedule = Schedule.recurs(2)
    assert.deepStrictEqual(a.pipe(Route.retry(schedule)).node, { _tag: "RetryWith", route: a, schedule })
  })

  it("refuse a deadline that has passed before it begins", () => {
    for (const [duration, shown] of [
      [0, "0"],
      [-5, "-5ms"],
      [Number.NaN, "0"]
    ] as const) {
      assert.throws(() => Route.deadline(a, duration), `Route.deadline: duration must be longer than 0, got ${shown}`)
    }
  })

  it("allow one attempt, and refuse less", () => {
    assert.deepStrictEqual(a.pipe(Route.budget({ attempts: 1 })).node, { _tag: "Budget", route: a, attempts: 1 })
    for (const attempts of [0, -2, Number.NaN]) {
      assert.throws(() => Route.budget({ attempts })(a), `Route.budget: attempts must be at least 1, got ${attempts}`)
    }
  })
})

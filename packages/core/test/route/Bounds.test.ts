import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Schedule from "effect/Schedule"
import * as RetryPolicy from "../../src/policy/RetryPolicy.ts"
import * as Bounds from "../../src/route/Bounds.ts"
import * as Route from "../../src/route/Route.ts"

const a = Route.target("a/m")
const b = Route.target("b/m")
const policy = RetryPolicy.make(RetryPolicy.recommended, { name: "own", attempts: 9, deadline: Duration.minutes(9) })

const of = (route: Route.Route, named: Readonly<Record<string, Route.Route>> = {}) => {
  const { attempts, deadline, policy, targets } = Bounds.of(route, (name) => named[name])
  return [attempts, Duration.toMillis(deadline) / 1000, policy?.name, [...targets]]
}

describe("Bounds.of", () => {
  it("is the default policy's where the route says nothing", () => {
    assert.deepStrictEqual(of(a), [6, 120, undefined, ["a/m"]])
    assert.deepStrictEqual(of(a.pipe(Route.orElse(b))), [6, 120, undefined, ["a/m", "b/m"]])
    assert.deepStrictEqual(of(Route.balance("random", [a, b, a])), [6, 120, undefined, ["a/m", "b/m"]])
  })

  it("is what stands around everything: the outermost of each kind", () => {
    assert.deepStrictEqual(of(a.pipe(Route.retry(policy))), [9, 540, "own", ["a/m"]])
    assert.deepStrictEqual(of(a.pipe(Route.retry(policy), Route.deadline("5 seconds"))), [9, 5, "own", ["a/m"]])
    assert.deepStrictEqual(of(a.pipe(Route.retry(policy), Route.budget({ attempts: 2 }))), [2, 540, "own", ["a/m"]])
    assert.deepStrictEqual(of(a.pipe(Route.deadline("5 seconds"), Route.retry(policy))), [9, 540, "own", ["a/m"]])
    const both = a.pipe(Route.budget({ attempts: 2 }), Route.deadline("5 seconds"))
    assert.deepStrictEqual(of(both), [2, 5, undefined, ["a/m"]])
  })

  it("looks through a repair, a Schedule and a name", () => {
    const inner = a.pipe(Route.budget({ attempts: 2 }))
    assert.deepStrictEqual(of(inner.pipe(Route.repair("describeTools"))), [2, 120, undefined, ["a/m"]])
    assert.deepStrictEqual(of(inner.pipe(Route.retry(Schedule.recurs(3)))), [2, 120, undefined, ["a/m"]])
    assert.deepStrictEqual(of(Route.route("x"), { x: a.pipe(Route.retry(policy)) }), [9, 540, "own", ["a/m"]])
    assert.deepStrictEqual(of(Route.route("nope")), [6, 120, undefined, []])
  })

  it("is the widest of branches that differ, where one that says nothing counts as the default; their sum, up to the default, where all have their own", () => {
    const short = a.pipe(Route.deadline("5 seconds"), Route.budget({ attempts: 2 }))
    const long = b.pipe(Route.deadline("10 minutes"), Route.budget({ attempts: 20 }))
    assert.deepStrictEqual(of(short.pipe(Route.orElse(long))), [20, 600, undefined, ["a/m", "b/m"]])
    assert.deepStrictEqual(of(long.pipe(Route.orElse(short))), [20, 600, undefined, ["b/m", "a/m"]])
    assert.deepStrictEqual(of(short.pipe(Route.orElse(b))), [6, 120, undefined, ["a/m", "b/m"]])
    assert.deepStrictEqual(of(Route.balance("priority", [b, long])), [20, 600, undefined, ["b/m"]])
    const tight = Route.balance("priority", [short, b.pipe(Route.deadline("7 seconds"), Route.budget({ attempts: 3 }))])
    assert.deepStrictEqual(of(tight), [5, 12, undefined, ["a/m", "b/m"]])
    assert.deepStrictEqual(of(tight.pipe(Route.orElse(tight))), [6, 24, undefined, ["a/m", "b/m"]])
    assert.deepStrictEqual(of(tight.pipe(Route.orElse(a.pipe(Route.retry(policy))))), [
      9,
      540,
      undefined,
      ["a/m", "b/m"]
    ])
    assert.deepStrictEqual(of(Route.balance("priority", [a.pipe(Route.budget({ attempts: 2 })), b])), [
      6,
      120,
      undefined,
      ["a/m", "b/m"]
    ])
  })

  it("is the widest, and no sum, as soon as one branch has its bounds from a policy", () => {
    const three = RetryPolicy.make(RetryPolicy.recommended, {
      name: "three",
      attempts: 3,
      deadline: Duration.seconds(9)
    })
    const mixed = a.pipe(
      Route.budget({ attempts: 2 }),
      Route.deadline("5 seconds"),
      Route.orElse(b.pipe(Route.retry(three)))
    )
    assert.deepStrictEqual(of(mixed), [3, 9, undefined, ["a/m", "b/m"]])
  })

  it("does not go round in circles", () => {
    const circle = { x: Route.route("y"), y: a.pipe(Route.orElse(Route.route("x"))) }
    assert.deepStrictEqual(of(Route.route("x"), circle), [6, 120, undefined, ["a/m"]])
  })
})

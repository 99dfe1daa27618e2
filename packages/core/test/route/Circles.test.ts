import { assert, describe, it } from "@effect/vitest"
import * as Schedule from "effect/Schedule"
import * as Orelse from "../../src/layer/Orelse.ts"
import * as RetryPolicy from "../../src/policy/RetryPolicy.ts"
import * as Circles from "../../src/route/Circles.ts"
import * as Route from "../../src/route/Route.ts"
import { Router } from "../../src/route/Router.ts"

const a = Route.target("a/m")
const x = Route.route("x")

describe("Circles.find", () => {
  it("finds a name that leads to itself, through whatever stands around it", () => {
    for (const around of [
      x,
      a.pipe(Route.orElse(x)),
      x.pipe(Route.orElse(a)),
      Route.balance("weighted", [a, x]),
      x.pipe(Route.retry(RetryPolicy.recommended)),
      x.pipe(Route.retry(Schedule.recurs(1))),
      x.pipe(Route.repair("describeTools")),
      x.pipe(Route.deadline("1 second")),
      x.pipe(Route.budget({ attempts: 1 }))
    ]) {
      assert.deepStrictEqual(Circles.find({ x: around }), ["x", "x"])
      assert.deepStrictEqual(Circles.find({ y: around, x: Route.route("y") }), ["y", "x", "y"])
    }
  })

  it("names the way round only, not the way there", () => {
    const routes = { in: Route.route("y"), y: Route.route("z"), z: a.pipe(Route.orElse(Route.route("y"))) }
    assert.deepStrictEqual(Circles.find(routes), ["y", "z", "y"])
  })

  it("finds one behind more names than a stack takes", () => {
    const names = Array.from({ length: 20_000 }, (_, at) => `r${at}`)
    const chain = Object.fromEntries(names.map((name, at) => [name, Route.route(names[at + 1] ?? "end")]))
    assert.strictEqual(Circles.find(chain), undefined)
    assert.deepStrictEqual(Circles.find({ ...chain, end: Route.route("r19999") }), ["r19999", "end", "r19999"])
  })

  it("finds none where a route is reached twice, or a name means nothing", () => {
    const routes = {
      x: a,
      y: x.pipe(Route.orElse(x)),
      z: Route.balance("random", [x, Route.route("y"), Route.route("nope")])
    }
    assert.strictEqual(Circles.find(routes), undefined)
    assert.strictEqual(Circles.find({ x: Route.route("toString") }), undefined)
    assert.strictEqual(Circles.find({}), undefined)
  })
})

describe("a circle of routes", () => {
  it("is refused where the routes are put together, by its names", () => {
    const routes = { x: Route.route("y"), y: x }
    const message = "Router.layerRoutes: routes must not lead to themselves, got x → y → x"
    assert.throws(() => Router.layerRoutes(routes), message)
    assert.throws(() => Orelse.layer({ providers: {}, routes }), message)
  })
})

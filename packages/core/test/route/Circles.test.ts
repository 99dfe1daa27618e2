import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schedule from "effect/Schedule"
import * as Orelse from "../../src/layer/Orelse.ts"
import * as RetryPolicy from "../../src/policy/RetryPolicy.ts"
import * as Circles from "../../src/route/Circles.ts"
import * as Route from "../../src/route/Route.ts"
import { Router } from "../../src/route/Router.ts"
import * as ScriptedProvider from "../../src/testing/ScriptedProvider.ts"

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

describe("a route of more targets than can be walked", () => {
  const chain = (length: number): Route.Route => {
    let route: Route.Route = Route.target("a/m0")
    for (let at = 1; at < length; at++) route = route.pipe(Route.orElse(Route.target(`a/m${at}`)))
    return route
  }
  /** Twice itself, so often: a tree of few values and of more ways than anybody walks. */
  const doubled = (times: number): Route.Route => {
    let route: Route.Route = a
    for (let at = 0; at < times; at++) route = route.pipe(Route.orElse(route))
    return route
  }
  const forks = Object.fromEntries(
    Array.from({ length: 60 }, (_, at) => {
      const next = at === 0 ? a : Route.route(`f${at - 1}`)
      return [`f${at}`, next.pipe(Route.orElse(next))]
    })
  )
  const names = Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`r${at}`, Route.route(`r${at + 1}`)]))

  it("is refused where the routes are put together, and one of as many as can be is not", () => {
    const refused = (name: string, most = "1000 targets") =>
      `Router.layerRoutes: route "${name}" must lead by at most ${most}, got more`
    assert.throws(() => Router.layerRoutes({ r: chain(1001) }), refused("r"))
    assert.throws(() => Router.layerRoutes({ r: chain(30_000) }), refused("r"))
    assert.throws(() => Router.layerRoutes({ r: doubled(60) }), refused("r"))
    assert.throws(() => Router.layerRoutes(forks), refused("f9"))
    assert.throws(() => Router.layerRoutes(names), refused("r19900", "100 routes, one behind another"))
    assert.throws(() => Orelse.layer({ providers: {}, routes: forks }), refused("f9"))
    Router.layerRoutes({ r: chain(1000) })
  })

  it.effect("ends a call with that in words, where it has no name", () =>
    Effect.gen(function* () {
      for (const route of [chain(1001), chain(30_000), doubled(60)]) {
        const exit = yield* Effect.exit(Orelse.run(route, "hi"))
        assert.include(
          String(Exit.isFailure(exit) && Cause.squash(exit.cause)),
          "Router.run: a route must lead by at most 1000 targets, got more"
        )
      }
      const { served } = yield* Orelse.run(chain(1000), "hi")
      assert.strictEqual(served.model, "m0")
    }).pipe(Effect.provide(Orelse.layer({ providers: { a: ScriptedProvider.make("a", [{ answer: "hi" }]) } })))
  )
})

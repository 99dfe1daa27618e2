import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import * as Reason from "../../../src/domain/Reason.ts"
import * as Config from "../../../src/layer/config/Config.ts"
import * as RetryPolicy from "../../../src/policy/RetryPolicy.ts"
import * as Route from "../../../src/route/Route.ts"
import { decoded } from "./helpers.ts"

/** The tree without its methods, for comparison. */
const plain = (route: Route.Route): unknown =>
  JSON.parse(
    JSON.stringify(route, (_, value: unknown) => (Duration.isDuration(value) ? Duration.toMillis(value) : value))
  )

const routeOf = (element: unknown): Route.Route => {
  const text = JSON.stringify({ routes: { it: element, smart: "demo/s", cheap: "demo/c" } })
  const route = decoded(text).routes.get("it")?.route
  if (route === undefined) return assert.fail("no route")
  return route
}

const a = Route.target("demo/a")
const b = Route.target("demo/b")
const c = Route.target("demo/c/d")

describe("routes of the configuration", () => {
  it.each([
    ["a target", "demo/a", a],
    ["a route's name", "smart", Route.route("smart")],
    ["a list", ["demo/a", "demo/b", "demo/c/d"], a.pipe(Route.orElse(b), Route.orElse(c))],
    ["try", { try: ["demo/a", "smart"] }, a.pipe(Route.orElse(Route.route("smart")))],
    ["a list in a list", { try: ["demo/a", ["demo/b", "demo/c/d"]] }, a.pipe(Route.orElse(b.pipe(Route.orElse(c))))],
    ["orElse", { try: ["demo/a"], orElse: "demo/b" }, a.pipe(Route.orElse(b))],
    [
      "orElse on some reasons",
      { try: ["demo/a"], orElse: { to: "cheap", on: ["RateLimited"] } },
      a.pipe(Route.orElse(Route.route("cheap"), { on: ["RateLimited"] }))
    ],
    [
      "balance",
      { balance: "weighted", across: [{ target: "demo/a", weight: 3 }, "demo/b"], orElse: "smart" },
      Route.balance("weighted", [{ route: a, weight: 3 }, b]).pipe(Route.orElse(Route.route("smart")))
    ],
    [
      "everything around",
      { try: ["demo/a"], repair: "truncateHistory", policy: "recommended", deadline: "5s", attempts: 2 },
      a.pipe(
        Route.repair("truncateHistory"),
        Route.retry(RetryPolicy.recommended),
        Route.deadline("5 seconds"),
        Route.budget({ attempts: 2 })
      )
    ]
  ])("decodes %s", (_, element, expected) => {
    assert.deepStrictEqual(plain(routeOf(element)), plain(expected))
  })

  it("takes the own name of a route that is a target's for the target", () => {
    const config = decoded("routes: { demo/a: [demo/a, demo/b] }")
    assert.deepStrictEqual(plain(config.routes.get("demo/a")?.route ?? c), plain(a.pipe(Route.orElse(b))))
  })

  it("keeps the policy around the whole beside the route, recommended where none is said", () => {
    const { routes } = decoded(
      "policies: { p: { attempts: 2 } }\nroutes: { x: { try: [demo/a], policy: p, deadline: 1s }, y: demo/a }"
    )
    assert.strictEqual(routes.get("x")?.policy.attempts, 2)
    assert.strictEqual(routes.get("y")?.policy.name, "recommended")
    assert.deepStrictEqual(routes.get("y")?.source, "demo/a")
  })

  it("takes a policy that is written out in its place", () => {
    const { routes } = decoded("routes: { x: { try: [demo/a], policy: { attempts: 3, retry: { last: 0 } } } }")
    assert.deepStrictEqual([routes.get("x")?.policy.attempts, routes.get("x")?.policy.retry.last], [3, 0])
  })
})

describe("encodeRoute", () => {
  const names = { policies: new Map([["recommended", RetryPolicy.recommended]]) }

  it.effect("prints what decodes to the same route, for 300 random routes", () =>
    Effect.gen(function* () {
      for (let index = 0; index < 300; index++) {
        const route = yield* randomRoute(4)
        const encoded = Config.encodeRoute(route, names)
        if (Result.isFailure(encoded)) return assert.fail(encoded.failure)
        const again = routeOf(encoded.success)
        assert.deepStrictEqual(plain(again), plain(route), JSON.stringify(encoded.success))
      }
    }).pipe(Random.withSeed("routes of the configuration"))
  )

  it("names a policy that has a name, and writes out one that is changed", () => {
    const named = Config.encodeRoute(a.pipe(Route.retry(RetryPolicy.recommended)), names)
    assert.deepStrictEqual(named, Result.succeed({ try: ["demo/a"], policy: "recommended" }))
    const changed = RetryPolicy.make(RetryPolicy.recommended, { attempts: 9 })
    const written = Result.getOrThrow(Config.encodeRoute(a.pipe(Route.retry(changed)), names))
    const { routes } = decoded(JSON.stringify({ routes: { x: written } }))
    assert.isTrue(Equal.equals(routes.get("x")?.policy, changed))
  })

  it("writes out the policy of a round, which by its name would be another round around it", () => {
    for (const element of [
      { try: ["demo/a", "demo/b"], policy: "chronicle" },
      { try: ["demo/a"], policy: "own", orElse: "demo/b" },
      { preset: "chronicle", targets: ["demo/a", "demo/b"], randomOrder: true }
    ]) {
      const text = (it: unknown) =>
        JSON.stringify({ policies: { own: { from: "chronicle", attempts: 9 } }, routes: { it } })
      const config = decoded(text(element))
      const route = config.routes.get("it")?.route ?? assert.fail("no route")
      const again = decoded(text(Result.getOrThrow(Config.encodeRoute(route, config)))).routes.get("it")?.route
      assert.deepStrictEqual(again && plain(again), plain(route))
    }
  })

  it("says that a Schedule has no form in the configuration", () => {
    const route = a.pipe(Route.retry(RetryPolicy.toSchedule(RetryPolicy.recommended)))
    assert.match(Result.getOrThrow(Result.flip(Config.encodeRoute(route, names))), /Schedule is code/)
  })
})

const pick = <A>(items: ReadonlyArray<A>) =>
  Effect.map(Random.nextIntBetween(0, items.length - 1), (index) => items[index] ?? items[0]!)

const leaf = Effect.flatMap(Random.nextIntBetween(0, 2), (kind) =>
  kind === 0 ? pick(["smart", "cheap"]).pipe(Effect.map(Route.route)) : pick([a, b, c, Route.target("openai/x")])
)

const randomRoute = (depth: number): Effect.Effect<Route.Route> =>
  Effect.gen(function* () {
    if (depth === 0) return yield* leaf
    const inner = randomRoute(depth - 1)
    switch (yield* Random.nextIntBetween(0, 7)) {
      case 0:
        return (yield* inner).pipe(Route.orElse(yield* inner))
      case 1:
        return (yield* inner).pipe(Route.orElse(yield* inner, { on: [yield* pick(Reason.tags)] }))
      case 2: {
        const strategy = yield* pick([
          "priority",
          "weighted",
          "rotation",
          "random",
          "least-busy",
          "fastest",
          "cheapest"
        ] as const)
        const weight = yield* Random.nextIntBetween(0, 5)
        return Route.balance(strategy, [{ route: yield* inner, weight }, yield* inner])
      }
      case 3:
        return (yield* inner).pipe(Route.retry(yield* randomPolicy))
      case 4:
        return (yield* inner).pipe(Route.repair(yield* pick(["truncateHistory", "describeTools"] as const)))
      case 5:
        return (yield* inner).pipe(Route.deadline(Duration.millis(yield* Random.nextIntBetween(1, 1e8))))
      case 6:
        return (yield* inner).pipe(Route.budget({ attempts: yield* Random.nextIntBetween(1, 9) }))
      default:
        return yield* leaf
    }
  })

const randomPolicy = Effect.gen(function* () {
  const from = RetryPolicy.recommended
  const some = Duration.millis(yield* Random.nextIntBetween(1, 100_000))
  return RetryPolicy.make(from, {
    name: yield* pick(["recommended", "other"]),
    attempts: yield* Random.nextIntBetween(1, 20),
    deadline: some,
    retry: { last: yield* Random.nextIntBetween(0, 5), others: yield* Random.nextIntBetween(0, 5) },
    backoff: {
      ...from.backoff,
      growth: yield* pick(["constant", { additive: some }, { exponential: 1.5 }, { list: [some, some] }] as const),
      jitter: yield* pick(["none", "equal", "full", { added: some }] as const),
      capAfterJitter: yield* Random.nextBoolean
    },
    retryAfter: {
      cap: some,
      onExceed: yield* pick(["fail", "wait", "clamp"] as const),
      rule: yield* pick(["longer", "longerThanBase", "instead", "ignored"] as const),
      worded: yield* Random.nextBoolean,
      final: yield* Random.nextBoolean,
      jitter: 0.25
    },
    rules: yield* pick<RetryPolicy.RetryPolicy["rules"]>([
      [],
      [{ reasons: ["RateLimited"], statuses: [5, 429], worded: true, codes: ["1113"], actions: ["retry", "abort"] }],
      [
        {
          says: [["model"], ["not found", "unknown"]],
          stream: true,
          actions: ["abortUnlessRepaired"]
        }
      ]
    ]),
    contextWindow: yield* pick(["larger", "any"] as const),
    waits: { scope: yield* pick(["target", "call"] as const), first: yield* Random.nextBoolean },
    repairs: { scope: yield* pick(["target", "call"] as const), count: yield* Random.nextBoolean },
    cooldowns: yield* pick(["recommended", "failover", "failoverForgetting"] as const),
    allCooling: yield* pick(["probe", "fail"] as const),
    report: yield* pick(RetryPolicy.reports),
    commit: { on: yield* pick(["firstContent", "firstEvent", "headers"] as const), maxEvents: 3, maxWait: some },
    on: { ...from.on, Overloaded: ["retry:2", "repair:describeTools", "abort"] },
    health: yield* Random.nextBoolean
  })
})

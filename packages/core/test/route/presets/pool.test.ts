import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Reason from "../../../src/domain/Reason.ts"
import { movesOn, noFallback, policy, type Fallback } from "../../../src/policy/presets/pool.ts"
import * as pool from "../../../src/route/presets/pool.ts"
import { select } from "../../../src/route/presets/poolSelect.ts"
import * as Route from "../../../src/route/Route.ts"
import { decoded } from "../../layer/config/helpers.ts"
import * as Run from "./run.ts"

const member = (target: `${string}/${string}`, weight = 1) => ({ route: Route.target(target), weight })
const inOrder = (fallback: Partial<Fallback>, ...targets: ReadonlyArray<`${string}/${string}`>) =>
  pool.route(
    targets.map((target) => member(target)),
    { strategy: "priority", fallback }
  )
const moving: Fallback = { enabled: true, onStatus: [5, 429], onRateLimit: true }
const served = (route: Route.Route, times: number) =>
  Effect.gen(function* () {
    const counts: Record<string, number> = {}
    for (let index = 0; index < times; index++) {
      const { text = "none" } = yield* Run.start(route)
      counts[text] = (counts[text] ?? 0) + 1
    }
    return counts
  })

describe("pool: members", () => {
  it.effect("P-1 serves a route from its members, by a strategy, with limits of their own and a fallback", () => {
    const a = Run.failing("a", Run.down)
    const b = Run.answering("b")
    return Effect.gen(function* () {
      assert.strictEqual((yield* Run.start(inOrder(moving, "a/m", "b/m"))).text, "b")
    }).pipe(Effect.provide(Run.world([a, b])))
  })

  it("P-2 and P-4 give a member of the file weight 1, and a pool the strategy weighted_random", () => {
    const { routes } = decoded("routes: { x: { preset: pool, across: [demo/a, { target: demo/b }] } }")
    const node = routes.get("x")?.route.node
    const inner = node?._tag === "Retry" ? node.route.node : undefined
    assert.strictEqual(inner?._tag === "Balance" ? inner.strategy : undefined, "weighted")
    assert.deepStrictEqual(inner?._tag === "Balance" ? inner.members.map((one) => one.weight) : [], [1, 1])
  })
})

describe("pool: select", () => {
  const counts = (members: Parameters<typeof select>[0]) =>
    Effect.gen(function* () {
      const found = new Map<number | undefined, number>()
      for (let index = 0; index < 1000; index++) {
        const one = yield* select(members)
        found.set(one, (found.get(one) ?? 0) + 1)
      }
      return found
    }).pipe(Random.withSeed("pool"))
  const limited = () => true

  it.effect("P-7 selects nothing from an empty pool", () =>
    Effect.map(select([]), (index) => assert.isUndefined(index))
  )

  it.effect("P-8 selects the only member without a look at its limiter", () => {
    const isLimited = () => assert.fail("looked")
    return Effect.map(select([{ weight: 1, isLimited }]), (index) => assert.strictEqual(index, 0))
  })

  it.effect("P-9 draws in proportion to weight", () =>
    Effect.map(counts([{ weight: 3 }, { weight: 1 }]), (found) => assert.closeTo(found.get(0) ?? 0, 750, 60))
  )

  it.effect("P-10 never draws a member of weight 0", () =>
    Effect.map(counts([{ weight: 0 }, { weight: 1 }]), (found) => assert.deepStrictEqual([...found.keys()], [1]))
  )

  it.effect("P-11 keeps the drawn member where it is not limited", () =>
    Effect.map(counts([{ weight: 1, isLimited: () => false }, { weight: 0 }]), (found) =>
      assert.deepStrictEqual([...found.keys()], [0])
    )
  )

  it.effect("P-12 takes the heaviest other that is not limited, equal weights in order", () =>
    Effect.gen(function* () {
      const drawn = { weight: 1000, isLimited: limited }
      assert.strictEqual(yield* select([drawn, { weight: 0 }, { weight: 0.001 }, { weight: 0.001 }]), 2)
      assert.strictEqual(yield* select([drawn, { weight: 0 }, { weight: 0.001, isLimited: limited }]), 1)
    }).pipe(Random.withSeed("P-12"))
  )

  it.effect("P-13 returns the drawn member where all are limited", () =>
    Effect.map(
      counts([
        { weight: 1, isLimited: limited },
        { weight: 0, isLimited: limited }
      ]),
      (found) => assert.deepStrictEqual([...found.keys()], [0])
    )
  )

  it.effect("P-15 draws by weight whatever the strategy of the pool", () =>
    Effect.map(counts([{ weight: 1 }, { weight: 1 }]), (found) => assert.closeTo(found.get(1) ?? 0, 500, 80))
  )

  it.effect("P-16 takes the first where all weigh 0, and does not crash", () =>
    Effect.map(select([{ weight: 0 }, { weight: 0 }]), (index) => assert.strictEqual(index, 0))
  )
})

describe("pool: order", () => {
  it.effect("P-17 asks every member exactly once", () => {
    const a = Run.failing("a", Run.down)
    return Effect.gen(function* () {
      const route = pool.route([member("a/0", 2), member("a/1", 5), member("a/2", 0)], { fallback: moving })
      for (let index = 0; index < 30; index++) {
        assert.deepStrictEqual(Run.who(yield* Run.start(route)).toSorted(), ["a/0", "a/1", "a/2"])
      }
    }).pipe(Random.withSeed("P-17"), Effect.provide(Run.world(a)))
  })

  it.effect("P-18 is just the one member where there is one, by both strategies; an empty pool is refused", () => {
    const a = Run.answering("a")
    return Effect.gen(function* () {
      for (const strategy of ["priority", "weighted_random"] as const) {
        assert.strictEqual((yield* Run.start(pool.route([member("a/m", 7)], { strategy }))).text, "a")
      }
      assert.throws(() => pool.route([]), /must not be empty/)
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("P-19 keeps the order of the file by priority, whatever the weights", () => {
    const [a, b] = [Run.answering("a"), Run.answering("b")]
    return Effect.gen(function* () {
      const route = pool.route([member("a/m", 1), member("b/m", 99)], { strategy: "priority" })
      assert.deepStrictEqual(yield* served(route, 30), { a: 30 })
    }).pipe(Effect.provide(Run.world([a, b])))
  })

  it.effect("P-20 samples by weight without replacement", () => {
    const a = Run.failing("a", Run.down)
    return Effect.gen(function* () {
      const route = pool.route([member("a/0", 6), member("a/1", 3), member("a/2", 1)], { fallback: moving })
      const orders: Record<string, number> = {}
      for (let index = 0; index < 1000; index++) {
        const order = Run.who(yield* Run.start(route)).join(" ")
        orders[order] = (orders[order] ?? 0) + 1
      }
      assert.closeTo(orders["a/0 a/1 a/2"] ?? 0, 450, 60)
      assert.closeTo(orders["a/1 a/0 a/2"] ?? 0, 257, 50)
      assert.closeTo(orders["a/2 a/0 a/1"] ?? 0, 67, 30)
    }).pipe(Random.withSeed("P-20"), Effect.provide(Run.world(a)))
  })

  it.effect("P-21 puts members of weight 0 last, in order; a pool of nothing else keeps its order", () => {
    const a = Run.failing("a", Run.down)
    return Effect.gen(function* () {
      const last = pool.route([member("a/0", 0), member("a/1", 1), member("a/2", 0)], { fallback: moving })
      const none = pool.route([member("a/0", 0), member("a/1", 0)], { fallback: moving })
      for (let index = 0; index < 20; index++) {
        assert.deepStrictEqual(Run.who(yield* Run.start(last)), ["a/1", "a/0", "a/2"])
        assert.deepStrictEqual(Run.who(yield* Run.start(none)), ["a/0", "a/1"])
      }
    }).pipe(Random.withSeed("P-21"), Effect.provide(Run.world(a)))
  })

  it.effect("P-22 heeds no health: a target that keeps failing stands where it stood", () => {
    const a = Run.failing("a", Run.noKey)
    const b = Run.answering("b")
    return Effect.gen(function* () {
      const route = inOrder({ enabled: true, onStatus: [401] }, "a/m", "b/m")
      for (let index = 0; index < 5; index++) yield* Run.start(route)
      assert.deepStrictEqual([a.seen.length, b.seen.length], [5, 5])
    }).pipe(Effect.provide(Run.world([a, b])))
  })
})

describe("pool: fallback", () => {
  it("P-23 is off unless it is enabled", () => {
    assert.isFalse(noFallback.enabled)
    assert.isFalse(movesOn({ ...moving, enabled: false }, 500))
    assert.isTrue(movesOn(moving, 500))
  })

  it.each([
    [[5], [500, 503, 599], [499, 600, 429]],
    [[50], [500, 509], [510, 499]],
    [[503], [503], [500, 504]],
    [[], [], [500, 429]]
  ])("P-24 with the patterns %j moves on at %j, and not at %j", (onStatus, yes, no) => {
    const fallback = { ...moving, onStatus }
    assert.isTrue(yes.every((status) => movesOn(fallback, status)))
    assert.isFalse(no.some((status) => movesOn(fallback, status)))
  })

  it("P-25 moves on at our own limits where that is said, and fallback is enabled", () => {
    const row = (fallback: Fallback) => policy(fallback).on.LimitReached[0]
    assert.strictEqual(row(moving), "nextTarget")
    assert.strictEqual(row({ ...moving, enabled: false }), "abort")
    assert.strictEqual(row({ ...moving, onRateLimit: false }), "abort")
  })

  it.effect("P-23, P-25 say nothing is nothing: neither a status nor our own limits move on by default", () =>
    Effect.gen(function* () {
      const members = [Route.target("a/m"), Route.target("b/m")].map((member) => ({ route: member, weight: 1 }))
      const full = new Reason.LimitReached({ message: "full", limited: "requests" })
      for (const fallback of [undefined, { enabled: true }, { onStatus: [5], onRateLimit: true }]) {
        for (const reason of [full, Run.down]) {
          const providers = [Run.failing("a", reason), Run.failing("b", reason)]
          const outcome = yield* Run.ask(pool.route(members, { fallback })).pipe(Effect.provide(Run.world(providers)))
          assert.strictEqual(outcome.attempts.length, 1)
        }
      }
    })
  )
})

const one = { requests: { limit: 1, window: Duration.minutes(1) } }

describe("pool: a call", () => {
  it.effect("P-27 goes past a member whose own limit says no where it may, else answers 429 at once", () => {
    const a = Run.recovering("a", [], { limits: one })
    const b = Run.answering("b")
    return Effect.gen(function* () {
      yield* Run.start(inOrder(moving, "a/m", "b/m"))
      assert.strictEqual((yield* Run.start(inOrder(moving, "a/m", "b/m"))).text, "b")
      const stopped = yield* Run.start(inOrder({ ...moving, onRateLimit: false }, "a/m", "b/m"))
      assert.strictEqual(Run.told(stopped).status, 429)
      assert.deepStrictEqual([a.seen.length, b.seen.length], [1, 1])
    }).pipe(Effect.provide(Run.world([a, b])))
  })

  it.effect("P-14 takes from a limiter only for what is sent: every member serves as often as its limit says", () => {
    const limits = { requests: { limit: 2, window: Duration.minutes(1) } }
    const [a, b] = [Run.recovering("a", [], { limits }), Run.recovering("b", [], { limits })]
    return Effect.gen(function* () {
      const route = inOrder(moving, "a/m", "b/m")
      assert.deepStrictEqual(yield* served(route, 6), { a: 2, b: 2, none: 2 })
    }).pipe(Effect.provide(Run.world([a, b])))
  })

  it.effect("P-27 goes past a member that has no place free, and answers 429 where it may not", () => {
    const a = Run.recovering("a", [], { limits: { concurrency: 0 } })
    const b = Run.answering("b")
    return Effect.gen(function* () {
      assert.strictEqual((yield* Run.start(inOrder(moving, "a/m", "b/m"))).text, "b")
      const stopped = yield* Run.start(inOrder({ ...moving, onRateLimit: false }, "a/m", "b/m"))
      assert.strictEqual(Run.told(stopped).status, 429)
    }).pipe(Effect.provide(Run.world([a, b])))
  })

  it.effect("P-28 asks each member for its own model", () => {
    const a = Run.failing("a", Run.down)
    return Effect.gen(function* () {
      yield* Run.start(inOrder(moving, "a/one", "a/two"))
      assert.deepStrictEqual(
        a.seen.map((seen) => seen.model),
        ["one", "two"]
      )
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("P-29 discards a status that moves on, and hands on any other as it is", () => {
    const a = Run.failing("a", Run.limited)
    const b = Run.failing("b", Run.noKey)
    const c = Run.answering("c")
    return Effect.gen(function* () {
      const outcome = yield* Run.start(inOrder(moving, "a/m", "b/m", "c/m"))
      assert.deepStrictEqual(Run.told(outcome), { wording: "invalid api key", status: 401, code: undefined })
      assert.strictEqual(c.seen.length, 0)
    }).pipe(Effect.provide(Run.world([a, b, c])))
  })

  it.effect("P-29 hands on a 400 as a 400", () =>
    Effect.gen(function* () {
      const outcome = yield* Run.start(inOrder(moving, "a/m", "b/m"))
      assert.deepStrictEqual(Run.told(outcome), { wording: "bad request", status: 400, code: undefined })
    }).pipe(Effect.provide(Run.world([Run.failing("a", Run.badRequest), Run.answering("b")])))
  )

  it.effect("P-29 tells of an error inside a 200 in its own words", () => {
    const a = Run.failing("a", new Reason.ServerError({ message: "cut short", status: 200 }))
    const b = Run.answering("b")
    return Effect.gen(function* () {
      const outcome = yield* Run.start(inOrder(moving, "a/m", "b/m"))
      assert.deepStrictEqual(Run.told(outcome), { wording: "cut short", status: 502, code: undefined })
      assert.strictEqual(b.seen.length, 0)
    }).pipe(Effect.provide(Run.world([a, b])))
  })

  it.effect("P-29 hands on the Retry-After of an answer that is handed on,", () => {
    const a = Run.failing("a", new Reason.ServerError({ message: "x", status: 503, retryAfter: Duration.seconds(7) }))
    return Effect.gen(function* () {
      assert.deepStrictEqual(Run.waitOf(yield* Run.start(inOrder({}, "a/m"))), 7000)
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("P-30 goes on after a connection error or a time-out where fallback is enabled, else answers 502", () =>
    Effect.gen(function* () {
      for (const reason of [Run.unreachable, Run.late]) {
        const world = Run.world([Run.failing("a", reason), Run.answering("b")])
        const moved = yield* Run.start(inOrder({ enabled: true }, "a/m", "b/m")).pipe(Effect.provide(world))
        assert.strictEqual(moved.text, "b")
        const stopped = yield* Run.start(inOrder({}, "a/m", "b/m")).pipe(Effect.provide(world))
        assert.deepStrictEqual(Run.told(stopped), { wording: "bad gateway", status: 502, code: "bad_gateway" })
      }
    })
  )

  it.effect("P-31 waits for nothing, and asks each member once at most", () => {
    const after = new Reason.RateLimited({ message: "slow", status: 429, retryAfter: Duration.hours(1) })
    const a = Run.failing("a", after)
    return Effect.gen(function* () {
      yield* Run.start(inOrder(moving, "a/0", "a/1", "a/2"))
      assert.deepStrictEqual(Run.times(a), [0, 0, 0])
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect(
    "P-32 ends after the last member as 502 where a status moved on or none came, as 429 at our own limit",
    () => {
      const a = Run.failing("a", Run.busy)
      const b = Run.recovering("b", [], { limits: { concurrency: 0 } })
      const c = Run.failing("c", Run.unreachable)
      return Effect.gen(function* () {
        const status = (...targets: ReadonlyArray<`${string}/${string}`>) =>
          Effect.map(Run.start(inOrder(moving, ...targets)), (outcome) => Run.told(outcome).status)
        assert.strictEqual(yield* status("b/m", "a/m"), 502)
        assert.strictEqual(yield* status("a/m", "c/m"), 502)
        assert.strictEqual(yield* status("a/m", "b/m"), 429)
        assert.notInclude(Run.told(yield* Run.start(inOrder(moving, "a/m"))).wording ?? "", "busy")
      }).pipe(Effect.provide(Run.world([a, b, c])))
    }
  )
})

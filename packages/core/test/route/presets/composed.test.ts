import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as chronicle from "../../../src/route/presets/chronicle.ts"
import * as minimal from "../../../src/route/presets/minimal.ts"
import * as pool from "../../../src/route/presets/pool.ts"
import * as Route from "../../../src/route/Route.ts"
import { decoded } from "../../layer/config/helpers.ts"
import * as Run from "./run.ts"

const a = () => Route.target("a/m")
const still = { options: { jitter: Duration.zero } }
const routeOf = (yaml: string) =>
  decoded(`providers: { a: { protocol: openai-chat, url: "http://127.0.0.1:1/v1", keys: [] } }\n${yaml}`).routes.get(
    "x"
  )?.route ?? assert.fail("no route x")

describe("a route around a preset", () => {
  it.effect(
    "is asked after the preset has given up, whether its tries are used up or the failure is not for a retry",
    () =>
      Effect.gen(function* () {
        for (const [preset, reason, calls] of [
          [chronicle.route([a()], still), Run.down, 4],
          [chronicle.route([a()], still), Run.badRequest, 1],
          [minimal.route(a()), Run.down, 4],
          [minimal.route(a()), Run.noKey, 1],
          [pool.route([{ route: a(), weight: 1 }], { fallback: { enabled: true, onStatus: [5] } }), Run.down, 1]
        ] as const) {
          const [first, b] = [Run.failing("a", reason), Run.answering("b")]
          const outcome = yield* Run.ask(preset.pipe(Route.orElse(Route.target("b/m")))).pipe(
            Effect.provide(Run.world([first, b]))
          )
          assert.deepStrictEqual([outcome.text, first.seen.length], ["b", calls])
        }
      })
  )

  it.effect("ends the call by its deadline, and says so, where the next wait does not fit", () => {
    const first = Run.failing("a", Run.down)
    return Effect.gen(function* () {
      for (const preset of [chronicle.route([a()], still), minimal.route(a())]) {
        const outcome = yield* Run.ask(preset.pipe(Route.deadline("90 millis")))
        assert.strictEqual(Run.errorOf(outcome).reason._tag, "DeadlineExceeded")
      }
      assert.strictEqual(first.seen.length, 2)
    }).pipe(Effect.provide(Run.world(first)))
  })
})

describe("a policy that begins as a preset", () => {
  it.effect("keeps the round of chronicle with numbers of its own", () => {
    const own = "{ from: chronicle, attempts: 7, backoff: { initial: 50ms, growth: constant, jitter: none } }"
    return Effect.gen(function* () {
      for (const yaml of [
        `policies: { own: ${own} }\nroutes: { x: { try: [a/m, a/n], policy: own } }`,
        `routes: { x: { try: [a/m, a/n], policy: ${own} } }`
      ]) {
        const first = Run.failing("a", Run.down)
        const outcome = yield* Run.ask(routeOf(yaml)).pipe(Effect.provide(Run.world(first)))
        assert.deepStrictEqual(Run.who(outcome), ["a/m", "a/n", "a/m", "a/m", "a/m", "a/m", "a/m"])
        const [began = 0] = Run.times(first)
        assert.deepStrictEqual(
          Run.times(first).map((at) => at - began),
          [0, 0, 50, 100, 150, 200, 250]
        )
      }
    })
  })

  it.effect("takes as many pairs of reliable as stand in the route", () => {
    const first = Run.failing("a", Run.down)
    const yaml = "policies: { own: { from: reliable, retry: { last: 1, others: 1 } } }"
    return Effect.gen(function* () {
      yield* Run.ask(routeOf(`${yaml}\nroutes: { x: { try: [a/m, a/n, a/o, a/p], policy: own } }`))
      assert.strictEqual(first.seen.length, 8)
    }).pipe(Effect.provide(Run.world(first)))
  })
})

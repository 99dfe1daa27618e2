import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as TestClock from "effect/testing/TestClock"
import { ProviderRegistry } from "../../../src/provider/Provider.ts"
import * as RetryPolicy from "../../../src/policy/RetryPolicy.ts"
import * as Route from "../../../src/route/Route.ts"
import { Router } from "../../../src/route/Router.ts"
import { Health } from "../../../src/target/Health.ts"
import { Limits } from "../../../src/target/Limits.ts"
import { Recorder } from "../../../src/target/Recorder.ts"
import * as ScriptedProvider from "../../../src/testing/ScriptedProvider.ts"
import * as Run from "../presets/run.ts"

/** Prices by model, per million tokens in and out together. */
const prices: Readonly<Record<string, number>> = { dear: 9, fair: 5, cheap: 1 }

const recorder = Layer.succeed(
  Recorder,
  Recorder.of({
    ...Recorder.none,
    costOf: (_provider, model, usage) =>
      prices[model] === undefined || usage?.inputTokens !== 1e6 || usage.outputTokens !== 1e6
        ? { costBasis: "unknown" }
        : { costBasis: "estimated", costUsd: prices[model] }
  })
)

const world = (
  providers: ReadonlyArray<ScriptedProvider.ScriptedProvider>,
  named: Readonly<Record<string, Route.Route>> = {}
) =>
  Router.layerRoutes(named).pipe(
    Layer.provide([ProviderRegistry.layerOf(providers), Health.layerMemory, Limits.layerMemory, recorder])
  )

const first = (route: Route.Route) => Effect.map(Run.ask(route, { time: "1 second" }), (outcome) => Run.who(outcome)[0])

describe("a balance", () => {
  it.effect("compares members by the price of their first target, whatever stands around it", () => {
    const dear = Route.target("a/dear")
    const cheap = Route.target("a/cheap")
    const wrapped = [
      cheap,
      Route.route("named"),
      cheap.pipe(Route.orElse(dear)),
      Route.balance("priority", [cheap, dear]),
      cheap.pipe(Route.retry(RetryPolicy.recommended)),
      cheap.pipe(Route.retry(Schedule.recurs(1))),
      cheap.pipe(Route.repair("describeTools")),
      cheap.pipe(Route.deadline("1 second")),
      cheap.pipe(Route.budget({ attempts: 1 }))
    ]
    return Effect.gen(function* () {
      for (const member of wrapped) {
        assert.strictEqual(yield* first(Route.balance("cheapest", [dear, Route.target("a/fair"), member])), "a/cheap")
      }
    }).pipe(Effect.provide(world([Run.answering("a")], { named: cheap })))
  })

  it.effect("puts members last whose price nobody knows, and those that lead nowhere", () =>
    Effect.gen(function* () {
      const members = [
        Route.route("nowhere"),
        Route.target("x/cheap"),
        Route.target("a/unpriced"),
        Route.target("a/dear")
      ]
      assert.strictEqual(yield* first(Route.balance("cheapest", members)), "a/dear")
      assert.strictEqual(yield* first(Route.balance("cheapest", members.slice(0, 3))), "a/unpriced")
    }).pipe(Effect.provide(world([Run.answering("a")])))
  )

  it.effect("asks the member with the fewest open attempts", () => {
    const slow = ["a", "b"].map((id) => ScriptedProvider.make(id, [{ answer: id, after: "10 seconds" }]))
    const route = Route.balance("least-busy", [Route.target("a/m"), Route.target("b/m")])
    return Effect.gen(function* () {
      const calls = yield* Effect.forEach([1, 2, 3], () =>
        Effect.forkChild(Run.start(route), { startImmediately: true })
      )
      assert.deepStrictEqual(
        slow.map(({ seen }) => seen.length),
        [2, 1]
      )
      yield* TestClock.adjust("10 seconds")
      yield* Effect.forEach(calls, Fiber.join)
      assert.deepStrictEqual(Run.who(yield* Run.ask(route)), ["a/m"])
    }).pipe(Effect.provide(world(slow)))
  })

  it.effect("takes a member that leads nowhere for one that is idle and unknown, in its place", () =>
    Effect.gen(function* () {
      const [nowhere, gone] = [Route.route("nowhere"), Route.target("x/m")]
      for (const strategy of ["least-busy", "fastest"] as const) {
        for (const members of [
          [nowhere, gone],
          [gone, nowhere]
        ]) {
          const { reason } = Run.errorOf(yield* Run.ask(Route.balance(strategy, members), { time: "1 second" }))
          const skipped = reason._tag === "NoTarget" ? reason.skipped.map(({ provider }) => provider) : []
          assert.deepStrictEqual(skipped, members[0] === nowhere ? ["nowhere", "x"] : ["x", "nowhere"])
        }
      }
    }).pipe(Effect.provide(world([])))
  )

  it.effect("asks the member that answered fastest, and one that it does not know yet before", () => {
    const streamed = (id: string, after: "3 seconds" | "1 second") =>
      ScriptedProvider.make(id, (seen) => {
        seen.input.trace.firstContentMs = after === "3 seconds" ? 3000 : 1000
        return { answer: id, after }
      })
    const route = Route.balance("fastest", [Route.target("a/m"), Route.target("b/m")])
    return Effect.gen(function* () {
      const asked: Array<string | undefined> = []
      for (let call = 0; call < 4; call++) asked.push(Run.who(yield* Run.ask(route, { time: "3 seconds" }))[0])
      assert.deepStrictEqual(asked, ["a/m", "b/m", "b/m", "b/m"])
    }).pipe(Effect.provide(world([streamed("a", "3 seconds"), streamed("b", "1 second")])))
  })

  it.effect("begins one member further with each call of its own, and counts calls of others apart", () =>
    Effect.gen(function* () {
      const members = [Route.target("a/1"), Route.target("a/2"), Route.target("a/3")]
      const [one, other] = [Route.balance("rotation", members), Route.balance("rotation", members)]
      const asked: Array<string | undefined> = []
      for (const route of [one, one, other, one, one]) asked.push(yield* first(route))
      assert.deepStrictEqual(asked, ["a/1", "a/2", "a/1", "a/3", "a/1"])
    }).pipe(Effect.provide(world([Run.answering("a")])))
  )

  it.effect("begins with the first member each time where it is built anew for each call, unless it has a name", () => {
    const built = () => Route.balance("rotation", [Route.target("a/1"), Route.target("a/2")])
    return Effect.gen(function* () {
      const asked: Array<string | undefined> = []
      for (const route of [built(), built(), Route.route("kept"), Route.route("kept")]) asked.push(yield* first(route))
      assert.deepStrictEqual(asked, ["a/1", "a/1", "a/1", "a/2"])
    }).pipe(Effect.provide(Run.world([Run.answering("a")], { kept: built() })))
  })
})

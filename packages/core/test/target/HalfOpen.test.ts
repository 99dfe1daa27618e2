import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import * as Reason from "../../src/domain/Reason.ts"
import * as RetryPolicy from "../../src/policy/RetryPolicy.ts"
import { ProviderRegistry } from "../../src/provider/Provider.ts"
import * as Route from "../../src/route/Route.ts"
import { Router } from "../../src/route/Router.ts"
import { Health } from "../../src/target/Health.ts"
import { Limits } from "../../src/target/Limits.ts"
import * as ScriptedProvider from "../../src/testing/ScriptedProvider.ts"
import * as Run from "../route/presets/run.ts"

const once = RetryPolicy.make(RetryPolicy.recommended, { retry: { last: 0, others: 0 } })
const route = Route.target("a/m").pipe(Route.orElse(Route.target("b/m")), Route.retry(once))

/** Asked a second apart; each step is one attempt of `a`, which falls silent where it says nothing. */
const world = (...steps: ReadonlyArray<ScriptedProvider.Step>) => {
  const a = ScriptedProvider.make("a", [...steps, { hang: true }])
  return { a, layer: Run.world([a, Run.answering("b")]) }
}

/** A call that is left under way, a second ago. */
const underWay = Effect.tap(Effect.forkChild(Run.start(route)), () => TestClock.adjust("1 second"))

describe("a half-open probe", () => {
  it.effect("stays with its call when one from before the failure hangs up", () => {
    const { a, layer } = world({ hang: true }, { fail: Run.limited })
    return Effect.gen(function* () {
      const old = yield* underWay
      yield* Run.start(route)
      yield* TestClock.adjust("5 seconds")
      yield* underWay
      assert.strictEqual(a.seen.length, 3)
      yield* Fiber.interrupt(old)
      assert.strictEqual((yield* Run.start(route)).text, "b")
      assert.strictEqual(a.seen.length, 3)
    }).pipe(Effect.scoped, Effect.provide(layer))
  })

  it.effect("stays with its call when one from before the failure fails for its own request", () => {
    const { a, layer } = world({ fail: Run.badRequest, after: "8 seconds" }, { fail: Run.limited })
    return Effect.gen(function* () {
      yield* underWay
      yield* Run.start(route)
      yield* TestClock.adjust("5 seconds")
      yield* underWay
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual((yield* Run.start(route)).text, "b")
      assert.strictEqual(a.seen.length, 3)
    }).pipe(Effect.scoped, Effect.provide(layer))
  })

  it.effect("is given back by its own call that hangs up, and the next one probes", () => {
    const { a, layer } = world({ fail: Run.limited })
    return Effect.gen(function* () {
      yield* Run.start(route)
      yield* TestClock.adjust("5 seconds")
      const probe = yield* underWay
      assert.strictEqual((yield* Run.start(route)).text, "b")
      yield* Fiber.interrupt(probe)
      yield* underWay
      assert.strictEqual(a.seen.length, 3)
    }).pipe(Effect.scoped, Effect.provide(layer))
  })

  it.effect("that another process has is no reason to go on to what is asked for other reasons only", () => {
    const taken = new Set<string>()
    const health = Layer.effect(
      Health,
      Effect.map(Health, (own) => ({
        ...own,
        claim: ({ provider }) => Effect.sync(() => provider !== "b" || taken.add(provider).size === 0),
        verdict: (key, now) =>
          taken.has(key.provider) ? { state: "probing" as const, reason: undefined } : own.verdict(key, now)
      }))
    ).pipe(Layer.provide(Health.layerMemory))
    const providers = [Run.failing("a", Run.down), Run.answering("b"), Run.answering("c")]
    const router = Router.layer.pipe(Layer.provide([ProviderRegistry.layerOf(providers), health, Limits.layerMemory]))
    const c = Route.target("c/m")
    const either = Route.balance("priority", [Route.target("a/m"), Route.target("b/m")])
    return Effect.gen(function* () {
      for (const inner of [route, either]) {
        taken.clear()
        const outcome = yield* Run.ask(inner.pipe(Route.orElse(c, { on: ["RateLimited"] }), Route.retry(once)))
        assert.deepStrictEqual([Run.errorOf(outcome).reason._tag, Run.who(outcome)], ["AttemptsExhausted", ["a/m"]])
      }
    }).pipe(Effect.provide(router))
  })

  it.effect("is claimed only by a call that would not ask without it", () => {
    const claimed: Array<string> = []
    const health = Layer.effect(
      Health,
      Effect.map(Health, (own) => ({
        ...own,
        claim: ({ provider }) => Effect.sync(() => claimed.push(provider) > 0)
      }))
    ).pipe(Layer.provide(Health.layerMemory))
    const asked = (policy: RetryPolicy.RetryPolicy, ...steps: ReadonlyArray<ScriptedProvider.Step>) => {
      const providers = ProviderRegistry.layerOf([ScriptedProvider.make("a", [...steps, { answer: "a" }])])
      const router = Router.layer.pipe(Layer.provide([providers, health, Limits.layerMemory]))
      const only = Route.target("a/m").pipe(Route.retry(policy))
      const calls = Effect.andThen(steps.length === 0 ? Effect.void : Run.start(only), Run.start(only))
      return Effect.gen(function* () {
        claimed.length = 0
        assert.strictEqual((yield* Effect.provide(calls, router)).text, "a")
        return claimed.length
      })
    }
    return Effect.gen(function* () {
      assert.strictEqual(yield* asked(once), 1)
      assert.strictEqual(yield* asked(RetryPolicy.make(once, { health: false })), 0)
      assert.strictEqual(yield* asked(RetryPolicy.make(once, { allCooling: "fail" })), 0)
      // The second call asks all the same.
      assert.strictEqual(yield* asked(once, { fail: Run.limited }), 1)
    })
  })

  it.effect("belongs to one call of each thing that has cooled down: what one took, another cannot give back", () =>
    Effect.gen(function* () {
      const health = yield* Health
      const key = { provider: "p", model: "m", credential: "k" }
      const other = { ...key, model: "n" }
      health.failure(key, Run.noKey, 0)
      health.failure(other, new Reason.RateLimited({ message: "slow", retryAfter: Duration.seconds(1) }), 0)
      const first = health.begin(key, 60_000)
      const second = health.begin(other, 60_000)
      second?.()
      assert.strictEqual(health.verdict(other, 60_000).state, "probing")
      first?.()
      assert.strictEqual(health.verdict(other, 60_000).state, "healthy")
      assert.strictEqual(health.begin({ ...key, provider: "unheard-of" }, 60_000), undefined)
    }).pipe(Effect.provide(Health.layerMemory))
  )

  it.effect("is over with a stream's first content: others may ask while it goes on", () => {
    const { a, layer } = world(
      { fail: Run.limited },
      { stream: Array.from({ length: 100 }, () => ({ type: "text", index: 0, text: "x" })), every: "1 second" },
      { answer: "a" }
    )
    return Effect.gen(function* () {
      yield* Run.start(route)
      yield* TestClock.adjust("5 seconds")
      const stream = yield* Effect.forkChild(Run.start(route, { stream: true }))
      yield* TestClock.adjust("3 seconds")
      assert.strictEqual((yield* Run.start(route)).text, "a")
      assert.strictEqual(a.seen.length, 3)
      yield* Fiber.interrupt(stream)
    }).pipe(Effect.provide(layer))
  })
})

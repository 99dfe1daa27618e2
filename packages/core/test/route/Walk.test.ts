import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as TestClock from "effect/testing/TestClock"
import type { Attempt } from "../../src/domain/Attempt.ts"
import * as LibraryCall from "../../src/domain/LibraryCall.ts"
import { tags, type Tag } from "../../src/domain/Reason.ts"
import * as reliable from "../../src/policy/presets/reliable.ts"
import * as RetryPolicy from "../../src/policy/RetryPolicy.ts"
import { ProviderRegistry } from "../../src/provider/Provider.ts"
import * as Longest from "../../src/route/explain/Longest.ts"
import * as Supposed from "../../src/route/explain/Supposed.ts"
import * as Route from "../../src/route/Route.ts"
import { Router } from "../../src/route/Router.ts"
import * as Walk from "../../src/route/Walk.ts"
import { Health } from "../../src/target/Health.ts"
import { Limits } from "../../src/target/Limits.ts"
import { Recorder } from "../../src/target/Recorder.ts"
import * as ScriptedProvider from "../../src/testing/ScriptedProvider.ts"

const provider = (id: string, options?: Parameters<typeof ScriptedProvider.make>[2]) =>
  ScriptedProvider.make(id, [{ answer: "never given" }], options)

const providers = [provider("a", { credentials: ["one", "two"] }), provider("b"), provider("c", { disabled: "off" })]
const registry = ProviderRegistry.fromProviders(providers)
const none = () => undefined

const walk = (route: Route.Route, on: Tag, options: Partial<Walk.Options> = {}) =>
  Walk.walk(route, "r", { registry, named: none, ...options, on })

/** `provider/credential@time>action` */
const line = ({ action, credential, provider, startedAt }: Attempt) =>
  `${provider}/${credential}@${startedAt}>${action ?? ""}`

const both = Route.target("a/m").pipe(Route.orElse(Route.target("b/m")))

describe("Walk.walk", () => {
  it.effect("takes credentials, targets and waits in the order that the policy says, without waiting", () =>
    Effect.gen(function* () {
      const { attempts, error, tookMs } = yield* walk(both, "ServerError")
      assert.deepStrictEqual(attempts.map(line), [
        "a/one@0>retry",
        "a/one@250>nextTarget",
        "b/default@250>retry",
        "b/default@500>retry",
        "b/default@1000>retry",
        "b/default@2000>abort"
      ])
      assert.deepStrictEqual([error.reason._tag, tookMs], ["AttemptsExhausted", 2000])
      assert.strictEqual(providers.flatMap(({ seen }) => seen).length, 0)
    })
  )

  it.effect("waits as long as providers ask for, and gives up where that is longer than the policy allows", () =>
    Effect.gen(function* () {
      const kept = yield* walk(Route.target("b/m"), "RateLimited", { retryAfter: Duration.seconds(10) })
      assert.deepStrictEqual(kept.attempts.map(line), [
        "b/default@0>retry",
        "b/default@11000>retry",
        "b/default@22000>retry",
        "b/default@33000>abort"
      ])
      const refused = yield* walk(Route.target("b/m"), "RateLimited", { retryAfter: Duration.minutes(10) })
      assert.deepStrictEqual(refused.attempts.map(line), ["b/default@0>abort"])
    })
  )

  it.effect("asks the cheapest first where prices are known, the heaviest where weights count, else the first", () =>
    Effect.gen(function* () {
      const members = [Route.target("a/m"), { route: Route.target("b/m"), weight: 2 }]
      const first = (strategy: Route.StrategyName) =>
        Effect.map(walk(Route.balance(strategy, members), "InvalidRequest"), ({ attempts }) => attempts.map(line))
      const byWeight = yield* first("weighted")
      assert.deepStrictEqual(byWeight, ["b/default@0>abort"])
      const named = (name: string) => (name === "x" ? Route.balance("weighted", members) : undefined)
      const byName = yield* walk(Route.route("y").pipe(Route.orElse(Route.route("x"))), "InvalidRequest", { named })
      assert.deepStrictEqual(byName.attempts.map(line), byWeight)
      for (const strategy of ["priority", "rotation", "random", "least-busy", "fastest"] as const) {
        assert.deepStrictEqual(yield* first(strategy), ["a/one@0>abort"])
      }
      assert.deepStrictEqual(yield* first("cheapest"), ["b/default@0>abort"])
    }).pipe(
      Effect.provideService(Recorder, {
        ...Recorder.none,
        costOf: ({ id }) => ({ costUsd: id === "a" ? 2 : 1, costBasis: "estimated" })
      })
    )
  )

  it.effect("plays a retry by a Schedule through", () =>
    Effect.gen(function* () {
      const route = Route.target("b/m").pipe(Route.retry(Schedule.spaced("3 seconds")))
      const { attempts } = yield* walk(route.pipe(Route.budget({ attempts: 2 })), "ServerError")
      assert.deepStrictEqual(attempts.map(line), ["b/default@0>retry", "b/default@3000>abort"])
    })
  )

  it.effect("lets silent providers use up the deadline", () =>
    Effect.gen(function* () {
      const { attempts, error, tookMs } = yield* walk(both, "TimedOut")
      assert.deepStrictEqual(attempts.map(line), ["a/one@0>nextTarget", "b/default@60000>abort"])
      assert.deepStrictEqual([error.reason._tag, tookMs], ["DeadlineExceeded", 120_000])
    })
  )

  it.effect("mends what can be mended, and says which targets are never asked", () =>
    Effect.gen(function* () {
      const clamped = yield* walk(Route.target("c/m").pipe(Route.orElse(both)), "OutputLimitExceeded")
      assert.deepStrictEqual(clamped.attempts.map(line), ["a/one@0>repair:clampMaxTokens", "a/one@0>abort"])
      assert.deepStrictEqual(clamped.skipped, [{ provider: "c", model: "m", why: "off" }])
      for (const [repair, on] of [
        ["truncateHistory", "ContextWindowExceeded"],
        ["halveHistory", "RequestTooLarge"],
        ["describeTools", "Unsupported"],
        ["moveImages", "Unsupported"],
        ["dropMaxTokens", "OutputLimitExceeded"]
      ] as const) {
        const { attempts } = yield* walk(Route.target("b/m").pipe(Route.repair(repair)), on)
        assert.strictEqual(attempts[0]?.action, `repair:${repair}`)
      }
      const nobody = yield* walk(Route.target("x/m"), "ServerError")
      assert.deepStrictEqual(nobody.attempts, [])
      assert.deepStrictEqual(nobody.skipped, [{ provider: "x", model: "m", why: 'no provider "x" is configured' }])
    })
  )

  it.effect("plays a stream or a whole answer, as it is told: some policies tell them apart", () =>
    Effect.gen(function* () {
      const route = Route.target("b/m").pipe(Route.retry(reliable.policy()))
      const attempts = (stream?: boolean) =>
        Effect.map(walk(route, "EmptyResponse", { stream }), (walked) => walked.attempts.length)
      assert.deepStrictEqual([yield* attempts(), yield* attempts(false), yield* attempts(true)], [3, 3, 1])
    })
  )

  it.effect("takes the heaviest member first, and definition order where chance or load decides, always", () =>
    Effect.gen(function* () {
      const members = [
        { route: Route.target("a/m"), weight: 1 },
        { route: Route.target("b/m"), weight: 3 }
      ]
      const first = (route: Route.Route) =>
        Effect.map(walk(route, "Overloaded"), ({ attempts }) => attempts[0]?.provider)
      assert.strictEqual(yield* first(Route.balance("weighted", members)), "b")
      for (const strategy of ["priority", "random", "rotation", "least-busy", "fastest"] as const) {
        const named = (name: string) => (name === "other" ? Route.balance(strategy, members) : undefined)
        assert.strictEqual(yield* first(Route.balance(strategy, members)), "a")
        const { attempts } = yield* walk(Route.route("other"), "Overloaded", { named })
        assert.deepStrictEqual(
          attempts.slice(0, 2).map(({ provider }) => provider),
          ["a", "b"]
        )
      }
    })
  )

  for (const on of tags.filter((tag) => tag !== "TimedOut")) {
    it.effect(`does what a real call does whose every attempt ends in ${on}`, () => {
      const reason = Supposed.make(on, "supposed", 3000)
      const failing = ["a", "b"].map((id) => ScriptedProvider.make(id, [{ fail: reason }]))
      const route = both.pipe(Route.retry(RetryPolicy.make(RetryPolicy.recommended, { attempts: 5 })))
      return Effect.gen(function* () {
        const call = LibraryCall.make({ messages: [], maxTokens: 10 })
        const real = yield* Effect.forkChild(
          Effect.scoped(Effect.flip(Router.use((router) => Effect.flatMap(call, (made) => router.run(made, route)))))
        )
        yield* TestClock.adjust("1 hour")
        const { attempts, reason: ended } = yield* Fiber.join(real)
        const walked = yield* walk(route, on, {
          retryAfter: Duration.seconds(3),
          registry: ProviderRegistry.fromProviders(failing)
        })
        assert.deepStrictEqual(walked.attempts.map(line), attempts.map(line))
        assert.strictEqual(walked.error.reason._tag, ended._tag)
      }).pipe(
        Longest.jitter,
        Effect.provide(
          Router.layer.pipe(Layer.provide([ProviderRegistry.layerOf(failing), Health.layerMemory, Limits.layerMemory]))
        )
      )
    })
  }
})

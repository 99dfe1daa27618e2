import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import * as LibraryCall from "../../src/domain/LibraryCall.ts"
import type { Call } from "../../src/domain/Call.ts"
import type { CallEnd, Entry } from "../../src/domain/Entry.ts"
import { InvalidRequest, Overloaded, RateLimited, ServerError } from "../../src/domain/Reason.ts"
import * as Request from "../../src/domain/Request.ts"
import * as Disposition from "../../src/policy/Disposition.ts"
import * as RetryPolicy from "../../src/policy/RetryPolicy.ts"
import { ProviderRegistry } from "../../src/provider/Provider.ts"
import * as Route from "../../src/route/Route.ts"
import { Router } from "../../src/route/Router.ts"
import { Health } from "../../src/target/Health.ts"
import { Limits } from "../../src/target/Limits.ts"
import { Recorder } from "../../src/target/Recorder.ts"
import * as ScriptedProvider from "../../src/testing/ScriptedProvider.ts"

const serve = (...providers: ReadonlyArray<ScriptedProvider.ScriptedProvider>) =>
  Router.layer.pipe(Layer.provide([ProviderRegistry.layerOf(providers), Health.layerMemory, Limits.layerMemory]))

/** With a limiter that others share, and that takes two seconds to answer. */
const farOff = (provider: ScriptedProvider.ScriptedProvider) => {
  const far = Layer.succeed(Limits, {
    acquire: () => Effect.as(Effect.sleep("2 seconds"), { standing: {}, release: () => Effect.void }),
    standing: () => Effect.succeed({}),
    correct: () => Effect.void,
    open: () => 0
  })
  return Router.layer.pipe(Layer.provide([ProviderRegistry.layerOf([provider]), Health.layerMemory, far]))
}

const call = (route: Route.Route) =>
  Effect.scoped(
    Effect.gen(function* () {
      const router = yield* Router
      const { answer, served } = yield* router.run(yield* LibraryCall.make(Request.text("hi")), route)
      return { text: answer._tag === "Whole" ? answer.response().content : [], served }
    })
  )

describe("Router", () => {
  it.effect("answers from the second target when the first fails, and says so", () => {
    const a = ScriptedProvider.make("a", [{ fail: new Overloaded({ message: "busy" }) }])
    const b = ScriptedProvider.make("b", [{ answer: "from b" }])
    return Effect.gen(function* () {
      const { served, text } = yield* call(Route.target("a/m").pipe(Route.orElse(Route.target("b/m"))))
      assert.deepStrictEqual(text, [{ type: "text", text: "from b" }])
      assert.strictEqual(served.attempts, 2)
      assert.isTrue(served.fellBack)
      assert.strictEqual(a.seen.length, 1)
      assert.strictEqual(a.open(), 0)
    }).pipe(Effect.provide(serve(a, b)))
  })

  it.effect("asks neither another credential nor another target once the deadline is over", () => {
    const a = ScriptedProvider.make("a", [{ hang: true }], { credentials: ["one", "two"] })
    const b = ScriptedProvider.make("b", [{ answer: "from b" }])
    const on = Disposition.override(RetryPolicy.recommended.on, { TimedOut: ["nextCredential", "nextTarget", "retry"] })
    return Effect.gen(function* () {
      const route = Route.target("a/m").pipe(
        Route.orElse(Route.target("b/m")),
        Route.retry(RetryPolicy.make(RetryPolicy.recommended, { on })),
        Route.deadline("3 seconds")
      )
      const fiber = yield* Effect.forkChild(Effect.flip(call(route)), { startImmediately: true })
      yield* TestClock.adjust("3 seconds")
      const { attempts, reason } = yield* Fiber.join(fiber)
      assert.deepStrictEqual([reason._tag, attempts.length], ["DeadlineExceeded", 1])
      assert.deepStrictEqual([a.seen.map(({ credential }) => credential), b.seen.length], [["one"], 0])
    }).pipe(Effect.provide(serve(a, b)))
  })

  it.effect("retries the last target in place, not before the provider's Retry-After", () => {
    const a = ScriptedProvider.make("a", [
      { fail: new RateLimited({ message: "slow down", retryAfter: Duration.seconds(2) }) },
      { answer: "ok" }
    ])
    return Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(call(Route.target("a/m").pipe(Route.retry(RetryPolicy.recommended))))
      yield* TestClock.adjust("1999 millis")
      assert.strictEqual(a.seen.length, 1)
      yield* TestClock.adjust("300 millis")
      const { served } = yield* Fiber.join(fiber)
      assert.strictEqual(served.attempts, 2)
    }).pipe(Effect.provide(serve(a)))
  })

  it.effect("asks no target again that says that it is not to be asked again, but the next one", () => {
    const a = ScriptedProvider.make("a", [{ fail: new ServerError({ message: "boom", status: 500, final: true }) }])
    const b = ScriptedProvider.make("b", [{ answer: "from b" }])
    return Effect.gen(function* () {
      const error = yield* Effect.flip(call(Route.target("a/m")))
      assert.deepStrictEqual([error.reason._tag, error.attempts.length], ["AttemptsExhausted", 1])
      const { served } = yield* call(Route.target("a/m").pipe(Route.orElse(Route.target("b/m"))))
      assert.deepStrictEqual([served.provider, served.attempts], ["b", 2])
      assert.strictEqual(a.seen.length, 2)
    }).pipe(Effect.provide(serve(a, b)))
  })

  it.effect("asks it again all the same where the policy does not heed that", () => {
    const a = ScriptedProvider.make("a", [{ fail: new ServerError({ message: "boom", status: 500, final: true }) }])
    const { retryAfter } = RetryPolicy.recommended
    const deaf = RetryPolicy.make(RetryPolicy.recommended, { retryAfter: { ...retryAfter, final: false } })
    return Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(Effect.flip(call(Route.target("a/m").pipe(Route.retry(deaf)))))
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* Fiber.join(fiber)).attempts.length, 4)
    }).pipe(Effect.provide(serve(a)))
  })

  it.effect("fails with every attempt when all are spent", () => {
    const a = ScriptedProvider.make("a", [{ fail: new ServerError({ message: "boom", status: 500 }) }])
    return Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(Effect.flip(call(Route.target("a/m"))))
      yield* TestClock.adjust("1 minute")
      const error = yield* Fiber.join(fiber)
      assert.strictEqual(error.reason._tag, "AttemptsExhausted")
      assert.strictEqual(error.attempts.length, 4)
      assert.strictEqual(a.seen.length, 4)
    }).pipe(Effect.provide(serve(a)))
  })

  it.effect(
    "puts an attempt that is interrupted before its first content on record as cancelled, before the call",
    () => {
      const a = ScriptedProvider.make("a", [{ answer: "late", after: "5 seconds" }])
      const entries: Array<Entry> = []
      const recorder = Layer.succeed(Recorder, {
        ...Recorder.none,
        append: (entry) => Effect.sync(() => void entries.push(entry))
      })
      return Effect.gen(function* () {
        const fiber = yield* Effect.forkChild(call(Route.target("a/m")))
        yield* TestClock.adjust("1 second")
        yield* Fiber.interrupt(fiber)
        assert.deepStrictEqual(
          entries.map((entry) => [entry._tag, entry._tag === "AttemptEnd" && entry.attempt.outcome]),
          [
            ["CallStart", false],
            ["AttemptStart", false],
            ["AttemptEnd", "cancelled"],
            ["CallEnd", false]
          ]
        )
      }).pipe(Effect.provide(serve(a).pipe(Layer.provide(recorder))))
    }
  )

  it.effect(
    "counts the wait for a limiter that others share towards the deadline, not towards the provider's clocks",
    () => {
      const a = ScriptedProvider.make("a", [{ hang: true }], { limits: { concurrency: 1 } })
      return Effect.gen(function* () {
        const route = Route.target("a/m").pipe(Route.deadline("3 seconds"))
        const fiber = yield* Effect.forkChild(Effect.flip(call(route)), { startImmediately: true })
        yield* TestClock.adjust("2999 millis")
        assert.isUndefined(fiber.pollUnsafe())
        yield* TestClock.adjust("1 millis")
        assert.strictEqual((yield* Fiber.join(fiber)).reason._tag, "DeadlineExceeded")
      }).pipe(Effect.provide(farOff(a)))
    }
  )

  it.effect(
    "takes the time to the first content where the provider does not say it, without the wait for a limiter",
    () => {
      const answer = { answer: "hello", after: "1 second" } as const
      const streamed = { stream: [{ type: "finish", reason: "stop" }], after: "3 seconds" } as const
      const a = ScriptedProvider.make("a", [answer, streamed], { limits: { concurrency: 1 } })
      return Effect.gen(function* () {
        const router = yield* Router
        for (const [stream, ms] of [
          [false, 1000],
          [true, 3000]
        ] as const) {
          const made = yield* LibraryCall.make(Request.text("hi"), { stream })
          const fiber = yield* Effect.forkChild(
            Effect.tap(router.run(made, Route.target("a/m")), ({ answer }) =>
              answer._tag === "Whole"
                ? Effect.void
                : answer.run({ wants: "parts", write: () => true, onReady: () => {} })
            )
          )
          yield* TestClock.adjust("1 minute")
          assert.strictEqual((yield* Fiber.join(fiber)).state.attempts[0]?.firstContentMs, ms)
        }
      }).pipe(Effect.scoped, Effect.provide(farOff(a)))
    }
  )

  it.effect("reads what a name means by its own table, also of a route that two routers have in common", () => {
    const [a, shared] = [Route.target("a/m"), Route.route("x")]
    const down = { fail: new ServerError({ message: "down" }) }
    const asks = (routes: Readonly<Record<string, Route.Route>>, route: Route.Route) => {
      const provider = ScriptedProvider.make("a", [down])
      const layer = Router.layerRoutes(routes).pipe(
        Layer.provide([ProviderRegistry.layerOf([provider]), Health.layerMemory, Limits.layerMemory])
      )
      return Effect.gen(function* () {
        const fiber = yield* Effect.forkChild(Effect.flip(call(route)))
        yield* TestClock.adjust("1 minute")
        return [provider.seen.length, (yield* Fiber.join(fiber)).reason._tag]
      }).pipe(Effect.provide(layer))
    }
    return Effect.gen(function* () {
      for (const attempts of [1, 3]) {
        const routes = { x: a.pipe(Route.budget({ attempts })) }
        assert.deepStrictEqual(yield* asks(routes, shared), [attempts, "AttemptsExhausted"])
      }
      assert.deepStrictEqual(yield* asks({}, Route.route("constructor")), [0, "NoTarget"])
    })
  })
})

/** A call that wants to hear its end, in a scope of its own, through a credential that takes one call at once. */
const hearing = Effect.fnUntraced(function* (options: { readonly stream?: boolean; readonly status?: Call["status"] }) {
  const router = yield* Router
  const limits = yield* Limits
  const scope = yield* Scope.make()
  const heard: Array<CallEnd> = []
  const made = yield* LibraryCall.make(Request.text("hi"), options)
  const ended = (end: CallEnd) => void heard.push(end)
  return {
    heard,
    open: () => limits.open("a/default"),
    run: Scope.provide(router.run({ ...made, ended, status: options.status }, Route.target("a/m")), scope),
    /** In the scope, as a server does it. */
    inScope: <A, E>(effect: Effect.Effect<A, E>) => Effect.forkIn(effect, scope, { startImmediately: true }),
    close: Scope.close(scope, Exit.void)
  }
})

/** With the entries that went on record. */
const limited = (...script: ReadonlyArray<ScriptedProvider.Step>) => {
  const a = ScriptedProvider.make("a", script, { limits: { concurrency: 1 } })
  const entries: Array<Entry> = []
  const recorder = Layer.succeed(Recorder, {
    ...Recorder.none,
    append: (entry) => Effect.sync(() => void entries.push(entry))
  })
  const layer = Router.layer.pipe(
    Layer.provide([ProviderRegistry.layerOf([a]), Health.layerMemory, recorder]),
    Layer.provideMerge(Limits.layerMemory)
  )
  return { a, layer, recorded: () => entries.filter((entry) => entry._tag === "CallEnd") }
}

const text = (words: string) => ({ type: "text", index: 0, text: words }) as const

const reader = { wants: "parts", write: () => true, onReady: (resume: () => void) => resume() } as const

describe("Router, a call that wants to hear its end", () => {
  it.effect("hears it once, as on record, where it was answered, and holds its place until then", () => {
    const { a, layer, recorded } = limited({ answer: "hello", usage: { inputTokens: 3, outputTokens: 4 } })
    return Effect.gen(function* () {
      const { close, heard, open, run } = yield* hearing({})
      yield* run
      assert.deepStrictEqual([heard, open(), a.open()], [[], 1, 1])
      yield* close
      assert.deepStrictEqual(heard, recorded())
      assert.deepStrictEqual(
        heard.map(({ outcome, served, usage }) => [outcome, served?.provider, usage?.outputTokens]),
        [["answered", "a", 4]]
      )
      assert.deepStrictEqual([open(), a.open()], [0, 0])
    }).pipe(Effect.provide(layer))
  })

  it.effect(
    "hears it once where it failed, when its scope closes and it has its status; its place is free before",
    () => {
      const { a, layer, recorded } = limited({ fail: new InvalidRequest({ message: "bad", status: 400 }) })
      return Effect.gen(function* () {
        const { close, heard, open, run } = yield* hearing({ status: () => 400 })
        yield* Effect.flip(run)
        assert.deepStrictEqual([heard, open(), a.open()], [[], 0, 0])
        yield* close
        assert.deepStrictEqual(heard, recorded())
        assert.strictEqual(heard[0]?.status, 400)
        assert.deepStrictEqual(
          heard.map(({ outcome, reason, served }) => [outcome, reason, served]),
          [["failed", "RequestRejected", undefined]]
        )
        assert.strictEqual(open(), 0)
      }).pipe(Effect.provide(layer))
    }
  )

  it.effect(
    "hears it once where it failed and nobody tells a status: then, and not again when its scope closes",
    () => {
      const { layer, recorded } = limited({ fail: new InvalidRequest({ message: "bad", status: 400 }) })
      return Effect.gen(function* () {
        const { close, heard, run } = yield* hearing({})
        yield* Effect.flip(run)
        assert.deepStrictEqual(
          heard.map(({ outcome, reason }) => [outcome, reason]),
          [["failed", "RequestRejected"]]
        )
        yield* close
        assert.deepStrictEqual(heard, recorded())
        assert.strictEqual(heard.length, 1)
      }).pipe(Effect.provide(layer))
    }
  )

  it.effect("hears it once where it was answered and that is said: then, and not again when its scope closes", () => {
    const { a, layer, recorded } = limited({ answer: "hello" })
    return Effect.gen(function* () {
      const { close, heard, open, run } = yield* hearing({})
      const { end } = yield* run
      yield* end(Exit.void)
      assert.deepStrictEqual([heard.length, open(), a.open()], [1, 0, 0])
      yield* close
      assert.deepStrictEqual(heard, recorded())
      assert.strictEqual(heard.length, 1)
    }).pipe(Effect.provide(layer))
  })

  it.effect("hears it once where it is interrupted before an answer: then, and not again when its scope closes", () => {
    const { a, layer, recorded } = limited({ hang: true })
    return Effect.gen(function* () {
      const { close, heard, open, run } = yield* hearing({})
      const fiber = yield* Effect.forkChild(run, { startImmediately: true })
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual([heard, open(), a.open()], [[], 1, 1])
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual(
        heard.map(({ durationMs, outcome, served }) => [outcome, durationMs, served]),
        [["cancelled", 1000, undefined]]
      )
      assert.deepStrictEqual([open(), a.open()], [0, 0])
      yield* close
      assert.deepStrictEqual(heard, recorded())
      assert.strictEqual(heard.length, 1)
      assert.strictEqual(open(), 0)
    }).pipe(Effect.provide(layer))
  })

  for (const isRead of [true, false]) {
    const when = isRead ? "in mid-stream" : "before anybody read it"
    it.effect(`hears it once where its scope closes ${when}, and holds its place until then`, () => {
      const { a, layer, recorded } = limited({ stream: [text("one"), text("two")], every: "1 minute" })
      return Effect.gen(function* () {
        const { close, heard, inScope, open, run } = yield* hearing({ stream: true })
        const { answer } = yield* run
        if (answer._tag !== "Streaming") return assert.fail(answer._tag)
        if (isRead) yield* inScope(answer.run(reader))
        yield* TestClock.adjust("1 second")
        assert.deepStrictEqual([heard, open(), a.open()], [[], 1, 1])
        yield* close
        assert.deepStrictEqual(heard, recorded())
        assert.deepStrictEqual(
          heard.map(({ outcome, served }) => [outcome, served?.provider]),
          [["cancelled", "a"]]
        )
        assert.deepStrictEqual([open(), a.open()], [0, 0])
      }).pipe(Effect.provide(layer))
    })
  }

  it.effect("hears it once where its stream came to its end, or broke off", () =>
    Effect.gen(function* () {
      const broken = { thenFail: new ServerError({ message: "broken off" }) }
      for (const [end, outcome] of [
        [{}, "answered"],
        [broken, "failed"]
      ] as const) {
        const { a, layer, recorded } = limited({ stream: [text("one"), text("two")], ...end })
        yield* Effect.gen(function* () {
          const { close, heard, open, run } = yield* hearing({ stream: true })
          const { answer } = yield* run
          if (answer._tag !== "Streaming") return assert.fail(answer._tag)
          yield* Effect.exit(answer.run(reader))
          assert.deepStrictEqual([heard, open(), a.open()], [[], 1, 1])
          yield* close
          assert.deepStrictEqual(heard, recorded())
          assert.deepStrictEqual(
            heard.map((call) => call.outcome),
            [outcome]
          )
          assert.deepStrictEqual([open(), a.open()], [0, 0])
        }).pipe(Effect.provide(layer))
      }
    })
  )
})

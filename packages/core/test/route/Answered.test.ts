import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import type { Streaming } from "../../src/domain/Answer.ts"
import type { AttemptError } from "../../src/domain/AttemptError.ts"
import type { Call } from "../../src/domain/Call.ts"
import type { Entry } from "../../src/domain/Entry.ts"
import * as LibraryCall from "../../src/domain/LibraryCall.ts"
import { RateLimited } from "../../src/domain/Reason.ts"
import * as Request from "../../src/domain/Request.ts"
import * as RetryPolicy from "../../src/policy/RetryPolicy.ts"
import { ProviderRegistry } from "../../src/provider/Provider.ts"
import * as Route from "../../src/route/Route.ts"
import { Router } from "../../src/route/Router.ts"
import { Health } from "../../src/target/Health.ts"
import { Limits } from "../../src/target/Limits.ts"
import { Recorder } from "../../src/target/Recorder.ts"
import * as ScriptedProvider from "../../src/testing/ScriptedProvider.ts"
import * as Run from "./presets/run.ts"

const once = Route.retry(
  RetryPolicy.make(RetryPolicy.recommended, {
    retry: { last: 0, others: 0 },
    retryAfter: { ...RetryPolicy.recommended.retryAfter, jitter: 0 }
  })
)
const usage = { inputTokens: 3, outputTokens: 5 }

/** One call, with everything that went on record. */
const record = (
  route: Route.Route,
  providers: ReadonlyArray<ScriptedProvider.ScriptedProvider>,
  options: Parameters<typeof LibraryCall.make>[1] = {},
  more: Partial<Call> = {}
) => {
  const entries: Array<Entry> = []
  const recorder = Layer.succeed(Recorder, {
    append: (entry) => Effect.sync(() => void entries.push(entry)),
    costOf: (_provider, _model, used) =>
      used === undefined ? { costBasis: "unknown" } : { costUsd: 0.25, costBasis: "estimated" }
  })
  return Effect.gen(function* () {
    const call = yield* LibraryCall.make(Request.text("hi"), { model: "asked", ...options })
    const run = Router.use((router) => router.run({ ...call, ...more, status: () => 207 }, route, "named"))
    const { served } = yield* Effect.scoped(run).pipe(
      Effect.catch((error) => Effect.succeed({ served: error.reason._tag }))
    )
    const [start] = entries.flatMap((entry) => (entry._tag === "CallStart" ? [entry] : []))
    const [end] = entries.flatMap((entry) => (entry._tag === "CallEnd" ? [entry] : []))
    return { call, served, start, end }
  }).pipe(
    Effect.provide(
      Router.layer.pipe(
        Layer.provide([ProviderRegistry.layerOf(providers), Health.layerMemory, Limits.layerMemory, recorder])
      )
    )
  )
}

const answering = (id: string) => ScriptedProvider.make(id, [{ answer: id, usage }])

describe("a call that is answered", () => {
  it.effect("says who served it after what, and is on record with its cost", () =>
    Effect.gen(function* () {
      const limited = ScriptedProvider.make("a", [{ fail: new RateLimited({ message: "slow" }) }])
      const route = Route.target("a/m").pipe(Route.orElse(Route.target("b/m")), once)
      const { call, end, served, start } = yield* record(route, [limited, answering("b")], {
        tags: ["t"],
        caller: "ada"
      })
      assert.deepStrictEqual(served, {
        provider: "b",
        model: "m",
        credential: "default",
        attempts: 2,
        fellBack: true,
        wasRateLimited: true,
        repairs: []
      })
      assert.deepStrictEqual(
        [start?.id, start?.route, start?.model, start?.operation, start?.dialect],
        [call.id, "named", "asked", "chat", "library"]
      )
      assert.deepStrictEqual(
        [start?.stream, start?.caller, start?.tags, start?.requestBody],
        [false, "ada", ["t"], undefined]
      )
      assert.deepStrictEqual(
        [end?.outcome, end?.reason, end?.status, end?.attempts, end?.fellBack],
        ["answered", undefined, 207, 2, true]
      )
      assert.deepStrictEqual(
        [end?.served?.provider, end?.usage, end?.costUsd, end?.costBasis],
        ["b", usage, 0.25, "estimated"]
      )
    })
  )

  it.effect("has fallen back where the first target was passed over because it cools down", () =>
    Effect.gen(function* () {
      const providers = [Run.recovering("a", [Run.limited]), Run.answering("b")]
      const route = Route.target("a/m").pipe(Route.orElse(Route.target("b/m")), once)
      yield* Effect.gen(function* () {
        for (const [attempts, provider, fellBack] of [
          [2, "b", true],
          [1, "b", true]
        ] as const) {
          const { served } = yield* Run.start(route)
          assert.deepStrictEqual([served?.attempts, served?.provider, served?.fellBack], [attempts, provider, fellBack])
        }
        yield* TestClock.adjust("5 seconds")
        const { served } = yield* Run.start(route)
        assert.deepStrictEqual([served?.attempts, served?.provider, served?.fellBack], [1, "a", false])
      }).pipe(Effect.provide(Run.world(providers)))
    })
  )

  it.effect("has not fallen back where the first target served, nor where another credential of it did", () =>
    Effect.gen(function* () {
      const plain = yield* record(Route.target("a/m"), [answering("a")])
      assert.deepStrictEqual([plain.end?.fellBack, plain.end?.attempts], [false, 1])
      assert.deepInclude(plain.served, { wasRateLimited: false })
      assert.deepStrictEqual([plain.end?.overheadMs, plain.end?.durationMs, plain.end?.firstContentMs], [0, 0, 0])
      const keys = ScriptedProvider.make("a", [{ fail: Run.limited }, { answer: "a" }], { credentials: ["one", "two"] })
      const second = yield* record(Route.target("a/m"), [keys])
      assert.deepStrictEqual([second.end?.fellBack, second.end?.served?.credential], [false, "two"])
      const model = ScriptedProvider.make("a", [{ fail: Run.limited }, { answer: "a" }])
      const other = yield* record(Route.target("a/m").pipe(Route.orElse(Route.target("a/n")), once), [model])
      assert.strictEqual(other.end?.fellBack, true)
    })
  )
})

describe("the overhead of a call", () => {
  it.effect("is the time that is spent with no provider, and in no wait that one asked for", () => {
    const entries: Array<Entry> = []
    const recorder = Layer.succeed(Recorder, {
      ...Recorder.none,
      append: (entry) =>
        Effect.andThen(
          entry._tag === "CallStart" ? Effect.sleep("30 millis") : Effect.void,
          Effect.sync(() => void entries.push(entry))
        )
    })
    const wait = new RateLimited({ message: "slow", retryAfter: Duration.seconds(20) })
    const a = ScriptedProvider.make("a", [{ fail: wait }, { answer: "a", after: "2 seconds" }])
    const layer = Router.layer.pipe(
      Layer.provide([ProviderRegistry.layerOf([a]), Health.layerMemory, Limits.layerMemory, recorder])
    )
    return Effect.gen(function* () {
      for (const _ of ["limited", "probing"]) {
        const fiber = yield* Effect.forkChild(Run.start(Route.target("a/m").pipe(once)))
        yield* TestClock.adjust(_ === "limited" ? "30 millis" : "1 minute")
        yield* Fiber.join(fiber)
      }
      const ends = entries.flatMap((entry) => (entry._tag === "CallEnd" ? [[entry.durationMs, entry.overheadMs]] : []))
      assert.deepStrictEqual(ends, [
        [30, 30],
        [22_000, 30]
      ])
    }).pipe(Effect.provide(layer))
  })
})

describe("a call that is streamed", () => {
  const parts = [
    { type: "text", index: 0, text: "one" },
    { type: "text", index: 0, text: "two" },
    { type: "finish", reason: "stop" }
  ] as const
  const read = (step: ScriptedProvider.Step, reads: (answer: Streaming) => Effect.Effect<unknown, AttemptError>) => {
    const entries: Array<Entry> = []
    const recorder = Layer.succeed(Recorder, {
      ...Recorder.none,
      append: (entry) => Effect.sync(() => void entries.push(entry))
    })
    return Effect.gen(function* () {
      const call = yield* LibraryCall.make(Request.text("hi"), { stream: true })
      const run = Router.use((router) => router.run(call, Route.target("a/m")))
      yield* Effect.scoped(
        Effect.flatMap(run, ({ answer }) => (answer._tag === "Streaming" ? reads(answer) : Effect.void))
      ).pipe(Effect.exit)
      return entries.flatMap((entry) => (entry._tag === "CallEnd" ? [[entry.outcome, entry.reason, entry.usage]] : []))
    }).pipe(Effect.provide(Router.layer.pipe(Layer.provide([world(step), recorder]))))
  }
  const world = (step: ScriptedProvider.Step) =>
    Layer.mergeAll(
      ProviderRegistry.layerOf([ScriptedProvider.make("a", [step])]),
      Health.layerMemory,
      Limits.layerMemory
    )
  const toTheEnd = (answer: Streaming) =>
    answer.run({ wants: "parts", write: () => true, onReady: (resume) => resume() })

  it.effect(
    "ends as its stream does: read to the end, cut, or left, with what the caller got of it for its usage",
    () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* read({ stream: parts }, toTheEnd), [["answered", undefined, undefined]])
        const cut = { stream: parts.slice(0, 1), thenFail: Run.down }
        const got = { inputTokens: 5, outputTokens: 1 }
        assert.deepStrictEqual(yield* read(cut, toTheEnd), [["failed", "ServerError", got]])
        assert.deepStrictEqual(yield* read({ stream: parts }, () => Effect.void), [["cancelled", undefined, got]])
      })
  )

  const defect = Effect.die(new Error("defect"))
  const breaking = Effect.map(Limits, (limits) => ({ ...limits, acquire: () => defect }))
  it.effect.each([
    ["a provider", { attempt: () => defect }, Limits.layerMemory],
    [
      "the store of limits",
      { limits: { concurrency: 1 } },
      Layer.effect(Limits, breaking).pipe(Layer.provide(Limits.layerMemory))
    ]
  ] as const)("is on record as failed, and so is its attempt, where %s has a defect", ([, more, limits]) =>
    Effect.gen(function* () {
      const entries: Array<Entry> = []
      const recorder = Layer.succeed(Recorder, {
        ...Recorder.none,
        append: (entry) => Effect.sync(() => void entries.push(entry))
      })
      const broken = { ...answering("a"), ...more }
      const layer = Router.layer.pipe(
        Layer.provide([ProviderRegistry.layerOf([broken]), Health.layerMemory, limits, recorder])
      )
      const call = yield* LibraryCall.make(Request.text("hi"))
      const run = Router.use((router) => router.run(call, Route.target("a/m").pipe(once)))
      yield* Effect.scoped(run).pipe(Effect.exit, Effect.provide(layer))
      const ends = entries.flatMap((entry) => {
        if (entry._tag === "AttemptEnd") return [entry.attempt.outcome]
        return entry._tag === "CallEnd" ? [entry.outcome] : []
      })
      assert.deepStrictEqual(ends, ["failed", "failed"])
    })
  )
})

describe("a call that keeps bodies", () => {
  it.effect("has the caller's text on record, and no other call has", () =>
    Effect.gen(function* () {
      const kept = { wire: { text: "{}", body: {}, headers: {} }, keepsBodies: true }
      assert.strictEqual((yield* record(Route.target("a/m"), [answering("a")], {}, kept)).start?.requestBody, "{}")
      const not = { ...kept, keepsBodies: false }
      assert.strictEqual((yield* record(Route.target("a/m"), [answering("a")], {}, not)).start?.requestBody, undefined)
    })
  )
})

describe("a call that fails", () => {
  it.effect("is on record with the call's reason, and without a server", () =>
    Effect.gen(function* () {
      const { end, served } = yield* record(Route.target("a/m").pipe(once), [Run.failing("a", Run.busy)])
      assert.strictEqual(served, "AttemptsExhausted")
      assert.deepStrictEqual(
        [end?.outcome, end?.reason, end?.served, end?.attempts, end?.fellBack],
        ["failed", "AttemptsExhausted", undefined, 1, false]
      )
      const nothing = yield* record(Route.target("x/m"), [])
      assert.deepStrictEqual([nothing.end?.reason, nothing.end?.attempts], ["NoTarget", 0])
    })
  )
})

describe("a tokens-a-minute limit", () => {
  it.effect("is estimated by the length of the caller's text and the most that may be answered", () =>
    Effect.gen(function* () {
      const limits = { tokens: { limit: 300, window: Duration.minutes(1) } }
      /** What becomes of it after one that has used up half of the limit. */
      const asks = (text: string, body: Readonly<Record<string, number>>) =>
        Effect.gen(function* () {
          const provider = ScriptedProvider.make("a", [{ answer: "a" }], { limits })
          const call = yield* LibraryCall.make(Request.text("hi"))
          const run = (wire: Call["wire"]) =>
            Effect.scoped(Router.use((router) => router.run({ ...call, wire }, Route.target("a/m").pipe(once))))
          return yield* Effect.andThen(
            run({ text: "x".repeat(600), body: {}, headers: {} }),
            run({ text, body, headers: {} })
          ).pipe(
            Effect.match({ onSuccess: () => "answered", onFailure: (error) => error.attempts[0]?.reason }),
            Effect.provide(Run.world(provider))
          )
        })
      for (const field of ["max_tokens", "max_completion_tokens", "max_output_tokens"]) {
        assert.strictEqual(yield* asks("x".repeat(200), { [field]: 100 }), "answered")
        assert.strictEqual(yield* asks("x".repeat(201), { [field]: 100 }), "LimitReached")
      }
      assert.strictEqual(yield* asks("x".repeat(600), {}), "answered")
      assert.strictEqual(yield* asks("x".repeat(601), {}), "LimitReached")
    })
  )
})

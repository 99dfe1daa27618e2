import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Scheduler from "effect/Scheduler"
import * as TestClock from "effect/testing/TestClock"
import type { Attempt } from "../../src/domain/Attempt.ts"
import type { Entry } from "../../src/domain/Entry.ts"
import * as LibraryCall from "../../src/domain/LibraryCall.ts"
import { InvalidRequest, RateLimited, ServerError } from "../../src/domain/Reason.ts"
import * as Request from "../../src/domain/Request.ts"
import * as Disposition from "../../src/policy/Disposition.ts"
import * as RetryPolicy from "../../src/policy/RetryPolicy.ts"
import { type Input, ProviderRegistry } from "../../src/provider/Provider.ts"
import * as Route from "../../src/route/Route.ts"
import { Router } from "../../src/route/Router.ts"
import { Health } from "../../src/target/Health.ts"
import { Limits } from "../../src/target/Limits.ts"
import { Recorder } from "../../src/target/Recorder.ts"
import * as Elsewhere from "../../src/testing/Elsewhere.ts"
import { Pausing } from "../../src/testing/Pausing.ts"
import * as ScriptedProvider from "../../src/testing/ScriptedProvider.ts"

/** A call that is interrupted in some phase, and how its attempts end on record. */
interface Phase {
  readonly says: string
  readonly stream?: boolean
  readonly script: ReadonlyArray<ScriptedProvider.Step>
  readonly attempts: ReadonlyArray<Attempt["outcome"]>
}

const text = (words: string) => ({ type: "text", index: 0, text: words }) as const

const phases: ReadonlyArray<Phase> = [
  { says: "waiting for an answer", script: [{ hang: true }], attempts: ["cancelled"] },
  { says: "waiting for the first content", stream: true, script: [{ hang: true }], attempts: ["cancelled"] },
  {
    says: "sleeping between retries",
    script: [{ fail: new ServerError({ message: "boom", status: 500 }) }],
    attempts: ["failed"]
  },
  {
    says: "sleeping as long as the provider asked",
    script: [{ fail: new RateLimited({ message: "slow down", retryAfter: Duration.seconds(20) }) }],
    attempts: ["failed"]
  },
  {
    says: "waiting in its second attempt",
    script: [{ fail: new ServerError({ message: "boom", status: 500 }), after: "10 millis" }, { hang: true }],
    attempts: ["failed", "cancelled"]
  },
  {
    says: "in mid-stream",
    stream: true,
    script: [{ stream: [text("one"), text("two"), text("three")], every: "1 minute" }],
    attempts: ["cancelled"]
  },
  {
    says: "in mid-stream, before anybody read it",
    stream: true,
    script: [{ stream: [text("one")], thenHang: true }],
    attempts: ["cancelled"]
  }
]

const slow = RetryPolicy.make(RetryPolicy.recommended, {
  backoff: { ...RetryPolicy.recommended.backoff, initial: Duration.seconds(4) }
})
const quick = RetryPolicy.make(RetryPolicy.recommended, {
  backoff: { ...RetryPolicy.recommended.backoff, initial: Duration.millis(10) }
})

/** Whatever the failure, the next target. */
const sweeping = RetryPolicy.make(RetryPolicy.recommended, {
  on: Disposition.override(Disposition.recommended, { InvalidRequest: ["nextTarget", "abort"] })
})

const reader = { wants: "parts", write: () => true, onReady: (resume: () => void) => resume() } as const

describe("A call of a library user that is interrupted", () => {
  for (const phase of phases) {
    it.effect(
      `${phase.says}: closes the exchange, asks nobody else, gives its place back, and is on record once`,
      () => {
        const entries: Array<Entry> = []
        const recorder = Layer.succeed(Recorder, {
          ...Recorder.none,
          append: (entry) => Effect.sync(() => void entries.push(entry))
        })
        const a = ScriptedProvider.make("a", phase.script, { limits: { concurrency: 1 } })
        const b = ScriptedProvider.make("b", [{ answer: "from b" }])
        const limits = Limits.layerMemory
        const layer = Router.layer.pipe(
          Layer.provide([ProviderRegistry.layerOf([a, b]), Health.layerMemory, recorder]),
          Layer.provideMerge(limits)
        )
        const policy = phase.attempts.length > 1 ? quick : slow
        const route = Route.target("a/m").pipe(Route.retry(policy))
        return Effect.gen(function* () {
          const router = yield* Router
          const call = yield* LibraryCall.make(Request.text("hi"), { stream: phase.stream ?? false })
          // The scope outlives the call, as a program's own does.
          const running = Effect.flatMap(router.run(call, route), ({ answer }) =>
            answer._tag === "Streaming" && phase.says === "in mid-stream" ? answer.run(reader) : Effect.never
          )
          const fiber = yield* Effect.forkChild(Effect.scoped(running))
          yield* TestClock.adjust("1 second")
          const asked = a.seen.length
          yield* Fiber.interrupt(fiber)
          assert.strictEqual(a.open(), 0)
          assert.strictEqual((yield* Limits).open("a/default"), 0)
          yield* TestClock.adjust("10 minutes")
          assert.strictEqual(a.seen.length, asked)
          assert.strictEqual(b.seen.length, 0)
          const ends = entries.flatMap((entry) => (entry._tag === "AttemptEnd" ? [entry.attempt.outcome] : []))
          assert.deepStrictEqual(ends, phase.attempts)
          const calls = entries.flatMap((entry) => (entry._tag === "CallEnd" ? [entry.outcome] : []))
          assert.deepStrictEqual(calls, ["cancelled"])
        }).pipe(Effect.provide(layer))
      }
    )
  }

  it.effect("is on record as failed where it had failed before, and its scope was left open until then", () => {
    const entries: Array<Entry> = []
    const recorder = Layer.succeed(Recorder, {
      ...Recorder.none,
      append: (entry) => Effect.sync(() => void entries.push(entry))
    })
    const a = ScriptedProvider.make("a", [{ fail: new InvalidRequest({ message: "bad request", status: 400 }) }])
    const layer = Router.layer.pipe(
      Layer.provide([ProviderRegistry.layerOf([a]), Health.layerMemory, Limits.layerMemory, recorder])
    )
    return Effect.gen(function* () {
      const router = yield* Router
      const call = yield* LibraryCall.make(Request.text("hi"))
      const failing = Effect.andThen(Effect.flip(router.run(call, Route.target("a/m"))), Effect.never)
      const fiber = yield* Effect.forkChild(Effect.scoped(failing))
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(fiber)
      const ends = entries.flatMap((entry) => (entry._tag === "CallEnd" ? [[entry.outcome, entry.reason]] : []))
      assert.deepStrictEqual(ends, [["failed", "RequestRejected"]])
    }).pipe(Effect.provide(layer))
  })

  it.effect("gives its place back at once, though the scope around it lives on", () => {
    const a = ScriptedProvider.make("a", [{ hang: true }], { limits: { concurrency: 1 } })
    const layer = Router.layer.pipe(
      Layer.provide([ProviderRegistry.layerOf([a]), Health.layerMemory]),
      Layer.provideMerge(Limits.layerMemory)
    )
    return Effect.gen(function* () {
      const router = yield* Router
      const call = yield* LibraryCall.make(Request.text("hi"))
      const fiber = yield* Effect.forkChild(Effect.timeoutOption(router.run(call, Route.target("a/m")), "2 seconds"))
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual((yield* Fiber.join(fiber))._tag, "None")
      assert.strictEqual((yield* Limits).open("a/default"), 0)
      assert.strictEqual(a.open(), 0)
    }).pipe(Effect.scoped, Effect.provide(layer))
  })

  for (const [kind, stream, limiter] of [
    ["a whole answer", false, Limits.layerMemory],
    ["a stream", true, Limits.layerMemory],
    ["an answer, with limits that are counted elsewhere", false, Elsewhere.limits],
    ["a stream, with limits that are counted elsewhere", true, Elsewhere.limits]
  ] as const) {
    it.effect(
      `at any step on the way to ${kind}: gives all places back, and its end is told and on record once`,
      () => {
        const entries: Array<Entry> = []
        const recorder = Layer.succeed(Recorder, {
          ...Recorder.none,
          append: (entry) => {
            entries.push(entry)
            return Effect.void
          }
        })
        const limits = { concurrency: 1 }
        const a = ScriptedProvider.make("a", [{ fail: new InvalidRequest({ message: "no", status: 400 }) }], { limits })
        const good = stream ? { stream: [text("one"), text("two")] } : { answer: "from b" }
        const b = ScriptedProvider.make("b", [good], { limits })
        let exchanges = 0
        const exchange = Effect.acquireRelease(
          Effect.sync(() => void (exchanges += 1)),
          () => Effect.sync(() => void (exchanges -= 1))
        )
        const providers = [a, b].map((scripted) => ({
          ...scripted,
          attempt: (input: Input) => Effect.andThen(exchange, scripted.attempt(input))
        }))
        const layer = Router.layer.pipe(
          Layer.provide([ProviderRegistry.layerOf(providers), Health.layerMemory, recorder]),
          Layer.provideMerge(limiter)
        )
        const route = Route.target("a/m").pipe(Route.retry(sweeping), Route.orElse(Route.target("b/m")))
        return Effect.gen(function* () {
          const router = yield* Router
          const { open } = yield* Limits
          for (let step = 1, isDone = false; !isDone; step++) {
            entries.length = 0
            let told = 0
            const made = yield* LibraryCall.make(Request.text("hi"), { stream })
            const call = { ...made, ended: () => void (told += 1) }
            const running = Effect.flatMap(router.run(call, route), ({ answer }) =>
              answer._tag === "Streaming" ? answer.run(reader) : Effect.void
            )
            const pausing = new Pausing(step)
            const paused = Effect.provideService(Effect.scoped(running), Scheduler.Scheduler, pausing)
            const fiber = yield* Effect.forkChild(paused, { startImmediately: true })
            isDone = pausing.steps < step
            yield* Fiber.interrupt(fiber)
            const count = (tag: Entry["_tag"]) => entries.filter((entry) => entry._tag === tag).length
            const left = [open("a/default"), open("b/default"), exchanges]
            assert.deepStrictEqual(left, [0, 0, 0], `interrupted at step ${step}`)
            assert.strictEqual(count("AttemptEnd"), count("AttemptStart"), `interrupted at step ${step}`)
            assert.isAtMost(told, 1)
            assert.deepStrictEqual([count("CallEnd"), count("CallStart") <= told], [told, true])
          }
        }).pipe(Effect.provide(layer))
      }
    )
  }
})

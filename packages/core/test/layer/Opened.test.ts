import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import type { Entry } from "../../src/domain/Entry.ts"
import { Overloaded } from "../../src/domain/Reason.ts"
import * as Orelse from "../../src/layer/Orelse.ts"
import * as Demo from "../../src/provider/Demo.ts"
import type { Provider } from "../../src/provider/Provider.ts"
import * as Route from "../../src/route/Route.ts"
import { Recorder } from "../../src/target/Recorder.ts"
import * as ScriptedProvider from "../../src/testing/ScriptedProvider.ts"

const ab = Route.target("a/m").pipe(Route.orElse(Route.target("b/m")))
const text = (text: string) => ({ type: "text", index: 0, text }) as const
const finish = { type: "finish", reason: "stop" } as const
const busy = { fail: new Overloaded({ message: "busy" }) }

describe("Orelse.open", () => {
  const a = () => ScriptedProvider.make("a", [{ stream: [text("one "), text("two")], thenHang: true }])
  const providedBy = (a: ScriptedProvider.ScriptedProvider) => Effect.provide(Orelse.layer({ providers: { a } }))
  const interrupted = { _tag: "StreamInterrupted" } as const

  it.effect("gives a stream that fails, and does not end as if it were whole, once its scope is closed", () =>
    Effect.gen(function* () {
      const { parts } = yield* Effect.scoped(Orelse.open(ab, "hi"))
      const error = yield* Effect.flip(Stream.runDrain(parts))
      assert.deepInclude(error.reason, { ...interrupted, contentSent: false })
      assert.include(error.message, "the scope of its call was closed before its end")
    }).pipe(providedBy(a()))
  )

  it.effect("gives a stream that can be read once: a second reading fails, and the first hears nothing of it", () => {
    const slow = ScriptedProvider.make("a", [{ stream: [text("one "), text("two"), finish], every: "1 second" }])
    return Effect.gen(function* () {
      const { parts } = yield* Orelse.open(ab, "hi")
      const first = yield* Effect.forkChild(Stream.runCollect(parts), { startImmediately: true })
      yield* TestClock.adjust("500 millis")
      const amid = yield* Effect.flip(Stream.runDrain(parts))
      assert.deepInclude(amid.reason, { ...interrupted, contentSent: true })
      yield* TestClock.adjust("5 seconds")
      assert.deepStrictEqual(yield* Fiber.join(first), [text("one "), text("two"), finish])
      assert.include((yield* Effect.flip(Stream.runDrain(parts))).message, "an answer can be read once")
    }).pipe(Effect.scoped, providedBy(slow))
  })

  it.effect("ends a call with its stream, while the scope around it lives on", () => {
    const ends: Array<Entry> = []
    const append = (entry: Entry) => Effect.sync(() => void (entry._tag === "CallEnd" && ends.push(entry)))
    const limits = { concurrency: 1 }
    const steps = [{ stream: [text("one "), finish] }, { answer: "two" }, busy, { stream: [text("three "), finish] }]
    const a = ScriptedProvider.make("a", steps, { limits })
    return Effect.gen(function* () {
      const alone = Route.target("a/m").pipe(Route.budget({ attempts: 1 }))
      for (let n = 0; n < 2; n++) yield* Effect.flatMap(Orelse.open(alone, "hi"), ({ parts }) => Stream.runDrain(parts))
      yield* Effect.flip(Orelse.open(alone, "hi"))
      const { parts } = yield* Orelse.open(alone, "hi")
      yield* Stream.runDrain(Stream.take(parts, 1))
      assert.strictEqual(a.open(), 0)
      assert.deepStrictEqual(
        ends.map((end) => (end._tag === "CallEnd" ? end.outcome : undefined)),
        ["answered", "answered", "failed", "cancelled"]
      )
    }).pipe(
      Effect.scoped,
      Effect.provide(Orelse.layer({ providers: { a } })),
      Effect.provideService(Recorder, { ...Recorder.none, append })
    )
  })

  it.effect("tells who reads in another fiber when its scope closes, and puts the call on record as cancelled", () => {
    const ends: Array<Entry> = []
    const append = (entry: Entry) => Effect.sync(() => void (entry._tag === "CallEnd" && ends.push(entry)))
    const provider = a()
    return Effect.gen(function* () {
      const scope = yield* Scope.make()
      const { parts } = yield* Scope.provide(Orelse.open(ab, "hi"), scope)
      const reading = yield* Effect.forkChild(Effect.flip(Stream.runDrain(parts)), { startImmediately: true })
      yield* TestClock.adjust("1 second")
      assert.isUndefined(reading.pollUnsafe())
      yield* Scope.close(scope, Exit.void)
      const error = yield* Fiber.join(reading)
      assert.deepInclude(error.reason, { ...interrupted, contentSent: true })
      assert.strictEqual(provider.open(), 0)
      assert.deepInclude(ends[0], { outcome: "cancelled", reason: undefined })
    }).pipe(providedBy(provider), Effect.provideService(Recorder, { ...Recorder.none, append }))
  })

  it.effect("gives the parts of an answer that came whole on the same terms: once, and while its scope is open", () =>
    Effect.gen(function* () {
      const parts = yield* Effect.scoped(
        Effect.gen(function* () {
          const { parts } = yield* Orelse.open(ab, "hi")
          assert.deepStrictEqual(yield* Stream.runCollect(Stream.take(Stream.drop(parts, 1), 1)), [text("one two")])
          const again = yield* Effect.flip(Stream.runDrain(parts))
          assert.deepInclude(again.reason, { ...interrupted, contentSent: true })
          assert.include(again.message, "a/m: StreamInterrupted: the stream was read before")
          return (yield* Orelse.open(ab, "hi")).parts
        })
      )
      const late = yield* Effect.flip(Stream.runDrain(parts))
      assert.deepInclude(late.reason, { ...interrupted, contentSent: false })
      assert.include(late.message, "the scope of its call was closed before its end")
    }).pipe(providedBy(ScriptedProvider.make("a", [{ answer: "one two" }])))
  )

  it.effect("tells the same of a stream that lives by what its scope ends", () => {
    const ends: Array<unknown> = []
    const append = (entry: Entry) =>
      Effect.sync(() => {
        if (entry._tag === "AttemptEnd") ends.push([entry.attempt.outcome, entry.attempt.reason])
      })
    const joining: Provider["attempt"] = () =>
      Effect.map(Effect.forkScoped(Effect.never), (fiber) => ({ ...streaming, run: () => Fiber.join(fiber) }))
    return Effect.gen(function* () {
      const scope = yield* Scope.make()
      const { parts } = yield* Scope.provide(Orelse.open(ab, "hi"), scope)
      const reading = yield* Effect.forkChild(Effect.flip(Stream.runDrain(parts)), { startImmediately: true })
      yield* TestClock.adjust("1 second")
      yield* Scope.close(scope, Exit.void)
      const error = yield* Fiber.join(reading)
      assert.deepInclude(error.reason, { ...interrupted, contentSent: true })
      assert.include(error.message, "the scope of its call was closed before its end")
      assert.deepStrictEqual(ends, [["cancelled", undefined]])
    }).pipe(
      Effect.provide(Orelse.layer({ providers: { a: { ...Demo.make("a"), attempt: joining } } })),
      Effect.provideService(Recorder, { ...Recorder.none, append })
    )
  })
})

/** What a stream needs besides its run. */
const streaming = {
  _tag: "Streaming",
  protocol: "library",
  isTerminated: () => false,
  lastContentAt: () => 0
} as const

describe("a provider that dies", () => {
  const once = Route.target("a/m").pipe(Route.budget({ attempts: 1 }))
  const died = Effect.die(new Error("boom"))
  const dying = (attempt: Provider["attempt"]): Provider => ({ ...Demo.make("a"), limits: { concurrency: 1 }, attempt })
  const throwing = (): never => {
    throw new Error("boom")
  }
  const ways: ReadonlyArray<readonly [string, Provider]> = [
    [
      "at the call",
      dying(() => {
        throw new Error("boom")
      })
    ],
    ["in its attempt", dying(() => died)],
    ["in its stream", dying(() => Effect.succeed({ ...streaming, run: () => died }))]
  ]
  it.effect("in its stream ends that in an error of its own, as every stream that breaks off does", () =>
    Effect.gen(function* () {
      for (const [own, said] of [
        [{ run: () => died }, "boom"],
        [{ run: () => Effect.delay(died, "1 second") }, "boom"],
        [{ run: throwing }, "boom"],
        [{ run: () => Effect.never, lastContentAt: throwing }, "boom"],
        [{ run: () => Effect.interrupt }, "it was interrupted, and not by its caller"]
      ] as const) {
        const a = dying(() => Effect.succeed({ ...streaming, ...own }))
        const read = Effect.flatMap(Orelse.open(once, "hi"), ({ parts }) => Stream.runDrain(parts)).pipe(
          Effect.scoped,
          Effect.provide(Orelse.layer({ providers: { a } }))
        )
        const fiber = yield* Effect.forkChild(Effect.flip(read))
        yield* TestClock.adjust("1 minute")
        const error = yield* Fiber.join(fiber)
        if (error._tag !== "AttemptError") assert.fail(error._tag)
        assert.deepInclude(error.reason, { _tag: "StreamInterrupted", contentSent: true, providerCode: "defect" })
        assert.include(error.message, said)
      }
    })
  )

  for (const [when, a] of ways)
    it.effect(`${when} keeps no place, and is on record as failed`, () => {
      const outcomes: Array<string> = []
      const append = (entry: Entry) =>
        Effect.sync(() => {
          if (entry._tag === "AttemptEnd") outcomes.push(entry.attempt.outcome)
          if (entry._tag === "CallEnd") outcomes.push(entry.outcome)
        })
      return Effect.gen(function* () {
        for (let n = 0; n < 2; n++) {
          const read = Effect.flatMap(Orelse.open(once, "hi"), ({ parts }) => Stream.runDrain(parts))
          // The second finds the place free while the scope of the first is still open.
          assert.include(String(yield* Effect.exit(read)), "boom")
        }
      }).pipe(
        Effect.scoped,
        Effect.provide(Orelse.layer({ providers: { a } })),
        Effect.provideService(Recorder, { ...Recorder.none, append }),
        Effect.andThen(
          Effect.sync(() => assert.deepStrictEqual(outcomes.toSorted(), ["failed", "failed", "failed", "failed"]))
        )
      )
    })
})

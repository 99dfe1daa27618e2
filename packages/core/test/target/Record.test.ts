import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import type { Entry } from "../../src/domain/Entry.ts"
import * as LibraryCall from "../../src/domain/LibraryCall.ts"
import { ServerError } from "../../src/domain/Reason.ts"
import * as Request from "../../src/domain/Request.ts"
import { ProviderRegistry } from "../../src/provider/Provider.ts"
import * as Route from "../../src/route/Route.ts"
import { Router } from "../../src/route/Router.ts"
import { Health } from "../../src/target/Health.ts"
import { Limits } from "../../src/target/Limits.ts"
import { Recorder } from "../../src/target/Recorder.ts"
import * as ScriptedProvider from "../../src/testing/ScriptedProvider.ts"

/** A record that takes everything, and lets nobody go on behind an entry of this kind. */
const stuckAt = (kind: Entry["_tag"], ...script: ReadonlyArray<ScriptedProvider.Step>) => {
  const kept: Array<Entry["_tag"]> = []
  const append = (entry: Entry) => {
    kept.push(entry._tag)
    return entry._tag === kind ? Effect.never : Effect.void
  }
  return { kept, ...recordedBy(append, script) }
}

const recordedBy = (append: Recorder["Service"]["append"], script: ReadonlyArray<ScriptedProvider.Step>) => {
  const a = ScriptedProvider.make("a", script)
  const recorder = Layer.succeed(Recorder, { ...Recorder.none, append })
  const layer = Router.layer.pipe(
    Layer.provide([ProviderRegistry.layerOf([a]), Health.layerMemory, Limits.layerMemory, recorder])
  )
  return { a, layer }
}

const within3s = Route.target("a/m").pipe(Route.deadline("3 seconds"))

const reader = { wants: "parts", write: () => true, onReady: (resume: () => void) => resume() } as const

const call = (route: Route.Route, deadline?: Duration.Duration, stream = false) =>
  Effect.scoped(
    Effect.gen(function* () {
      const router = yield* Router
      const made = yield* LibraryCall.make(Request.text("hi"))
      const { answer } = yield* router.run({ ...made, stream, options: { ...made.options, deadline } }, route)
      if (answer._tag === "Streaming") yield* Effect.orDie(answer.run(reader))
      return answer._tag
    })
  )

/** How the call ended, which it has at its deadline and not before. */
const atItsDeadline = Effect.fnUntraced(function* <A, E, R>(effect: Effect.Effect<A, E, R>) {
  const fiber = yield* Effect.forkChild(effect, { startImmediately: true })
  yield* TestClock.adjust("2999 millis")
  assert.isUndefined(fiber.pollUnsafe())
  yield* TestClock.adjust("1 millis")
  assert.isDefined(fiber.pollUnsafe())
  return yield* Fiber.join(fiber)
})

describe("A record that makes a call wait", () => {
  it.effect("does so no longer than the route's deadline where nothing was sent, and then nothing is", () => {
    const { a, kept, layer } = stuckAt("CallStart", { answer: "ok" })
    return Effect.gen(function* () {
      const error = yield* atItsDeadline(Effect.flip(call(within3s)))
      assert.strictEqual(error.reason._tag, "DeadlineExceeded")
      assert.deepStrictEqual([a.seen.length, error.attempts.length], [0, 0])
      assert.deepStrictEqual(kept, ["CallStart", "CallEnd"])
    }).pipe(Effect.provide(layer))
  })

  it.effect("does so no longer than the caller's own deadline", () => {
    const { a, layer } = stuckAt("CallStart", { answer: "ok" })
    return Effect.gen(function* () {
      const error = yield* atItsDeadline(Effect.flip(call(Route.target("a/m"), Duration.seconds(3))))
      assert.strictEqual(error.reason._tag, "DeadlineExceeded")
      assert.strictEqual(a.seen.length, 0)
    }).pipe(Effect.provide(layer))
  })

  it.effect(
    "does so no longer than that where an attempt is to be kept before it is sent, which it then is not",
    () => {
      const { a, kept, layer } = stuckAt("AttemptStart", { answer: "ok" })
      return Effect.gen(function* () {
        const error = yield* atItsDeadline(Effect.flip(call(within3s)))
        assert.strictEqual(error.reason._tag, "DeadlineExceeded")
        assert.strictEqual(a.seen.length, 0)
        assert.deepStrictEqual(
          error.attempts.map(({ reason }) => reason),
          ["TimedOut"]
        )
        assert.deepStrictEqual(kept, ["CallStart", "AttemptStart", "AttemptEnd", "CallEnd"])
      }).pipe(Effect.provide(layer))
    }
  )

  it.effect("does so no longer than that between two attempts", () => {
    const { a, layer } = stuckAt("AttemptEnd", { fail: new ServerError({ message: "boom" }) }, { answer: "ok" })
    return Effect.gen(function* () {
      const error = yield* atItsDeadline(Effect.flip(call(within3s)))
      assert.strictEqual(error.reason._tag, "DeadlineExceeded")
      assert.strictEqual(a.seen.length, 1)
    }).pipe(Effect.provide(layer))
  })

  it.effect("hands an answer that is there over at the deadline at the latest", () => {
    const { layer } = stuckAt("AttemptEnd", { answer: "ok" })
    return Effect.gen(function* () {
      assert.strictEqual(yield* atItsDeadline(call(within3s)), "Whole")
    }).pipe(Effect.provide(layer))
  })

  it.effect("keeps nobody at the end of a call, with a deadline or without", () => {
    const { kept, layer } = stuckAt("CallEnd", { answer: "ok" }, { answer: "ok" })
    const endless = Route.target("a/m").pipe(Route.deadline(Duration.infinity))
    return Effect.gen(function* () {
      assert.deepStrictEqual([yield* call(within3s), yield* call(endless)], ["Whole", "Whole"])
      assert.strictEqual(kept.filter((tag) => tag === "CallEnd").length, 2)
    }).pipe(Effect.provide(layer))
  })

  it.effect("lets a recorder that works in what it returns finish with the end of a call", () => {
    const kept: Array<Entry["_tag"]> = []
    const append = (entry: Entry) =>
      Effect.andThen(
        Effect.sleep("500 millis"),
        Effect.sync(() => void kept.push(entry._tag))
      )
    const { layer } = recordedBy(append, [{ answer: "ok" }])
    return Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(call(within3s), { startImmediately: true })
      yield* TestClock.adjust("3 seconds")
      assert.strictEqual(yield* Fiber.join(fiber), "Whole")
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(kept, ["CallStart", "AttemptStart", "AttemptEnd", "CallEnd"])
    }).pipe(Effect.provide(layer))
  })

  it.effect("keeps no reader at the end of a stream", () => {
    const { kept, layer } = stuckAt("AttemptEnd", {
      stream: [
        { type: "text", index: 0, text: "ok" },
        { type: "finish", reason: "stop" }
      ]
    })
    return Effect.gen(function* () {
      assert.strictEqual(yield* call(within3s, undefined, true), "Streaming")
      assert.deepStrictEqual(kept, ["CallStart", "AttemptStart", "AttemptEnd", "CallEnd"])
    }).pipe(Effect.provide(layer))
  })

  it.effect("keeps no call that is stopped amid an attempt", () => {
    const { kept, layer } = stuckAt("AttemptEnd", { answer: "late", after: "1 minute" })
    return Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(call(within3s), { startImmediately: true })
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual(kept, ["CallStart", "AttemptStart", "AttemptEnd", "CallEnd"])
    }).pipe(Effect.provide(layer))
  })

  it.effect("lets go at once where its caller hangs up", () => {
    const { a, kept, layer } = stuckAt("CallStart", { answer: "ok" })
    return Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(call(within3s), { startImmediately: true })
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual([a.seen.length, kept], [0, ["CallStart", "CallEnd"]])
    }).pipe(Effect.provide(layer))
  })
})

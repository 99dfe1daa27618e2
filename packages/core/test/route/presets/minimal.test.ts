import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import * as Reason from "../../../src/domain/Reason.ts"
import { policy } from "../../../src/policy/presets/minimal.ts"
import * as minimal from "../../../src/route/presets/minimal.ts"
import * as Route from "../../../src/route/Route.ts"
import * as ScriptedProvider from "../../../src/testing/ScriptedProvider.ts"
import * as Run from "./run.ts"

const route = minimal.route(Route.target("a/m"))
const limited = (seconds: number) =>
  new Reason.RateLimited({ message: "slow", status: 429, retryAfter: Duration.seconds(seconds) })

describe("minimal", () => {
  it.effect("M-1 retries a whole answer and the opening of a stream with the same constants", () => {
    const a = Run.failing("a", Run.down)
    return Effect.gen(function* () {
      yield* Run.ask(route)
      yield* Run.ask(route, { stream: true })
      const [whole, stream] = [Run.times(a).slice(0, 4), Run.times(a).slice(4)]
      assert.deepStrictEqual(
        stream.map((at) => at - stream[0]!),
        whole
      )
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("M-2 makes 4 attempts at most, beginning with a wait of 100 ms", () => {
    const a = Run.failing("a", Run.down)
    return Effect.gen(function* () {
      yield* Run.ask(route)
      assert.strictEqual(a.seen.length, 4)
      assert.strictEqual(Run.times(a)[1], 100)
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("M-3 asks the same target with the same request each time", () => {
    const a = Run.failing("a", Run.down)
    return Effect.gen(function* () {
      yield* Run.ask(route)
      assert.deepStrictEqual(new Set(a.seen.map((seen) => seen.model)), new Set(["m"]))
      assert.isTrue(
        a.seen.every((seen) => seen.input.request === undefined && seen.input.call === a.seen[0]?.input.call)
      )
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("M-4 makes no call where it is interrupted before the first attempt", () => {
    const a = Run.answering("a")
    return Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(Effect.andThen(Effect.yieldNow, Run.start(route)))
      yield* Fiber.interrupt(fiber)
      assert.strictEqual(a.seen.length, 0)
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("M-5 interrupts an exchange that nobody waits for any more, where its original lets it finish", () => {
    const a = ScriptedProvider.make("a", [{ answer: "late", after: "1 second" }])
    return Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(Run.start(route))
      yield* TestClock.adjust("500 millis")
      assert.strictEqual(a.open(), 1)
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual([a.open(), a.seen.length], [0, 1])
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("M-6 returns a success at once", () => {
    const a = Run.answering("a")
    return Effect.gen(function* () {
      const { served, text } = yield* Run.start(route)
      assert.deepStrictEqual([text, served?.attempts], ["a", 1])
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("M-7 ends with the last error unchanged, after the 4th attempt or where it is not retryable", () => {
    const a = Run.recovering("a", [Run.down, Run.noKey])
    const b = Run.recovering("b", [Run.down, Run.down, Run.down, limited(1)])
    return Effect.gen(function* () {
      const refused = yield* Run.ask(route)
      assert.deepStrictEqual(Run.told(refused), { wording: "invalid api key", status: "last", code: undefined })
      assert.strictEqual(a.seen.length, 2)
      const spent = yield* Run.ask(minimal.route(Route.target("b/m")))
      assert.strictEqual(Run.errorOf(spent).message, "slow")
      assert.strictEqual(b.seen.length, 4)
    }).pipe(Effect.provide(Run.world([a, b])))
  })

  it.effect("M-8 waits and then tries again after any other error", () => {
    const a = Run.recovering("a", [Run.busy])
    return Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(Run.start(route))
      yield* TestClock.adjust("99 millis")
      assert.strictEqual(a.seen.length, 1)
      yield* TestClock.adjust("1 millis")
      assert.strictEqual((yield* Fiber.join(fiber)).text, "a")
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("M-9 waits exactly as long as a rate limit asks: no cap, no floor, no jitter, and 0 is at once", () => {
    const a = Run.recovering("a", [limited(7200), limited(0), limited(3)])
    return Effect.gen(function* () {
      yield* Run.ask(route)
      assert.deepStrictEqual(Run.times(a), [0, 7_200_000, 7_200_000, 7_203_000])
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("M-9 takes no wait off the words: one that nothing states is none", () => {
    const a = Run.recovering("a", [new Reason.RateLimited({ message: "slow down, retry in 5", status: 429 })])
    return Effect.gen(function* () {
      yield* Run.ask(route)
      assert.deepStrictEqual(Run.times(a), [0, 100])
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("M-10 waits 100, 200 and 400 ms after any other retryable error", () => {
    const a = Run.failing("a", Run.late)
    return Effect.gen(function* () {
      yield* Run.ask(route)
      assert.deepStrictEqual(Run.times(a), [0, 100, 300, 700])
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("M-11 ends the wait when it is interrupted, and makes no further call", () => {
    const a = Run.failing("a", Run.down)
    return Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(Run.start(route))
      yield* TestClock.adjust("50 millis")
      yield* Fiber.interrupt(fiber)
      const exit = yield* Fiber.await(fiber)
      yield* TestClock.adjust("1 minute")
      assert.isTrue(Exit.isFailure(exit) && Exit.hasInterrupts(exit))
      assert.strictEqual(a.seen.length, 1)
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("M-12 counts the waits of rate limits against the same 3 retries", () => {
    const a = Run.recovering("a", [limited(1), Run.down, limited(1), Run.down])
    return Effect.gen(function* () {
      const outcome = yield* Run.ask(route)
      assert.strictEqual(Run.errorOf(outcome).attempts.length, 4)
      assert.deepStrictEqual(Run.times(a), [0, 1000, 1200, 2200])
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("M-13 retries only the opening of a stream: what breaks inside an opened one ends it", () => {
    const parts = [{ type: "text", index: 0, text: "one" }] as const
    const a = ScriptedProvider.make("a", [{ stream: parts, thenFail: Run.down }])
    return Effect.gen(function* () {
      const exit = yield* Effect.exit(Run.ask(route, { stream: true }))
      assert.isTrue(Exit.isFailure(exit))
      assert.strictEqual(a.seen.length, 1)
      assert.strictEqual(a.seen[0]?.input.commit.on, "headers")
    }).pipe(Effect.provide(Run.world(a)))
  })

  it("M-15 decides by the type: server error, time-out, rate limit and connection are retryable, nothing else is", () => {
    const retryable = Reason.tags.filter((tag) => policy.on[tag].includes("retry"))
    assert.deepStrictEqual(retryable, ["RateLimited", "Overloaded", "ServerError", "TimedOut", "ConnectionFailed"])
  })
})

import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import type { Answer } from "../../src/domain/Answer.ts"
import * as LibraryCall from "../../src/domain/LibraryCall.ts"
import * as Request from "../../src/domain/Request.ts"
import type { Provider } from "../../src/provider/Provider.ts"
import * as Route from "../../src/route/Route.ts"
import { Router } from "../../src/route/Router.ts"
import * as ScriptedProvider from "../../src/testing/ScriptedProvider.ts"
import * as Run from "../route/presets/run.ts"

const route = Route.target("a/m").pipe(Route.orElse(Route.target("b/m")))

const broken = new TypeError("Cannot read properties of undefined (reading 'choices')")

const interrupted = "it was interrupted, and not by its caller"

/** Each is one way to break, and what is said of it. */
const ways: ReadonlyArray<readonly [string, Provider["attempt"], string]> = [
  [
    "throws at the call",
    () => {
      throw broken
    },
    broken.message
  ],
  ["dies in its attempt", () => Effect.die(broken), broken.message],
  ["dies later", () => Effect.delay(Effect.die(broken), "1 second"), broken.message],
  ["dies of what is no error", () => Effect.die("a bug"), "a bug"],
  ["gives no effect at all", () => undefined as never, ""],
  ["interrupts itself", () => Effect.interrupt, interrupted],
  ["waits for a fiber that somebody else interrupts", () => abandoned, interrupted],
  ["gives no answer at all", () => Effect.succeed(undefined as never), ""],
  ["fails with what is no AttemptError", () => Effect.fail(broken as never), broken.message],
  ["fails with nothing", () => Effect.fail(undefined as never), ""],
  ["throws when its answer is read", () => Effect.succeed(unreadable), broken.message]
]

const abandoned = Effect.gen(function* () {
  const shared = yield* Effect.forkDetach(Effect.never)
  yield* Effect.forkDetach(Effect.delay(Fiber.interrupt(shared), "1 second"))
  return yield* Fiber.join(shared)
})

const unreadable: Answer = {
  _tag: "Whole",
  protocol: "library",
  response: () => {
    throw broken
  }
}

/** A world of `a`, which attempts so, and `b`, which answers; and what is written to the log. */
const world = (attempt: Provider["attempt"], more: Partial<Provider> = {}) => {
  const log: Array<string> = []
  const logger = Logger.make(({ message }) => void log.push([message].flat().join("\n")))
  const credentials = [{ name: "default", secret: Redacted.make("very-own-key-of-a") }]
  const providers = [{ ...Run.answering("a"), credentials, ...more, attempt }, Run.answering("b")]
  return { log, layer: Layer.merge(Run.world(providers), Logger.layer([logger])) }
}

describe("a provider that breaks", () => {
  for (const [how, attempt, said] of ways)
    for (const stream of [false, true])
      it.effect(
        `has failed for no known reason where it ${how}, ${stream ? "streamed" : "whole"}: the next one answers`,
        () => {
          const { layer, log } = world(attempt)
          return Effect.gen(function* () {
            const { attempts, text } = yield* Run.ask(route, { stream })
            assert.strictEqual(text, "b")
            assert.deepStrictEqual(
              attempts.map(({ action, outcome, reason }) => [outcome, reason, action]),
              [
                ["failed", "UnknownFailure", "retry"],
                ["failed", "UnknownFailure", "nextTarget"],
                ["answered", undefined, undefined]
              ]
            )
            assert.include(attempts[0]?.message, said)
            const place = said === interrupted ? "" : "; the log says where"
            assert.match(attempts[0]?.message ?? "", new RegExp(`^the provider's own program failed: .*${place}$`))
            assert.strictEqual(log.length, 2)
            assert.match(log[0]!, /^The program of provider a failed in call [\w-]+: /)
          }).pipe(Effect.provide(layer))
        }
      )

  it.effect("is told in the log with the place, and shows neither its key nor what the caller wrote", () => {
    const secret = "the caller's own secret words of some length"
    const { layer, log } = world(() => Effect.die(new Error(`no ${secret} with very-own-key-of-a`)))
    return Effect.gen(function* () {
      const { attempts } = yield* Run.ask(route, { request: Request.text(secret) })
      for (const said of [attempts[0]?.message ?? "", ...log]) {
        assert.notInclude(said, "secret words")
        assert.notInclude(said, "very-own-key")
      }
      assert.include(log[0], "at ")
      assert.include(log[0], "Died.test.ts")
    }).pipe(Effect.provide(layer))
  })

  it.effect("parks nothing", () => {
    const { layer } = world(() => Effect.die(broken))
    return Effect.gen(function* () {
      for (let n = 0; n < 5; n++) assert.strictEqual((yield* Run.ask(route)).attempts.length, 3)
    }).pipe(Effect.provide(layer))
  })

  it.effect("fails the call where it is the last, as any other does", () => {
    const { layer } = world(() => Effect.die(broken))
    return Effect.gen(function* () {
      const error = Run.errorOf(yield* Run.ask(Route.target("a/m")))
      assert.strictEqual(error.reason._tag, "AttemptsExhausted")
      assert.strictEqual(error.attempts.length, 4)
    }).pipe(Effect.provide(layer))
  })

  it.effect("is not what an attempt is that was interrupted, even if it breaks as it is cleaned up", () => {
    const dying = Effect.onInterrupt(Effect.never, () => Effect.die(broken))
    const { layer, log } = world(() => dying)
    return Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(Run.start(route))
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(fiber)
      const exit = yield* Fiber.await(fiber)
      assert.isTrue(Exit.hasInterrupts(exit))
      assert.deepStrictEqual(log, [])
    }).pipe(Effect.provide(layer))
  })

  it.effect(
    "is not what an attempt is that lets itself be interrupted where its caller holds that off, and was",
    () => {
      const { layer, log } = world(() => Effect.interruptible(Effect.never), { listens: true })
      return Effect.gen(function* () {
        const fiber = yield* Effect.forkChild(Effect.uninterruptible(Run.start(route)))
        yield* TestClock.adjust("1 second")
        yield* Fiber.interrupt(fiber)
        assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(fiber)))
        assert.deepStrictEqual(log, [])
      }).pipe(Effect.provide(layer))
    }
  )
})

describe("whoever reads the stream of a provider in process", () => {
  it.effect("fails of its own where it throws: no provider's failure, and nothing is told of one", () => {
    const a = ScriptedProvider.make("a", [{ stream: [{ type: "text", index: 0, text: "hi" }] }])
    const log: Array<string> = []
    const logger = Logger.make(({ message }) => void log.push(String(message)))
    return Effect.gen(function* () {
      const router = yield* Router
      const call = yield* LibraryCall.make(Request.text("hi"), { stream: true })
      const { answer, state } = yield* router.run(call, Route.target("a/m"))
      if (answer._tag === "Whole") return assert.fail("a stream was asked for")
      const write = () => {
        throw broken
      }
      const exit = yield* Effect.exit(answer.run({ wants: "parts", write, onReady: () => {} }))
      assert.strictEqual(Exit.isFailure(exit) && Cause.squash(exit.cause), broken)
      const [attempt] = state.attempts
      assert.deepStrictEqual([attempt?.outcome, attempt?.reason], ["cancelled", undefined])
      assert.deepStrictEqual(log, [])
    }).pipe(Effect.scoped, Effect.provide([Run.world(a), Logger.layer([logger])]))
  })
})

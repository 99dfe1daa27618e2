import { assert, describe, it } from "@effect/vitest"
import { decode } from "@orelse/core/layer/config/Config"
import * as LedgerMemory from "@orelse/core/layer/LedgerMemory"
import * as Telemetry from "@orelse/core/layer/Telemetry"
import { Health } from "@orelse/core/target/Health"
import { Limits } from "@orelse/core/target/Limits"
import * as Elsewhere from "@orelse/core/testing/Elsewhere"
import { Pausing } from "@orelse/core/testing/Pausing"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Result from "effect/Result"
import * as Scheduler from "effect/Scheduler"
import * as TestClock from "effect/testing/TestClock"
import { IncomingMessage, ServerResponse } from "node:http"
import { Socket } from "node:net"
import { Budgets } from "../../src/callers/Budgets.ts"
import * as BudgetsMemory from "../../src/callers/BudgetsMemory.ts"
import * as Callers from "../../src/callers/Callers.ts"
import { dialect } from "../../src/dialects/OpenAiChat.ts"
import { Gateway } from "../../src/http/Gateway.ts"
import * as Inbound from "../../src/http/Inbound.ts"
import * as Live from "../../src/http/Live.ts"

const yaml = `
routes: { smart: demo/echo }
callers: [{ name: a, key: secret, limits: { concurrency: 1, requests: 10/min, tokens: 10000/min }, budget: { usd: 1, per: day } }]
`
const config = Result.getOrThrow(decode(yaml, { env: {}, file: "test.yaml" }))

const layerOf = (limits: Layer.Layer<Limits>) =>
  Live.layer(config).pipe(
    Layer.provideMerge(Callers.layer("/no/such/keys.json")),
    Layer.provideMerge(BudgetsMemory.layer.pipe(Layer.provide(LedgerMemory.layerNone))),
    Layer.provideMerge(Layer.mergeAll(limits, Health.layerMemory, Telemetry.layer()))
  )

/** A request whose body comes at once, and its answer, which nobody reads. */
const exchange = () => {
  const request = new IncomingMessage(new Socket())
  request.headers = { authorization: "Bearer secret" }
  request.push(JSON.stringify({ model: "smart", messages: [{ role: "user", content: "hi" }] }))
  request.push(null)
  return { request, response: new ServerResponse(request) }
}

const endpoint = { dialect, operation: "chat" } as const

/** Whether the caller's only place is taken, and whether its money is set aside. */
const held = Effect.gen(function* () {
  const budgets = yield* Budgets
  const permit = yield* Effect.option(budgets.take("a", { usd: 1, per: "day" }, 1))
  if (permit._tag === "Some") yield* budgets.settle(permit.value, 0)
  return [(yield* Limits).open("/callers/a"), permit._tag === "None"]
})

describe("Inbound.handle", () => {
  for (const [where, limits] of [
    ["at hand", Limits.layerMemory],
    ["elsewhere", Elsewhere.limits]
  ] as const)
    it.effect(`gives back what a call took, at whatever step it is interrupted, where its limits are ${where}`, () =>
      Effect.gen(function* () {
        const gateway = yield* Gateway
        const outcomes = new Set<string>()
        for (let step = 1, isDone = false; !isDone; step++) {
          yield* TestClock.adjust("1 minute")
          const { request, response } = exchange()
          const pausing = new Pausing(step)
          const handled = Effect.withFiber((fiber) => Inbound.handle(gateway, endpoint, request, response, fiber))
          const fiber = yield* Effect.forkChild(Effect.provideService(handled, Scheduler.Scheduler, pausing), {
            startImmediately: true
          })
          // The body comes by the event loop, which no clock of a test drives.
          yield* Effect.promise(() => new Promise(setImmediate))
          isDone = pausing.steps < step
          yield* Fiber.interrupt(fiber)
          outcomes.add(`${Exit.isSuccess(yield* Fiber.await(fiber))} ${response.statusCode}`)
          assert.deepStrictEqual(yield* held, [0, false], `step ${step}`)
        }
        assert.deepStrictEqual([...outcomes].toSorted(), ["false 200", "false 503", "true 200"])
      }).pipe(Effect.provide(layerOf(limits)))
    )

  it.effect(
    "answers 500 and logs where it failed, but not what was said, where the gateway itself fails; and gives back what the call took",
    () => {
      const logged: Array<unknown> = []
      const logger = Logger.make(({ message }) => void logged.push(message))
      return Effect.gen(function* () {
        const gateway = yield* Gateway
        const { request, response } = exchange()
        const fails = () => {
          throw new TypeError("said hi")
        }
        const broken = { dialect: { ...dialect, response: fails }, operation: "chat" } as const
        const handled = Effect.withFiber((fiber) => Inbound.handle(gateway, broken, request, response, fiber))
        const fiber = yield* Effect.forkChild(handled, { startImmediately: true })
        yield* Effect.promise(() => new Promise(setImmediate))
        yield* Fiber.await(fiber)
        assert.strictEqual(response.statusCode, 500)
        assert.isTrue(response.writableEnded)
        assert.deepStrictEqual(yield* held, [0, false])
        assert.match(String(logged), /The gateway itself failed in call [0-9a-f-]{36},TypeError\n +at .*Inbound\.test/)
        assert.notInclude(String(logged), "said hi")
      }).pipe(Effect.provide(layerOf(Limits.layerMemory).pipe(Layer.provideMerge(Logger.layer([logger])))))
    }
  )
})

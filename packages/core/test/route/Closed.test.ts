import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import * as LibraryCall from "../../src/domain/LibraryCall.ts"
import { Overloaded } from "../../src/domain/Reason.ts"
import * as Request from "../../src/domain/Request.ts"
import { ProviderRegistry } from "../../src/provider/Provider.ts"
import * as Route from "../../src/route/Route.ts"
import { Router } from "../../src/route/Router.ts"
import { Health } from "../../src/target/Health.ts"
import { Limits } from "../../src/target/Limits.ts"
import * as ScriptedProvider from "../../src/testing/ScriptedProvider.ts"

describe("a call whose scope closes under it", () => {
  it.effect.each([
    ["before it begins", { limits: { concurrency: 1 } }],
    ["before it begins, without limits", {}],
    ["while it is under way", { limits: { concurrency: 1 } }],
    ["while it is under way, without limits", {}]
  ] as const)("holds nothing afterwards: %s", ([when, options]) => {
    const busy = { fail: new Overloaded({ message: "busy" }), after: "5 seconds" } as const
    const a = ScriptedProvider.make("a", [busy], options)
    const b = ScriptedProvider.make("b", [{ answer: "b" }], options)
    const layer = Router.layer.pipe(
      Layer.provide([ProviderRegistry.layerOf([a, b]), Health.layerMemory]),
      Layer.provideMerge(Limits.layerMemory)
    )
    return Effect.gen(function* () {
      const router = yield* Router
      const scope = yield* Scope.make()
      const call = yield* LibraryCall.make(Request.text("hi"))
      const route = Route.target("a/m").pipe(Route.orElse(Route.target("b/m")))
      if (when.startsWith("before")) yield* Scope.close(scope, Exit.void)
      const running = Effect.exit(Scope.provide(router.run(call, route), scope))
      const fiber = yield* Effect.forkChild(running, { startImmediately: true })
      yield* TestClock.adjust("1 second")
      yield* Scope.close(scope, Exit.void)
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(fiber)
      const { open } = yield* Limits
      assert.deepStrictEqual([open("a/default"), open("b/default"), a.open(), b.open()], [0, 0, 0, 0])
    }).pipe(Effect.provide(layer))
  })
})

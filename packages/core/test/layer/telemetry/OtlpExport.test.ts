import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import * as OtlpExport from "../../../src/layer/telemetry/OtlpExport.ts"
import * as Telemetry from "../../../src/layer/Telemetry.ts"
import { fellBack } from "./calls.ts"

describe("OtlpExport", () => {
  it.effect("says once that the collector takes nothing, and once that it takes it again", () => {
    const said: Array<string> = []
    const state = { status: 401, requests: 0 }
    const client = HttpClient.make((request) =>
      Effect.sync(() => {
        state.requests++
        return HttpClientResponse.fromWeb(request, new Response(null, { status: state.status }))
      })
    )
    const exporting = OtlpExport.layer({ url: "http://collector" }).pipe(
      Layer.provide(Layer.succeed(HttpClient.HttpClient, client)),
      Layer.provideMerge(Telemetry.layer())
    )
    const logger = Logger.make(({ logLevel, message }) => void said.push(`${logLevel} ${String(message)}`))
    return Effect.gen(function* () {
      yield* TestClock.adjust("5 minutes")
      assert.isAbove(state.requests, 1)
      assert.lengthOf(said, 1)
      assert.match(said[0] ?? "", /^Warn Telemetry: the collector does not take .*it answers 401/)
      state.status = 200
      yield* TestClock.adjust("5 minutes")
      assert.lengthOf(said, 2)
      assert.match(said[1] ?? "", /^Info Telemetry: the collector takes spans and metrics again/)
    }).pipe(Effect.provide(Layer.provideMerge(exporting, Logger.layer([logger]))))
  })

  it.effect(
    "leaves a collector that answers nothing after 10 s, with 16 requests under way at most, and says so",
    () => {
      const said: Array<string> = []
      const state = { open: 0, most: 0, left: 0 }
      const client = HttpClient.make(() =>
        Effect.acquireUseRelease(
          Effect.sync(() => {
            state.open += 1
            state.most = Math.max(state.most, state.open)
          }),
          () => Effect.never,
          () =>
            Effect.sync(() => {
              state.open -= 1
              state.left += 1
            })
        )
      )
      const exporting = OtlpExport.layer({ url: "http://collector" }).pipe(
        Layer.provide(Layer.succeed(HttpClient.HttpClient, client)),
        Layer.provideMerge(Telemetry.layer())
      )
      const logger = Logger.make(({ logLevel, message }) => void said.push(`${logLevel} ${String(message)}`))
      return Effect.gen(function* () {
        const telemetry = yield* Telemetry.Telemetry
        for (let call = 0; call < 256 * 40; call++) telemetry.callEnd(fellBack)
        yield* TestClock.adjust("1 second")
        assert.deepStrictEqual([state.most, state.left], [16, 0])
        assert.lengthOf(said, 1)
        assert.match(said[0] ?? "", /^Warn Telemetry: the collector does not take .*has not answered 16 requests/)
        yield* TestClock.adjust("9999 millis")
        assert.isAtLeast(state.left, 16)
        yield* TestClock.adjust("10 minutes")
        assert.isAtMost(state.most, 16)
        assert.lengthOf(said, 1)
      }).pipe(Effect.provide(Layer.provideMerge(exporting, Logger.layer([logger]))))
    }
  )

  it.effect("ends within 3 s where the collector answers nothing, spans and metrics together, and sends both", () =>
    Effect.gen(function* () {
      const sent: Array<string> = []
      const client = HttpClient.make((request) => {
        sent.push(request.url)
        return Effect.never
      })
      const exporting = OtlpExport.layer({ url: "http://collector" }).pipe(
        Layer.provide(Layer.succeed(HttpClient.HttpClient, client)),
        Layer.provideMerge(Telemetry.layer())
      )
      const scope = yield* Scope.make()
      const telemetry = Context.get(yield* Layer.buildWithScope(exporting, scope), Telemetry.Telemetry)
      telemetry.callEnd(fellBack)
      const ending = yield* Effect.forkChild(Scope.close(scope, Exit.void), { startImmediately: true })
      yield* TestClock.adjust("2999 millis")
      assert.isUndefined(ending.pollUnsafe())
      assert.deepStrictEqual(sent.toSorted(), ["http://collector/v1/metrics", "http://collector/v1/traces"])
      yield* TestClock.adjust("1 millis")
      assert.isDefined(ending.pollUnsafe())
    })
  )
})

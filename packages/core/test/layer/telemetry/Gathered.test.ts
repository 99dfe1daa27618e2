import { assert, describe, it } from "@effect/vitest"
import * as Telemetry from "@orelse/core/layer/Telemetry"
import * as Gathered from "@orelse/core/layer/telemetry/Gathered"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as TestClock from "effect/testing/TestClock"
import { ended } from "./calls.ts"

const gathering = (body: (telemetry: Telemetry.Telemetry["Service"], heard: Array<number>) => Effect.Effect<void>) =>
  Effect.gen(function* () {
    const telemetry = Telemetry.make()
    const heard: Array<number> = []
    yield* Effect.scoped(
      Effect.gen(function* () {
        yield* Gathered.run((calls) => void heard.push(calls.length))
        yield* TestClock.adjust(0)
        yield* body(telemetry, heard)
      }).pipe(Effect.provideService(Telemetry.Telemetry, telemetry))
    )
    return { heard, telemetry }
  })

describe("Gathered", () => {
  it.effect("hands on what ended within five milliseconds together, and then waits anew", () =>
    gathering((telemetry, heard) =>
      Effect.gen(function* () {
        for (let n = 0; n < 3; n++) telemetry.callEnd(ended())
        yield* TestClock.adjust("4 millis")
        assert.deepStrictEqual(heard, [])
        yield* TestClock.adjust("1 millis")
        assert.deepStrictEqual(heard, [3])
        yield* TestClock.adjust("1 minute")
        telemetry.callEnd(ended())
        yield* TestClock.adjust("5 millis")
        assert.deepStrictEqual(heard, [3, 1])
      })
    )
  )

  it.effect("does not wait where 256 have ended", () =>
    gathering((telemetry, heard) =>
      Effect.sync(() => {
        for (let n = 0; n < 300; n++) telemetry.callEnd(ended())
        assert.deepStrictEqual(heard, [256])
      })
    )
  )

  it.effect("goes on where what it handed on was not taken", () =>
    Effect.gen(function* () {
      const telemetry = Telemetry.make()
      const heard: Array<number> = []
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* Gathered.run((calls) => {
            if (heard.push(calls.length) === 1) throw new Error("disk full")
          })
          for (let n = 0; n < 2; n++) {
            telemetry.callEnd(ended())
            yield* TestClock.adjust("5 millis")
          }
          assert.deepStrictEqual(heard, [1, 1])
        }).pipe(Effect.provideService(Telemetry.Telemetry, telemetry))
      )
    }).pipe(Effect.provide(Logger.layer([])))
  )

  it.effect("hands on what waits when its scope closes, and hears nothing after", () =>
    Effect.gen(function* () {
      const { heard, telemetry } = yield* gathering((telemetry) => Effect.sync(() => telemetry.callEnd(ended())))
      assert.deepStrictEqual(heard, [1])
      telemetry.callEnd(ended())
      assert.deepStrictEqual(heard, [1])
    })
  )
})

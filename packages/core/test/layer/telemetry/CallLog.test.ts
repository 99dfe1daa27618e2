import { assert, describe, it } from "@effect/vitest"
import * as Telemetry from "@orelse/core/layer/Telemetry"
import * as CallLog from "@orelse/core/layer/telemetry/CallLog"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { ended, fellBack } from "./calls.ts"

describe("CallLog", () => {
  it("says on one line of JSON what became of a call", () => {
    const line = JSON.parse(CallLog.json(fellBack)) as Record<string, unknown>
    assert.strictEqual(line["time"], "2025-11-21T04:40:00.200Z")
    assert.strictEqual(line["callId"], fellBack.start.id)
    assert.deepStrictEqual(line["failures"], ["bedrock/claude: RateLimited"])
    assert.strictEqual(line["run"], "run-1")
  })

  it("says the same in words for a terminal", () => {
    assert.strictEqual(
      CallLog.pretty(fellBack),
      "04:40:00.200 answered smart -> openai/gpt-5.2 in 200 ms, 2 attempts (bedrock/claude: RateLimited), 100+20 tokens, $0.002 019a0000-1111-7222-8333-444455556666"
    )
  })

  it.effect("writes lines together a few milliseconds later, and what is left when the scope closes", () =>
    Effect.gen(function* () {
      const telemetry = Telemetry.make()
      const written: Array<string> = []
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* CallLog.run({ format: "pretty", write: (text) => void written.push(text) })
          yield* TestClock.adjust(0)
          telemetry.callEnd(ended())
          telemetry.callEnd(ended())
          yield* TestClock.adjust("4 millis")
          assert.deepStrictEqual(written, [])
          yield* TestClock.adjust("1 millis")
          assert.deepStrictEqual(
            written.map((text) => text.split("\n").length),
            [3]
          )
          telemetry.callEnd(ended())
        }).pipe(Effect.provideService(Telemetry.Telemetry, telemetry))
      )
      assert.strictEqual(written.length, 2)
    })
  )
})

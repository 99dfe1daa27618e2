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

  it("tells calls apart that differ in one thing only, in whatever order they come", () => {
    const served = { provider: "openai", model: "gpt-5.2", credential: "main" }
    const calls = [
      ended(),
      ...[{ route: "x" }, { model: "x" }, { stream: false }, { caller: "x" }].map((start) => ended({ start })),
      ...([{ outcome: "failed" }, { outcome: "cancelled" }, { reason: "RateLimited" }] as const).map((end) =>
        ended({ end })
      ),
      ...[{ status: 201 }, { status: undefined }, { attempts: 2 }, { fellBack: true }].map((end) => ended({ end })),
      ...[undefined, { ...served, provider: "x" }, { ...served, model: "x" }].map((one) =>
        ended({ end: { served: one } })
      )
    ]
    const lines = calls.map(CallLog.json)
    assert.strictEqual(new Set(lines).size, calls.length)
    assert.deepStrictEqual(calls.toReversed().map(CallLog.json), lines.toReversed())
  })

  it.each([0, 1, 10, 100, 999, 1000, 1_763_700_000_009, 1_763_700_000_050, 1_763_700_000_999, 253_402_300_800_000, -1])(
    "tells the time %d as ISO 8601 does, whatever was told before",
    (endedAt) => {
      for (const at of [endedAt, endedAt + 1000, endedAt, endedAt + 1]) {
        const line = JSON.parse(CallLog.json(ended({ end: { endedAt: at } }))) as Record<string, unknown>
        assert.strictEqual(line["time"], new Date(at).toISOString())
      }
    }
  )

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

import { assert, describe, it } from "@effect/vitest"
import * as Telemetry from "@orelse/core/layer/Telemetry"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import { attempt, ended, fellBack } from "./telemetry/calls.ts"

const known = { routes: new Set(["smart"]), targets: new Set(["openai/gpt-5.2"]) }

const played = (telemetry: ReturnType<typeof Telemetry.make>, call: Telemetry.EndedCall) => {
  telemetry.callStart(call.start)
  for (const one of call.attempts) telemetry.attemptEnd(one)
  telemetry.callEnd(call)
}

const lines = (telemetry: ReturnType<typeof Telemetry.make>) => telemetry.prometheus().split("\n")

describe("Telemetry", () => {
  it("counts a call under its route, target, outcome and reason, and each attempt under its own", () => {
    const telemetry = Telemetry.make({ known: { ...known, targets: new Set(["openai/gpt-5.2", "bedrock/claude"]) } })
    played(telemetry, fellBack)
    played(telemetry, ended())
    const text = lines(telemetry)
    assert.include(
      text,
      `orelse_calls_total{route="smart",provider="openai",model="gpt-5.2",outcome="answered",reason="none"} 2`
    )
    assert.include(
      text,
      `orelse_attempts_total{provider="bedrock",model="claude",outcome="failed",reason="RateLimited"} 1`
    )
    assert.include(text, `orelse_attempts_total{provider="openai",model="gpt-5.2",outcome="answered",reason="none"} 2`)
    assert.include(text, `orelse_tokens_total{provider="openai",model="gpt-5.2",type="input"} 200`)
    assert.include(text, `orelse_tokens_total{provider="openai",model="gpt-5.2",type="cached"} 80`)
    assert.include(text, `orelse_cost_usd_total{provider="openai",model="gpt-5.2"} 0.004`)
    assert.include(text, `orelse_call_duration_seconds_bucket{route="smart",outcome="answered",le="0.1"} 0`)
    assert.include(text, `orelse_call_duration_seconds_bucket{route="smart",outcome="answered",le="0.25"} 2`)
    assert.include(text, `orelse_call_duration_seconds_count{route="smart",outcome="answered"} 2`)
    assert.include(text, `orelse_overhead_seconds_bucket{le="0.0005"} 2`)
    assert.include(text, `orelse_first_content_seconds_count{provider="openai",model="gpt-5.2"} 2`)
    assert.include(text, `orelse_open_calls 0`)
  })

  it("makes no series for names that are not configured", () => {
    const telemetry = Telemetry.make({ known })
    for (let n = 0; n < 100; n++) {
      const served = { provider: "openai", model: `invented-${n}`, credential: "main" }
      played(
        telemetry,
        ended({ start: { route: `invented-${n}` }, end: { served }, attempts: [attempt(1, { model: served.model })] })
      )
    }
    const text = telemetry.prometheus()
    assert.notInclude(text, "invented")
    assert.include(
      text,
      `orelse_calls_total{route="other",provider="openai",model="other",outcome="answered",reason="none"} 100`
    )
  })

  it("stops making series at a bound where nothing says which names are configured", () => {
    const telemetry = Telemetry.make()
    for (let n = 0; n < 5_000; n++)
      played(telemetry, ended({ start: { route: `r${n}` }, attempts: [attempt(1, { model: `m${n}` })] }))
    const series = lines(telemetry).filter((line) => line.startsWith("orelse_attempts_total"))
    assert.strictEqual(series.length, 200)
    assert.include(
      series,
      `orelse_attempts_total{provider="other",model="other",outcome="answered",reason="none"} 4801`
    )
  })

  it("counts a call that nobody served under provider none", () => {
    const telemetry = Telemetry.make({ known })
    played(
      telemetry,
      ended({ end: { outcome: "failed", reason: "NoTarget", served: undefined, attempts: 0 }, attempts: [] })
    )
    assert.include(
      lines(telemetry),
      `orelse_calls_total{route="smart",provider="none",model="none",outcome="failed",reason="NoTarget"} 1`
    )
  })

  it.effect("shows a gauge until its scope closes, with labels where it has them", () =>
    Effect.gen(function* () {
      const telemetry = Telemetry.make({ version: "1.2.3" })
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* telemetry.gauge({
            name: "orelse.cooldowns",
            help: "Cooling now.",
            labels: { provider: "openai" },
            read: () => 2
          })
          assert.include(lines(telemetry), `orelse_cooldowns{provider="openai"} 2`)
        })
      )
      assert.notInclude(telemetry.prometheus(), "orelse_cooldowns")
      assert.include(lines(telemetry), `orelse_build_info{version="1.2.3"} 1`)
    })
  )

  it.effect("shows all the others where a gauge throws, says so once, and does not show that one any more", () => {
    const logged: Array<unknown> = []
    const logger = Logger.make(({ message }) => void logged.push(message))
    return Effect.gen(function* () {
      const telemetry = Telemetry.make()
      let isClosed = false
      const read = () => {
        if (isClosed) throw new TypeError("the pool is closed")
        return 3
      }
      yield* telemetry.gauge({ name: "mine.pool", help: "Of mine.", read })
      assert.include(lines(telemetry), "mine_pool 3")
      isClosed = true
      assert.include(lines(telemetry), "orelse_open_calls 0")
      assert.notInclude(telemetry.prometheus(), "mine_pool")
      const message = "The gauge mine.pool cannot be read, and is not shown any more"
      assert.deepStrictEqual(logged, [[message, "the pool is closed"]])
    }).pipe(Effect.scoped, Effect.provide(Logger.layer([logger])))
  })

  it.effect("logs what a listener throws, by its kind alone, and tells the others all the same", () => {
    const logged: Array<unknown> = []
    const logger = Logger.make(({ message }) => void logged.push(message))
    return Effect.gen(function* () {
      const telemetry = Telemetry.make()
      const heard: Array<string> = []
      yield* telemetry.listen(() => {
        throw new TypeError("what the caller said")
      })
      yield* telemetry.listen((call) => void heard.push(call.end.outcome))
      telemetry.callEnd(ended())
      assert.deepStrictEqual(heard, ["answered"])
      assert.deepStrictEqual(logged, [["A listener of finished calls failed", "TypeError"]])
    }).pipe(Effect.scoped, Effect.provide(Logger.layer([logger])))
  })

  it.effect("tells listeners of each finished call until their scope closes", () =>
    Effect.gen(function* () {
      const telemetry = Telemetry.make()
      const heard: Array<string> = []
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* telemetry.listen((call) => void heard.push(call.end.outcome))
          played(telemetry, ended())
        })
      )
      played(telemetry, ended())
      assert.deepStrictEqual(heard, ["answered"])
    })
  )

  it("shows calls and streams as open from their start to their end", () => {
    const telemetry = Telemetry.make()
    const open = () => lines(telemetry).filter((line) => line.startsWith("orelse_open_"))
    const [whole, stream] = [false, true].map((stream) => ended({ start: { stream } }))
    for (const call of [whole!, stream!, stream!]) telemetry.callStart(call.start)
    assert.deepStrictEqual(open(), ["orelse_open_calls 3", "orelse_open_streams 2"])
    for (const call of [whole!, stream!]) telemetry.callEnd(call)
    assert.deepStrictEqual(open(), ["orelse_open_calls 1", "orelse_open_streams 1"])
  })

  it("counts unknown failures", () => {
    const telemetry = Telemetry.make()
    telemetry.unknownFailure("mine")
    assert.include(lines(telemetry), `orelse_unknown_failures_total{provider="mine"} 1`)
  })

  it("gives every family HELP and TYPE before its lines, and escapes label values", () => {
    const telemetry = Telemetry.make()
    telemetry.unknownFailure('we"ird\\na\nme')
    played(telemetry, ended())
    const text = lines(telemetry)
    assert.include(text, String.raw`orelse_unknown_failures_total{provider="we\"ird\\na\nme"} 1`)
    const families = text.filter((line) => line.startsWith("# TYPE ")).map((line) => line.split(" ")[2] ?? "")
    for (const line of text.filter((line) => line !== "" && !line.startsWith("#"))) {
      const name = line.split(/[{ ]/)[0] ?? ""
      assert.isTrue(
        families.some((family) => name.replace(/_(bucket|sum|count)$/, "") === family || name === family),
        line
      )
    }
    for (const family of families) assert.isTrue(text.some((line) => line.startsWith(`# HELP ${family} `)))
  })
})

import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { run } from "../run.ts"

describe("orelse explain", () => {
  it.effect("shows a target of the embedded default with its policy, its waits and what each error leads to", () =>
    Effect.gen(function* () {
      const { code, err, out } = yield* run(["explain", "demo/echo"])
      assert.deepStrictEqual([code, err], [0, ""])
      assert.match(
        out,
        /^demo\/echo: 6 attempts at most within 2 m, policy recommended\n└─ demo\/echo\n\npolicy recommended\n/
      )
      assert.include(out, "\n  waits        250 ms, 500 ms, 1 s on the last candidate; 250 ms where others follow")
      assert.match(out, /\n {4}InvalidRequest +fails\n/)
    })
  )

  it.effect("says which variable a provider waits for", () =>
    Effect.gen(function* () {
      const { code, out } = yield* run(["explain", "gpt-5"])
      assert.strictEqual(code, 0)
      assert.include(out, "└─ openai/gpt-5  off: OPENAI_API_KEY is not set\n")
      const keyed = yield* run(["explain", "gpt-5"], { env: { OPENAI_API_KEY: "sk-secret-value" } })
      assert.include(keyed.out, "└─ openai/gpt-5\n")
      assert.notInclude(keyed.out, "sk-secret")
    })
  )

  it.effect("plays a call through with --on, and says what the caller gets", () =>
    Effect.gen(function* () {
      const { code, err, out } = yield* run(["explain", "demo/echo", "--on", "RateLimited", "--retry-after", "20s"])
      assert.deepStrictEqual([code, err], [0, ""])
      assert.deepStrictEqual(out.trimEnd().split("\n"), [
        "demo/echo, where every attempt ends in RateLimited",
        "  at 0 ms     1. demo/echo  RateLimited 429 → again, after a wait",
        "  at 21 s     2. demo/echo  waited 21 s, RateLimited 429 → again, after a wait",
        "  at 42 s     3. demo/echo  waited 21 s, RateLimited 429 → again, after a wait",
        "  at 1 m 3 s  4. demo/echo  waited 21 s, RateLimited 429 → fails",
        'The caller gets 429 with retry-after: 20 after 4 attempts in 1 m 3 s: "demo/echo" failed after 4 attempts; last: RateLimited: supposed'
      ])
      const off = yield* run(["explain", "gpt-5", "--on", "ServerError", "--stream"])
      assert.match(
        off.out,
        /\n {2}openai\/gpt-5 is not asked: OPENAI_API_KEY is not set\nThe caller gets 503 after 0 attempts /
      )
      const mended = yield* run(["explain", "demo/echo", "--on", "OutputLimitExceeded"])
      assert.match(
        mended.out,
        /1\. demo\/echo +OutputLimitExceeded 400 → again, with clampMaxTokens\n[^]*The caller gets 400 after 2 /
      )
    })
  )

  it.effect("plays a balance of the cheapest in the order of its members' prices", () =>
    Effect.gen(function* () {
      const cwd = mkdtempSync(join(tmpdir(), "orelse-explain-"))
      const model = (price: number) => ({ m: { inputPrice: price, outputPrice: price } })
      const provider = (price: number) => ({
        protocol: "openai-chat",
        url: "http://127.0.0.1:9",
        keys: [],
        models: model(price)
      })
      const file = {
        providers: { dear: provider(10), low: provider(1) },
        routes: { thrifty: { balance: "cheapest", across: ["dear/m", "low/m"] } }
      }
      writeFileSync(join(cwd, "orelse.json"), JSON.stringify(file))
      const { out } = yield* run(["explain", "thrifty", "--on", "Unauthenticated"], { cwd })
      rmSync(cwd, { recursive: true })
      assert.deepStrictEqual(out.match(/\d\. \w+\/m/g), ["1. low/m", "2. dear/m"])
    })
  )

  it.effect("prints either as JSON, and nothing else", () =>
    Effect.gen(function* () {
      const shown = yield* run(["explain", "demo/echo", "--json"])
      const told = JSON.parse(shown.out) as {
        model: string
        tree: { part: { type: string } }
        policies: ReadonlyArray<{
          waitsMs: { last: ReadonlyArray<number> }
          leadsTo: ReadonlyArray<{ reason: string }>
        }>
      }
      assert.deepStrictEqual([told.model, told.tree.part.type], ["demo/echo", "target"])
      assert.deepStrictEqual(told.policies[0]?.waitsMs.last, [250, 500, 1000])
      assert.strictEqual(told.policies[0]?.leadsTo.length, 22)
      const walked = yield* run(["explain", "demo/echo", "--on", "Overloaded", "--json"])
      const walk = JSON.parse(walked.out) as {
        on: string
        attempts: ReadonlyArray<{ startedAtMs: number; action: string }>
        answer: { status: number; reason: string }
      }
      assert.deepStrictEqual(
        walk.attempts.map((attempt) => [attempt.startedAtMs, attempt.action]),
        [
          [0, "retry"],
          [250, "retry"],
          [750, "retry"],
          [1750, "abort"]
        ]
      )
      assert.deepStrictEqual(
        [walk.on, walk.answer.status, walk.answer.reason],
        ["Overloaded", 503, "AttemptsExhausted"]
      )
    })
  )

  it.effect(
    "ends with 1 and the nearest name for an unknown model, with 2 for an unknown reason or a wait that is none",
    () =>
      Effect.gen(function* () {
        const unknown = yield* run(["explain", "demmo/echo"])
        assert.deepStrictEqual([unknown.code, unknown.out], [1, ""])
        assert.include(unknown.err, 'Did you mean "demo/echo"?')
        const reason = yield* run(["explain", "demo/echo", "--on", "Nope"])
        assert.deepStrictEqual([reason.code, reason.out], [2, ""])
        assert.include(reason.err, '"RateLimited"')
        assert.strictEqual(
          (yield* run(["explain", "demo/echo", "--on", "RateLimited", "--retry-after", "soon"])).code,
          2
        )
      })
  )
})

import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { run } from "../run.ts"

describe("orelse call", () => {
  it.effect("streams the answer to standard output, and says on standard error who gave it", () =>
    Effect.gen(function* () {
      const { code, err, out } = yield* run(["call", "demo/echo", "hello", "there"])
      assert.deepStrictEqual([code, out], [0, "You said: hello there\n"])
      assert.match(err, /^1\. demo\/echo: answered, 0 ms, 2 \+ 4 tokens\nserved by demo\/echo after 1 attempt\n$/)
      const whole = yield* run(["call", "demo/echo", "hello", "--no-stream"])
      assert.deepStrictEqual([whole.code, whole.out], [0, "You said: hello\n"])
    })
  )
  it.effect("shows a terminal the escapes of an answer, and gives them to a pipe as they are", () =>
    Effect.gen(function* () {
      for (const args of [
        ["call", "demo/echo", "\u001b[31mred"],
        ["call", "demo/echo", "--no-stream", "\u001b[31mred"]
      ]) {
        assert.strictEqual((yield* run(args, { terminal: true })).out, "You said: \\u001b[31mred\n")
        assert.strictEqual((yield* run(args)).out, "You said: \u001b[31mred\n")
      }
    })
  )
  it.effect("says why it failed without the escapes of what it was asked for", () =>
    Effect.gen(function* () {
      const { err } = yield* run(["call", "no\u001b]0;title\u0007", "x"])
      assert.include(err, "no\\u001b]0;title\\u0007")
      assert.notMatch(err, /[^\n\P{Cc}]/u)
    })
  )
  it.effect("reads standard input where there is no prompt or a dash, and says so where that is empty", () =>
    Effect.gen(function* () {
      const input = Effect.succeed("from a pipe\n")
      assert.strictEqual(
        (yield* run(["call", "demo/echo"], { interactive: false, input })).out,
        "You said: from a pipe\n"
      )
      assert.strictEqual((yield* run(["call", "demo/echo", "-"], { input })).out, "You said: from a pipe\n")
      for (const screen of [{ interactive: true }, { interactive: false }]) {
        const { code, err, out } = yield* run(["call", "demo/echo"], screen)
        assert.deepStrictEqual([code, out], [2, ""])
        assert.match(err, /^There is nothing to say[^]*\nGive one: orelse call demo\/echo "Hello"/)
      }
    })
  )
  it.effect("fails with every attempt, the last reason and the next step", () =>
    Effect.gen(function* () {
      const { code, err, out } = yield* run(["call", "demo/down", "x", "--attempts", "1"])
      assert.deepStrictEqual([code, out], [1, ""])
      assert.match(
        err,
        /^1\. demo\/down: Overloaded 503, 0 ms → abort: [^\n]*\n"demo\/down" failed after 1 attempt; last: Overloaded: [^]*orelse explain demo\/down\n$/
      )
    })
  )
  it.effect("says which variable a provider waits for", () =>
    Effect.gen(function* () {
      const { code, err } = yield* run(["call", "gpt-5", "x"])
      assert.strictEqual(code, 1)
      assert.match(err, /openai\/gpt-5: OPENAI_API_KEY is not set\nSee what is switched off: orelse check\n$/)
    })
  )
  it.effect("prints why it failed, and every attempt, as JSON where that is asked for", () =>
    Effect.gen(function* () {
      const { code, err, out } = yield* run(["call", "demo/down", "hi", "--json", "--attempts", "1"])
      assert.strictEqual(code, 1)
      assert.match(err, /^"demo\/down" failed after 1 attempt/)
      const told = JSON.parse(out) as { error: { reason: string }; attempts: ReadonlyArray<{ reason: string }> }
      assert.strictEqual(told.error.reason, "AttemptsExhausted")
      assert.deepStrictEqual(
        told.attempts.map(({ reason }) => reason),
        ["Overloaded"]
      )
    })
  )
  it.effect("prints answer, server and attempts as JSON, and nothing else", () =>
    Effect.gen(function* () {
      const { code, err, out } = yield* run(["call", "demo/echo", "hi", "--json"])
      assert.deepStrictEqual([code, err], [0, ""])
      const told = JSON.parse(out) as {
        served: { provider: string }
        attempts: ReadonlyArray<unknown>
        response: unknown
      }
      assert.deepStrictEqual([told.served.provider, told.attempts.length], ["demo", 1])
      assert.include(JSON.stringify(told.response), "You said: hi")
    })
  )
})

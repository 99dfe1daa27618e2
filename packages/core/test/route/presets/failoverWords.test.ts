import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Reason from "../../../src/domain/Reason.ts"
import * as words from "../../../src/policy/presets/failoverWords.ts"
import * as failover from "../../../src/route/presets/failover.ts"
import * as Route from "../../../src/route/Route.ts"
import * as Run from "./run.ts"

describe("failover: where only words are known", () => {
  const chain = failover.over([Route.target("a/m"), Route.target("b/m")])
  const said = (message: string, providerCode?: string) =>
    new Reason.UnknownFailure({
      message: `it says: ${message}.`,
      ...(providerCode === undefined ? {} : { providerCode })
    })
  /** Which credentials and models are asked in the end. */
  const walked = (reason: Reason.Reason) =>
    Effect.gen(function* () {
      const [a, b] = [Run.failing("a", reason, { credentials: ["one", "two"] }), Run.answering("b")]
      const outcome = yield* Run.ask(chain).pipe(Effect.provide(Run.world([a, b])))
      return [...a.seen.map((seen) => seen.credential), ...b.seen.map(() => "b")].concat(
        outcome.error === undefined ? [] : outcome.error.message
      )
    })

  it.effect.each(words.rateLimit.concat(words.refused))(
    "F-26, F-37 and F-38 take the next credential after %s",
    (word) =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* walked(said(word.toUpperCase())), ["one", "two", "b"])
      })
  )

  it.effect.each(words.context)("F-29 and F-41 hand on %s at once, as words or as a code", (word) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* walked(said(word)), ["one", `it says: ${word}.`])
      assert.deepStrictEqual(yield* walked(said("no", word)), ["one", "it says: no."])
      const plain = new Reason.InvalidRequest({ message: word, status: 400 })
      assert.deepStrictEqual(yield* walked(plain), ["one", word])
    })
  )

  it.effect.each([
    ...words.balance,
    "Your credit balance is too low",
    "402 payment due",
    "402: no balance",
    ...words.missing,
    "not_found_error: no such model",
    ...words.forbidden,
    ...words.modelLimit
  ])("F-28 and F-41 take the next model after %s", (word) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* walked(said(word)), ["one", "b"])
    })
  )

  it.effect.each([
    "500",
    "503",
    "overloaded",
    "server_error",
    "gateway timeout",
    "connect error",
    "timed out",
    "what?"
  ])("F-27 and F-41 retry in place after %s", (word) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* walked(said(word)), ["one", "one", "one", "b"])
    })
  )

  it.effect("F-41 goes by the first that fits: money before a model, a model before a key, max_tokens before all", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* walked(said("session_ctx_exceeded, insufficient_quota")), [
        "one",
        "it says: session_ctx_exceeded, insufficient_quota."
      ])
      assert.deepStrictEqual(yield* walked(said("403, overloaded")), ["one", "b"])
      assert.include((yield* walked(said("429: reduce max_tokens"))).at(-1), "output token limit exceeded")
    })
  )

  it.effect(
    "F-41 reads no numbers off a plain 400: a request that names 401 or 429 tokens is no key and no rate limit",
    () =>
      Effect.gen(function* () {
        const plain = new Reason.InvalidRequest({ message: "at most 4290 items, got 4013", status: 400 })
        assert.deepStrictEqual(yield* walked(plain), ["one", "one", "one", "b"])
      })
  )
})

import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { AttemptError } from "../../../src/domain/AttemptError.ts"
import * as Reason from "../../../src/domain/Reason.ts"
import * as Disposition from "../../../src/policy/Disposition.ts"
import { policy } from "../../../src/policy/presets/reliable.ts"
import * as words from "../../../src/policy/presets/reliableWords.ts"
import * as RetryPolicy from "../../../src/policy/RetryPolicy.ts"
import * as Words from "../../../src/policy/Words.ts"

const preset = policy()
/** A failure of which nothing but words is known. */
const worded = (message: string) => new Reason.UnknownFailure({ message })
const ofStatus = (status: number, message = "x") => new Reason.UnknownFailure({ message, status })
const retries = (reason: Reason.Reason) => Disposition.actionsFor(preset, reason, false).includes("retry")
const truncates = (reason: Reason.Reason) => Disposition.actionsFor(preset, reason, false)[0] === "repair:halveHistory"
const limited = (message: string, code?: string) =>
  new Reason.RateLimited({ message, status: 429, ...(code === undefined ? {} : { providerCode: code }) })

describe("reliable: what may be retried", () => {
  it("R-15 a full context window is not non-retryable", () => {
    assert.isTrue(retries(new Reason.ContextWindowExceeded({ message: "401 unauthorized", status: 400 })))
  })

  it("R-16 a tool schema that was refused is not non-retryable", () => {
    assert.isTrue(retries(new Reason.ToolSchemaRejected({ message: "x", status: 400 })))
  })

  it("R-17 a status of 400 to 499 is non-retryable but for 408 and 429; any other is decided too, whatever the words", () => {
    for (const status of [400, 401, 404, 422, 499]) assert.isFalse(retries(ofStatus(status)), String(status))
    for (const status of [408, 429, 500, 503]) assert.isTrue(retries(ofStatus(status, "unauthorized")), String(status))
  })

  it("R-18 the same holds for a status that only the words name; any other status falls through to them", () => {
    assert.isFalse(retries(worded("failed (404)")))
    assert.isTrue(retries(worded("failed (429)")))
    assert.isTrue(retries(worded("HTTP 408 from there")))
    assert.isTrue(retries(worded("HTTP 500 from there")))
    assert.isFalse(retries(worded("HTTP 500: unauthorized")))
  })

  it("R-19 words of a refused key are non-retryable", () => {
    for (const word of words.refused) assert.isFalse(retries(worded(`Sorry, ${word.toUpperCase()}!`)), word)
  })

  it("R-20 a model that is not there is non-retryable, and only with the word model", () => {
    for (const word of words.unknownModel) {
      assert.isFalse(retries(worded(`the Model is ${word}`)), word)
      assert.isTrue(retries(worded(`the thing is ${word}`)), word)
    }
  })

  it("R-21 anything else is retryable", () => {
    const others = [worded("connection reset"), worded("overloaded"), new Reason.ConnectionFailed({ message: "x" })]
    for (const reason of [...others, new Reason.TimedOut({ message: "x", phase: "total" })]) {
      assert.isTrue(retries(reason), reason.message)
    }
  })

  it("R-22 a rate limit that no waiting cures is non-retryable too", () => {
    assert.isFalse(retries(new Reason.QuotaExhausted({ message: "x", status: 429 })))
    assert.isFalse(retries(limited("insufficient balance")))
    assert.isTrue(retries(limited("slow down")))
  })
})

describe("reliable: a status in words", () => {
  it("R-23 looks after every ( first, then after every HTTP", () => {
    assert.strictEqual(Words.statusIn("500 error (404 from there)"), 404)
    assert.strictEqual(Words.statusIn("(x) HTTP 503 (502)"), 502)
    assert.strictEqual(Words.statusIn("saw 500 then HTTP 503"), 503)
    assert.strictEqual(Words.statusIn("500 http 503"), 500)
  })

  it("R-24 takes exactly three digits right after the anchor", () => {
    assert.strictEqual(Words.statusIn("(1234) 500"), 500)
    assert.strictEqual(Words.statusIn("( 404) then 503"), 404)
    assert.strictEqual(Words.statusIn("(0404) 500"), 500)
    assert.strictEqual(Words.statusIn("(600) (599)"), 599)
    assert.strictEqual(Words.statusIn("(099) (100)"), 100)
    assert.strictEqual(Words.statusIn("(999)"), undefined)
  })

  it("R-25 else the first run of three digits that stands free to its left", () => {
    assert.strictEqual(Words.statusIn("port:404 v1.500 a-401 x_402 /403 b405 then 429"), 429)
    assert.strictEqual(Words.statusIn("1000 and 404"), 404)
  })

  it("R-26 heeds nothing that follows; none is none", () => {
    assert.strictEqual(Words.statusIn("404abc"), 404)
    assert.strictEqual(Words.statusIn("no number"), undefined)
  })
})

describe("reliable: other kinds", () => {
  it("R-27 knows a refused tool schema by its words", () => {
    for (const word of words.toolSchema) {
      assert.isTrue(retries(new Reason.InvalidRequest({ message: `x ${word.toUpperCase()}`, status: 400 })), word)
    }
  })

  it("R-28 knows a full context window by its words", () => {
    for (const word of words.contextWindow) assert.isTrue(truncates(worded(`x ${word.toUpperCase()}`)), word)
    assert.isTrue(truncates(new Reason.ContextWindowExceeded({ message: "typed" })))
    assert.isFalse(truncates(limited("Too many tokens, please wait before trying again")))
  })

  it("R-29 knows a rate limit by its type, else by 429 and one of three words", () => {
    const hint = "insufficient quota"
    assert.isFalse(retries(limited(hint)))
    assert.isFalse(retries(worded(`error 429, Too Many: ${hint}`)))
    assert.isTrue(retries(worded(`error 429: ${hint}`)))
    assert.isTrue(retries(worded(`rate: ${hint}`)))
  })

  it("R-31 and R-32 know a rate limit that no waiting cures by its words and by the codes 1113 and 1311", () => {
    for (const hint of words.business) assert.isFalse(retries(limited(`x ${hint.toUpperCase()}`)), hint)
    for (const code of ["1113", "1311"]) assert.isFalse(retries(limited("x", code)), code)
    assert.isTrue(retries(limited("x", "1112")))
  })
})

describe("reliable: a wait in words", () => {
  it("R-34 tries its prefixes in order, each at its first place", () => {
    for (const text of [
      "Retry-After: 5",
      "retry_after:5",
      "retry-after 5",
      "retry_after 5",
      "reset after 5s",
      "retry in 5"
    ]) {
      assert.strictEqual(Words.waitIn(text), 5000, text)
    }
    assert.strictEqual(Words.waitIn("retry in 9, retry-after: 2"), 2000)
    assert.strictEqual(Words.waitIn("retry-after: 2, retry-after: 3"), 2000)
    assert.strictEqual(Words.waitIn("come back in 5"), undefined)
  })

  it("R-35 reads digits and dots as seconds, to the whole millisecond", () => {
    assert.strictEqual(Words.waitIn("retry-after:   1.2345 s"), 1234)
    assert.strictEqual(Words.waitIn("retry-after: 0"), 0)
    assert.strictEqual(Words.waitIn("retry-after: -3"), undefined)
  })

  it("R-36 tries the next prefix where one has no number, and reads no unit", () => {
    assert.strictEqual(Words.waitIn("retry-after: Wed, 21 Oct; retry in 7 minutes"), 7000)
    assert.strictEqual(Words.waitIn("retry-after: 1.2.3"), undefined)
  })
})

const error = (reason: Reason.Reason) => new AttemptError({ reason, provider: "a", model: "m" })
const waits = (reason: Reason.Reason, options: Parameters<typeof policy>[0], count: number) =>
  Effect.map(RetryPolicy.preview(policy({ maxRetries: count, ...options }), error(reason)), (all) =>
    all.map((wait) => Duration.toMillis(wait))
  )
const asking = (seconds: number) => new Reason.RateLimited({ message: "x", retryAfter: Duration.seconds(seconds) })

describe("reliable: waits", () => {
  it.effect("R-37 waits the longer of Retry-After, 30 s at most, and the base, without jitter", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* waits(asking(7), {}, 2), [7000, 7000])
      assert.deepStrictEqual(yield* waits(asking(90), {}, 2), [30_000, 30_000])
      assert.deepStrictEqual(yield* waits(asking(0.1), {}, 3), [500, 1000, 2000])
      assert.deepStrictEqual(yield* waits(worded("retry in 3"), {}, 1), [3000])
    })
  )

  it.effect("R-38 waits without one between half the base and the base", () =>
    Effect.gen(function* () {
      const firsts: Array<number> = []
      for (let index = 0; index < 200; index++) firsts.push(...(yield* waits(worded("x"), {}, 1)))
      assert.isTrue(firsts.every((wait) => wait >= 250 && wait <= 500))
      assert.isBelow(Math.min(...firsts), 270)
      assert.isAbove(Math.max(...firsts), 480)
    })
  )

  it.effect("R-40 doubles the base after each wait, up to 10 s; a base above that is used once", () =>
    Effect.gen(function* () {
      const bases = [500, 1000, 2000, 4000, 8000, 10_000, 10_000]
      assert.deepStrictEqual(yield* waits(asking(0), {}, 7), bases)
      assert.deepStrictEqual(
        yield* waits(asking(0), { baseBackoff: Duration.seconds(20) }, 3),
        [20_000, 10_000, 10_000]
      )
    })
  )
})

import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Reason from "../../../src/domain/Reason.ts"
import * as Failure from "../../../src/provider/Failure.ts"
import type { Input } from "../../../src/provider/failure/Evidence.ts"
import * as Evidence from "../../../src/provider/failure/Evidence.ts"
import * as RetryAfter from "../../../src/provider/failure/RetryAfter.ts"
import * as Span from "../../../src/provider/failure/Span.ts"

const now = Date.UTC(2026, 7, 1, 12)

const evidence = (parts: Partial<Input>) =>
  Evidence.read({
    provider: "p",
    family: "openai",
    protocol: "openai-chat",
    transport: "http",
    status: 429,
    headers: {},
    body: "",
    now,
    ...parts
  })
const wait = (parts: Partial<Input>) => RetryAfter.read(evidence(parts))
const header = (headers: Record<string, string>, family = "openai") => wait({ headers, family })
const text = (body: string) => wait({ body })

describe("retry-after", () => {
  it("is in seconds, whole or with a fraction", () => {
    assert.strictEqual(header({ "retry-after": "7" }), 7000)
    assert.strictEqual(header({ "retry-after": "0.25" }), 250)
    assert.strictEqual(header({ "retry-after": " 12 " }), 12_000)
  })

  it("is an instant when it is an HTTP date, counted from the clock", () => {
    assert.strictEqual(header({ "retry-after": "Sat, 01 Aug 2026 12:00:30 GMT" }), 30_000)
  })

  it("is read in GMT in each of the three forms of RFC 9110, wherever the machine stands", () => {
    const zone = process.env["TZ"]
    try {
      for (const place of ["Asia/Kolkata", "America/New_York", "UTC"]) {
        process.env["TZ"] = place
        for (const date of [
          "Sat, 01 Aug 2026 12:00:30 GMT",
          "Saturday, 01-Aug-26 12:00:30 GMT",
          "Sat Aug  1 12:00:30 2026"
        ]) {
          assert.strictEqual(header({ "retry-after": date }), 30_000, `${date} in ${place}`)
          const own = { "retry-after": date, date: "Sat Aug  1 12:00:20 2026" }
          assert.strictEqual(header(own), 10_000, `${date} in ${place}, from the answer's own date`)
        }
        assert.strictEqual(
          header({ "retry-after": "2026-08-01T12:00:30" }),
          30_000,
          `an instant without its zone in ${place}`
        )
        const reset = { "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "2026-08-01T12:00:30" }
        assert.strictEqual(header(reset), 30_000, `a reset without its zone in ${place}`)
      }
    } finally {
      if (zone === undefined) delete process.env["TZ"]
      else process.env["TZ"] = zone
    }
  })

  it("is counted from the answer's own date where that is there", () => {
    const headers = { "retry-after": "Sat, 01 Aug 2026 09:00:30 GMT", date: "Sat, 01 Aug 2026 09:00:20 GMT" }
    assert.strictEqual(header(headers), 10_000)
  })

  it("is absent when it cannot be read, lies in the past, is negative or longer than a year", () => {
    for (const value of [
      "soon",
      "",
      "NaN",
      "-5",
      "1e9",
      "99999999999",
      "Sat, 01 Aug 2026 11:59:59 GMT",
      "Infinity",
      "12:00"
    ]) {
      assert.isUndefined(header({ "retry-after": value }), value)
    }
  })

  it("is the longest that can be read where it was set twice", () => {
    const date = "Sat, 01 Aug 2026 12:00:30 GMT"
    for (const [value, ms] of [
      ["1, 2", 2000],
      ["2,1", 2000],
      ["0, 5", 5000],
      ["soon, 3", 3000],
      ["1, 1m30s", 90_000],
      [`Sat, 01 Aug 2026 12:00:05 GMT, ${date}`, 30_000],
      [`5, ${date}`, 30_000],
      [`Saturday, 01-Aug-26 12:00:09 GMT, 1`, 9000]
    ] as const) {
      assert.strictEqual(header({ "retry-after": value }), ms, value)
    }
    assert.strictEqual(header({ "retry-after-ms": "250, 900" }), 900)
    for (const value of ["soon, later", ",", ", ,", "-1, -2"])
      assert.isUndefined(header({ "retry-after": value }), value)
  })

  it("is absent, and at once, where it is longer than any date: 200 headers of 16 KB are read in the time of one test", () => {
    for (let times = 0; times < 200; times++)
      assert.isUndefined(header({ "retry-after": `${"a".repeat(16_000)}12:00` }))
  })

  it("is no wait at all where it says 0 and nothing else says more", () => {
    assert.strictEqual(header({ "retry-after": "0" }), 0)
    assert.strictEqual(header({ "retry-after": "0", "retry-after-ms": "250" }), 250)
    assert.strictEqual(wait({ headers: { "retry-after": "0" }, body: "try again in 5s" }), 5000)
    assert.isUndefined(header({ "retry-after-ms": "0" }))
  })

  it("gives way to retry-after-ms only where that is larger", () => {
    assert.strictEqual(header({ "retry-after": "1", "retry-after-ms": "0" }), 1000)
    assert.strictEqual(header({ "retry-after": "1", "retry-after-ms": "1337" }), 1337)
    assert.strictEqual(header({ "retry-after-ms": "250" }), 250)
    assert.strictEqual(header({ "retry-after": "x", "retry-after-ms": "250" }), 250)
  })

  it("goes before a phrase, and a phrase before a reset", () => {
    const headers = { "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "9s" }
    assert.strictEqual(wait({ headers: { ...headers, "retry-after": "3" }, body: "try again in 5s" }), 3000)
    assert.strictEqual(wait({ headers, body: "try again in 5s" }), 5000)
    assert.strictEqual(wait({ headers }), 9000)
  })
})

describe("a phrase", () => {
  it("is read with its units, in every wording that was seen", () => {
    const cases: ReadonlyArray<readonly [string, number]> = [
      ["Please try again in 644ms.", 644],
      ["Please try again in 9.816s.", 9816],
      ["Please try again in 7m12s.", 432_000],
      ["Please try again in 6ms. Visit https://x", 6],
      ["Please try again in 6m0s.", 360_000],
      ["Please try again in 9m38.016s.", 578_016],
      ["Please try again in 1.984999999s.", 1985],
      ["Please try again in 1h2m3s.", 3_723_000],
      ["Please retry after 9 seconds.", 9000],
      ["Please retry after 86400 seconds.", 86_400_000],
      ["Rate limit is exceeded. Try again in 2 seconds.", 2000],
      ["Please retry in 48.9399s.", 48_940],
      ["Your quota will reset after 19h14m47s.", 69_287_000],
      ["please try again after 1 seconds", 1000],
      ["or wait 6 seconds for your limit to reset", 6000],
      ["try again in 58 hours", 208_800_000],
      ["Please wait 65031 seconds before retrying.", 65_031_000],
      ["Your rate limit resets in ~10s.", 10_000],
      ["请在 3 秒后重试", 3000]
    ]
    for (const [phrase, expected] of cases) assert.strictEqual(text(phrase), expected, phrase)
  })

  it("that names an amount of something else, or an instant, is no wait", () => {
    for (const phrase of [
      "it can take up to 15 minutes for access to propagate",
      "If you created the deployment within the last 5 minutes, please wait a moment and try again.",
      "Limit: 60 / min. Requested 2 seconds of audio",
      "resets at 2026-05-15T15:00:00Z (2056)",
      "Your limit will reset at 2026-08-27 21:31:39",
      "retry with 3 smaller messages",
      "try again in a few seconds"
    ]) {
      assert.isUndefined(text(phrase), phrase)
    }
  })
})

describe("the body", () => {
  it("holds RetryInfo, whose key was seen with a leading blank", () => {
    const details = (key: string) =>
      JSON.stringify({
        error: { code: 429, details: [{ [key]: "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "54.5s" }] }
      })
    assert.strictEqual(text(details("@type")), 54_500)
    assert.strictEqual(text(details(" @type")), 54_500)
  })

  it("may be JSON inside a string", () => {
    const inner = JSON.stringify({ error: { details: [{ retryDelay: "40s" }] } })
    assert.strictEqual(text(JSON.stringify({ error: { message: inner } })), 40_000)
  })

  it("may hold retry_after, estimated_time or resets_in_seconds, in seconds", () => {
    assert.strictEqual(text('{"retry_after":120,"cloudflare_error":true}'), 120_000)
    assert.strictEqual(text('{"error":"loading","estimated_time":20.5}'), 20_500)
    assert.strictEqual(text('{"error":{"resets_in_seconds":3600}}'), 3_600_000)
    assert.isUndefined(text('{"retry_after":"later"}'))
  })
})

describe("a reset header", () => {
  it("counts only where its bucket is empty", () => {
    const reset = { "x-ratelimit-reset-tokens": "6m0s" }
    assert.strictEqual(header({ ...reset, "x-ratelimit-remaining-tokens": "0" }), 360_000)
    assert.isUndefined(header({ ...reset, "x-ratelimit-remaining-tokens": "12" }))
    assert.isUndefined(header(reset))
  })

  it("is a duration at OpenAI, seconds at Azure and Cerebras, an epoch at OpenRouter and DigitalOcean", () => {
    const requests = (reset: string, family: string) =>
      header({ "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": reset }, family)
    assert.strictEqual(requests("2m59.56s", "openai"), 179_560)
    assert.strictEqual(requests("37", "azure-openai"), 37_000)
    const day = { "x-ratelimit-remaining-requests-day": "0", "x-ratelimit-reset-requests-day": "33011.38" }
    assert.strictEqual(header(day, "cerebras"), 33_011_380)
    assert.strictEqual(requests(String(now + 5000), "openrouter"), 5000)
    assert.strictEqual(requests(String(now / 1000 + 60), "digitalocean"), 60_000)
  })

  it("is not read as a bare number of an unknown provider", () => {
    assert.isUndefined(header({ "x-ratelimit-remaining": "0", "x-ratelimit-reset": "30" }, "somebody"))
  })

  it("is not read of a bucket whose limit is unknown (-1)", () => {
    const headers = {
      "x-ratelimit-limit-tokens": "-1",
      "x-ratelimit-remaining-tokens": "0",
      "x-ratelimit-reset-tokens": "5"
    }
    assert.isUndefined(header(headers, "azure"))
  })

  it("is RFC 3339 at Anthropic, and t= of the IETF draft where r=0", () => {
    const anthropic = {
      "anthropic-ratelimit-input-tokens-remaining": "0",
      "anthropic-ratelimit-input-tokens-reset": "2026-08-01T12:00:45Z"
    }
    assert.strictEqual(header(anthropic, "anthropic"), 45_000)
    assert.strictEqual(header({ ratelimit: '"api";r=0;t=68' }, "huggingface"), 68_000)
    assert.isUndefined(header({ ratelimit: '"api";r=498;t=68' }, "huggingface"))
  })

  it("is the window of a subscription where that is used up", () => {
    const reset = { "anthropic-ratelimit-unified-reset": String(now / 1000 + 900) }
    assert.strictEqual(header({ "anthropic-ratelimit-unified-status": "rejected", ...reset }, "anthropic"), 900_000)
    assert.isUndefined(header({ "anthropic-ratelimit-unified-status": "allowed", ...reset }, "anthropic"))
    const codex = { "x-codex-primary-reset-after-seconds": "120", "x-codex-secondary-used-percent": "40" }
    assert.strictEqual(header({ "x-codex-primary-used-percent": "100", ...codex }, "openai-codex"), 120_000)
    assert.isUndefined(header({ "x-codex-primary-used-percent": "99", ...codex }, "openai-codex"))
  })

  it("is a duration at Groq and whole seconds at Together, whose headers name no unit", () => {
    const groq = { "x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "7.66s" }
    assert.strictEqual(header(groq, "groq"), 7660)
    assert.strictEqual(header({ "x-ratelimit-remaining": "0", "x-ratelimit-reset": "3" }, "together"), 3000)
  })

  it("is the longest of the buckets that are empty", () => {
    const headers = {
      "x-ratelimit-remaining-requests": "0",
      "x-ratelimit-reset-requests": "2s",
      "x-ratelimit-remaining-tokens": "0",
      "x-ratelimit-reset-tokens": "11s"
    }
    assert.strictEqual(header(headers), 11_000)
  })

  it("stands in the body of OpenRouter's free tier", () => {
    const body = JSON.stringify({
      error: { metadata: { headers: { "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": String(now + 60_000) } } }
    })
    assert.strictEqual(wait({ family: "openrouter", body }), 60_000)
  })
})

describe("resetsAt", () => {
  const at = (parts: Partial<Input>) => RetryAfter.resetsAt(evidence(parts))

  it("is UTC where a zone is named, and Beijing time at Z.AI where none is", () => {
    assert.strictEqual(at({ body: "resets at 2026-05-15T15:00:00Z (2056)" }), Date.UTC(2026, 4, 15, 15))
    assert.strictEqual(at({ body: "regain access on 2026-09-01 at 00:00 UTC" }), Date.UTC(2026, 8, 1))
    assert.strictEqual(
      at({ body: "will reset at 2026-08-27 21:31:39", family: "z-ai" }),
      Date.UTC(2026, 7, 27, 13, 31, 39)
    )
    assert.strictEqual(at({ body: "您的限额将在 2026-08-25 07:41:44 重置" }), Date.UTC(2026, 7, 24, 23, 41, 44))
  })

  it("is epoch seconds of the ChatGPT service", () => {
    assert.strictEqual(at({ headers: { "x-codex-primary-reset-at": "1773860656" } }), 1_773_860_656_000)
  })
})

describe("Span.parse", () => {
  it("reads what Go writes, and nothing else", () => {
    assert.strictEqual(Span.parse("109m44s"), 6_584_000)
    assert.strictEqual(Span.parse("1h43m56s"), 6_236_000)
    assert.strictEqual(Span.parse("12ms"), 12)
    for (const other of ["", "5", "m", "5x", "s5", "1h-2m"]) assert.isUndefined(Span.parse(other), other)
  })
})

describe("the last word of a reason", () => {
  const final = (status: number, headers: Record<string, string>) =>
    Failure.classify(evidence({ status, headers, body: "no" }).input).final

  it("is said by x-should-retry: false, of what clients otherwise repeat", () => {
    for (const status of [408, 409, 429, 500, 503, 529]) {
      assert.isTrue(final(status, { "x-should-retry": "false" }), String(status))
      assert.isUndefined(final(status, { "x-should-retry": "true" }), String(status))
      assert.isUndefined(final(status, {}), String(status))
    }
    for (const status of [400, 401, 404, 422])
      assert.isUndefined(final(status, { "x-should-retry": "false" }), String(status))
  })
})

describe("the wait of a reason", () => {
  const reason = (body: string, more: Partial<Input> = {}) =>
    Failure.classify({ ...evidence({ family: "openai-chat", ...more }).input, body })
  const waits = (found: Reason.Reason) => {
    const retryAfter = Reason.retryAfterOf(found)
    return [found._tag, retryAfter === undefined ? undefined : Duration.toMillis(retryAfter)]
  }

  it("is none where the request is larger than its whole bucket, whatever the answer says", () => {
    const body =
      "Rate limit reached on tokens per minute (TPM): Limit 6000, Used 0, Requested 9000. Please try again in 30s."
    assert.deepStrictEqual(waits(reason(body, { family: "groq" })), ["RequestTooLarge", undefined])
    const fits = body.replace("9000", "3000")
    assert.deepStrictEqual(waits(reason(fits, { family: "groq" })), ["RateLimited", 30_000])
    const headers = { "retry-after": "30" }
    assert.deepStrictEqual(waits(reason(body, { family: "groq", headers })), ["RequestTooLarge", undefined])
  })

  it("is none where no money is left or the quota is zero", () => {
    const headers = { "retry-after": "20" }
    const money = '{"error":{"code":"insufficient_quota","message":"You exceeded your current quota."}}'
    assert.deepStrictEqual(waits(reason(money, { headers })), ["QuotaExhausted", undefined])
    const zero = "Quota exceeded for metric: requests, limit: 0. Please retry in 20s."
    assert.deepStrictEqual(waits(reason(zero, { family: "gemini" })), ["QuotaExhausted", undefined])
  })

  it("is what the header says whatever is wrong, and what words say only where it passes by itself", () => {
    const headers = { "retry-after": "20" }
    const body = "no. try again in 9s"
    for (const [status, tag] of [
      [400, "InvalidRequest"],
      [401, "Unauthenticated"],
      [403, "PermissionDenied"],
      [404, "ModelNotFound"],
      [413, "RequestTooLarge"]
    ] as const) {
      assert.deepStrictEqual(waits(reason(body, { status, headers })), [tag, 20_000])
      assert.deepStrictEqual(waits(reason(body, { status })), [tag, undefined])
    }
    assert.deepStrictEqual(waits(reason(body, { status: 503 })), ["Overloaded", 9000])
  })

  it("makes a limit the window of a plan from four hours on, and leaves it a limit just before", () => {
    const headers = (seconds: number) => ({ headers: { "retry-after": String(seconds) } })
    assert.deepStrictEqual(waits(reason("slow down", headers(14_399))), ["RateLimited", 14_399_000])
    assert.deepStrictEqual(waits(reason("slow down", headers(14_400))), ["QuotaExhausted", 14_400_000])
  })

  it("stands in an event of a stream too, where no header can come", () => {
    const event = JSON.stringify({
      type: "error",
      error: { code: "rate_limit_exceeded", message: "Rate limit reached. Please try again in 2.28s." }
    })
    const stream = { transport: "stream", status: undefined } as const
    assert.deepStrictEqual(waits(reason(event, stream)), ["RateLimited", 2280])
  })
})

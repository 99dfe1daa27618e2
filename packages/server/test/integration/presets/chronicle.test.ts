import { assert, beforeAll, describe, it } from "@effect/vitest"
import { answer, refusal } from "../../support/Answers.ts"
import * as Runs from "../../support/presetRuns.ts"
import * as Refusals from "../../support/refusals.ts"
import { json } from "../../support/Step.ts"

const { after, down, limited } = Refusals
const ok = answer({ texts: ["fine"] })
const one = "{ preset: chronicle, targets: [$a/m] }"
const two = "{ preset: chronicle, targets: [$a/m, $b/m] }"
const with_ = (targets: string, options: string) =>
  `{ preset: chronicle, targets: [${targets}], options: { ${options} } }`
const cutBody = json('{"id":"x","choices":[{"message":{"role":"assistant","content":"hello wor', {
  framing: "chunked",
  fault: { kind: "reset", after: 1 }
})

const runs = {
  one: { route: one, a: down },
  two: { route: two, a: down, b: Refusals.busy },
  word: { route: "{ try: [$a/m, $b/m], policy: chronicle }", a: down, b: down, ask: { stream: true } },
  three: { route: with_("$a/m, $b/m, $c/m", "jitter: 0ms"), a: down, b: Refusals.badRequest, c: Refusals.noKey },
  few: { route: with_("$a/m, $b/m, $c/m", "maxTries: 2"), a: down, b: limited, c: ok },
  once: { route: with_("$a/m", "maxTries: 1"), a: down },
  constant: { route: with_("$a/m", "initialBackoff: 60ms, increase: { type: constant }, jitter: 0ms"), a: down },
  additive: {
    route: with_("$a/m", "initialBackoff: 50ms, increase: { type: additive, amount: 70ms }, jitter: 0ms"),
    a: down
  },
  capped: { route: with_("$a/m", "initialBackoff: 100ms, maxBackoff: 150ms, jitter: 40ms, maxTries: 5"), a: down },
  triple: {
    route: with_("$a/m", "initialBackoff: 40ms, increase: { type: exponential, multiplier: 3 }, jitter: 0ms"),
    a: down
  },
  second: { route: two, a: after(30), b: ok },
  wrap: { route: two, a: [after(30), ok], b: down },
  wrapLimited: { route: two, a: [down, ok], b: after(1) },
  wrapTooLong: { route: two, a: down, b: after(6) },
  limited: { route: one, a: limited },
  asks: { route: one, a: [after(1), down, ok] },
  asksTooMuch: { route: one, a: after(6) },
  asksAndWaits: {
    route: with_("$a/m", "maxBackoff: 300ms, failIfRateLimitExceedsMaxBackoff: false"),
    a: [after(1), ok]
  },
  late: { route: "{ preset: chronicle, targets: [$slow/m] }" },
  dead: { route: "{ preset: chronicle, targets: [$dead/m, $b/m] }", b: ok },
  cut: { route: one, a: [cutBody] },
  plain: {
    route: with_("$a/m", "maxTries: 1"),
    a: json("plain trouble", { status: 500, headers: { "content-type": "text/plain" } })
  },
  unsaid: { route: with_("$a/m", "maxTries: 1"), a: { status: 500 } },
  garbled: { route: one, a: json("not what was promised") },
  keys: { route: two, a: Refusals.noKey, b: ok },
  key: { route: one, a: Refusals.noKey },
  forbidden: { route: one, a: Refusals.forbidden },
  unpaid: { route: one, a: refusal(402, "pay first") },
  missing: { route: one, a: Refusals.noModel },
  bad: { route: one, a: Refusals.badRequest },
  badTwice: { route: two, a: Refusals.badRequest, b: Refusals.badRequest },
  full: { route: one, a: Refusals.tooLong },
  filtered: { route: two, a: Refusals.filtered, b: ok },
  teapot: { route: one, a: refusal(418, "a teapot") }
} satisfies Record<string, Runs.Run>

describe("chronicle, as a judge sees it", () => {
  let seen: Awaited<ReturnType<typeof Runs.all<keyof typeof runs>>>
  beforeAll(async () => void (seen = await Runs.all(runs)), 60_000)
  const four = ["a1/m", "a1/m", "a1/m", "a1/m"]
  const noted = (said: string, n: number, who: string) => `${said}\nTry ${n}, Provider: ${who}, Model: m`
  /** Providers have a prefix of their run. */
  const plain = (message: string) => message.replace(/Provider: r\d+x/, "Provider: ")
  const end = (run: Runs.Outcome) => [run.status, run.code, plain(run.message)]

  it("C-16, C-28 and C-57 tries one target four times, 200–300, 400–500 and 800–900 ms apart", () => {
    assert.deepStrictEqual(seen.one.calls, four)
    Runs.spaced(seen.one, [
      [200, 300],
      [400, 500],
      [800, 900]
    ])
    assert.deepStrictEqual(end(seen.one), [500, "provider_server_error", noted("it is down", 4, "a")])
    assert.strictEqual(seen.one.shouldRetry, "false")
  })

  it("C-31, C-33 and C-41 sweeps without a wait, then waits before each further try of the first, by a preset or by one word", () => {
    for (const run of [seen.two, seen.word]) {
      assert.deepStrictEqual(run.calls, ["a1/m", "b1/m", "a1/m", "a1/m"])
      Runs.spaced(run, [0, [200, 300], [400, 500]])
      assert.deepStrictEqual(end(run), [500, "provider_server_error", noted("it is down", 4, "a")])
    }
  })

  it("C-21, C-29 and C-32 moves on after any error, to each with its own key, and asks the first again, whatever the last one said", () => {
    assert.deepStrictEqual(seen.three.calls, ["a1/m", "b1/m", "c1/m", "a1/m"])
    Runs.spaced(seen.three, [0, 0, 200])
  })

  it("C-34 and C-42 ends with the last of fewer tries than targets, and makes exactly one where that is the limit", () => {
    assert.deepStrictEqual(seen.few.calls, ["a1/m", "b1/m"])
    assert.deepStrictEqual(end(seen.few), [429, "rate_limit", noted("slow down", 2, "b")])
    assert.deepStrictEqual([seen.once.calls.length, seen.once.status], [1, 500])
  })

  it("C-4, C-5, C-6, C-9 and C-14 wait as the options of the file say", () => {
    assert.deepStrictEqual(seen.constant.calls, four)
    Runs.spaced(seen.constant, [60, 60, 60])
    Runs.spaced(seen.additive, [50, 120, 190])
    Runs.spaced(seen.triple, [40, 120, 360])
    Runs.spaced(seen.capped, [[100, 140], 150, 150, 150])
  })

  it("C-47 ignores Retry-After while another target is untried, and the start target's own at the wrap", () => {
    assert.deepStrictEqual([seen.second.text, seen.second.served, seen.second.calls], ["fine", "b/m", ["a1/m", "b1/m"]])
    Runs.spaced(seen.second, [0])
    assert.deepStrictEqual([seen.wrap.text, seen.wrap.served, seen.wrap.attempts], ["fine", "a/m", "3"])
    Runs.spaced(seen.wrap, [0, [200, 300]])
    Runs.spaced(seen.wrapLimited, [0, 1000])
  })

  it("C-44 fails at once where a rate limit asks for more than the longest wait, also at the wrap", () => {
    assert.deepStrictEqual(end(seen.asksTooMuch), [429, "rate_limit", noted("slow down", 1, "a")])
    assert.deepStrictEqual([seen.asksTooMuch.calls.length, seen.asksTooMuch.retryAfter], [1, "6"])
    assert.deepStrictEqual(seen.wrapTooLong.calls, ["a1/m", "b1/m"])
    assert.deepStrictEqual([seen.wrapTooLong.status, seen.wrapTooLong.retryAfter], [429, "6"])
  })

  it("C-45, C-46, C-48 and C-59 waits the longer of both, without the flag beyond the longest wait; and advances all the same", () => {
    assert.strictEqual(seen.asks.text, "fine")
    Runs.spaced(seen.asks, [1000, [400, 500]])
    Runs.spaced(seen.asksAndWaits, [1000])
    assert.deepStrictEqual([seen.limited.status, seen.limited.calls], [429, four])
    Runs.spaced(seen.limited, [
      [200, 300],
      [400, 500],
      [800, 900]
    ])
  })

  it("C-58 takes a time-out or a refused connection for a sending error, and retries it", () => {
    assert.deepStrictEqual(end(seen.late), [
      502,
      "provider_connection_error",
      noted("no content within 250 ms", 4, "slow")
    ])
    Runs.spaced(
      seen.late,
      [
        [450, 550],
        [650, 750],
        [1050, 1150]
      ],
      Runs.timedOut
    )
    assert.deepStrictEqual([seen.dead.text, seen.dead.attempts], ["fine", "2"])
  })

  it("C-60 tells the error's own words, be its body JSON or text, and something where it has none", () => {
    assert.strictEqual(plain(seen.plain.message), noted("plain trouble", 1, "a"))
    assert.match(plain(seen.unsaid.message), /^.+\nTry 1, Provider: a, Model: m$/)
  })

  it("C-64 and C-65 takes a body that breaks off or is no JSON for a parsing error, and retries it", () => {
    for (const run of [seen.cut, seen.garbled]) {
      assert.deepStrictEqual([run.status, run.code, run.calls], [502, "parsing_provider_response", four])
    }
  })

  it("C-39 and C-50 to C-53 ends at once with the provider's own status where one target is left", () => {
    for (const [name, status, code, message] of [
      ["key", 401, "provider_rejected_token", "wrong key"],
      ["forbidden", 403, "provider_rejected_token", "not allowed here"],
      ["unpaid", 402, "out_of_credits", "pay first"],
      ["missing", 404, "provider_rejected_input", "The model `m` does not exist"],
      ["bad", 400, "provider_rejected_input", "temperature must be at most 2"],
      ["teapot", 418, "unrecoverable_server_error", "a teapot"]
    ] as const) {
      assert.deepStrictEqual(
        [...end(seen[name]), seen[name].calls],
        [status, code, noted(message, 1, "a"), ["a1/m"]],
        name
      )
    }
    assert.deepStrictEqual([seen.full.status, seen.full.calls.length], [400, 1])
  })

  it("C-29 leaves a refused key or a filtered request to the next target at once, and takes no second key", () => {
    for (const run of [seen.keys, seen.filtered]) {
      assert.deepStrictEqual([run.text, run.calls], ["fine", ["a1/m", "b1/m"]])
    }
  })

  it("C-39 waits once after a request that all refuse, and then tells the caller", () => {
    assert.deepStrictEqual(seen.badTwice.calls, ["a1/m", "b1/m", "a1/m"])
    Runs.spaced(seen.badTwice, [0, [200, 300]])
    assert.deepStrictEqual(end(seen.badTwice), [
      400,
      "provider_rejected_input",
      noted("temperature must be at most 2", 3, "a")
    ])
  })
})

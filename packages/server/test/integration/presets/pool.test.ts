import { assert, beforeAll, describe, it } from "@effect/vitest"
import { answer, refusal } from "../../support/Answers.ts"
import * as Runs from "../../support/presetRuns.ts"
import * as Refusals from "../../support/refusals.ts"
import { json, resetBeforeHeaders, retryAfterSeconds } from "../../support/Step.ts"

const { after, busy, down } = Refusals
const ok = answer({ texts: ["fine"] })
const of = (fallback: string, across = "$a/m, $b/m, $c/m") =>
  `{ preset: pool, strategy: priority, across: [${across}]${fallback === "" ? "" : `, fallback: { ${fallback} }`} }`
const moving = of("enabled: true, onStatus: [5, 429], onRateLimit: true")
const bare = of("enabled: true")
const strict = of("")
const busyFor = refusal(503, "it is busy", { type: "server_error", headers: retryAfterSeconds(7) })

const runs = {
  moves: { route: moving, a: down, b: ok },
  rateLimit: { route: moving, a: after(30), b: ok },
  all: { route: moving, a: down, b: busy, c: refusal(529, "Overloaded", { type: "overloaded_error" }) },
  allLimited: { route: moving, a: after(5), b: after(5), c: after(5) },
  stream: { route: moving, a: down, b: busy, c: down, ask: { stream: true } },
  key: { route: moving, a: Refusals.noKey, b: ok },
  forbidden: { route: moving, a: Refusals.forbidden, b: ok },
  bad: { route: moving, a: Refusals.badRequest, b: ok },
  invalid: { route: moving, a: refusal(422, "no such field", { type: "invalid_request_error" }), b: ok },
  missing: { route: moving, a: Refusals.noModel, b: ok },
  full: { route: moving, a: Refusals.tooLong, b: ok },
  filtered: { route: moving, a: Refusals.filtered, b: ok },
  unpaid: { route: moving, a: refusal(402, "pay first"), b: ok },
  inside: { route: moving, a: json({ error: { message: "cut short", type: "server_error" } }), b: ok },
  garbled: { route: moving, a: json("not what was promised"), b: ok },
  late: { route: of("enabled: true", "$slow/m, $b/m"), b: ok },
  reset: { route: bare, a: resetBeforeHeaders, b: ok },
  dead: { route: of("enabled: true", "$dead/m, $b/m"), b: ok },
  allDead: { route: of("enabled: true", "$dead/m, $dead/n") },
  deadStrict: { route: of("", "$dead/m, $b/m"), b: ok },
  lateStrict: { route: of("", "$slow/m, $b/m"), b: ok },
  downBare: { route: bare, a: down, b: ok },
  downStrict: { route: strict, a: down, b: ok },
  busyStrict: { route: strict, a: busyFor, b: ok },
  limitedStrict: { route: of("enabled: false, onStatus: [429]"), a: after(7), b: ok },
  ten: { route: of("enabled: true, onStatus: [50]"), a: refusal(509, "over"), b: ok },
  notTen: { route: of("enabled: true, onStatus: [50]"), a: refusal(529, "Overloaded"), b: ok },
  exact: { route: of("enabled: true, onStatus: [404]"), a: Refusals.noModel, b: Refusals.noKey },
  weighted: {
    route:
      "{ preset: pool, across: [{ target: $a/m, weight: 3 }, { target: $b/m, weight: 1 }, { target: $c/m, weight: 0 }] }",
    a: ok,
    b: ok,
    c: ok,
    times: 80
  }
} satisfies Record<string, Runs.Run>

describe("pool, as a judge sees it", () => {
  let seen: Awaited<ReturnType<typeof Runs.all<keyof typeof runs>>>
  beforeAll(async () => void (seen = await Runs.all(runs)), 60_000)
  const gone = [502, "bad gateway", "bad_gateway", null]
  const end = (run: Runs.Outcome) => [run.status, run.message, run.code, run.retryAfter]

  it("P-24, P-29 and P-31 discard a status that moves on, and ask the next at once, whatever it asks for", () => {
    for (const run of [seen.moves, seen.rateLimit]) {
      assert.deepStrictEqual([run.text, run.served, run.calls], ["fine", "b/m", ["a1/m", "b1/m"]])
      Runs.spaced(run, [0])
    }
    assert.deepStrictEqual([seen.ten.text, seen.ten.calls], ["fine", ["a1/m", "b1/m"]])
    assert.deepStrictEqual([seen.notTen.status, seen.notTen.calls], [529, ["a1/m"]])
  })

  it("P-31 and P-32 ask each once and end as a bare 502, whatever they said, whole or streamed", () => {
    for (const run of [seen.all, seen.allLimited, seen.stream]) {
      assert.deepStrictEqual([end(run), run.calls], [gone, ["a1/m", "b1/m", "c1/m"]])
      Runs.spaced(run, [0, 0])
    }
  })

  it("P-32 goes by the last error: a status that does not move on is handed on after one that does", () => {
    assert.deepStrictEqual(
      [seen.exact.status, seen.exact.message, seen.exact.calls],
      [401, "wrong key", ["a1/m", "b1/m"]]
    )
  })

  it("P-29 hands any other answer on as it is, and asks nobody else", () => {
    for (const [name, status, message] of [
      ["key", 401, "wrong key"],
      ["forbidden", 403, "not allowed here"],
      ["bad", 400, "temperature must be at most 2"],
      ["invalid", 422, "no such field"],
      ["missing", 404, "The model `m` does not exist"],
      ["full", 400, "This model's maximum context length is 8192 tokens, however you requested 9000 tokens"],
      ["filtered", 400, "Your request was rejected by our safety system"],
      ["unpaid", 402, "pay first"],
      ["inside", 502, "cut short"],
      ["garbled", 502, "the answer is not what the protocol promises"],
      ["downBare", 500, "it is down"],
      ["downStrict", 500, "it is down"]
    ] as const) {
      const run = seen[name]
      assert.deepStrictEqual([run.status, run.message, run.calls], [status, message, ["a1/m"]], name)
    }
  })

  it("P-23 and P-29 move on at nothing where fallback is off, and hand Retry-After on too", () => {
    for (const [run, status] of [
      [seen.limitedStrict, 429],
      [seen.busyStrict, 503]
    ] as const) {
      assert.deepStrictEqual([run.status, run.retryAfter, run.shouldRetry, run.calls], [status, "7", null, ["a1/m"]])
    }
  })

  it("P-30 goes on after a connection error or a time-out where fallback is enabled, else answers 502", () => {
    assert.deepStrictEqual([seen.reset.text, seen.reset.calls], ["fine", ["a1/m", "b1/m"]])
    assert.deepStrictEqual([seen.dead.text, seen.dead.calls, seen.dead.attempts], ["fine", ["b1/m"], "2"])
    assert.deepStrictEqual([seen.late.text, seen.late.calls], ["fine", ["s1/m", "b1/m"]])
    Runs.spaced(seen.late, [250], Runs.timedOut)
    for (const run of [seen.allDead, seen.deadStrict, seen.lateStrict]) assert.deepStrictEqual(end(run), gone)
    assert.deepStrictEqual([seen.deadStrict.calls, seen.lateStrict.calls], [[], ["s1/m"]])
  })

  it("P-9 and P-10 draw by weight, and never a weight of 0", () => {
    const count = (call: string) => seen.weighted.calls.filter((one) => one === call).length
    assert.deepStrictEqual([seen.weighted.calls.length, count("c1/m")], [80, 0])
    assert.isTrue(count("a1/m") >= 42 && count("a1/m") <= 76, String(count("a1/m")))
  })
})

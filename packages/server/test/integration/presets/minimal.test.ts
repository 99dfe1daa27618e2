import { assert, beforeAll, describe, it } from "@effect/vitest"
import { answer, refusal } from "../../support/Answers.ts"
import * as Refusals from "../../support/refusals.ts"
import * as Runs from "../../support/presetRuns.ts"
import { resetBeforeHeaders, silent } from "../../support/Step.ts"

const { after, down, limited } = Refusals
const ok = answer({ texts: ["fine"] })
const route = "{ preset: minimal, target: $a/m }"

const runs = {
  down: { route, a: down },
  stream: { route, a: down, ask: { stream: true } },
  busy: { route, a: Refusals.busy },
  recovers: { route, a: [down, ok] },
  asksOnce: { route, a: [after(1), ok] },
  asksAlways: { route, a: after(1) },
  asksForNothing: { route, a: after(0) },
  says: { route, a: limited },
  mixed: { route, a: [after(1), down] },
  late: { route: "{ preset: minimal, target: $slow/m }" },
  dead: { route: "{ preset: minimal, target: $dead/m }" },
  reset: { route, a: resetBeforeHeaders },
  key: { route, a: Refusals.noKey },
  forbidden: { route, a: Refusals.forbidden },
  bad: { route, a: Refusals.badRequest },
  missing: { route, a: Refusals.noModel },
  full: { route, a: Refusals.tooLong },
  filtered: { route, a: Refusals.filtered },
  quota: { route, a: Refusals.quota },
  anthropic: {
    route: "{ preset: minimal, target: $c/m }",
    c: refusal(529, "Overloaded", { type: "overloaded_error" })
  },
  left: { route, a: after(1), leavesAfterMs: 400 },
  leftCalling: { route, a: silent, leavesAfterMs: 100 },
  cut: { route, a: answer({ cutAfter: 1, ending: "error" }), ask: { stream: true } }
} satisfies Record<string, Runs.Run>

describe("minimal, as a judge sees it", () => {
  let seen: Awaited<ReturnType<typeof Runs.all<keyof typeof runs>>>
  beforeAll(async () => void (seen = await Runs.all(runs)), 60_000)
  const four = ["a1/m", "a1/m", "a1/m", "a1/m"]

  it("M-2 and M-10 makes four calls 100, 200 and 400 ms apart, whole or streamed, and ends as the last one did", () => {
    for (const [run, status, message] of [
      [seen.down, 502, "it is down"],
      [seen.stream, 502, "it is down"],
      [seen.busy, 503, "it is busy"],
      [seen.reset, 502, "read ECONNRESET"]
    ] as const) {
      assert.deepStrictEqual([run.status, run.message, run.calls], [status, message, four])
      assert.strictEqual(run.shouldRetry, "false")
      Runs.spaced(run, [100, 200, 400])
    }
    assert.deepStrictEqual([seen.anthropic.status, seen.anthropic.calls.length], [503, 4])
    Runs.spaced(seen.anthropic, [100, 200, 400])
  })

  it("M-10 counts a time-out and a refused connection like any failure that may pass", () => {
    assert.deepStrictEqual([seen.late.status, seen.late.message], [504, "no content within 250 ms"])
    Runs.spaced(seen.late, [350, 450, 650], Runs.timedOut)
    assert.deepStrictEqual([seen.dead.status, seen.dead.message], [502, "connect ECONNREFUSED 127.0.0.1:1"])
  })

  it("M-6 returns a success of the second call, and says who served", () => {
    const { attempts, served, text } = seen.recovers
    assert.deepStrictEqual([text, served, attempts], ["fine", "a/m", "2"])
    Runs.spaced(seen.recovers, [100])
  })

  it("M-9 waits exactly as long as a rate limit asks; 0 is at once", () => {
    assert.strictEqual(seen.asksOnce.text, "fine")
    Runs.spaced(seen.asksOnce, [1000])
    Runs.spaced(seen.asksForNothing, [0, 0, 0])
    assert.deepStrictEqual([seen.asksForNothing.status, seen.asksForNothing.shouldRetry], [429, "false"])
  })

  it("M-9 and M-12 answers 429 after three such waits, with the wait that is left to the caller", () => {
    assert.deepStrictEqual(
      [seen.asksAlways.status, seen.asksAlways.message, seen.asksAlways.retryAfter, seen.asksAlways.shouldRetry],
      [429, "slow down", "1", null]
    )
    Runs.spaced(seen.asksAlways, [1000, 1000, 1000])
    Runs.spaced(seen.mixed, [1000, 200, 400])
    assert.deepStrictEqual([seen.mixed.status, seen.mixed.message], [502, "it is down"])
  })

  it("M-10 waits as after any failure where a rate limit asks for nothing", () => {
    assert.deepStrictEqual([seen.says.status, seen.says.message, seen.says.retryAfter], [429, "slow down", null])
    Runs.spaced(seen.says, [100, 200, 400])
  })

  it("M-7 makes one call where the error is not retryable, and hands it on", () => {
    for (const [name, status, message] of [
      ["key", 502, "wrong key"],
      ["forbidden", 502, "not allowed here"],
      ["bad", 400, "temperature must be at most 2"],
      ["missing", 404, "The model `m` does not exist"],
      ["full", 400, "This model's maximum context length is 8192 tokens, however you requested 9000 tokens"],
      ["filtered", 400, "Your request was rejected by our safety system"],
      ["quota", 429, "You exceeded your current quota, please check your plan and billing details"]
    ] as const) {
      const run = seen[name]
      assert.deepStrictEqual([run.status, run.message, run.calls], [status, message, ["a1/m"]], name)
    }
  })

  it("M-5 and M-11 makes no further call for a caller who has gone, in a wait or in an exchange", () => {
    assert.deepStrictEqual([seen.left.calls, seen.leftCalling.calls], [["a1/m"], ["a1/m"]])
  })

  it("M-13 does not open a stream again that breaks after it was opened, and does not end it well", () => {
    assert.deepStrictEqual([seen.cut.status, seen.cut.calls], [200, ["a1/m"]])
    assert.include(seen.cut.text, '"error"')
    assert.notInclude(seen.cut.text, "[DONE]")
  })
})

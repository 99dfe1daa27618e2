import { assert, beforeAll, describe, it } from "@effect/vitest"
import * as Json from "@orelse/core/domain/Json"
import { answer, refusal } from "../../support/Answers.ts"
import * as Runs from "../../support/presetRuns.ts"
import * as Refusals from "../../support/refusals.ts"
import { emptyStream, sse } from "../../support/Step.ts"

const { after, busy, down } = Refusals
const ok = answer({ texts: ["fine"] })
const of = (providers: string, more = "options: { maxRetries: 1, baseBackoff: 100ms }") =>
  `{ preset: reliable, providers: [${providers}], model: m, ${more} }`
const two = of("$a, $b")
const four = of("$a, $b", "fallbacks: [n], options: { maxRetries: 1, baseBackoff: 100ms }")
const user = (content: string) => ({ role: "user", content })
const said = (content: string) => ({ role: "assistant", content })
const history = { messages: [{ role: "system", content: "s" }, user("1"), said("2"), user("3"), said("4"), user("5")] }
const tools = [{ type: "function", function: { name: "look", parameters: { type: "object" } } }]
const rateLimit = (message: string, code?: number) =>
  refusal(429, message, { type: "rate_limit_error", ...(code === undefined ? {} : { code }) })
const errorFirst = sse(['data: {"error":{"message":"it is down","type":"server_error"}}\n\n'])

const runs = {
  usual: { route: "{ preset: reliable, providers: [$a], model: m }", a: down },
  smallest: { route: of("$a", "options: { maxRetries: 1, baseBackoff: 1ms }"), a: down },
  all: { route: four, a: busy, b: down },
  recovers: { route: four, a: down, b: [down, down, ok] },
  word: { route: "{ try: [$a/m, $b/m], policy: reliable }", a: down, b: ok },
  keys: { route: four, a: Refusals.noKey, b: Refusals.noKey },
  key: { route: two, a: Refusals.noKey, b: ok },
  forbidden: { route: two, a: Refusals.forbidden, b: ok },
  bad: { route: two, a: Refusals.badRequest, b: Refusals.badRequest },
  missing: { route: four, a: Refusals.noModel, b: Refusals.noModel },
  slow: { route: two, a: refusal(408, "took too long"), b: ok },
  filtered: { route: two, a: Refusals.filtered, b: ok },
  limited: { route: two, a: rateLimit("Too Many Requests"), b: rateLimit("Too Many Requests") },
  asks: { route: two, a: [after(1), ok] },
  asksNothing: { route: two, a: [after(0), ok] },
  words: { route: two, a: [rateLimit("slow down, retry in 1"), ok] },
  quota: { route: two, a: Refusals.quota, b: ok },
  plan: { route: two, a: rateLimit("Your plan does not include this model"), b: rateLimit("no luck", 1113) },
  other: { route: two, a: rateLimit("no luck", 1114), b: ok },
  late: { route: of("$slow, $slow") },
  dead: { route: of("$dead, $b"), b: ok },
  oneShot: { route: four, a: Refusals.tooLong, b: ok },
  history: { route: four, a: [Refusals.tooLong, ok], ask: history },
  twice: { route: two, a: Refusals.tooLong, b: Refusals.tooLong, ask: history },
  noRetry: { route: of("$a, $b", "options: { maxRetries: 0 }"), a: Refusals.tooLong, b: ok, ask: history },
  tools: { route: four, a: Refusals.tooLong, b: ok, ask: { tools } },
  schema: { route: of("$a"), a: [refusal(400, "tool call validation failed", { code: "tool_use_failed" }), ok] },
  long: {
    route: of("$a, $b", "options: { maxRetries: 0 }"),
    a: refusal(500, "word ".repeat(200)),
    b: refusal(500, "bad key sk-abcdef0123456789 used")
  },
  left: {
    route: of("$a", "options: { maxRetries: 3, baseBackoff: 1s }"),
    a: down,
    ask: { stream: true },
    leavesAfterMs: 200
  },
  stream: { route: two, a: errorFirst, b: Refusals.noKey, ask: { stream: true } },
  streamFull: { route: two, a: Refusals.tooLong, b: Refusals.tooLong, ask: { ...history, stream: true } },
  streamEmpty: { route: two, a: emptyStream, b: busy, ask: { stream: true } },
  streamsEmpty: { route: two, a: emptyStream, b: emptyStream, ask: { stream: true } },
  streamCut: { route: two, a: answer({ cutAfter: 1, ending: "error" }), b: ok, ask: { stream: true } }
} satisfies Record<string, Runs.Run>

describe("reliable, as a judge sees it", () => {
  let seen: Awaited<ReturnType<typeof Runs.all<keyof typeof runs>>>
  beforeAll(async () => void (seen = await Runs.all(runs)), 60_000)
  const lines = (run: Runs.Outcome) => run.message.replaceAll(/r\d+x/g, "").split("\n")
  const entry = (who: string, model: string, n: string, label: string, error: string) =>
    `provider=${who} model=${model} attempt ${n}: ${label}; error=${error}`
  const everything = "All providers/models failed. Attempts:"
  const streaming = "All streaming providers/models failed. Attempts:"
  const wait: readonly [number, number] = [50, 100]
  const texts = (body: Json.Json | undefined) =>
    Json.array(Json.at(body, "messages")).map((message) => Json.at(message, "content"))
  const full = "This model's maximum context length is 8192 tokens, however you requested 9000 tokens"

  it("R-4, R-38 and R-40 makes three calls, 250–500 and 500–1000 ms apart, by default", () => {
    assert.deepStrictEqual(seen.usual.calls, ["a1/m", "a1/m", "a1/m"])
    Runs.spaced(seen.usual, [
      [250, 500],
      [500, 1000]
    ])
    assert.deepStrictEqual([seen.usual.status, seen.usual.shouldRetry], [502, "false"])
  })

  it("R-3 waits 25–50 ms at the least", () => {
    assert.strictEqual(seen.smallest.calls.length, 2)
    Runs.spaced(seen.smallest, [[25, 50]])
  })

  it("R-6, R-7, R-41, R-44 and R-48 asks models, providers, attempts, and tells every one of them", () => {
    assert.deepStrictEqual(seen.all.calls, ["a1/m", "a1/m", "b1/m", "b1/m", "a1/n", "a1/n", "b1/n", "b1/n"])
    Runs.spaced(seen.all, [wait, 0, wait, 0, wait, 0, wait])
    assert.strictEqual(seen.all.status, 503)
    const pair = (who: string, model: string, error: string) => [
      entry(who, model, "1/2", "retryable", error),
      entry(who, model, "2/2", "retryable", error)
    ]
    assert.deepStrictEqual(lines(seen.all), [
      everything,
      ...pair("a", "m", "it is busy"),
      ...pair("b", "m", "it is down"),
      ...pair("a", "n", "it is busy"),
      ...pair("b", "n", "it is down")
    ])
  })

  it("R-56 and R-57 tell with the answer who served, and that it fell back only where another target did", () => {
    assert.deepStrictEqual([seen.recovers.served, seen.recovers.fellBack], ["b/n", "true"])
    assert.deepStrictEqual([seen.asks.served, seen.asks.attempts, seen.asks.fellBack], ["a/m", "2", "false"])
  })

  it("R-42 serves the first success, and says who gave it after how many attempts", () => {
    const { attempts, served, text } = seen.recovers
    assert.deepStrictEqual([text, served, attempts], ["fine", "b/n", "7"])
    assert.deepStrictEqual([seen.word.text, seen.word.calls], ["fine", ["a1/m", "a1/m", "a1/m", "b1/m"]])
    assert.deepStrictEqual([seen.dead.text, seen.dead.attempts], ["fine", "3"])
  })

  it("R-17, R-43 and R-49 goes to the next provider at once after what is non-retryable, by no second key", () => {
    for (const name of ["key", "forbidden", "filtered", "quota"] as const) {
      assert.deepStrictEqual([seen[name].text, seen[name].calls], ["fine", ["a1/m", "b1/m"]], name)
      Runs.spaced(seen[name], [0])
    }
    assert.deepStrictEqual([seen.slow.text, seen.slow.calls], ["fine", ["a1/m", "a1/m", "b1/m"]])
  })

  it("R-33 and R-48 tell keys, bad requests and models that are not there, with their usual statuses", () => {
    const error = { keys: "wrong key", bad: "temperature must be at most 2", missing: "The model `m` does not exist" }
    for (const [name, status, calls] of [
      ["keys", 502, 4],
      ["bad", 400, 2],
      ["missing", 404, 4]
    ] as const) {
      const run = seen[name]
      assert.deepStrictEqual([run.status, run.calls.length, lines(run).length], [status, calls, calls + 1], name)
      assert.strictEqual(lines(run)[1], entry("a", "m", "1/2", "non_retryable", error[name]))
    }
  })

  it("R-29, R-30, R-31, R-32 and R-33 tell a rate limit from one that no waiting cures", () => {
    assert.deepStrictEqual([seen.limited.status, seen.limited.calls.length], [429, 4])
    Runs.spaced(seen.limited, [wait, 0, wait])
    assert.include(lines(seen.limited)[4], "model=m attempt 2/2: rate_limited; error=Too Many Requests")
    assert.deepStrictEqual([seen.plan.status, seen.plan.calls], [429, ["a1/m", "b1/m"]])
    for (const line of lines(seen.plan).slice(1)) assert.include(line, "attempt 1/2: rate_limited_non_retryable;")
    assert.deepStrictEqual(seen.other.calls, ["a1/m", "a1/m", "b1/m"])
  })

  it("R-34 and R-37 waits as long as it is asked to, in a header or in words, and the base exactly where that is longer", () => {
    for (const [run, ms] of [
      [seen.asks, 1000],
      [seen.words, 1000],
      [seen.asksNothing, 100]
    ] as const) {
      assert.strictEqual(run.text, "fine")
      Runs.spaced(run, [ms])
    }
  })

  it("R-21 retries a time-out, and ends in one", () => {
    assert.deepStrictEqual([seen.late.status, seen.late.calls.length], [504, 4])
    Runs.spaced(seen.late, [[300, 350], 250, [300, 350]], Runs.timedOut)
    assert.strictEqual(lines(seen.late)[4], entry("slow", "m", "2/2", "retryable", "no content within 250 ms"))
  })

  it("R-50 ends a chat of one message at once where it does not fit", () => {
    assert.deepStrictEqual([seen.oneShot.status, seen.oneShot.calls], [400, ["a1/m"]])
    assert.deepStrictEqual(lines(seen.oneShot), [
      "Request exceeds model context window. Attempts:",
      entry("a", "m", "1/2", "non_retryable", full)
    ])
  })

  it("R-51 and R-54 drops the older half of a history, and asks the same pair again at once", () => {
    assert.deepStrictEqual([seen.history.text, seen.history.calls], ["fine", ["a1/m", "a1/m"]])
    Runs.spaced(seen.history, [0])
    assert.deepStrictEqual(texts(seen.history.sent[1]), ["s", "3", "4", "5"])
  })

  it("R-53 drops once a call, without a line in the trail, and retries a later overflow like any failure", () => {
    assert.deepStrictEqual(seen.twice.calls, ["a1/m", "a1/m", "b1/m", "b1/m"])
    Runs.spaced(seen.twice, [0, 0, wait])
    assert.deepStrictEqual(texts(seen.twice.sent[3]), ["s", "3", "4", "5"])
    assert.deepStrictEqual(lines(seen.twice), [
      everything,
      entry("a", "m", "2/2", "retryable", full),
      entry("b", "m", "1/2", "retryable", full),
      entry("b", "m", "2/2", "retryable", full)
    ])
  })

  it("R-52 and R-55 end where nothing can be dropped, and move on where no attempt is left for what was", () => {
    assert.deepStrictEqual([seen.tools.status, seen.tools.calls], [400, ["a1/m"]])
    assert.match(
      lines(seen.tools)[0] ?? "",
      /^Request exceeds model context window and cannot be reduced further\. Try using .* compact_context in config\. Attempts:$/
    )
    assert.deepStrictEqual([seen.noRetry.text, seen.noRetry.calls], ["fine", ["a1/m", "b1/m"]])
    assert.deepStrictEqual(texts(seen.noRetry.sent[1]), ["s", "3", "4", "5"])
  })

  it("R-16 and R-27 retries where a tool's schema was refused", () => {
    assert.deepStrictEqual([seen.schema.text, seen.schema.calls], ["fine", ["a1/m", "a1/m"]])
    Runs.spaced(seen.schema, [wait])
  })

  it("R-45, R-46 and R-47 keep keys out of the trail, and each entry short", () => {
    const [, first = "", second = ""] = lines(seen.long)
    assert.match(first, /^provider=a model=m attempt 1\/1: retryable; error=(word ){99}.*\.\.\.$/)
    assert.isAtMost(first.length, 560)
    assert.strictEqual(second, entry("b", "m", "1/1", "retryable", "bad key [REDACTED] used"))
  })

  it("R-66 and R-67 opens nothing more for a consumer who has gone in a wait", () => {
    assert.deepStrictEqual(seen.left.calls, ["a1/m"])
  })

  it("R-70, R-71 and R-73 walk streams the same way, and tell each in short", () => {
    assert.deepStrictEqual([seen.stream.status, seen.stream.calls], [502, ["a1/m", "a1/m", "b1/m"]])
    Runs.spaced(seen.stream, [wait, 0])
    assert.deepStrictEqual(lines(seen.stream), [streaming, "a/m: it is down", "a/m: it is down", "b/m: wrong key"])
  })

  it("R-75 retries a stream whose context is full as it is", () => {
    assert.deepStrictEqual([seen.streamFull.status, seen.streamFull.calls.length], [400, 4])
    assert.strictEqual(texts(seen.streamFull.sent[3]).length, 6)
  })

  it("R-72 and R-74 leave an empty stream at once, and take none for a whole answer", () => {
    assert.deepStrictEqual(seen.streamEmpty.calls, ["a1/m", "b1/m", "b1/m"])
    assert.strictEqual(lines(seen.streamEmpty)[1], "a/m: stream produced no events")
    assert.deepStrictEqual([seen.streamsEmpty.status, seen.streamsEmpty.calls], [502, ["a1/m", "b1/m"]])
    assert.deepStrictEqual(lines(seen.streamsEmpty).slice(2), ["b/m: stream produced no events"])
  })

  it("R-68 and R-69 ask nobody else after the first event, and end what breaks then in an error", () => {
    assert.deepStrictEqual([seen.streamCut.status, seen.streamCut.calls], [200, ["a1/m"]])
    assert.include(seen.streamCut.text, '"error"')
    assert.notInclude(seen.streamCut.text, "[DONE]")
  })
})

import { assert, describe, it } from "@effect/vitest"
import type { AttemptRow, CallRow, CallStory } from "@orelse/core/layer/Ledger"
import * as Calls from "../../src/render/calls.ts"
import { colored, plain } from "../../src/render/text.ts"

const start = new Date(2026, 10, 21, 4, 40, 0).getTime()

const call = (more: Partial<CallRow> = {}): CallRow => ({
  id: "id-1",
  startedAt: start,
  endedAt: start + 950,
  route: "smart",
  model: "smart",
  operation: "chat",
  dialect: "openai-chat",
  stream: true,
  outcome: "answered",
  status: 200,
  served: { provider: "mine", model: "llama-4", credential: "none" },
  attempts: 2,
  fellBack: true,
  firstContentMs: 700,
  durationMs: 950,
  overheadMs: 0.412,
  usage: { inputTokens: 1200, outputTokens: 80 },
  costUsd: 0.00123456,
  costBasis: "estimated",
  metadata: { run: "run-1" },
  ...more
})

const attempt = (ordinal: number, more: Partial<AttemptRow> = {}): AttemptRow => ({
  ordinal,
  provider: "openai",
  model: "gpt-5.2",
  credential: "main",
  startedAt: start + 1,
  waitedBeforeMs: 0,
  outcome: "failed",
  durationMs: 310,
  reason: "RateLimited",
  status: 429,
  retryAfterMs: 2000,
  action: "nextTarget",
  message: "slow down",
  ...more
})

const story: CallStory = {
  call: call(),
  attempts: [
    attempt(1),
    {
      ordinal: 2,
      provider: "mine",
      model: "llama-4",
      credential: "none",
      startedAt: start + 561,
      waitedBeforeMs: 250,
      outcome: "answered",
      durationMs: 389,
      firstContentMs: 139,
      usage: { inputTokens: 1200, outputTokens: 80 },
      costUsd: 0.00123456
    }
  ],
  events: [{ _tag: "AppEvent", id: "e", at: start - 40, type: "step:start", metadata: { run: "run-1", step: "plan" } }]
}

const totals = { calls: 1204, attempts: 1310, inputTokens: 1020300, outputTokens: 88120, costUsd: 3.21041 }

describe("calls as a table", () => {
  it("gives each call a line and ends with the totals of the filter", () => {
    const text = Calls.table({ calls: [call()], totals, next: "123.id-1" }, plain)
    assert.deepStrictEqual(text.split("\n"), [
      "2026-11-21 04:40:00  answered  smart  mine/llama-4  2 attempts  950 ms  1,200 + 80 tokens  0.001235 USD  id-1",
      "",
      "1,204 calls, 1,310 attempts, 1,020,300 + 88,120 tokens, 3.21 USD",
      "more: --cursor 123.id-1"
    ])
  })

  it("says what many calls cost to the cent", () => {
    const cost = (costUsd: number) =>
      Calls.totals({ ...totals, costUsd })
        .split(", ")
        .at(-1)
    assert.deepStrictEqual([12_345.678, 99.996, 0.5, 0].map(cost), ["12345.68 USD", "100 USD", "0.5 USD", "0 USD"])
  })

  it("leaves out columns that no call fills, and keeps those that one does", () => {
    const open: CallRow = {
      id: "id-2",
      startedAt: start,
      route: "smart",
      model: "smart",
      operation: "chat",
      dialect: "openai-chat",
      stream: false,
      outcome: "running"
    }
    const [alone] = Calls.table({ calls: [open], totals }, plain).split("\n")
    assert.strictEqual(alone, "2026-11-21 04:40:00  running  smart  id-2")
    const failed = call({ outcome: "failed", reason: "DeadlineExceeded", served: undefined })
    const [, second] = Calls.table({ calls: [open, failed], totals }, plain).split("\n")
    assert.include(second, "failed   DeadlineExceeded")
  })

  it("tells a run's calls with its events among them, the oldest first", () => {
    const event = (type: string, at: number, step?: string) => ({
      _tag: "AppEvent" as const,
      id: type,
      at,
      type,
      metadata: { run: "run-1", ...(step === undefined ? {} : { step }) }
    })
    const calls = [call({ id: "id-2", startedAt: start + 5_000 }), call()]
    const events = [event("run:start", start - 1_000), event("step:end", start + 3_000, "plan")]
    assert.deepStrictEqual(
      Calls.table({ calls, totals, events }, plain)
        .split("\n")
        .slice(0, 4)
        .map((line) => line.trimEnd()),
      [
        "2026-11-21 04:39:59  run:start",
        "2026-11-21 04:40:00  answered   smart  mine/llama-4  2 attempts  950 ms  1,200 + 80 tokens  0.001235 USD  id-1",
        "2026-11-21 04:40:03  step:end   plan",
        "2026-11-21 04:40:05  answered   smart  mine/llama-4  2 attempts  950 ms  1,200 + 80 tokens  0.001235 USD  id-2"
      ]
    )
  })

  it("shows the escapes of whoever told an event or named a call, and obeys none", () => {
    const event = {
      _tag: "AppEvent" as const,
      id: "e",
      at: start,
      type: "run:start\u001b[31m",
      metadata: { step: "a\nb" }
    }
    for (const style of [plain, colored]) {
      const [line] = Calls.table({ calls: [call()], totals, events: [event] }, style).split("\n")
      assert.include(line, "run:start\\u001b[31m")
      assert.include(line, "a\\u000ab")
    }
  })

  it("says so where no call fits", () => {
    assert.strictEqual(Calls.table({ calls: [], totals }, plain), "No call on record fits.")
  })
})

describe("one call as a time line", () => {
  it("shows the escapes of a provider's message and of an event, and obeys none", () => {
    const escaped = {
      ...story,
      attempts: [attempt(1, { message: "no\u001b]0;title\u0007" })],
      events: story.events.map((event) => ({ ...event, type: "step\u001b[2J" }))
    }
    const text = Calls.timeline(escaped, plain)
    assert.notMatch(text, /[^\n\P{Cc}]/u)
    assert.include(text, ": no\\u001b]0;title\\u0007")
  })

  it("tells what failed, what the policy did, how long it waited, and the run's steps between, in order", () => {
    const text = Calls.timeline(story, plain)
    assert.deepStrictEqual(text.slice(text.indexOf("\n\n") + 2).split("\n"), [
      "  -40 ms   step:start plan",
      "  +0 ms    the call arrives",
      "  +1 ms    1. openai/gpt-5.2 (main) is asked",
      "  +311 ms  1. RateLimited 429 after 310 ms, asked to wait 2 s → nextTarget: slow down",
      "  +561 ms  2. mine/llama-4 (none) is asked, after a wait of 250 ms",
      "  +700 ms  2. first content",
      "  +950 ms  2. answered after 389 ms, 1,200 + 80 tokens, 0.001235 USD",
      "  +950 ms  the call is answered"
    ])
  })

  it("begins with the facts of the call", () => {
    const facts = Calls.timeline(story, plain).split("\n\n")[0] ?? ""
    assert.include(facts, "id-1  answered")
    assert.include(facts, "  attempts   2, fell back")
    assert.include(facts, "950 ms, first content after 700 ms, 0.41 ms of it our own")
    assert.include(facts, "0.001235 USD (estimated)")
    assert.include(facts, "run=run-1")
  })

  it("says that a call cost nothing where it is known to", () => {
    const free = call({ costUsd: 0, costBasis: "reported" })
    assert.include(Calls.timeline({ call: free, attempts: [], events: [] }, plain), "0 USD (reported)")
  })

  it("shows an attempt without an end as unfinished", () => {
    const open = attempt(1, { outcome: "unfinished", durationMs: 0, reason: undefined, status: undefined })
    const text = Calls.timeline({ call: call({ outcome: "unfinished" }), attempts: [open], events: [] }, plain)
    assert.include(text, "+1 ms    1. unfinished")
    assert.include(text, "the call is unfinished")
  })
})

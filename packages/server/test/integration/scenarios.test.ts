/**
 * Sixteen ways for a provider to go wrong, through the gateway, over real sockets and SDKs; attempts and their spacing are counted at the
 * provider, and every call is held against its record (`support/scenario.ts`). Each is run for every inbound dialect, with a provider that
 * speaks it and one that does not. The primary that flaps is in `flapping.test.ts`.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { answer, refusal, type Said } from "../support/Answers.ts"
import { callers, type Caller } from "../support/callers.ts"
import { type Outcome, start, type World } from "../support/scenario.ts"
import type { RecordedRequest } from "../support/ScriptedServer.ts"
import { emptyBody, resetBeforeHeaders, retryAfterSeconds, silent, type Step } from "../support/Step.ts"

const other = (caller: Caller) => (caller.protocol === "openai-chat" ? "anthropic-messages" : "openai-chat")
const sixty = Array.from({ length: 60 }, (_, index) => `w${index} `)
const firstForty = sixty.slice(0, 40).join("")

interface Scenario {
  readonly says: string
  readonly run: (world: World) => Promise<void>
}

const ok = answer({ texts: ["fine"] })
const cut = (said: Said) => answer({ texts: sixty, cutAfter: 40, ...said }, { betweenMs: 1 })
/** Forty events, and a part of the next. */
const stopping =
  (where: "within a character" | "within its JSON" | "before its blank line") =>
  (asked: RecordedRequest): Step => {
    const step = answer({ texts: [...sixty.slice(0, 40), "ü"], ending: "end" })(asked)
    const pieces = [...(step.pieces ?? [])]
    const piece = pieces.pop()
    const last = Buffer.from(typeof piece === "string" ? piece : "")
    const at = last.indexOf("ü")
    const end = { "within a character": at + 1, "within its JSON": at + 4, "before its blank line": last.length - 2 }
    return { ...step, pieces: [...pieces, last.subarray(0, end[where])] }
  }
const gap = (requests: ReadonlyArray<RecordedRequest>) => (requests[1]?.at ?? 0) - (requests[0]?.at ?? 0)

/** What holds of every answer that was cut after its first content: an error, what had come on record with its cost, nobody else asked. */
const assertCut = ({ second }: World, { seen, story }: Outcome, reason: string): void => {
  assert.isDefined(seen.error)
  assert.isUndefined(seen.status)
  assert.strictEqual(second.requests.length, 0)
  assert.strictEqual(story.call.reason, reason)
  const [attempt] = story.attempts
  assert.strictEqual(attempt?.reason, reason)
  assert.strictEqual(attempt?.action, "abort")
  assert.isDefined(attempt?.firstContentMs)
  const tokens = attempt?.usage?.outputTokens ?? 0
  assert.isAtLeast(tokens, Math.floor(seen.text.length / 5))
  assert.isAtMost(tokens, 60)
  assert.strictEqual(attempt?.costBasis, "estimated")
  assert.closeTo(attempt?.costUsd ?? 0, tokens / 1000, 1e-9)
  assert.strictEqual(story.call.usage?.outputTokens, tokens)
  assert.strictEqual(story.call.costUsd, attempt?.costUsd)
}

const reasons = ({ story }: Outcome) => story.attempts.map((attempt) => attempt.reason)

const scenarios: ReadonlyArray<Scenario> = [
  {
    says: "a 429 with Retry-After, then an answer: waits at least as long as it was asked to",
    run: async ({ call, first }) => {
      const outcome = await call("alone", { first: [refusal(429, "slow down", { headers: retryAfterSeconds(1) }), ok] })
      assert.strictEqual(outcome.seen.text, "fine")
      assert.strictEqual(first.requests.length, 2)
      assert.isAtLeast(gap(first.requests), 1000)
      assert.deepStrictEqual(reasons(outcome), ["RateLimited", undefined])
      assert.strictEqual(outcome.story.attempts[0]?.retryAfterMs, 1000)
    }
  },
  {
    says: "a 429 throughout, with a wait that never fits: one call, 429 with the wait",
    run: async ({ call, first }) => {
      const outcome = await call("alone", { first: refusal(429, "slow down", { headers: retryAfterSeconds(600) }) })
      assert.strictEqual(outcome.seen.status, 429)
      assert.strictEqual(first.requests.length, 1)
      assert.strictEqual(outcome.story.call.status, 429)
    }
  },
  {
    says: "a 429 throughout, with a wait that fits: a bounded number of calls, none early, then 429",
    run: async ({ call, first }) => {
      const slowDown = refusal(429, "slow down", { headers: { "retry-after-ms": "150" } })
      const outcome = await call("alone", { first: slowDown })
      assert.strictEqual(outcome.seen.status, 429)
      assert.strictEqual(first.requests.length, 4)
      for (const index of [1, 2, 3]) assert.isAtLeast(gap(first.requests.slice(index - 1)), 150)
    }
  },
  {
    says: "one 500, then an answer: tried again in place",
    run: async ({ call, first }) => {
      const outcome = await call("alone", { first: [refusal(500, "boom"), ok] })
      assert.strictEqual(outcome.seen.text, "fine")
      assert.strictEqual(first.requests.length, 2)
      assert.deepStrictEqual(reasons(outcome), ["ServerError", undefined])
    }
  },
  {
    says: "a 503 throughout: a bounded number of calls, ever further apart, then 503",
    run: async ({ call, first }) => {
      const outcome = await call("alone", {
        first: refusal(503, "The server is overloaded", { type: "overloaded_error" })
      })
      assert.strictEqual(outcome.seen.status, 503)
      assert.strictEqual(first.requests.length, 4)
      // 20, 40 and 80 ms, of which the jitter leaves half at least.
      for (const [index, least] of [10, 20, 40].entries()) assert.isAtLeast(gap(first.requests.slice(index)), least)
    }
  },
  {
    says: "a reset before the headers: the next target answers",
    run: async ({ call, first, second }) => {
      const outcome = await call("both", { first: resetBeforeHeaders, second: ok })
      assert.strictEqual(outcome.seen.text, "fine")
      assert.strictEqual(first.requests.length, 2)
      assert.strictEqual(second.requests.length, 1)
      assert.deepStrictEqual(reasons(outcome), ["ConnectionFailed", "ConnectionFailed", undefined])
    }
  },
  {
    says: "no response at all: the first-content clock moves on, and the connection is closed before the next opens",
    run: async ({ call, first }) => {
      const outcome = await call("both", { first: silent, second: ok })
      assert.strictEqual(outcome.seen.text, "fine")
      assert.strictEqual(first.requests.length, 1)
      assert.isAtLeast(outcome.story.attempts[0]?.durationMs ?? 0, 595)
      assert.strictEqual(first.openRequests, 0)
      assert.deepStrictEqual(reasons(outcome), ["TimedOut", undefined])
    }
  },
  {
    says: "first content after 20 s: the faster fallback answers, nothing of the first is seen",
    run: async ({ call, first }) => {
      const late = answer({ texts: ["late"] }, { firstPieceAfterMs: 20_000 })
      const outcome = await call("both", { first: late, second: ok })
      assert.strictEqual(outcome.seen.text, "fine")
      assert.strictEqual(first.requests.length, 1)
      assert.strictEqual(first.openRequests, 0)
      assert.deepStrictEqual(reasons(outcome), ["TimedOut", undefined])
    }
  },
  {
    says: "a role or ids at once and the first content after 20 s: the same, for a preamble is no content",
    run: async ({ call }) => {
      const outcome = await call("both", { first: answer({ cutAfter: 0, ending: "stall" }), second: ok })
      assert.strictEqual(outcome.seen.text, "fine")
      assert.deepStrictEqual(reasons(outcome), ["TimedOut", undefined])
    }
  },
  ...(["fin", "reset", "end"] as const).map((ending): Scenario => ({
    says: `a stream cut after 40 of 60 pieces (${ending}): the SDK raises, what was delivered is whole and on record, nobody else is called`,
    run: async (world) => {
      const outcome = await world.call("both", { first: cut({ ending }), second: ok })
      assertCut(world, outcome, "StreamInterrupted")
      // A reset throws away what is still on its way: then a part of it is all there can be.
      const { text } = outcome.seen
      if (ending === "reset") assert.isTrue(text.length > 0 && firstForty.startsWith(text))
      else assert.strictEqual(text, firstForty)
    }
  })),
  ...(["within a character", "within its JSON", "before its blank line"] as const).map((where): Scenario => ({
    says: `a stream whose last event stops ${where}, at a clean end of the connection: the SDK raises`,
    run: async (world) => {
      const outcome = await world.call("both", { first: stopping(where), second: ok })
      assert.isDefined(outcome.seen.error)
      assert.isTrue([firstForty, `${firstForty}ü`].includes(outcome.seen.text))
      assert.strictEqual(outcome.story.attempts[0]?.outcome, "failed")
      assert.strictEqual(world.second.requests.length, 0)
    }
  })),
  {
    says: "cut, where the fallback would refuse what was begun: it is not asked, and the SDK raises",
    run: async (world) => {
      const refused = refusal(400, "a conversation must not end with the assistant", { type: "invalid_request_error" })
      const outcome = await world.call("both", { first: cut({ ending: "fin" }), second: refused })
      assertCut(world, outcome, "StreamInterrupted")
      assert.strictEqual(outcome.seen.text, firstForty)
    }
  },
  {
    says: "a stall in mid-stream: the idle clock ends it with an error",
    run: async (world) => {
      const outcome = await world.call("both", { first: cut({ ending: "stall" }), second: ok })
      assertCut(world, outcome, "TimedOut")
      assert.strictEqual(outcome.seen.text, firstForty)
      await world.first.until(() => world.first.openRequests === 0, "the stalled exchange to be closed")
    }
  },
  {
    says: "a malformed event in mid-stream: an error, not a clean end",
    run: async (world) => {
      const outcome = await world.call("both", { first: cut({ ending: "malformed" }), second: ok })
      assertCut(world, outcome, "MalformedResponse")
      assert.strictEqual(outcome.seen.text, firstForty)
    }
  },
  {
    says: "an error event in mid-stream: the caller's SDK raises",
    run: async (world) => {
      const outcome = await world.call("both", { first: cut({ ending: "error" }), second: ok })
      assertCut(world, outcome, outcome.story.call.reason ?? "")
      assert.strictEqual(outcome.seen.text, firstForty)
    }
  },
  {
    says: "an error as the first event: the next target answers",
    run: async ({ call }) => {
      const { seen } = await call("both", { first: answer({ cutAfter: -1, ending: "error" }), second: ok })
      assert.strictEqual(seen.text, "fine")
      assert.isUndefined(seen.error)
    }
  },
  {
    says: "a stream without content or finish reason: the next target answers",
    run: async ({ call }) => {
      const outcome = await call("both", { first: answer({ cutAfter: 0, ending: "end" }), second: ok })
      assert.strictEqual(outcome.seen.text, "fine")
      assert.strictEqual(reasons(outcome)[0], "EmptyResponse")
    }
  },
  {
    says: "an empty body: the next target answers",
    run: async ({ call }) => {
      const outcome = await call("both", { first: emptyBody, second: ok })
      assert.strictEqual(outcome.seen.text, "fine")
      assert.strictEqual(reasons(outcome)[0], "EmptyResponse")
    }
  },
  {
    says: "a finish reason without the protocol's terminator: as that protocol's providers really behave",
    run: async ({ call, first }) => {
      const { seen } = await call("alone", { first: answer({ texts: sixty, ending: "noTerminator" }) })
      // Many of OpenAI's chat format never send [DONE]; all others end as their format says.
      const isWhole = first.requests[0]?.path.endsWith("/chat/completions") === true
      assert.strictEqual(seen.error === undefined, isWhole)
      if (isWhole) assert.strictEqual(seen.text, sixty.join(""))
    }
  },
  {
    says: "a context-length 400: one call, 400, where nobody has a larger window",
    run: async ({ call, first, second }) => {
      const message = "This model's maximum context length is 8192 tokens, however you requested 9000 tokens"
      const outcome = await call("both", {
        first: refusal(400, message, { type: "invalid_request_error", code: "context_length_exceeded" }),
        second: ok
      })
      assert.strictEqual(outcome.seen.status, 400)
      assert.strictEqual(first.requests.length + second.requests.length, 1)
      assert.deepStrictEqual(reasons(outcome), ["ContextWindowExceeded"])
    }
  },
  {
    says: "a content-filter 400: returned as it is, one call, no fallback",
    run: async ({ call, first, second }) => {
      const outcome = await call("both", {
        first: refusal(400, "Your request was rejected by our safety system", {
          type: "invalid_request_error",
          code: "content_filter"
        }),
        second: ok
      })
      assert.strictEqual(outcome.seen.status, 400)
      assert.include(String(outcome.seen.error), "Your request was rejected by our safety system")
      assert.strictEqual(first.requests.length + second.requests.length, 1)
      assert.deepStrictEqual(reasons(outcome), ["ContentFiltered"])
    }
  },
  {
    says: "a malformed request: exactly one call, the provider's own words",
    run: async ({ call, first, second }) => {
      const { seen } = await call("both", {
        first: refusal(400, "temperature must be at most 2", { type: "invalid_request_error" }),
        second: ok
      })
      assert.strictEqual(seen.status, 400)
      assert.include(String(seen.error), "temperature")
      assert.strictEqual(first.requests.length + second.requests.length, 1)
    }
  },
  {
    says: "failover accounting: the record names who served, after what, with its usage and its price",
    run: async ({ call }) => {
      const outcome = await call("both", {
        first: refusal(503, "The server is overloaded", { type: "overloaded_error" }),
        second: answer({ texts: ["fine"], usage: { input: 7, output: 11 } })
      })
      assert.strictEqual(outcome.seen.text, "fine")
      const { call: row } = outcome.story
      assert.strictEqual(row.served?.provider, "second")
      assert.strictEqual(row.served?.model, "m")
      assert.isTrue(row.fellBack)
      assert.strictEqual(outcome.seen.outputTokens, 11)
      assert.strictEqual(row.usage?.outputTokens, 11)
      assert.strictEqual(row.usage?.inputTokens, 7)
      assert.closeTo(row.costUsd ?? 0, 0.022, 1e-9)
      assert.deepStrictEqual(reasons(outcome), ["Overloaded", undefined])
    }
  }
]

for (const caller of callers) {
  for (const protocols of [
    [caller.protocol, other(caller)],
    [other(caller), caller.protocol]
  ] as const) {
    describe.concurrent(`${caller.name} in, ${protocols[0]} first`, () => {
      let world: World
      beforeAll(async () => {
        world = await start(caller, protocols)
        // The first call of a process is slow.
        await caller.stream(world.gateway.url, "both")
      })
      afterAll(() => world.close())

      // Its clocks are real: a busy machine may take longer than they allow.
      it.each(scenarios)("$says", { concurrent: false, retry: 2 }, async (scenario) => {
        world.reset()
        await scenario.run(world)
      })
    })
  }
}

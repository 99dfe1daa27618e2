/**
 * Sixteen ways for a provider to go wrong, through the gateway, over real sockets and SDKs; attempts and their spacing are counted at the
 * provider. Each is run for every inbound dialect, with a provider that speaks it and one that does not.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { answer, refusal, type Said } from "../support/Answers.ts"
import { callers, type Caller, type Seen } from "../support/callers.ts"
import * as Gateway from "../support/gateway.ts"
import * as ScriptedServer from "../support/ScriptedServer.ts"
import type { RecordedRequest, Script } from "../support/ScriptedServer.ts"
import { resetBeforeHeaders, retryAfterSeconds, silent } from "../support/Step.ts"

const chat = (first: string, second: string): string => `
providers:
  first: { protocol: ${first}, url: "FIRST${first.startsWith("openai") ? "/v1" : ""}", keys: [a] }
  second: { protocol: ${second}, url: "SECOND${second.startsWith("openai") ? "/v1" : ""}", keys: [b] }
policies:
  quick:
    from: recommended
    deadline: 8s
    timeouts: { connect: 1s, firstContent: 600ms, idle: 500ms, total: 20s }
    backoff: { initial: 20ms }
routes:
  alone: { try: [first/m], policy: quick }
  both: { try: [first/m, second/m], policy: quick }
`

const other = (caller: Caller) => (caller.protocol === "openai-chat" ? "anthropic-messages" : "openai-chat")
const sixty = Array.from({ length: 60 }, (_, index) => `w${index} `)
const firstForty = sixty.slice(0, 40).join("")

interface World {
  readonly first: ScriptedServer.ScriptedServer
  readonly second: ScriptedServer.ScriptedServer
  readonly call: (
    model: "alone" | "both",
    scripts: { readonly first: Script; readonly second?: Script }
  ) => Promise<Seen>
  readonly gateway: () => Gateway.TestGateway
}

interface Scenario {
  readonly says: string
  readonly run: (world: World) => Promise<void>
}

const ok = answer({ texts: ["fine"] })
const cut = (said: Said) => answer({ texts: sixty, cutAfter: 40, ...said })
const gap = (requests: ReadonlyArray<RecordedRequest>) => (requests[1]?.at ?? 0) - (requests[0]?.at ?? 0)

const scenarios: ReadonlyArray<Scenario> = [
  {
    says: "a 429 with Retry-After, then an answer: waits at least as long as it was asked to",
    run: async ({ call, first }) => {
      const seen = await call("alone", { first: [refusal(429, "slow down", { headers: retryAfterSeconds(1) }), ok] })
      assert.strictEqual(seen.text, "fine")
      assert.strictEqual(first.requests.length, 2)
      assert.isAtLeast(gap(first.requests), 1000)
    }
  },
  {
    says: "a 429 throughout, with a wait that never fits: one call, 429 with the wait",
    run: async ({ call, first }) => {
      const seen = await call("alone", { first: refusal(429, "slow down", { headers: retryAfterSeconds(600) }) })
      assert.strictEqual(seen.status, 429)
      assert.strictEqual(first.requests.length, 1)
    }
  },
  {
    says: "one 500, then an answer: tried again in place",
    run: async ({ call, first }) => {
      const seen = await call("alone", { first: [refusal(500, "boom"), ok] })
      assert.strictEqual(seen.text, "fine")
      assert.strictEqual(first.requests.length, 2)
    }
  },
  {
    says: "a 503 throughout: a bounded number of calls, then 503",
    run: async ({ call, first }) => {
      const seen = await call("alone", {
        first: refusal(503, "The server is overloaded", { type: "overloaded_error" })
      })
      assert.strictEqual(seen.status, 503)
      assert.strictEqual(first.requests.length, 4)
    }
  },
  {
    says: "a reset before the headers: the next target answers",
    run: async ({ call, first, second }) => {
      const seen = await call("both", { first: resetBeforeHeaders, second: ok })
      assert.strictEqual(seen.text, "fine")
      assert.isAtMost(first.requests.length, 2)
      assert.strictEqual(second.requests.length, 1)
    }
  },
  {
    says: "no response at all: the first-content clock moves on, and the connection is closed before the next opens",
    run: async ({ call, first, second }) => {
      const seen = await call("both", { first: silent, second: ok })
      assert.strictEqual(seen.text, "fine")
      assert.strictEqual(first.requests.length, 1)
      const left = await first.until(() => first.requests[0]?.endedAt, "the first call to end")
      assert.isAtMost(left, (second.requests[0]?.at ?? 0) + 50)
    }
  },
  {
    says: "first content that comes late: the faster fallback answers, nothing of the first is seen",
    run: async ({ call, first }) => {
      const seen = await call("both", { first: answer({ texts: ["late"] }, { firstPieceAfterMs: 3000 }), second: ok })
      assert.strictEqual(seen.text, "fine")
      assert.strictEqual(first.requests.length, 1)
    }
  },
  {
    says: "a role or ids at once and then nothing: the same, for a preamble is no content",
    run: async ({ call }) => {
      const seen = await call("both", { first: answer({ cutAfter: 0, ending: "stall" }), second: ok })
      assert.strictEqual(seen.text, "fine")
    }
  },
  ...(["fin", "reset", "end"] as const).map((ending): Scenario => ({
    says: `a stream cut after 40 of 60 pieces (${ending}): the SDK raises, what was delivered is whole, nobody else is called`,
    run: async ({ call, second }) => {
      const seen = await call("both", {
        first: answer({ texts: sixty, cutAfter: 40, ending }, { betweenMs: 2 }),
        second: ok
      })
      assert.isDefined(seen.error)
      // A reset throws away what is still on its way: then a part of it is all there can be.
      if (ending === "reset") assert.isTrue(seen.text.length > 0 && firstForty.startsWith(seen.text))
      else assert.strictEqual(seen.text, firstForty)
      assert.strictEqual(second.requests.length, 0)
    }
  })),
  {
    says: "a stall in mid-stream: the idle clock ends it with an error",
    run: async ({ call, first }) => {
      const seen = await call("both", { first: cut({ ending: "stall" }), second: ok })
      assert.isDefined(seen.error)
      assert.strictEqual(seen.text, firstForty)
      await first.until(() => first.openRequests === 0, "the stalled exchange to be closed")
    }
  },
  {
    says: "a malformed event in mid-stream: an error, not a clean end",
    run: async ({ call }) => {
      const seen = await call("both", { first: cut({ ending: "malformed" }), second: ok })
      assert.isDefined(seen.error)
      assert.strictEqual(seen.text, firstForty)
    }
  },
  {
    says: "an error event in mid-stream: the caller's SDK raises",
    run: async ({ call, second }) => {
      const seen = await call("both", { first: cut({ ending: "error" }), second: ok })
      assert.isDefined(seen.error)
      assert.strictEqual(second.requests.length, 0)
    }
  },
  {
    says: "an error as the first event: the next target answers",
    run: async ({ call }) => {
      const seen = await call("both", { first: answer({ cutAfter: -1, ending: "error" }), second: ok })
      assert.strictEqual(seen.text, "fine")
      assert.isUndefined(seen.error)
    }
  },
  {
    says: "a stream without content or finish reason: the next target answers",
    run: async ({ call }) => {
      const seen = await call("both", { first: answer({ cutAfter: 0, ending: "end" }), second: ok })
      assert.strictEqual(seen.text, "fine")
    }
  },
  {
    says: "a context-length 400: one call, 400, where nobody has a larger window",
    run: async ({ call, first, second }) => {
      const message = "This model's maximum context length is 8192 tokens, however you requested 9000 tokens"
      const seen = await call("both", {
        first: refusal(400, message, { type: "invalid_request_error", code: "context_length_exceeded" }),
        second: ok
      })
      assert.strictEqual(seen.status, 400)
      assert.strictEqual(first.requests.length + second.requests.length, 1)
    }
  },
  {
    says: "a content-filter 400: returned as it is, one call, no fallback",
    run: async ({ call, first, second }) => {
      const seen = await call("both", {
        first: refusal(400, "Your request was rejected by our safety system", {
          type: "invalid_request_error",
          code: "content_filter"
        }),
        second: ok
      })
      assert.strictEqual(seen.status, 400)
      assert.include(String(seen.error), "safety system")
      assert.strictEqual(first.requests.length + second.requests.length, 1)
    }
  },
  {
    says: "a malformed request: exactly one call, the provider's own words",
    run: async ({ call, first, second }) => {
      const seen = await call("both", {
        first: refusal(400, "temperature must be at most 2", { type: "invalid_request_error" }),
        second: ok
      })
      assert.strictEqual(seen.status, 400)
      assert.include(String(seen.error), "temperature")
      assert.strictEqual(first.requests.length + second.requests.length, 1)
    }
  },
  {
    says: "a primary that flaps under 20 calls: all are answered, most keep off it, and it is let back",
    run: async ({ call, first, gateway }) => {
      const script = { first: refusal(503, "The server is overloaded", { type: "overloaded_error" }), second: ok }
      for (let index = 0; index < 20; index++) assert.strictEqual((await call("both", script)).text, "fine")
      assert.isAtMost(first.requests.length, 5)
      gateway().health.reset("first", "m")
      assert.strictEqual((await call("both", { first: answer({ texts: ["back"] }) })).text, "back")
    }
  },
  {
    says: "failover accounting: the record names who served, after what, with its usage",
    run: async ({ call, gateway }) => {
      const seen = await call("both", {
        first: refusal(503, "The server is overloaded", { type: "overloaded_error" }),
        second: ok
      })
      assert.strictEqual(seen.text, "fine")
      const [row] = await gateway().calls()
      assert.strictEqual(row?.call.outcome, "answered")
      assert.deepStrictEqual(row?.call.served, {
        provider: "second",
        model: "m",
        credential: row?.call.served?.credential ?? ""
      })
      assert.isTrue(row?.call.fellBack)
      assert.strictEqual(row?.call.usage?.outputTokens, seen.outputTokens)
      assert.deepStrictEqual(
        row?.attempts.map((attempt) => attempt.reason),
        ["Overloaded", undefined]
      )
    }
  }
]

for (const caller of callers) {
  for (const [first, second] of [
    [caller.protocol, other(caller)],
    [other(caller), caller.protocol]
  ] as const) {
    describe(`${caller.name} in, ${first} first`, () => {
      let servers: ReadonlyArray<ScriptedServer.ScriptedServer>
      let gateway: Gateway.TestGateway
      let world: World

      beforeAll(async () => {
        servers = [await ScriptedServer.start(), await ScriptedServer.start()]
        const [one, two] = servers as [ScriptedServer.ScriptedServer, ScriptedServer.ScriptedServer]
        gateway = await Gateway.start(chat(first, second).replace("FIRST", one.url).replace("SECOND", two.url))
        world = {
          first: one,
          second: two,
          gateway: () => gateway,
          call: (model, scripts) => {
            one.use(scripts.first)
            two.use(scripts.second ?? [])
            return caller.stream(gateway.url, model)
          }
        }
      })
      afterAll(async () => {
        await gateway.close()
        await Promise.all(servers.map((server) => server.close()))
      })

      it.each(scenarios)("$says", async (scenario) => {
        for (const server of servers) server.forget()
        gateway.health.reset("first", "m")
        gateway.health.reset("second", "m")
        await scenario.run(world)
      })
    })
  }
}

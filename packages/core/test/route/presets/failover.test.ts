import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import * as Reason from "../../../src/domain/Reason.ts"
import type { Request } from "../../../src/domain/Request.ts"
import * as failover from "../../../src/route/presets/failover.ts"
import * as Route from "../../../src/route/Route.ts"
import { Health } from "../../../src/target/Health.ts"
import * as ScriptedProvider from "../../../src/testing/ScriptedProvider.ts"
import { problem } from "../../layer/config/helpers.ts"
import * as Run from "./run.ts"

const over = (...chain: ReadonlyArray<`${string}/${string}`>) =>
  failover.over(chain.map((entry) => Route.target(entry)))
const asking: Request = { messages: [{ role: "user", content: [{ type: "text", text: "hi" }] }], maxTokens: 9000 }
const outputLimit = new Reason.OutputLimitExceeded({ message: "max_tokens is too large", status: 400 })
const limitedFor = (seconds: number) =>
  new Reason.RateLimited({ message: "429", status: 429, retryAfter: Duration.seconds(seconds) })
const keys = (provider: ScriptedProvider.ScriptedProvider) => provider.seen.map((seen) => seen.credential)
const two = { credentials: ["one", "two"] }
/** What is parked now: `provider/model` or `provider:credential`, with the seconds that are left. */
const parked = Effect.gen(function* () {
  const now = yield* Effect.clockWith((clock) => clock.currentTimeMillis)
  const rows = (yield* Health).rows(now).filter((row) => row.until !== undefined)
  return Object.fromEntries(
    rows.map((row) => [
      row.credential === undefined ? `${row.provider}/${row.model}` : `${row.provider}:${row.credential}`,
      ((row.until ?? 0) - now) / 1000
    ])
  )
})

describe("failover: credentials", () => {
  it.effect("F-2 keys a cooldown by provider and credential: the same name elsewhere is not blocked", () => {
    const [a, b] = [Run.failing("a", Run.limited), Run.answering("b")]
    return Effect.gen(function* () {
      yield* Run.start(over("a/m"))
      assert.hasAnyKeys(yield* parked, ["a:default"])
      assert.strictEqual((yield* Run.start(over("b/m"))).text, "b")
    }).pipe(Effect.provide(Run.world([a, b])))
  })

  it.effect("F-3 gives a provider without keys of its own one credential", () => {
    const a = Run.answering("a")
    return Effect.gen(function* () {
      assert.strictEqual((yield* Run.start(over("a/m"))).served?.credential, "default")
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("F-8 and F-27 retry what may pass or is not known twice in place, after 500 ms and after 2 s", () =>
    Effect.gen(function* () {
      for (const reason of [Run.down, Run.busy, Run.late, Run.unreachable, Run.unknown, Run.badRequest]) {
        const a = Run.failing("a", reason)
        yield* Run.ask(over("a/m")).pipe(Effect.provide(Run.world(a)))
        const [began = 0] = Run.times(a)
        assert.deepStrictEqual(
          Run.times(a).map((at) => at - began),
          [0, 500, 2500],
          reason._tag
        )
      }
    })
  )

  it.effect("F-20 tries credentials in order, and passes over one that cools down", () => {
    const a = ScriptedProvider.make(
      "a",
      (seen) => (seen.credential === "one" ? { fail: Run.limited } : { answer: "a" }),
      two
    )
    return Effect.gen(function* () {
      yield* Run.start(over("a/m"))
      yield* Run.start(over("a/m"))
      assert.deepStrictEqual(keys(a), ["one", "two", "two"])
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("F-26 cools a rate-limited or refused credential for 5 s, and goes to the next at once", () =>
    Effect.gen(function* () {
      for (const reason of [Run.limited, Run.noKey, limitedFor(3600)]) {
        const a = ScriptedProvider.make(
          "a",
          (seen) => (seen.credential === "one" ? { fail: reason } : { answer: "a" }),
          two
        )
        yield* Effect.gen(function* () {
          assert.strictEqual((yield* Run.start(over("a/m"))).text, "a")
          assert.deepStrictEqual(yield* parked, { "a:one": 5 })
        }).pipe(Effect.provide(Run.world(a)))
      }
    })
  )

  it.effect("F-28 goes to the next model at once, past the other credentials, where another key would not help", () =>
    Effect.gen(function* () {
      for (const reason of [Run.empty, Run.missing, Run.forbidden]) {
        const a = Run.failing("a", reason, two)
        const b = Run.answering("b")
        yield* Run.start(over("a/m", "b/m")).pipe(Effect.provide(Run.world([a, b])))
        assert.deepStrictEqual(keys(a), ["one"], reason._tag)
      }
    })
  )

  it.effect("F-30 begins its retries in place anew for each credential", () => {
    const a = ScriptedProvider.make(
      "a",
      [{ fail: Run.down }, { fail: Run.limited }, { fail: Run.down }, { fail: Run.down }, { answer: "a" }],
      two
    )
    return Effect.gen(function* () {
      assert.strictEqual((yield* Run.ask(over("a/m"))).text, "a")
      assert.deepStrictEqual(Run.times(a), [0, 500, 500, 1000, 3000])
      assert.deepStrictEqual(keys(a), ["one", "one", "two", "two", "two"])
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("F-31 goes to the next model with the last error after the last credential", () => {
    const [a, b] = [Run.failing("a", Run.limited, two), Run.failing("b", Run.missing)]
    return Effect.gen(function* () {
      const outcome = yield* Run.start(over("a/m", "b/m"))
      assert.deepStrictEqual(Run.who(outcome), ["a/m", "a/m", "b/m"])
      assert.include(Run.errorOf(outcome).message, "Last error: no such model")
    }).pipe(Effect.provide(Run.world([a, b])))
  })
})

describe("failover: the chain", () => {
  it("F-9 trims entries, drops empty ones, and keeps the first of equal ones", () => {
    const chain = failover.chainOf({
      model: " a/m ",
      fallbacks: ["", "b/m", "a/m", "A/m"],
      globalFallbacks: ["b/m ", "c/m"]
    })
    assert.deepStrictEqual(chain, ["a/m", "b/m", "A/m", "c/m"])
  })

  it("F-10 refuses an empty chain", () => {
    assert.throws(() => failover.route({ model: "  " }), /LLM request has no model resolved/)
    assert.include(problem('routes: { x: { preset: failover, model: "  ", fallbacks: [""] } }'), 'found "  "')
  })

  it.effect("F-12 passes over an entry that is not callable", () => {
    const [a, b] = [Run.failing("a", Run.missing), Run.answering("b")]
    return Effect.gen(function* () {
      yield* Run.start(over("a/m", "b/m"))
      const again = yield* Run.start(over("a/m", "b/m"))
      assert.deepStrictEqual([again.text, again.attempts.length, a.seen.length], ["b", 1, 1])
    }).pipe(Effect.provide(Run.world([a, b])))
  })

  it.effect("F-13 asks the entry's provider for the entry's model", () => {
    const a = Run.answering("a")
    return Effect.gen(function* () {
      yield* Run.start(failover.route({ model: "a/deep/model" }))
      assert.deepStrictEqual(
        a.seen.map((seen) => seen.model),
        ["deep/model"]
      )
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("F-15 hands on at once what is the request's fault, and marks nothing", () => {
    const [a, b] = [Run.failing("a", Run.tooLong), Run.answering("b")]
    return Effect.gen(function* () {
      const outcome = yield* Run.start(over("a/m", "b/m"))
      assert.strictEqual(Run.errorOf(outcome).message, "does not fit")
      assert.deepStrictEqual([b.seen.length, yield* parked], [0, {}])
    }).pipe(Effect.provide(Run.world([a, b])))
  })

  it.effect("F-16 parks a model that is given up, but not for what is unknown", () =>
    Effect.gen(function* () {
      for (const [reason, expected] of [
        [Run.down, { "a/m": 10 }],
        [Run.unknown, {}],
        [Run.badRequest, {}]
      ] as const) {
        const [a, b] = [Run.failing("a", reason), Run.answering("b")]
        yield* Effect.gen(function* () {
          yield* Run.ask(over("a/m", "b/m"), { time: "2500 millis" })
          assert.deepStrictEqual(yield* parked, expected)
        }).pipe(Effect.provide(Run.world([a, b])))
      }
    })
  )

  it.effect("F-17 and F-19 say that all cool down where nothing else happened, and send nothing", () => {
    const a = Run.failing("a", Run.limited)
    return Effect.gen(function* () {
      yield* Run.start(over("a/m"))
      const outcome = yield* Run.start(over("a/m"))
      assert.strictEqual(
        Run.errorOf(outcome).message,
        "LLM chain exhausted (1 models, all cooling). Wait for cooldown, reset health, or check provider status."
      )
      assert.strictEqual(a.seen.length, 1)
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("F-18 tells the length of the chain, what was passed over included, and the last error", () => {
    const [a, b] = [Run.failing("a", Run.missing), Run.failing("b", Run.forbidden)]
    return Effect.gen(function* () {
      yield* Run.start(over("a/m"))
      const outcome = yield* Run.start(over("a/m", "b/m"))
      assert.strictEqual(Run.errorOf(outcome).message, "LLM chain exhausted (2 models tried). Last error: forbidden")
    }).pipe(Effect.provide(Run.world([a, b])))
  })

  it.effect("F-18 remembers the last error where what comes after it is not callable", () => {
    const [a, b] = [Run.failing("a", Run.missing), Run.failing("b", Run.forbidden)]
    return Effect.gen(function* () {
      yield* Run.start(over("b/m"))
      const outcome = yield* Run.start(over("a/m", "b/m"))
      assert.deepStrictEqual(Run.who(outcome), ["a/m"])
      assert.strictEqual(
        Run.errorOf(outcome).message,
        "LLM chain exhausted (2 models tried). Last error: no such model"
      )
    }).pipe(Effect.provide(Run.world([a, b])))
  })

  it.effect("F-21 and F-51 tell that a provider is not there, and go on to the next model", () => {
    const [off, b] = [Run.recovering("off", [], { disabled: "OFF_KEY is not set" }), Run.answering("b")]
    const told = (...chain: ReadonlyArray<`${string}/${string}`>) =>
      Effect.map(Run.start(over(...chain)), (outcome) => Run.errorOf(outcome).message)
    return Effect.gen(function* () {
      assert.strictEqual((yield* Run.start(over("off/m", "b/m"))).text, "b")
      assert.strictEqual(
        yield* told("off/m"),
        "LLM chain exhausted (1 models tried). Last error: provider 'off' not found: provider 'off' is disabled: OFF_KEY is not set"
      )
      assert.strictEqual(
        yield* told("off/m", "gone/m"),
        "LLM chain exhausted (2 models tried). Last error: provider 'gone' not found: provider not registered: gone"
      )
    }).pipe(Effect.provide(Run.world([off, b])))
  })
})

describe("failover: output limits", () => {
  it.effect("F-23 drops max_tokens once, and asks again at once", () => {
    const a = Run.recovering("a", [outputLimit])
    return Effect.gen(function* () {
      const { served } = yield* Run.start(over("a/m"), { request: asking })
      assert.deepStrictEqual(Run.times(a), [0, 0])
      assert.isUndefined(a.seen[1]?.input.request?.maxTokens)
      assert.deepStrictEqual(served?.repairs, ["dropMaxTokens"])
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("F-27 leaves both retries in place after max_tokens was dropped", () => {
    const a = Run.recovering("a", [outputLimit, Run.down, Run.down])
    return Effect.gen(function* () {
      yield* Run.ask(over("a/m"), { request: asking })
      assert.deepStrictEqual(Run.times(a), [0, 0, 500, 2500])
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("F-24 ends the call with advice where that does not help", () => {
    const [a, b] = [Run.failing("a", outputLimit), Run.answering("b")]
    return Effect.gen(function* () {
      const outcome = yield* Run.start(over("a/m", "b/m"), { request: asking })
      assert.strictEqual(
        Run.errorOf(outcome).message,
        "LLM request rejected: output token limit exceeded. The configured max_tokens is above this model/tier's ceiling and retrying without it still failed. Lower max_tokens in your config (model.max_tokens / agents.defaults). Underlying error: max_tokens is too large"
      )
      assert.deepStrictEqual([a.seen.length, b.seen.length], [2, 0])
    }).pipe(Effect.provide(Run.world([a, b])))
  })

  it.effect("F-25 keeps it dropped for all that follow", () => {
    const [a, b] = [Run.recovering("a", [outputLimit, Run.missing]), Run.answering("b")]
    return Effect.gen(function* () {
      yield* Run.start(over("a/m", "b/m"), { request: asking })
      const [seen] = b.seen
      assert.isDefined(seen?.input.request)
      assert.isUndefined(seen?.input.request?.maxTokens)
    }).pipe(Effect.provide(Run.world([a, b])))
  })

  it.effect("F-29 hands on a full context window as the caller's to mend", () => {
    const a = Run.failing("a", Run.tooLong)
    return Effect.gen(function* () {
      const { reason } = Run.errorOf(yield* Run.start(over("a/m"), { request: asking }))
      assert.strictEqual(reason._tag, "RequestRejected")
      assert.strictEqual(a.seen.length, 1)
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("F-36 takes for an output limit what speaks of max_tokens or of a context length", () =>
    Effect.gen(function* () {
      for (const words of [
        "MAX_TOKENS",
        "context_length_exceeded",
        "Maximum Context Length",
        "context length exceeded"
      ]) {
        for (const make of [Reason.InvalidRequest, Reason.ContextWindowExceeded, Reason.UnknownFailure]) {
          const a = Run.recovering("a", [new make({ message: `no: ${words}.`, status: 400 })])
          const { served } = yield* Run.start(over("a/m"), { request: asking }).pipe(Effect.provide(Run.world(a)))
          assert.deepStrictEqual(served?.repairs, ["dropMaxTokens"], words)
        }
      }
    })
  )

  it.effect("F-37 takes no rate limit for one, whatever it speaks of", () => {
    const a = Run.failing("a", new Reason.RateLimited({ message: "429: reduce max_tokens", status: 429 }), two)
    return Effect.gen(function* () {
      yield* Run.start(over("a/m"), { request: asking })
      assert.deepStrictEqual(keys(a), ["one", "two"])
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("F-38 takes a refused key, and not a forbidden one, for a reason to try the next credential", () =>
    Effect.gen(function* () {
      for (const [reason, asked] of [
        [Run.noKey, 2],
        [Run.forbidden, 1]
      ] as const) {
        const a = Run.failing("a", reason, two)
        yield* Run.start(over("a/m")).pipe(Effect.provide(Run.world(a)))
        assert.strictEqual(a.seen.length, asked, reason._tag)
      }
    })
  )
})

describe("failover: models", () => {
  it("F-49 splits an entry at its first /", () => {
    assert.strictEqual(failover.targetOf("groq/meta/llama"), "groq/meta/llama")
  })

  it.each([
    ["Claude-x", "anthropic/Claude-x"],
    ["gemini-3", "gemini/gemini-3"],
    ["deepseek-v3", "deepseek/deepseek-v3"],
    ["qwen3", "qwen/qwen3"],
    ["glm-5", "zhipu/glm-5"],
    ["chatglm", "zhipu/chatglm"],
    ["moonshot-v1", "kimi/moonshot-v1"],
    ["kimi-k2", "kimi/kimi-k2"],
    ["step-2", "stepfun/step-2"],
    ["grok-4", "xai/grok-4"],
    ["gpt-5", "openai/gpt-5"]
  ])("F-50 infers the provider of %s", (entry, target) => {
    assert.strictEqual(failover.targetOf(entry), target)
  })

  it.effect("F-51 says of a disabled provider why, refuses an unknown one, and asks nobody else instead", () => {
    const [off, b] = [Run.recovering("off", [], { disabled: "OFF_KEY is not set" }), Run.answering("b")]
    return Effect.gen(function* () {
      assert.include(Run.errorOf(yield* Run.start(over("off/m"))).message, "OFF_KEY is not set")
      assert.strictEqual(b.seen.length, 0)
      assert.include(problem("routes: { x: { preset: failover, model: nowhere/m } }"), 'no provider "nowhere"')
    }).pipe(Effect.provide(Run.world([off, b])))
  })

  it.effect("F-35a leaves no error for a later entry of a provider whose only credential cools down", () => {
    const a = Run.failing("a", Run.limited)
    return Effect.gen(function* () {
      const outcome = yield* Run.start(over("a/m", "a/n"))
      assert.deepStrictEqual(Run.who(outcome), ["a/m"])
      assert.strictEqual(
        Run.errorOf(outcome).message,
        "LLM chain exhausted (2 models tried). Last error: 429 Too Many Requests"
      )
      yield* TestClock.adjust("4 seconds")
      assert.include(Run.errorOf(yield* Run.start(over("a/n"))).message, "(1 models, all cooling)")
    }).pipe(Effect.provide(Run.world(a)))
  })
})

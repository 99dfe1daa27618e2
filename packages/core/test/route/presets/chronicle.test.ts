import { assert, describe, it } from "@effect/vitest"

import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

import * as Random from "effect/Random"
import * as Reason from "../../../src/domain/Reason.ts"
import { policy, type Options } from "../../../src/policy/presets/chronicle.ts"
import * as chronicle from "../../../src/route/presets/chronicle.ts"
import * as Route from "../../../src/route/Route.ts"
import * as ScriptedProvider from "../../../src/testing/ScriptedProvider.ts"
import * as Run from "./run.ts"

const members = (...targets: ReadonlyArray<`${string}/${string}`>) => targets.map((target) => Route.target(target))
const still = { jitter: Duration.zero }
const over = (targets: ReadonlyArray<`${string}/${string}`>, options: Partial<Options> = {}, randomOrder = false) =>
  chronicle.route(members(...targets), { randomOrder, options: { ...still, ...options } })
const limited = (retryAfter?: string) =>
  new Reason.RateLimited({
    message: "slow",
    status: 429,
    ...(retryAfter === undefined ? {} : { retryAfter: Duration.fromInputUnsafe(retryAfter as "1 second") })
  })

describe("chronicle: inputs", () => {
  it.effect("C-19 takes targets of model and provider, and each one's first credential", () => {
    const a = Run.failing("a", Run.noKey, { credentials: ["one", "two"] })
    return Effect.gen(function* () {
      yield* Run.ask(over(["a/m"]))
      assert.deepStrictEqual(
        a.seen.map(({ credential, model }) => [model, credential]),
        [["m", "one"]]
      )
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("C-20 sends the same request with nothing but the model replaced", () => {
    const a = Run.failing("a", Run.down)
    return Effect.gen(function* () {
      yield* Run.ask(over(["a/m", "a/n"]))
      assert.deepStrictEqual(
        a.seen.slice(0, 2).map((seen) => seen.model),
        ["m", "n"]
      )
      assert.isTrue(
        a.seen.every((seen) => seen.input.call === a.seen[0]?.input.call && seen.input.request === undefined)
      )
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("C-22 bounds each attempt by itself, and the call by no deadline", () => {
    const a = ScriptedProvider.make("a", [{ hang: true }])
    return Effect.gen(function* () {
      const outcome = yield* Run.ask(over(["a/m"], { initialBackoff: Duration.zero }))
      assert.deepStrictEqual(Run.times(a), [0, 60_000, 120_000, 180_000])
      assert.strictEqual(Run.errorOf(outcome).reason._tag, "AttemptsExhausted")
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("C-24 answers the same whatever the route is called", () => {
    const a = Run.recovering("a", [Run.down])
    const route = over(["a/m"])
    return Effect.gen(function* () {
      for (const name of ["old", "older"]) {
        const outcome = yield* Run.ask(Route.route(name))
        assert.deepStrictEqual([outcome.text, outcome.attempts.length], ["a", name === "old" ? 2 : 1])
      }
    }).pipe(Effect.provide(Run.world([a], { old: route, older: route })))
  })

  it("C-25 is not built over an empty list", () => {
    assert.throws(() => chronicle.route([]), /must not be empty/)
  })
})

describe("chronicle: the sweep", () => {
  it.effect("C-26 begins at index 0; at a target of chance where order is random and there are several", () => {
    const a = Run.answering("a")
    const b = Run.answering("b")
    return Effect.gen(function* () {
      for (let index = 0; index < 20; index++) assert.strictEqual((yield* Run.start(over(["a/m", "b/m"]))).text, "a")
      assert.strictEqual((yield* Run.start(over(["a/m"], {}, true))).text, "a")
      for (let index = 0; index < 400; index++) yield* Run.start(over(["a/m", "b/m"], {}, true))
      assert.isAtLeast(b.seen.length, 150)
      assert.isAtMost(b.seen.length, 250)
    }).pipe(Random.withSeed("C-26"), Effect.provide(Run.world([a, b])))
  })

  it.effect("C-27 goes round in a circle from its random start: a rotation, not a shuffle", () => {
    const a = Run.failing("a", Run.down)
    return Effect.gen(function* () {
      const seen = new Set<string>()
      for (let index = 0; index < 40; index++) {
        const outcome = yield* Run.ask(over(["a/0", "a/1", "a/2"], { maxTries: 3 }, true))
        seen.add(Run.who(outcome).join(" "))
      }
      assert.deepStrictEqual([...seen].toSorted(), ["a/0 a/1 a/2", "a/1 a/2 a/0", "a/2 a/0 a/1"])
    }).pipe(Random.withSeed("C-27"), Effect.provide(Run.world(a)))
  })

  it.effect("C-28 waits from the beginning where there is one target", () => {
    const a = Run.failing("a", Run.down)
    return Effect.gen(function* () {
      yield* Run.ask(over(["a/m"]))
      assert.deepStrictEqual(Run.times(a), [0, 200, 600, 1400])
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("C-29 moves on after any error, retryable or not, without waiting", () => {
    const reasons = [Run.badRequest, Run.noKey, limited("1 hour"), Run.tooLong, Run.empty]
    const providers = reasons.map((reason, index) => Run.failing(`p${index}`, reason))
    const end = Run.answering("end")
    return Effect.gen(function* () {
      const targets = [...reasons.map((_, index) => `p${index}/m` as const), "end/m" as const]
      const outcome = yield* Run.start(over(targets, { maxTries: 9 }))
      assert.strictEqual(outcome.text, "end")
      assert.deepStrictEqual(
        outcome.attempts.map((attempt) => attempt.waitedBeforeMs),
        [0, 0, 0, 0, 0, 0]
      )
    }).pipe(Effect.provide(Run.world([...providers, end])))
  })

  it.effect("C-30 stays on the start target for all tries after the wrap", () => {
    const a = Run.failing("a", Run.down)
    return Effect.gen(function* () {
      const outcome = yield* Run.ask(over(["a/0", "a/1"], { maxTries: 6 }))
      assert.deepStrictEqual(Run.who(outcome), ["a/0", "a/1", "a/0", "a/0", "a/0", "a/0"])
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("C-31 waits before each try after the wrap, the first of them included", () => {
    const a = Run.failing("a", Run.down)
    return Effect.gen(function* () {
      yield* Run.ask(over(["a/0", "a/1"]))
      assert.deepStrictEqual(Run.times(a), [0, 0, 200, 600])
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect(
    "C-32 asks the start target again after the wrap, even where the last target's error is not retryable",
    () => {
      const a = Run.failing("a", Run.down)
      const b = Run.failing("b", Run.badRequest)
      return Effect.gen(function* () {
        yield* Run.ask(over(["a/m", "b/m"]))
        assert.deepStrictEqual(Run.times(a), [0, 200, 600])
        assert.deepStrictEqual(Run.times(b), [0])
      }).pipe(Effect.provide(Run.world([a, b])))
    }
  )

  it.effect("C-33 visits each target once without delay, and then the start target with waits", () => {
    const a = Run.failing("a", Run.down)
    return Effect.gen(function* () {
      const outcome = yield* Run.ask(over(["a/0", "a/1", "a/2"], { maxTries: 5 }))
      assert.deepStrictEqual(Run.who(outcome), ["a/0", "a/1", "a/2", "a/0", "a/0"])
      assert.deepStrictEqual(Run.times(a), [0, 0, 0, 200, 600])
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("C-34 never reaches the later targets where there are fewer tries than targets", () => {
    const a = Run.failing("a", Run.down)
    return Effect.gen(function* () {
      const outcome = yield* Run.ask(over(["a/0", "a/1", "a/2"], { maxTries: 2 }))
      assert.deepStrictEqual(Run.who(outcome), ["a/0", "a/1"])
    }).pipe(Effect.provide(Run.world(a)))
  })
})

describe("chronicle: stopping", () => {
  it.effect("C-35 returns a success of any try at once, with who gave it", () => {
    const a = Run.recovering("a", [limited()])
    return Effect.gen(function* () {
      const { served } = yield* Run.ask(over(["a/m"]))
      assert.deepInclude(served, { provider: "a", model: "m", attempts: 2, wasRateLimited: true })
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("C-36 counts every earlier try, on whichever target", () => {
    const a = Run.recovering("a", [Run.down])
    const b = Run.failing("b", Run.down)
    return Effect.gen(function* () {
      const { served } = yield* Run.ask(over(["a/m", "b/m"]))
      assert.strictEqual((served?.attempts ?? 0) - 1, 2)
    }).pipe(Effect.provide(Run.world([a, b])))
  })

  it.effect("C-37 remembers that a try was rate limited", () => {
    const a = Run.recovering("a", [limited(), Run.down])
    return Effect.gen(function* () {
      assert.isTrue((yield* Run.ask(over(["a/m"]))).served?.wasRateLimited)
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("C-38 stops when the tries are used up", () => {
    const a = Run.failing("a", Run.down)
    return Effect.gen(function* () {
      yield* Run.ask(over(["a/m"], { maxTries: 7 }))
      assert.strictEqual(a.seen.length, 7)
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("C-39 stops after the wrap where an error is not retryable", () => {
    const a = Run.recovering("a", [Run.down, Run.badRequest])
    const b = Run.failing("b", Run.down)
    return Effect.gen(function* () {
      const outcome = yield* Run.ask(over(["a/m", "b/m"], { maxTries: 9 }))
      assert.deepStrictEqual(Run.who(outcome), ["a/m", "b/m", "a/m"])
    }).pipe(Effect.provide(Run.world([a, b])))
  })

  it.effect("C-40 does not retry what is no provider's error", () => {
    const a = Run.answering("a")
    const broken = { ...a, attempt: () => Effect.die("a bug") }
    return Effect.gen(function* () {
      // The wrap asks nothing of the error before it (C-32); the one after it is the last.
      const outcome = yield* Run.ask(over(["a/m", "a/n"], { maxTries: 9 }))
      assert.deepStrictEqual(Run.who(outcome), ["a/m", "a/n", "a/m"])
    }).pipe(Effect.provide(Run.world(broken)))
  })

  it.effect("C-41 fails with the last error, and says how many tries came before it", () => {
    const a = Run.failing("a", limited())
    const b = Run.failing("b", Run.badRequest)
    return Effect.gen(function* () {
      const error = Run.errorOf(yield* Run.ask(over(["a/m", "b/m"], { maxTries: 2 })))
      assert.include(error.message, "bad request")
      assert.strictEqual(error.attempts.length - 1, 1)
    }).pipe(Effect.provide(Run.world([a, b])))
  })

  it.effect("C-41 names the last error's Retry-After, and none where it has none", () => {
    const a = Run.failing("a", limited("9 seconds"))
    const b = Run.failing("b", Run.down)
    return Effect.gen(function* () {
      assert.strictEqual(Run.waitOf(yield* Run.ask(over(["b/m", "a/m"]))), 9000)
      assert.isUndefined(Run.waitOf(yield* Run.ask(over(["a/m", "b/m"], { maxTries: 2 }))))
    }).pipe(Effect.provide(Run.world([a, b])))
  })

  it.effect("C-42 makes exactly one try where that is the limit, and takes no limit of 0", () => {
    const a = Run.failing("a", Run.down)
    return Effect.gen(function* () {
      yield* Run.ask(over(["a/m"], { maxTries: 1 }))
      assert.strictEqual(a.seen.length, 1)
      assert.throws(() => over(["a/m"], { maxTries: 0 }), /attempts must be at least 1/)
    }).pipe(Effect.provide(Run.world(a)))
  })
})

describe("chronicle: waiting", () => {
  it.effect("C-17 advances its waits only when it waits, and over all targets of the call", () => {
    const a = Run.failing("a", Run.down)
    return Effect.gen(function* () {
      yield* Run.ask(over(["a/0", "a/1", "a/2"], { maxTries: 6 }))
      assert.deepStrictEqual(Run.times(a), [0, 0, 0, 200, 600, 1400])
      yield* Run.ask(over(["a/0"], { maxTries: 2 }))
      assert.strictEqual(a.seen[7]!.at - a.seen[6]!.at, 200)
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("C-17 goes on with its waits in the next target of a member that is a list", () => {
    const list = Route.target("a/m").pipe(Route.orElse(Route.target("b/m")))
    const [a, b] = [Run.recovering("a", [Run.down, Run.badRequest]), Run.recovering("b", [Run.down])]
    return Effect.gen(function* () {
      assert.strictEqual((yield* Run.ask(chronicle.route([list], { options: still }))).text, "b")
      assert.deepStrictEqual(
        [Run.times(a), Run.times(b)],
        [
          [0, 200],
          [600, 1400]
        ]
      )
    }).pipe(Effect.provide(Run.world([a, b])))
  })

  it.effect("C-43 waits the next backoff after the wrap", () => {
    const a = Run.recovering("a", [Run.unreachable, Run.garbled])
    return Effect.gen(function* () {
      yield* Run.ask(over(["a/m"], { increase: "constant" }))
      assert.deepStrictEqual(Run.times(a), [0, 200, 400])
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("C-44 fails at once where a rate limit asks for more than the longest wait", () => {
    const a = Run.failing("a", limited("5001 millis"))
    return Effect.gen(function* () {
      const outcome = yield* Run.start(over(["a/m"]))
      assert.strictEqual(a.seen.length, 1)
      assert.deepInclude(Run.told(outcome), { status: 429 })
      const b = Run.recovering("b", [limited("5 seconds")])
      yield* Run.ask(over(["b/m"])).pipe(Effect.provide(Run.world(b)))
      assert.deepStrictEqual(
        Run.times(b),
        [0, 5000].map((at) => at + (Run.times(b)[0] ?? 0))
      )
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("C-44 fails at once by the last target's rate limit too, at the wrap", () => {
    const [a, b] = [Run.failing("a", Run.down), Run.failing("b", limited("5001 millis"))]
    return Effect.gen(function* () {
      const outcome = yield* Run.start(over(["a/m", "b/m"]))
      assert.deepStrictEqual([Run.who(outcome), Run.told(outcome).status], [["a/m", "b/m"], 429])
    }).pipe(Effect.provide(Run.world([a, b])))
  })

  it.effect("C-45 waits the longer of backoff and Retry-After; without the flag beyond the longest wait too", () => {
    const a = Run.recovering("a", [limited("1 seconds"), limited("10 millis"), limited("1 minute")])
    return Effect.gen(function* () {
      yield* Run.ask(over(["a/m"], { failIfRateLimitExceedsMaxBackoff: false }))
      assert.deepStrictEqual(Run.times(a), [0, 1000, 1400, 61_400])
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("C-46 waits the ordinary backoff after a rate limit without Retry-After", () => {
    const a = Run.recovering("a", [limited()])
    return Effect.gen(function* () {
      yield* Run.ask(over(["a/m"]))
      assert.deepStrictEqual(Run.times(a), [0, 200])
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("C-47 ignores Retry-After while untried targets are left, and keeps the last one's at the wrap", () => {
    const a = Run.recovering("a", [limited("1 hour")])
    const b = Run.failing("b", limited("3 seconds"))
    return Effect.gen(function* () {
      yield* Run.ask(over(["a/m", "b/m"]))
      assert.deepStrictEqual([Run.times(a), Run.times(b)], [[0, 3000], [0]])
    }).pipe(Effect.provide(Run.world([a, b])))
  })

  it.effect("C-48 advances its waits even where Retry-After takes their place", () => {
    const a = Run.recovering("a", [limited("3 seconds"), Run.down])
    return Effect.gen(function* () {
      yield* Run.ask(over(["a/m"]))
      assert.deepStrictEqual(Run.times(a), [0, 3000, 3400])
    }).pipe(Effect.provide(Run.world(a)))
  })
})

/** Whether the last target is asked again after this. */
const isRetryable = (reason: Reason.Reason) =>
  Effect.gen(function* () {
    const a = Run.recovering("a", [reason])
    return (yield* Run.ask(over(["a/m"])).pipe(Effect.provide(Run.world(a)))).text === "a"
  })

const ofStatus = (status: number) => new Reason.UnknownFailure({ message: "x", status })

describe("chronicle: kinds", () => {
  it.effect("C-49 retries generic, server, connection, parsing and rate-limit errors", () =>
    Effect.gen(function* () {
      for (const reason of [Run.unknown, Run.down, Run.busy, Run.unreachable, Run.garbled, limited()]) {
        assert.isTrue(yield* isRetryable(reason), reason._tag)
      }
    })
  )

  it.effect("C-50 does not retry what is permanent, bad input, refused, unpaid or closed by the provider", () => {
    const closed = new Reason.StreamInterrupted({ message: "closed", contentSent: false })
    const unsupported = new Reason.Unsupported({ message: "no tools" })
    return Effect.gen(function* () {
      for (const reason of [Run.badRequest, Run.noKey, Run.forbidden, Run.empty, closed, unsupported, ofStatus(418)]) {
        assert.isFalse(yield* isRetryable(reason), reason._tag)
      }
    })
  })

  it.effect("C-51 reads the kind off the status", () =>
    Effect.gen(function* () {
      const kinds = {
        rate_limit: [429],
        out_of_credits: [402],
        provider_rejected_token: [401, 403],
        provider_rejected_input: [400, 404, 405, 406, 413, 415, 422, 431],
        provider_server_error: [500, 502, 503, 529, 599],
        unrecoverable_server_error: [408, 409, 418, 425],
        generic: [302]
      }
      const retryable = ["rate_limit", "provider_server_error", "generic"]
      for (const [code, statuses] of Object.entries(kinds)) {
        for (const status of statuses) {
          assert.strictEqual(chronicle.kindOf(ofStatus(status)).code, code, String(status))
          assert.strictEqual(yield* isRetryable(ofStatus(status)), retryable.includes(code), String(status))
        }
      }
    })
  )

  it.each([
    [Run.unknown, 500, "generic"],
    [new Reason.ServerError({ message: "x" }), 503, "provider_server_error"],
    [Run.unreachable, 502, "provider_connection_error"],
    [Run.garbled, 502, "parsing_provider_response"],
    [new Reason.StreamInterrupted({ message: "x", contentSent: false }), 502, "provider_connection_closed"],
    [new Reason.RateLimited({ message: "x" }), 429, "rate_limit"],
    [new Reason.Conflict({ message: "x" }), 500, "unrecoverable_server_error"],
    [new Reason.InvalidRequest({ message: "x" }), 422, "provider_rejected_input"],
    [new Reason.Unauthenticated({ message: "x" }), 401, "provider_rejected_token"],
    [new Reason.QuotaExhausted({ message: "x" }), 402, "out_of_credits"],
    [new Reason.Unsupported({ message: "x" }), 400, "transforming_request"]
  ])(
    "C-52 and C-53 give %s the status of its kind where the provider gave none, and its code",
    (reason, status, code) => {
      assert.deepStrictEqual(chronicle.kindOf(reason), { status, code })
    }
  )

  it.effect("C-54 keeps status, message and time of every error", () => {
    const a = ScriptedProvider.make("a", [{ fail: Run.busy, after: "250 millis" }])
    return Effect.gen(function* () {
      const [attempt] = (yield* Run.ask(over(["a/m"], { maxTries: 1 }))).attempts
      assert.deepInclude(attempt, { reason: "Overloaded", status: 503, message: "busy", durationMs: 250 })
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("C-55 notes the try, the provider and the model at the error", () => {
    const a = Run.failing("a", Run.down)
    return Effect.gen(function* () {
      const outcome = yield* Run.ask(over(["a/0", "a/1"], { maxTries: 2 }))
      assert.deepStrictEqual(Run.told(outcome), {
        wording: "down\nTry 2, Provider: a, Model: 1",
        status: 500,
        code: "provider_server_error"
      })
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("C-58 takes a connection that fails, or a time-out, for a sending error without a status", () =>
    Effect.gen(function* () {
      for (const reason of [Run.unreachable, Run.late]) {
        assert.deepStrictEqual(chronicle.kindOf(reason), { status: 502, code: "provider_connection_error" })
        assert.isTrue(yield* isRetryable(reason))
      }
    })
  )

  it("C-64 takes a connection that fails after the head of an answer for a body that cannot be read", () => {
    assert.deepStrictEqual(chronicle.kindOf(Run.unreachable, 200), { status: 502, code: "parsing_provider_response" })
  })

  it("C-62 commits on the head of an answer", () => {
    assert.strictEqual(policy().commit.on, "headers")
  })
})

import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Attempt } from "../../src/domain/Attempt.ts"
import { AttemptError } from "../../src/domain/AttemptError.ts"
import * as LibraryCall from "../../src/domain/LibraryCall.ts"
import * as Reason from "../../src/domain/Reason.ts"
import * as Request from "../../src/domain/Request.ts"
import * as Minimal from "../../src/policy/presets/minimal.ts"
import * as CallFailure from "../../src/route/CallFailure.ts"
import * as Bounds from "../../src/route/Bounds.ts"
import * as Route from "../../src/route/Route.ts"
import * as Supposed from "../../src/route/explain/Supposed.ts"
import * as CallState from "../../src/target/CallState.ts"
import * as ScriptedProvider from "../../src/testing/ScriptedProvider.ts"
import * as Run from "./presets/run.ts"

type Ended = CallState.Ended

const failed = (reason: Reason.Reason) => new AttemptError({ reason, provider: "a", model: "m" })

const attempt = (reason: Reason.Tag, retryAfterMs?: number): Attempt => ({
  ordinal: 1,
  provider: "a",
  model: "m",
  credential: "default",
  startedAt: 0,
  waitedBeforeMs: 0,
  outcome: "failed",
  durationMs: 1,
  reason,
  retryAfterMs
})

/** What a caller is told. */
const told = (
  ended: Partial<Ended>,
  more: {
    readonly attempts?: ReadonlyArray<Attempt>
    readonly cooling?: ReadonlyArray<number>
    readonly lastError?: AttemptError
    readonly deadline?: Duration.Duration
    readonly route?: Route.Route
  } = {}
) =>
  Effect.gen(function* () {
    const call = yield* LibraryCall.make(Request.text("hi"), { model: "r", deadline: more.deadline })
    const state = CallState.make(call, 1000, 1000)
    state.attempts.push(...(more.attempts ?? []))
    state.cooling.push(...(more.cooling ?? []).map((until) => ({ id: "a/m", until, hardUntil: until, deadlineAt: 0 })))
    state.lastError = more.lastError
    const bounds = Bounds.of(more.route ?? Route.target("a/m"), () => undefined)
    return CallFailure.toCallError(state, { next: "stop", error: undefined, cause: "reason", ...ended }, bounds, 1000)
  })

/** The wait that a caller is told, in milliseconds. */
const wait = (attempts: ReadonlyArray<Attempt>, last: Reason.Reason = new Reason.RateLimited({ message: "" })) =>
  Effect.map(told({ error: failed(last) }, { attempts }), ({ reason }) =>
    reason._tag === "AttemptsExhausted"
      ? reason.retryAfter && Duration.toMillis(reason.retryAfter)
      : assert.fail(reason._tag)
  )

describe("CallFailure.toCallError", () => {
  it.effect("puts the deadline before everything, and names the caller's own where there is one", () =>
    Effect.gen(function* () {
      const error = failed(Supposed.make("InvalidRequest", "bad"))
      const own = yield* told({ cause: "deadline", error }, { deadline: Duration.seconds(7) })
      assert.deepStrictEqual(own.reason._tag === "DeadlineExceeded" && [own.reason.deadline, own.reason.last?._tag], [
        Duration.seconds(7),
        "InvalidRequest"
      ])
      const { reason } = yield* told(
        { cause: "deadline" },
        { route: Route.target("a/m").pipe(Route.deadline("3 seconds")) }
      )
      assert.deepStrictEqual(reason._tag === "DeadlineExceeded" && [reason.deadline, reason.last], [
        Duration.seconds(3),
        undefined
      ])
    })
  )

  it.effect("says when to come again, and not that it took too long, where every attempt was limited", () =>
    Effect.gen(function* () {
      const error = failed(Supposed.make("RateLimited", "slow", 8000))
      const ends = (...attempts: ReadonlyArray<Attempt>) => told({ cause: "deadline", error }, { attempts })
      const { reason } = yield* ends(attempt("RateLimited", 9000), attempt("Overloaded"), attempt("RateLimited", 8000))
      assert.deepStrictEqual(reason._tag === "AttemptsExhausted" && reason.retryAfter, Duration.seconds(8))
      const mixed = yield* ends(attempt("TimedOut"), attempt("RateLimited", 8000))
      assert.strictEqual(mixed.reason._tag, "DeadlineExceeded")
      assert.strictEqual((yield* ends()).reason._tag, "DeadlineExceeded")
    })
  )

  it.effect("tells a fault of the request as the caller's, and every other as the attempts'", () =>
    Effect.gen(function* () {
      for (const tag of Reason.tags) {
        const last = Supposed.make(tag, "why")
        const { callId, model, reason } = yield* told({ error: failed(last) })
        assert.strictEqual(reason._tag, last.fault === "request" ? "RequestRejected" : "AttemptsExhausted")
        assert.strictEqual("last" in reason && reason.last, last)
        assert.deepStrictEqual([model, callId.length], ["r", 36])
      }
    })
  )

  it.effect("takes the last failure of the call where the last target was passed over", () =>
    Effect.gen(function* () {
      const { reason } = yield* told({ cause: "skipped" }, { lastError: failed(Supposed.make("ServerError", "down")) })
      assert.strictEqual(reason._tag === "AttemptsExhausted" && reason.last._tag, "ServerError")
    })
  )

  it.effect("says that nothing could be asked, and when something can, from now on", () =>
    Effect.gen(function* () {
      const never = yield* told({ cause: "skipped" })
      assert.deepStrictEqual(never.reason._tag === "NoTarget" && [never.reason.skipped, never.reason.retryAfter], [
        [],
        undefined
      ])
      const soon = yield* told({ cause: "skipped" }, { cooling: [9000, 4000, 6000] })
      assert.deepStrictEqual(soon.reason._tag === "NoTarget" && soon.reason.retryAfter, Duration.seconds(3))
      const now = yield* told({ cause: "skipped" }, { cooling: [400] })
      assert.deepStrictEqual(now.reason._tag === "NoTarget" && now.reason.retryAfter, Duration.zero)
    })
  )

  it.effect("tells the smallest wait that was asked for, where every attempt would be cured by waiting", () =>
    Effect.gen(function* () {
      for (const tag of ["RateLimited", "Overloaded"] as const) {
        assert.strictEqual(yield* wait([attempt(tag), attempt("RateLimited", 8000), attempt(tag, 5000)]), 5000)
      }
      assert.strictEqual(yield* wait([attempt("ServerError", 9000)]), 9000)
      assert.strictEqual(yield* wait([attempt("RateLimited", 9000), attempt("ServerError")]), undefined)
      assert.strictEqual(
        yield* wait([attempt("RateLimited", 9000), { ...attempt("RateLimited"), reason: undefined }]),
        undefined
      )
      assert.strictEqual(yield* wait([attempt("RateLimited")]), undefined)
      assert.strictEqual(yield* wait([attempt("RateLimited", 1), attempt("RateLimited", 9)]), 1)
      const last = new Reason.RateLimited({ message: "", retryAfter: Duration.seconds(2) })
      assert.strictEqual(yield* wait([attempt("RateLimited", 9000)], last), 2000)
    })
  )

  it.effect("tells a second where a limit of ours has no place left and does not know when it has", () =>
    Effect.gen(function* () {
      const full = new Reason.LimitReached({ message: "full", limited: "concurrency" })
      assert.strictEqual(yield* wait([attempt("LimitReached")], full), 1000)
      assert.strictEqual(yield* wait([attempt("RateLimited", 8000), attempt("LimitReached")], full), 1000)
      assert.strictEqual(yield* wait([attempt("LimitReached", 400), attempt("LimitReached", 9000)]), 400)
      assert.strictEqual(yield* wait([attempt("ServerError"), attempt("LimitReached")], full), undefined)
    })
  )

  it.effect("tells it as the preset around the whole route does, with the wait of its last failure", () =>
    Effect.gen(function* () {
      const route = Route.target("a/m").pipe(Route.retry(Minimal.policy))
      const ms = (last: Reason.Reason) =>
        Effect.map(told({ error: failed(last) }, { route, attempts: [attempt("ServerError")] }), ({ reason }) =>
          reason._tag === "AttemptsExhausted"
            ? [reason.wording, reason.retryAfter && Duration.toMillis(reason.retryAfter)]
            : []
        )
      assert.deepStrictEqual(yield* ms(Supposed.make("RateLimited", "slow down", 3000)), ["slow down", 3000])
      assert.deepStrictEqual(yield* ms(Supposed.make("RateLimited", "slow down", 0)), ["slow down", undefined])
      assert.deepStrictEqual(yield* ms(new Reason.LimitReached({ message: "full" })), ["full", 1000])
      assert.deepStrictEqual(yield* ms(Supposed.make("ServerError", "down")), ["down", undefined])
    })
  )

  it.effect(
    "says why the left side of a fallback failed where its right side cannot be asked, also for what is listed",
    () => {
      const off = ScriptedProvider.make("b", [{ answer: "b" }], { disabled: "it has no key" })
      const listed = Route.orElse(Route.target("b/m"), { on: ["PermissionDenied"] })
      return Effect.gen(function* () {
        const { reason } = Run.errorOf(yield* Run.ask(Route.target("a/m").pipe(listed)))
        assert.strictEqual(reason._tag === "AttemptsExhausted" && reason.last._tag, "PermissionDenied")
      }).pipe(Effect.provide(Run.world([Run.failing("a", Run.forbidden), off])))
    }
  )
})

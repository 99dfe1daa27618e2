import { assert, describe, it } from "@effect/vitest"
import type { Call } from "@orelse/core/domain/Call"
import type { CallEnd } from "@orelse/core/domain/Entry"
import * as LedgerMemory from "@orelse/core/layer/LedgerMemory"
import { Limits } from "@orelse/core/target/Limits"
import { Recorder } from "@orelse/core/target/Recorder"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as TestClock from "effect/testing/TestClock"
import * as Admission from "../../src/callers/Admission.ts"
import { Budgets } from "../../src/callers/Budgets.ts"
import * as BudgetsMemory from "../../src/callers/BudgetsMemory.ts"
import { CallEnds } from "../../src/callers/CallEnds.ts"
import * as Caller from "../../src/callers/Caller.ts"
import * as Means from "../../src/callers/Means.ts"

const layer = Layer.mergeAll(Limits.layerMemory, BudgetsMemory.layer.pipe(Layer.provide(LedgerMemory.layerNone))).pipe(
  Layer.provideMerge(CallEnds.layer),
  Layer.provide(Layer.succeed(Recorder, Recorder.none))
)

const perMinute = (limit: number) => ({ limit, window: Duration.minutes(1) })

const callOf = (id: string, text = "x".repeat(400)): Call => ({
  id,
  operation: "chat",
  dialect: "openai-chat",
  model: "smart",
  stream: false,
  wire: { text, body: { max_tokens: 20 }, headers: {} },
  request: () => Result.succeed({ messages: [] }),
  options: {},
  startedAt: 0
})

const ended = (id: string, end: Partial<CallEnd>): CallEnd => ({
  _tag: "CallEnd",
  id,
  endedAt: 0,
  outcome: "answered",
  attempts: 1,
  fellBack: false,
  durationMs: 0,
  overheadMs: 0,
  costBasis: "estimated",
  served: { provider: "p", model: "m", credential: "k" },
  ...end
})

const world = Effect.gen(function* () {
  const state = { limits: yield* Limits, budgets: yield* Budgets, ends: yield* CallEnds, means: Means.make() }
  const recorder = yield* Recorder
  let count = 0
  /** One call from its admission to its end; without `end` it never began. */
  const call = (caller: Caller.Caller, end?: Partial<CallEnd>, estimateUsd = 0) => {
    const id = `call-${count++}`
    const request = { caller, call: callOf(id), names: ["smart"], route: "smart", estimateUsd: () => estimateUsd }
    return Effect.scoped(
      Effect.tap(Admission.admit(state, request), () =>
        end === undefined ? Effect.void : recorder.append(ended(id, end))
      )
    )
  }
  return { ...state, recorder, call }
})

describe("Admission", () => {
  it.effect("takes tokens as estimated, and counts those that were used once they are known", () =>
    Effect.gen(function* () {
      const { call, limits } = yield* world
      const caller = Caller.make({ name: "a", limits: { tokens: perMinute(1000) } })
      const remaining = Effect.map(
        limits.standing(caller.limitKey, caller.limits ?? {}),
        ({ tokens }) => tokens?.remaining
      )
      const usage = { inputTokens: 30, outputTokens: 12 }
      const standing = yield* call(caller, { usage })
      assert.strictEqual(standing.tokens?.remaining, 880)
      assert.strictEqual(yield* remaining, 958)
      yield* call(caller, { usage: { ...usage, totalTokens: 500 } })
      assert.strictEqual(yield* remaining, 458)
      // Unknown: what was estimated stays. Nobody reached, or never begun: nothing was used.
      yield* call(caller, { outcome: "cancelled" })
      assert.strictEqual(yield* remaining, 338)
      yield* call(caller, { outcome: "failed", served: undefined })
      yield* call(caller)
      assert.strictEqual(yield* remaining, 338)
    }).pipe(Effect.provide(layer))
  )

  it.effect("lets a call in that is larger than the whole limit, while nothing else is", () =>
    Effect.gen(function* () {
      const { call } = yield* world
      const caller = Caller.make({ name: "a", limits: { tokens: perMinute(50) } })
      const standing = yield* call(caller, { usage: { inputTokens: 10, outputTokens: 0 } })
      assert.strictEqual(standing.tokens?.remaining, 0)
      const limited = yield* Effect.flip(call(caller))
      assert.strictEqual(limited._tag === "CallerLimited" && limited.limited, "tokens")
    }).pipe(Effect.provide(layer))
  )

  it.effect("does not take from a later window what was counted too much in an earlier one", () =>
    Effect.gen(function* () {
      const { call, limits, recorder, ...state } = yield* world
      const caller = Caller.make({ name: "a", limits: { tokens: perMinute(1000) } })
      const request = { caller, call: callOf("long"), names: [], route: "smart", estimateUsd: () => 0 }
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* Admission.admit({ ...state, limits }, request)
          yield* TestClock.adjust("1 minute")
          yield* call(caller, { usage: { inputTokens: 100, outputTokens: 0 } })
          yield* recorder.append(ended("long", { usage: { inputTokens: 0, outputTokens: 0 } }))
        })
      )
      assert.strictEqual((yield* limits.standing(caller.limitKey, caller.limits ?? {})).tokens?.remaining, 900)
    }).pipe(Effect.provide(layer))
  )

  it.effect("gives money back where a limit says no, and takes no request where the money is spent", () =>
    Effect.gen(function* () {
      const { call, limits } = yield* world
      const caller = Caller.make({
        name: "a",
        limits: { requests: perMinute(2) },
        budget: { usd: 1, per: "day" }
      })
      yield* call(caller, { costUsd: 0.4 }, 0.4)
      yield* call(caller, { costUsd: 0.4 }, 0.4)
      for (let turn = 0; turn < 5; turn++)
        assert.strictEqual((yield* Effect.flip(call(caller, {}, 0.4)))._tag, "CallerLimited")
      yield* TestClock.adjust("1 minute")
      yield* call(caller, { costUsd: 0.4 }, 0.4)
      const spent = yield* Effect.flip(call(caller, {}, 0.4))
      assert.strictEqual(spent._tag, "BudgetSpent")
      assert.strictEqual((yield* limits.standing(caller.limitKey, caller.limits ?? {})).requests?.remaining, 1)
    }).pipe(Effect.provide(layer))
  )

  it.effect(
    "sets aside what the caller's last calls on the route cost, and the estimate only before there are any",
    () =>
      Effect.gen(function* () {
        const { call, recorder, ...state } = yield* world
        const { budgets, means } = state
        const budget = { usd: 1, per: "day" } as const
        const caller = Caller.make({ name: "a", budget })
        yield* call(caller, { costUsd: 0.5 }, 0.9)
        assert.strictEqual(means.of("a", "smart"), 0.5)
        assert.isUndefined(means.of("b", "smart"))
        // Half is spent, and the other half is set aside while one call is under way.
        const request = { caller, call: callOf("under way"), names: [], route: "smart", estimateUsd: () => 0 }
        yield* Effect.scoped(
          Effect.gen(function* () {
            yield* Admission.admit(state, request)
            const refused = yield* Effect.flip(budgets.take("a", budget, 0))
            assert.strictEqual(Duration.toMillis(refused.retryAfter), 1000)
            yield* recorder.append(ended("under way", { costUsd: 0.1 }))
          })
        )
        yield* budgets.take("a", budget, 0)
        assert.closeTo(means.of("a", "smart") ?? 0, 0.42, 1e-9)
      }).pipe(Effect.provide(layer))
  )

  it.effect("keeps nothing of a call that has ended, and watches none of a caller without limits", () =>
    Effect.gen(function* () {
      const { call, ends } = yield* world
      yield* call(Caller.make({ name: "free" }), { costUsd: 1 })
      yield* call(Caller.make({ name: "a", limits: { concurrency: 1 } }), { costUsd: 1 })
      assert.isUndefined(ends.taken("call-0"))
      assert.isUndefined(ends.taken("call-1"))
    }).pipe(Effect.provide(layer))
  )
})

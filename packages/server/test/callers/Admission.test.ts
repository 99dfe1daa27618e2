import { assert, describe, it } from "@effect/vitest"
import type { Call } from "@orelse/core/domain/Call"
import type { CallEnd } from "@orelse/core/domain/Entry"
import * as LedgerMemory from "@orelse/core/layer/LedgerMemory"
import { Limits, type Standing } from "@orelse/core/target/Limits"
import * as Clock from "effect/Clock"
import { Pausing } from "@orelse/core/testing/Pausing"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Scheduler from "effect/Scheduler"
import type * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import * as Admission from "../../src/callers/Admission.ts"
import { Budgets } from "../../src/callers/Budgets.ts"
import * as BudgetsMemory from "../../src/callers/BudgetsMemory.ts"
import * as Caller from "../../src/callers/Caller.ts"
import * as Means from "../../src/callers/Means.ts"

const layer = Layer.mergeAll(Limits.layerMemory, BudgetsMemory.layer.pipe(Layer.provide(LedgerMemory.layerNone)))

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

/** A call that is let in as the gateway does it: it runs in a scope of its own, and is settled when that has closed. */
const admitted = <A, E>(
  state: Admission.State,
  admission: Admission.Admission,
  run: (standing: Standing) => Effect.Effect<A, E, Scope.Scope>
) =>
  Effect.suspend(() => Effect.scoped(Effect.flatMap(Admission.take(state, admission), run))).pipe(
    Effect.onExit(() => Admission.settle(state, admission))
  )

const world = Effect.gen(function* () {
  const limits = yield* Limits
  const budgets = yield* Budgets
  const means = Means.make()
  const state: Admission.State = { limits, budgets, means, clock: yield* Clock.Clock }
  let count = 0
  /** A call that asks to be let in, and what says how it ended. */
  const asking = (caller: Caller.Caller, estimateUsd = 0) => {
    const id = `call-${count++}`
    const admission = new Admission.Admission({
      caller,
      call: callOf(id),
      names: ["smart"],
      route: "smart",
      estimateUsd: () => estimateUsd
    })
    return { admission, ends: (how: Partial<CallEnd>) => Effect.sync(() => void (admission.end = ended(id, how))) }
  }
  /** One call from its admission to its end, which comes with the end of its scope; without one it never began. */
  const call = (caller: Caller.Caller, end?: Partial<CallEnd>, estimateUsd = 0) => {
    const { admission, ends } = asking(caller, estimateUsd)
    return admitted(state, admission, (standing) =>
      Effect.as(end === undefined ? Effect.void : Effect.addFinalizer(() => ends(end)), standing)
    )
  }
  return { state, limits, budgets, means, asking, call }
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
      const { asking, call, limits, state } = yield* world
      const caller = Caller.make({ name: "a", limits: { tokens: perMinute(1000) } })
      const { admission, ends } = asking(caller)
      const long = Effect.gen(function* () {
        yield* TestClock.adjust("1 minute")
        yield* call(caller, { usage: { inputTokens: 100, outputTokens: 0 } })
        yield* ends({ usage: { inputTokens: 0, outputTokens: 0 } })
      })
      yield* admitted(state, admission, () => long)
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
        const { asking, budgets, call, means, state } = yield* world
        const budget = { usd: 1, per: "day" } as const
        const caller = Caller.make({ name: "a", budget })
        yield* call(caller, { costUsd: 0.5 }, 0.9)
        assert.strictEqual(means.of("a", "smart"), 0.5)
        assert.isUndefined(means.of("b", "smart"))
        // Half is spent, and the other half is set aside while one call is under way.
        const { admission, ends } = asking(caller)
        const underWay = Effect.gen(function* () {
          const refused = yield* Effect.flip(budgets.take("a", budget, 0))
          assert.strictEqual(Duration.toMillis(refused.retryAfter), 1000)
          yield* ends({ costUsd: 0.1 })
        })
        yield* admitted(state, admission, () => underWay)
        yield* budgets.take("a", budget, 0)
        assert.closeTo(means.of("a", "smart") ?? 0, 0.42, 1e-9)
      }).pipe(Effect.provide(layer))
  )

  describe("the place and the money of a call", () => {
    const budget = { usd: 1, per: "day" } as const
    const caller = Caller.make({ name: "a", limits: { concurrency: 2, requests: perMinute(10) }, budget })

    /** Calls under way, and whether somebody may still spend: each call sets the whole budget aside. */
    const held = ({ budgets, limits }: Admission.State) =>
      Effect.gen(function* () {
        const permit = yield* Effect.option(budgets.take("a", budget, 1))
        if (permit._tag === "Some") yield* budgets.settle(permit.value, 0)
        return [limits.open(caller.limitKey), permit._tag === "None"]
      })

    /** What may become of a call that is let in. */
    const ways: ReadonlyArray<readonly [says: string, Effect.Effect<void, string, Scope.Scope>]> = [
      ["answers", Effect.void],
      ["fails", Effect.fail("no")],
      ["fails with a defect", Effect.die("broken")],
      ["is interrupted", Effect.interrupt],
      ["has an end that fails with a defect", Effect.asVoid(Effect.addFinalizer(() => Effect.die("broken")))]
    ]
    for (const [says, way] of ways) {
      it.effect(`are given back when it is settled, and not before, where it ${says} and never began`, () =>
        Effect.gen(function* () {
          const { asking, means, state } = yield* world
          const { admission } = asking(caller, 1)
          let before: unknown
          const run = () =>
            Effect.andThen(
              Effect.tap(held(state), (now) => Effect.sync(() => (before = now))),
              way
            )
          yield* Effect.exit(admitted(state, admission, run))
          assert.deepStrictEqual(before, [1, true])
          assert.deepStrictEqual(yield* held(state), [0, false])
          assert.isUndefined(means.of("a", "smart"))
        }).pipe(Effect.provide(layer))
      )
    }

    it.effect("are given back where it is interrupted while it is under way, and what it cost is booked", () =>
      Effect.gen(function* () {
        const { asking, budgets, means, state } = yield* world
        const { admission, ends } = asking(caller, 1)
        const run = () =>
          Effect.andThen(
            Effect.addFinalizer(() => ends({ outcome: "cancelled", costUsd: 1 })),
            Effect.never
          )
        const fiber = yield* Effect.forkChild(admitted(state, admission, run), { startImmediately: true })
        yield* TestClock.adjust("1 second")
        assert.deepStrictEqual(yield* held(state), [1, true])
        yield* Fiber.interrupt(fiber)
        assert.strictEqual(state.limits.open(caller.limitKey), 0)
        assert.strictEqual(means.of("a", "smart"), 1)
        // Spent until the day is over; not only set aside.
        const spent = yield* Effect.flip(budgets.take("a", budget, 0))
        assert.strictEqual(Duration.toMillis(spent.retryAfter), Duration.toMillis("1 day") - 1000)
      }).pipe(Effect.provide(layer))
    )

    it.effect("are given back after its own end, which is known by then", () =>
      Effect.gen(function* () {
        const { asking, means, state } = yield* world
        const { admission, ends } = asking(caller, 1)
        let before: unknown
        const own = Effect.addFinalizer(() =>
          Effect.yieldNow.pipe(
            Effect.andThen(held(state)),
            Effect.tap((now) => Effect.sync(() => (before = now))),
            Effect.andThen(ends({ costUsd: 0.25 }))
          )
        )
        yield* admitted(state, admission, () => own)
        assert.deepStrictEqual(before, [1, true])
        assert.strictEqual(means.of("a", "smart"), 0.25)
        assert.strictEqual(state.limits.open(caller.limitKey), 0)
      }).pipe(Effect.provide(layer))
    )

    it.effect("are given back where the budget is taken and a limit then says no; nothing is run", () =>
      Effect.gen(function* () {
        const { asking, limits, state } = yield* world
        const others = yield* Effect.all([0, 1].map(() => limits.acquire(caller.limitKey, caller.limits ?? {}, 0)))
        assert.deepStrictEqual(yield* held(state), [2, false])
        const { admission } = asking(caller, 1)
        const refused = yield* Effect.flip(admitted(state, admission, () => Effect.die("run")))
        assert.strictEqual(refused._tag === "CallerLimited" && refused.limited, "concurrency")
        assert.deepStrictEqual(yield* held(state), [2, false])
        assert.strictEqual((yield* limits.standing(caller.limitKey, caller.limits ?? {})).requests?.remaining, 8)
        for (const { release } of others) yield* release()
        assert.deepStrictEqual(yield* held(state), [0, false])
      }).pipe(Effect.provide(layer))
    )

    it.effect("are given back where it is interrupted at any step", () =>
      Effect.gen(function* () {
        const { asking, call, limits, state } = yield* world
        // The account is open from now on.
        yield* call(caller)
        const outcomes = new Set<string>()
        for (let step = 1, isDone = false; !isDone; step++) {
          yield* TestClock.adjust("1 minute")
          const { admission } = asking(caller, 1)
          const run = () =>
            Effect.andThen(
              Effect.addFinalizer(() => Effect.void),
              Effect.void
            )
          const pausing = new Pausing(step)
          const paused = Effect.provideService(admitted(state, admission, run), Scheduler.Scheduler, pausing)
          const fiber = yield* Effect.forkChild(paused, { startImmediately: true })
          isDone = pausing.steps < step
          yield* Fiber.interrupt(fiber)
          outcomes.add(Exit.isSuccess(yield* Fiber.await(fiber)) ? "answered" : "interrupted")
          assert.deepStrictEqual([limits.open(caller.limitKey), ...(yield* held(state))], [0, 0, false], `step ${step}`)
        }
        assert.deepStrictEqual([...outcomes], ["interrupted", "answered"])
      }).pipe(Effect.provide(layer))
    )
  })

  it.effect("takes nothing of a caller without limits, and counts nothing", () =>
    Effect.gen(function* () {
      const { asking, limits, means, state } = yield* world
      const { admission, ends } = asking(Caller.make({ name: "free" }))
      const standing = yield* admitted(state, admission, (standing) =>
        Effect.as(
          Effect.addFinalizer(() => ends({ costUsd: 1 })),
          standing
        )
      )
      assert.deepStrictEqual(standing, {})
      assert.isUndefined(means.of("free", "smart"))
      assert.strictEqual(limits.open(admission.caller.limitKey), 0)
    }).pipe(Effect.provide(layer))
  )
})

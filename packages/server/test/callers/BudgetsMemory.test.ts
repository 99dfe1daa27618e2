import { assert, describe, it } from "@effect/vitest"
import { Ledger, LedgerUnavailable } from "@orelse/core/layer/Ledger"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { Budgets } from "../../src/callers/Budgets.ts"
import * as BudgetsMemory from "../../src/callers/BudgetsMemory.ts"

/** A ledger whose sums come from a table, and that counts who asked. */
const ledgerOf = (sum: (since: number) => Effect.Effect<number, LedgerUnavailable>) => {
  const asked: Array<{ readonly caller: string | undefined; readonly since: number | undefined }> = []
  const ledger = Ledger.of({
    append: () => Effect.void,
    calls: ({ caller, since }) => {
      asked.push({ caller, since })
      return Effect.map(sum(since ?? 0), (costUsd) => ({
        calls: [],
        totals: { calls: 0, attempts: 0, inputTokens: 0, outputTokens: 0, costUsd }
      }))
    },
    call: () => Effect.succeed(undefined),
    status: Effect.succeed({ store: "test", healthy: true, queued: 0, spooled: 0 }),
    failures: () => Effect.succeed([]),
    flush: Effect.void
  })
  return { asked, layer: BudgetsMemory.layer.pipe(Layer.provide(Layer.succeed(Ledger, ledger))) }
}

const day = { usd: 1, per: "day" } as const
const noon = Duration.toMillis("12 hours")

describe("BudgetsMemory", () => {
  it.effect("lets calls begin until the money is spent, then says how long the period lasts", () =>
    Effect.gen(function* () {
      const budgets = yield* Budgets
      yield* TestClock.adjust(noon)
      for (let call = 0; call < 4; call++) yield* budgets.settle(yield* budgets.take("a", day, 0.25), 0.25)
      const spent = yield* Effect.flip(budgets.take("a", day, 0.25))
      assert.deepStrictEqual([spent.caller, spent.budgetUsd, spent.per], ["a", 1, "day"])
      assert.strictEqual(Duration.toMillis(spent.retryAfter), noon)
      yield* budgets.take("b", day, 0.25)
      yield* TestClock.adjust(noon - 1)
      yield* Effect.flip(budgets.take("a", day, 0.25))
      yield* TestClock.adjust(1)
      yield* budgets.take("a", day, 0.25)
    }).pipe(Effect.provide(ledgerOf(() => Effect.succeed(0)).layer))
  )

  it.effect("lets only so many of a thousand calls at once begin as the money is for", () =>
    Effect.gen(function* () {
      const budgets = yield* Budgets
      const taken = yield* Effect.forEach(
        Array.from({ length: 1000 }),
        () => Effect.result(budgets.take("a", day, 0.01)),
        { concurrency: "unbounded" }
      )
      const permits = taken.flatMap((result) => (result._tag === "Success" ? [result.success] : []))
      assert.isAtLeast(permits.length, 100)
      assert.isAtMost(permits.length, 101)
      const refused = taken.find((result) => result._tag === "Failure")
      assert.strictEqual(refused && Duration.toMillis(refused.failure.retryAfter), 1000)
      // Two cost nothing: their money is there again.
      yield* Effect.forEach(permits, (permit, index) => budgets.settle(permit, index < 2 ? 0 : 0.01))
      yield* budgets.take("a", day, 0.01)
    }).pipe(Effect.provide(ledgerOf(() => Effect.succeed(0)).layer))
  )

  it.effect("forgets nothing of a caller that has not called yet when its budget is lifted", () =>
    Effect.gen(function* () {
      const budgets = yield* Budgets
      yield* budgets.lift("a", day)
      yield* budgets.settle(yield* budgets.take("a", day, 0), 1)
      yield* Effect.flip(budgets.take("a", day, 0))
    }).pipe(Effect.provide(ledgerOf(() => Effect.succeed(0)).layer))
  )

  it.effect("begins with what the ledger has of the period, asked once", () => {
    const ledger = ledgerOf((since) => Effect.succeed(since === Duration.toMillis("48 hours") ? 0.99 : 0))
    return Effect.gen(function* () {
      const budgets = yield* Budgets
      yield* TestClock.adjust("60 hours")
      yield* budgets.settle(yield* budgets.take("a", day, 0), 0.005)
      yield* budgets.settle(yield* budgets.take("a", day, 0), 0.005)
      yield* Effect.flip(budgets.take("a", day, 0))
      yield* TestClock.adjust("12 hours")
      yield* budgets.take("a", day, 0)
      assert.deepStrictEqual(ledger.asked, [{ caller: "a", since: Duration.toMillis("48 hours") }])
    }).pipe(Effect.provide(ledger.layer))
  })

  it.effect("books a call in the period in which it began", () =>
    Effect.gen(function* () {
      const budgets = yield* Budgets
      yield* TestClock.adjust("23 hours")
      const long = yield* budgets.take("a", day, 0.5)
      yield* TestClock.adjust("2 hours")
      yield* budgets.take("a", day, 0)
      yield* budgets.settle(long, 5)
      yield* budgets.take("a", day, 0)
    }).pipe(Effect.provide(ledgerOf(() => Effect.succeed(0)).layer))
  )

  it.effect(
    "asks the ledger for a longer period where a reload makes it one, and not again for a budget of another size",
    () => {
      const ledger = ledgerOf((since) => Effect.succeed(since === 0 ? 7 : 0))
      return Effect.gen(function* () {
        const budgets = yield* Budgets
        yield* TestClock.adjust("36 hours")
        yield* budgets.take("a", day, 0)
        yield* budgets.take("a", { usd: 2, per: "day" }, 0)
        yield* Effect.flip(budgets.take("a", { usd: 7, per: "month" }, 0))
        assert.strictEqual(ledger.asked.length, 2)
      }).pipe(Effect.provide(ledger.layer))
    }
  )

  it.effect("goes on with what it counts itself while the ledger is away, and asks again ten seconds later", () => {
    let away = true
    const error = new LedgerUnavailable({ store: "test", message: "away" })
    const ledger = ledgerOf(() => (away ? Effect.fail(error) : Effect.succeed(2)))
    return Effect.gen(function* () {
      const budgets = yield* Budgets
      yield* budgets.settle(yield* budgets.take("a", day, 0), 0.5)
      yield* TestClock.adjust(9_999)
      yield* budgets.take("a", day, 0)
      assert.strictEqual(ledger.asked.length, 1)
      away = false
      yield* TestClock.adjust(1)
      yield* Effect.flip(budgets.take("a", day, 0))
      assert.strictEqual(ledger.asked.length, 2)
    }).pipe(Effect.provide(ledger.layer))
  })

  it.effect("makes no call wait longer than two seconds for the ledger, and counts its sum when it comes", () =>
    Effect.gen(function* () {
      const budgets = yield* Budgets
      const first = yield* Effect.forkChild(budgets.take("a", day, 0), { startImmediately: true })
      yield* TestClock.adjust(1_999)
      assert.isUndefined(first.pollUnsafe())
      const second = yield* Effect.forkChild(budgets.take("a", day, 0), { startImmediately: true })
      yield* TestClock.adjust(1)
      yield* Fiber.join(first)
      yield* Fiber.join(second)
      yield* budgets.take("a", day, 0)
      yield* TestClock.adjust("3 seconds")
      yield* Effect.flip(budgets.take("a", day, 0))
    }).pipe(Effect.provide(ledgerOf(() => Effect.delay(Effect.succeed(1), "5 seconds")).layer))
  )
})

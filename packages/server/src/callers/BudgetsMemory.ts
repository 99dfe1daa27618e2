/**
 * The accounts of this process. They begin with what the ledger has of the period, so a restart forgives nothing.
 *
 * A ledger that cannot be read leaves an account at what this process saw itself; it is asked again every ten seconds. Without a
 * ledger (`store: none`) an account begins anew with each start.
 */
import { BudgetSpent } from "@orelse/core/domain/CallError"
import { Ledger } from "@orelse/core/layer/Ledger"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { type Budget, Budgets, type Permit } from "./Budgets.ts"
import * as Period from "./Period.ts"

interface Account {
  readonly period: Period.Period
  spentUsd: number
  reservedUsd: number
  /** Whether what stood in the ledger is counted. */
  opened: boolean
  /** When the ledger is to be asked again. */
  askAt: number
  /** The last question to the ledger. */
  asking: Fiber.Fiber<void> | undefined
}

const askAgainMs = 10_000

/** How long a call waits for the ledger's sum. */
const patienceMs = 2000

/** Accounts in memory, with sums from the ledger. @stability experimental @category layers @since 0.1.0 */
export const layer: Layer.Layer<Budgets, never, Ledger> = Layer.effect(
  Budgets,
  Effect.gen(function* () {
    const ledger = yield* Ledger
    const accounts = new Map<string, Account>()
    const scope = yield* Effect.scope
    const clock = yield* Clock.Clock
    const accountOf = (caller: string, budget: Budget, now: number): Account => {
      const period = Period.at(budget.per, now)
      const known = accounts.get(caller)
      if (known !== undefined && known.period.start === period.start && known.period.end === period.end) return known
      // Of a period that begins after another one that we kept, the ledger has nothing that we do not book ourselves.
      const isNext = known?.opened === true && known.period.end === period.start
      const account: Account = {
        period,
        spentUsd: 0,
        reservedUsd: 0,
        opened: isNext,
        askAt: 0,
        asking: undefined
      }
      accounts.set(caller, account)
      return account
    }
    return Budgets.of({
      take: (caller, budget, estimateUsd, now = clock.currentTimeMillisUnsafe()) => {
        const account = accountOf(caller, budget, now)
        if (account.opened) return take(account, caller, budget, estimateUsd, now)
        const taken = Effect.suspend(() => take(account, caller, budget, estimateUsd, now))
        return Effect.andThen(open(ledger, scope, caller, account), taken)
      },
      settle: (permit, costUsd) => {
        settle(accounts.get(permit.caller), permit, costUsd)
        return Effect.void
      },
      lift: (caller) =>
        Effect.sync(() => {
          const account = accounts.get(caller)
          if (account === undefined) return
          account.opened = false
          account.askAt = 0
        })
    })
  })
)

const take = (account: Account, caller: string, budget: Budget, estimateUsd: number, now: number) => {
  const { usd: budgetUsd, per } = budget
  const spent = (retryAfter: Duration.Duration) => Effect.fail(new BudgetSpent({ caller, budgetUsd, per, retryAfter }))
  if (account.spentUsd >= budgetUsd) return spent(Duration.millis(account.period.end - now))
  if (account.spentUsd + account.reservedUsd >= budgetUsd) return spent(Duration.seconds(1))
  account.reservedUsd += estimateUsd
  return Effect.succeed<Permit>({ caller, budget, takenAt: now, reservedUsd: estimateUsd })
}

/** Books a call where its time is; an account of a later period has nothing of it. */
const settle = (account: Account | undefined, permit: Permit, costUsd: number): void => {
  if (account === undefined || permit.takenAt < account.period.start) return
  account.reservedUsd = Math.max(0, account.reservedUsd - permit.reservedUsd)
  account.spentUsd += costUsd
}

/** Asks the ledger for the period's sum, unless that is under way, and waits for it a little. */
const open = (ledger: Ledger["Service"], scope: Scope.Scope, caller: string, account: Account): Effect.Effect<void> =>
  Effect.flatMap(Clock.currentTimeMillis, (now) => {
    const { asking } = account
    if (asking === undefined || asking.pollUnsafe() !== undefined) {
      if (now < account.askAt) return Effect.void
      account.askAt = now + askAgainMs
      const asked = Effect.forkIn(ask(ledger, caller, account), scope, { startImmediately: true })
      return Effect.flatMap(asked, (fiber) => {
        account.asking = fiber
        return Effect.asVoid(Effect.timeoutOption(Fiber.await(fiber), patienceMs))
      })
    }
    const left = account.askAt - askAgainMs + patienceMs - now
    return left <= 0 ? Effect.void : Effect.asVoid(Effect.timeoutOption(Fiber.await(asking), left))
  })

const ask = (ledger: Ledger["Service"], caller: string, account: Account): Effect.Effect<void> =>
  ledger.calls({ caller, since: account.period.start, until: account.period.end, limit: 1 }).pipe(
    Effect.matchEffect({
      onSuccess: ({ totals }) =>
        Effect.sync(() => {
          account.opened = true
          // What was booked meanwhile may be in the sum already.
          account.spentUsd = Math.max(account.spentUsd, totals.costUsd)
        }),
      onFailure: (error) =>
        Effect.logWarning(`What ${caller} has spent is not known; its budget counts from now on`, error.message)
    })
  )

/**
 * Budgets that are one over all processes.
 *
 * The account is in Redis and begins with what the ledger has of the period. Every process also keeps the accounts of its own calls
 * (`callers/BudgetsMemory.ts`), without refusing anything, and goes on with them where Redis is away; what was spent then is booked
 * when it is back.
 */
import { BudgetSpent } from "@orelse/core/domain/CallError"
import { Ledger } from "@orelse/core/layer/Ledger"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { randomUUID } from "node:crypto"
import type { Budget, Budgets, Permit } from "../callers/Budgets.ts"
import * as Period from "../callers/Period.ts"
import * as Scripts from "./BudgetScripts.ts"
import type { Missed } from "./Changes.ts"
import type { Connection } from "./Connection.ts"
import * as Keys from "./Keys.ts"
import * as Owed from "./Owed.ts"

/** What stands behind a permit. */
interface Taken {
  readonly reserved: Reserved
  readonly keys: ReadonlyArray<string>
  readonly local: Permit
}

/** What may be set aside in Redis: nothing, once it is certain that it never was. */
interface Reserved {
  id: string | undefined
}

/** How long the ledger may take to say what was spent; milliseconds. */
const patienceMs = 2_000

/** How long an account outlives its period: calls that began in it are still settled. */
const graceMs = 86_400_000

/**
 * Over this connection; `local` are the accounts of this process.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (
  connection: Connection,
  local: Budgets["Service"]
): Effect.fn.Return<Budgets["Service"], never, Ledger> {
  const ledger = yield* Ledger
  const taken = new WeakMap<Permit, Taken>()
  const owed = Owed.make()
  connection.onReturn(owed.pay)
  return {
    take: (caller, budget, estimateUsd) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        const account: Account = { caller, budget, period: Period.at(budget.per, now), now }
        const reserved: Reserved = { id: randomUUID() }
        return open(connection, ledger, account, reserved, estimateUsd).pipe(
          Effect.matchEffect({
            onFailure: ({ ifUnmade }) => {
              ifUnmade(() => {
                reserved.id = undefined
              })
              return local.take(caller, budget, estimateUsd)
            },
            onSuccess: (verdict) =>
              verdict === "taken" ? local.take(caller, boundless(budget), estimateUsd) : refuse(account, verdict)
          }),
          Effect.map((permit) => {
            const own: Permit = { ...permit, budget }
            taken.set(own, { reserved, keys: keysOf(account), local: permit })
            return own
          })
        )
      }),
    settle: (permit, costUsd) =>
      Effect.suspend(() => {
        const found = taken.get(permit)
        if (found === undefined) return Effect.void
        taken.delete(permit)
        const ids = () => (found.reserved.id === undefined ? [] : [found.reserved.id])
        return connection.change(Scripts.settle, found.keys, [costUsd, ...ids()]).pipe(
          Effect.catch(({ ifUnmade }) => Effect.sync(() => ifUnmade(() => owed.add(found.keys, costUsd, ids())))),
          Effect.andThen(Effect.suspend(() => local.settle(found.local, costUsd)))
        )
      }),
    lift: (caller, budget) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        const keys = keysOf({ caller, budget, period: Period.at(budget.per, now), now })
        return Effect.andThen(Effect.ignore(connection.change(Scripts.lift, keys, [])), local.lift(caller, budget))
      })
  }
})

interface Account {
  readonly caller: string
  readonly budget: Budget
  readonly period: Period.Period
  readonly now: number
}

const keysOf = ({ budget, caller, period }: Account) => Keys.budget(caller, `${budget.per}:${period.start}`)

/** Counts, and never refuses. */
const boundless = (budget: Budget): Budget => ({ ...budget, usd: Number.POSITIVE_INFINITY })

/** Sets aside; the first of a period also opens the account. */
const open = (
  connection: Connection,
  ledger: Ledger["Service"],
  account: Account,
  { id = "" }: Reserved,
  estimateUsd: number
): Effect.Effect<string, Missed> => {
  const { budget, now, period } = account
  const keptMs = period.end - now + graceMs
  const ask = (before: number | "") =>
    Effect.map(connection.change(Scripts.take, keysOf(account), [budget.usd, estimateUsd, id, keptMs, before]), String)
  return Effect.flatMap(ask(""), (verdict) =>
    verdict === "unopened" ? Effect.flatMap(spentBefore(ledger, account), ask) : Effect.succeed(verdict)
  )
}

/** What the ledger has of the period; nothing where it does not say in time. */
const spentBefore = (ledger: Ledger["Service"], { caller, period }: Account): Effect.Effect<number> =>
  ledger.calls({ caller, since: period.start, until: period.end, limit: 1 }).pipe(
    Effect.map(({ totals }) => totals.costUsd),
    Effect.timeout(patienceMs),
    Effect.catch((error) =>
      Effect.as(
        Effect.logWarning(`What ${caller} has spent is not known; its budget counts from now on`, error.message),
        0
      )
    )
  )

const refuse = ({ budget, caller, now, period }: Account, verdict: string) =>
  Effect.fail(
    new BudgetSpent({
      caller,
      budgetUsd: budget.usd,
      per: budget.per,
      retryAfter: verdict === "spent" ? Duration.millis(period.end - now) : Duration.seconds(1)
    })
  )

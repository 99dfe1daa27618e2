/**
 * What callers may spend, and what they have spent: one account a caller and period.
 *
 * What a call costs is known at its end. Until then an estimate is set aside, so that many calls at once cannot spend the same money;
 * `settle` puts the true cost in its place. The danger otherwise: a thousand calls begin while nothing is booked yet.
 *
 * Periods are those of the calendar, in UTC (`Period.ts`). A call is booked in the period in which it began.
 */
import type { CallerConfig } from "@orelse/core/layer/config/Types"
import type { BudgetSpent } from "@orelse/core/domain/CallError"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"

/** The section `budget:` of a caller. @stability experimental @category models @since 0.1.0 */
export type Budget = NonNullable<CallerConfig["budget"]>

/** Leave to spend: what was set aside, and when. It is settled once. @stability experimental @category models @since 0.1.0 */
export interface Permit {
  readonly caller: string
  readonly budget: Budget
  /** Epoch milliseconds. */
  readonly takenAt: number
  readonly reservedUsd: number
}

/**
 * The accounts of callers with a budget.
 *
 * @stability experimental
 * @category services
 * @since 0.1.0
 */
export class Budgets extends Context.Service<
  Budgets,
  {
    /**
     * Sets `estimateUsd` aside, or fails and sets nothing aside: where the period's money is spent (`retryAfter` is the period's end),
     * or where calls under way may yet spend what is left (`retryAfter` is a second). One call may go over the budget by what it
     * costs more than was left. It does so at the call, where the account is at hand; the effect is what there is to wait for, once.
     *
     * @param now the time, where that was just asked
     */
    readonly take: (
      caller: string,
      budget: Budget,
      estimateUsd: number,
      now?: number
    ) => Effect.Effect<Permit, BudgetSpent>
    /** Puts what a call cost in the place of what was set aside; 0 where nothing was sent. The effect is what there is to wait for. */
    readonly settle: (permit: Permit, costUsd: number) => Effect.Effect<void>
    /**
     * The caller has this budget no more. What it spends from now on is told to nobody here: should it get a budget again, the account takes
     * what the ledger knows where that is more.
     */
    readonly lift: (caller: string, budget: Budget) => Effect.Effect<void>
  }
>()("@orelse/server/callers/Budgets") {}

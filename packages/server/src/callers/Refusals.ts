/**
 * Counts who was turned away, and why: refused calls have no row in the ledger, and may be many.
 */
import type { CallReason } from "@orelse/core/domain/CallError"
import type { Counter, Instruments } from "@orelse/core/layer/telemetry/Instruments"

/** Counts one refusal; `caller` is absent where nobody knows who it was. @stability experimental @category models @since 0.1.0 */
export type Refusals = (reason: CallReason, caller?: string) => void

/** As `orelse.callers.refused`, by caller and reason. @stability experimental @category constructors @since 0.1.0 */
export const make = (instruments: Instruments): Refusals => {
  const series = instruments.counter({
    name: "orelse.callers.refused",
    help: "Calls that were turned away before a provider was asked, by caller and reason.",
    labels: ["caller", "reason"]
  })
  const known = new Map<string, Counter>()
  return (reason, caller = "") => {
    const why = whyOf(reason)
    const key = `${why}\n${caller}`
    let counter = known.get(key)
    if (counter === undefined) known.set(key, (counter = series(caller, why)))
    counter.add(1)
  }
}

const whyOf = (reason: CallReason): string => {
  if (reason._tag === "CallerRejected") return reason.kind
  if (reason._tag === "CallerLimited") return reason.limited
  return reason._tag === "BudgetSpent" ? "budget" : reason._tag
}

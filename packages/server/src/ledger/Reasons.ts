/**
 * The names that the ledger has for why a call or an attempt failed. One that is none would find nothing, without a word.
 */
import type { CallReason } from "@orelse/core/domain/CallError"
import * as Nearest from "@orelse/core/domain/Nearest"
import { tags } from "@orelse/core/domain/Reason"

/** Of a call that ended because its gateway did. @stability experimental @category constants @since 0.1.0 */
export const stopped = "GatewayStopped"

const ofCalls: { readonly [T in CallReason["_tag"]]: true } = {
  NoRoute: true,
  NoTarget: true,
  RequestRejected: true,
  AttemptsExhausted: true,
  DeadlineExceeded: true,
  CallerLimited: true,
  CallerRejected: true,
  BudgetSpent: true
}

const names: ReadonlySet<string> = new Set([...tags, ...Object.keys(ofCalls), stopped])

/** Why this is none of them, with the nearest; `undefined` where it is one. @stability experimental @category predicates @since 0.1.0 */
export const wrong = (name: string): string | undefined => {
  if (names.has(name)) return undefined
  const nearest = Nearest.of(name, names)
  return `"${name}" is no reason; ${nearest === undefined ? `there are ${[...names].join(", ")}` : `did you mean ${nearest}?`}`
}

/**
 * The clocks of an attempt in milliseconds: a provider's own before those of the policy, reckoned once for each of them under each policy.
 */
import * as Duration from "effect/Duration"
import type { Phase } from "../domain/Reason.ts"
import type { Clocks } from "../policy/RetryPolicy.ts"
import type { Provider } from "../provider/Provider.ts"

/** @stability experimental @category models @since 0.1.0 */
export interface Times {
  readonly connect: Duration.Duration
  /** Until the first content, within the total. */
  readonly firstContent: number
  /** Which clock has run out when that has not come. */
  readonly phase: Phase
  readonly idle: number
  readonly total: number
}

const known = new WeakMap<Clocks, WeakMap<Provider, Times>>()

/** The clocks of this provider under a policy with those. @stability experimental @category getters @since 0.1.0 */
export const of = (provider: Provider, clocks: Clocks): Times => {
  let byProvider = known.get(clocks)
  if (byProvider === undefined) known.set(clocks, (byProvider = new WeakMap()))
  let times = byProvider.get(provider)
  if (times === undefined) byProvider.set(provider, (times = reckon(provider, clocks)))
  return times
}

const reckon = ({ timeouts: own }: Provider, clocks: Clocks): Times => {
  const firstContent = Duration.toMillis(own?.firstContent ?? clocks.firstContent)
  const total = Duration.toMillis(own?.total ?? clocks.total)
  return {
    connect: own?.connect ?? clocks.connect,
    firstContent: Math.min(firstContent, total),
    phase: total <= firstContent ? "total" : "firstContent",
    idle: Duration.toMillis(own?.idle ?? clocks.idle),
    total
  }
}

/**
 * How a preset tells that a call failed: its wording, and the status that it lets a gateway answer with.
 */
import type { Told } from "../../domain/CallError.ts"
import type { Reason } from "../../domain/Reason.ts"
import type { RetryPolicy } from "../../policy/RetryPolicy.ts"
import type { CallState, Ended } from "../../target/CallState.ts"

/** How a call ended. @stability experimental @category models @since 0.1.0 */
export interface Ending {
  readonly state: CallState
  readonly ended: Ended
  /** Why the last attempt failed; absent where none was made. */
  readonly last: Reason | undefined
  readonly policy: RetryPolicy
  /** Targets that stand in the route. */
  readonly targets: number
}

/** What is said instead of Orelse's own; what is absent stays. @stability experimental @category models @since 0.1.0 */
export type Report = (ending: Ending) => Told

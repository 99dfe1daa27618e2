/**
 * The services that every attempt needs, looked up once when the router is built: no look-up on the path of a call.
 */
import type * as Clock from "effect/Clock"
import type { Alarms } from "../domain/Alarms.ts"
import type { Call } from "../domain/Call.ts"
import type { ProviderRegistry } from "../provider/Provider.ts"
import type { Activity } from "./Activity.ts"
import type { Health } from "./Health.ts"
import type { Limits } from "./Limits.ts"
import type { Recorder } from "./Recorder.ts"

/** What every attempt needs. @stability experimental @category models @since 0.1.0 */
export interface Engine {
  readonly clock: Clock.Clock
  readonly alarms: Alarms
  readonly registry: ProviderRegistry["Service"]
  readonly health: Health["Service"]
  readonly limits: Limits["Service"]
  readonly recorder: Recorder["Service"]
  readonly activity: Activity
  /** Tokens that a call will probably use, for a tokens-a-minute limit. */
  readonly estimateTokens: (call: Call) => number
}

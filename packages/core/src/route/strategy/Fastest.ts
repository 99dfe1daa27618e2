/**
 * The member from which first content is expected soonest, by peak EWMA weighed by what is open (`target/Activity.ts`). One of which
 * nothing is known comes first, so that it becomes known.
 */
import * as Effect from "effect/Effect"
import * as Ascending from "./Ascending.ts"
import type { Strategy } from "./Strategy.ts"

/** For `explain`. @stability experimental @category constants @since 0.1.0 */
export const says = "the one with the fastest first content first"

/** The strategy. @stability experimental @category strategies @since 0.1.0 */
export const order: Strategy = (candidates) =>
  Effect.succeed(Ascending.by(candidates, (candidate) => candidate.latencyCost))

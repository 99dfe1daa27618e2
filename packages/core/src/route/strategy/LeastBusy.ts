/** The member with the fewest open attempts first; equal ones in definition order. */
import * as Effect from "effect/Effect"
import * as Ascending from "./Ascending.ts"
import type { Strategy } from "./Strategy.ts"

/** For `explain`. @stability experimental @category constants @since 0.1.0 */
export const says = "the one with the fewest open attempts first"

/** The strategy. @stability experimental @category strategies @since 0.1.0 */
export const order: Strategy = (candidates) => Effect.succeed(Ascending.by(candidates, (candidate) => candidate.open))

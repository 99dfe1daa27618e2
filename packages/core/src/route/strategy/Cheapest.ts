/** The lowest price for input and output together first; members without a known price last, in definition order. */
import * as Effect from "effect/Effect"
import * as Ascending from "./Ascending.ts"
import type { Strategy } from "./Strategy.ts"

/** For `explain`. @stability experimental @category constants @since 0.1.0 */
export const says = "the one with the lowest price first"

/** The strategy. @stability experimental @category strategies @since 0.1.0 */
export const order: Strategy = (candidates) =>
  Effect.succeed(Ascending.by(candidates, (candidate) => candidate.price ?? Number.POSITIVE_INFINITY))

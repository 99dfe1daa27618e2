/** Each call begins one member further than the call before, and goes round from there. */
import * as Effect from "effect/Effect"
import type { Strategy } from "./Strategy.ts"

/** For `explain`. @stability experimental @category constants @since 0.1.0 */
export const says = "each call begins one further"

/** The strategy. @stability experimental @category strategies @since 0.1.0 */
export const order: Strategy = (candidates, turn) => Effect.succeed(from(turn, candidates.length))

/** All indices, beginning at `start`, in a circle. @stability experimental @category combinators @since 0.1.0 */
export const from = (start: number, length: number): ReadonlyArray<number> =>
  Array.from({ length }, (_, index) => (start + index) % length)

/** Definition order; weights are ignored. */
import * as Effect from "effect/Effect"
import type { Strategy } from "./Strategy.ts"

/** For `explain`. @stability experimental @category constants @since 0.1.0 */
export const says = "in this order"

/** The strategy. @stability experimental @category strategies @since 0.1.0 */
export const order: Strategy = (candidates) => Effect.succeed(candidates.map((_, index) => index))

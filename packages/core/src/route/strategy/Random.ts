/** Begins at a member drawn uniformly and goes round from there: a rotation, not a shuffle. With one member nothing is drawn. */
import * as Effect from "effect/Effect"
import * as Draw from "effect/Random"
import * as Rotation from "./Rotation.ts"
import type { Strategy } from "./Strategy.ts"

/** For `explain`. @stability experimental @category constants @since 0.1.0 */
export const says = "each call begins at one drawn, and goes round"

/** The strategy. @stability experimental @category strategies @since 0.1.0 */
export const order: Strategy = ({ length }) =>
  length < 2
    ? Effect.succeed(Rotation.from(0, length))
    : Effect.map(Draw.next, (chance) => Rotation.from(Math.floor(chance * length), length))

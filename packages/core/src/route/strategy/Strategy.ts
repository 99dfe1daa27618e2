/**
 * The contract of a strategy: in which order the members of a balance are asked.
 *
 * It only orders: whether a member can be asked is health, whether the next is asked after a failure is the policy.
 */
import type * as Effect from "effect/Effect"

/** A member as strategies see it. @stability experimental @category models @since 0.1.0 */
export interface Candidate {
  readonly weight: number
  /** Attempts open now on its first target. */
  readonly open: number
  /** Expected wait for first content, weighed by what is open, in milliseconds; 0 where nothing is known. */
  readonly latencyCost: number
  /** USD per 1e6 tokens of input and of output together; absent where no price is known. */
  readonly price: number | undefined
}

/** The order, as indices of the candidates; each stands in it exactly once. `turn` counts the calls of this balance from 0. @stability experimental @category models @since 0.1.0 */
export type Strategy = (candidates: ReadonlyArray<Candidate>, turn: number) => Effect.Effect<ReadonlyArray<number>>

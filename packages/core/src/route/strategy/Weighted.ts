/**
 * Weighted sampling without replacement: each step draws among those left in proportion to their weights. Members of weight 0 come
 * last, in definition order; where all weigh 0 that is the whole order.
 */
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type { Strategy } from "./Strategy.ts"

/** For `explain`. @stability experimental @category constants @since 0.1.0 */
export const says = "by weight, drawn without replacement"

/** The strategy. @stability experimental @category strategies @since 0.1.0 */
export const order: Strategy = (candidates) =>
  Effect.gen(function* () {
    const left = candidates.map((candidate, index) => ({ index, weight: candidate.weight }))
    const out: Array<number> = []
    while (left.length > 0) {
      const total = left.reduce((sum, member) => sum + member.weight, 0)
      const at = total === 0 ? 0 : indexAt(left, (yield* Random.next) * total)
      out.push(left[at]!.index)
      left.splice(at, 1)
    }
    return out
  })

/** The first member whose cumulative weight exceeds the draw. @stability experimental @category combinators @since 0.1.0 */
export const indexAt = (members: ReadonlyArray<{ readonly weight: number }>, draw: number): number => {
  let cumulative = 0
  for (const [index, member] of members.entries()) {
    cumulative += member.weight
    if (cumulative > draw) return index
  }
  return members.length - 1
}

/** Law 1: no more attempts than the budget, no longer than the deadline. */
import * as Duration from "effect/Duration"
import * as Bounds from "../../route/Bounds.ts"
import * as Law from "./Law.ts"

/**
 * Attempts are counted where they arrive. The time ends with the answer; for a stream with its first content. Under a virtual clock an
 * abort takes no time, so the deadline is exact but for less than a millisecond: jitter brings fractions, and clocks go by whole ones.
 *
 * @stability experimental
 * @category laws
 * @since 0.1.0
 */
export const law = Law.make(
  1,
  "a call makes no more attempts than its budget, and takes no longer than its deadline",
  Law.asItIs,
  ({ calls, exchanges, routes }) => {
    const bounds = Bounds.of(routes.route, (name) => routes.named[name])
    const deadline = Duration.toMillis(bounds.deadline)
    for (const call of calls) {
      const made = exchanges.filter((exchange) => exchange.call === call.call).length
      if (made > bounds.attempts) return `${made} exchanges for a budget of ${bounds.attempts} attempts`
      const until = call.answeredAt ?? call.endedAt
      if (until === undefined) return "a call never ended"
      const took = until - call.startedAt
      if (took >= deadline + 1) return `a call took ${took} ms with a deadline of ${deadline} ms`
    }
    return undefined
  }
)

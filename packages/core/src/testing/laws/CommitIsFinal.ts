/** Law 4: once content has come there is no second attempt; until then nothing of a failed one is seen. */
import * as Law from "./Law.ts"
import type { World } from "./World.ts"

const adapt = (world: World): World => ({
  ...world,
  calls: world.calls.map((call) => ({ ...call, stream: true }))
})

/**
 * Every text names the exchange that sent it, so that a mixture would show. A stream that did not finish ends in an error.
 *
 * @stability experimental
 * @category laws
 * @since 0.1.0
 */
export const law = Law.make(
  4,
  "after the first content nothing more is sent; before it nothing of a failed attempt is seen; a cut stream never ends well",
  adapt,
  ({ calls, exchanges }) => {
    for (const call of calls) {
      const own = exchanges.filter((exchange) => exchange.call === call.call)
      const committed = own.findIndex((exchange) => exchange.contentAt !== undefined)
      const second = committed === -1 ? undefined : own[committed + 1]
      if (second !== undefined) return `${second.label} was sent after ${own[committed]!.label} had sent content`
      const strange = call.texts.find((text) => text !== own[committed]?.label)
      if (strange !== undefined) return `the caller saw "${strange}" of an attempt that did not serve`
      const over = call.hungUpAt === undefined && call.error === undefined
      if (over && !call.finished) return "a stream ended well that had not finished"
    }
    return undefined
  }
)

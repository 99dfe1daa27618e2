/** Law 3: a caller who hangs up leaves nothing behind. */
import * as Law from "./Law.ts"
import type { World } from "./World.ts"

/** Every caller hangs up at some time, whatever happens then. */
const adapt = (world: World): World => ({
  ...world,
  calls: world.calls.map((call, index) => ({
    ...call,
    hangsUpAfter: call.hangsUpAfter ?? moments[index % moments.length]!
  }))
})

const moments = [300, 1, 1600, 4000] as const

/** @stability experimental @category laws @since 0.1.0 */
export const law = Law.make(
  3,
  "hanging up at any point leaves no open connection, no later exchange and no taken permit",
  adapt,
  ({ calls, exchanges, permits }) => {
    for (const call of calls) {
      const end = call.hungUpAt ?? call.endedAt
      if (end === undefined) return "a call never ended"
      const own = exchanges.filter((exchange) => exchange.call === call.call)
      const open = own.find((exchange) => exchange.closedAt === undefined || exchange.closedAt > end)
      if (open !== undefined) return `${open.label} was open after the call had ended at ${end}`
      const later = own.find((exchange) => exchange.startedAt > end)
      if (later !== undefined)
        return `${later.label} was sent at ${later.startedAt}, after the call had ended at ${end}`
    }
    return permits === 0 ? undefined : `${permits} permits were never given back`
  }
)

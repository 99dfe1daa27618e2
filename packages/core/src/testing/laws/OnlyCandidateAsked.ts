/** Law 6: health never keeps the only candidate from being asked. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { retryAfterOf } from "../../domain/Reason.ts"
import type * as Law from "./Law.ts"
import * as Play from "./Play.ts"
import * as Targets from "./Targets.ts"
import * as World from "./World.ts"

/** One credential, no limits of our own, callers who wait. */
const adapt = (world: World.World): World.World => ({
  ...world,
  places: world.places.map(({ weather }) => ({ credentials: 1, weather })),
  calls: world.calls.map(({ at, stream }) => ({ at, stream }))
})

/**
 * Of the route's targets one is left, and every call must ask it, however it has failed before: unless the provider itself asked to be
 * left alone (law 2).
 *
 * @stability experimental
 * @category laws
 * @since 0.1.0
 */
export const law: Law.Law = {
  number: 6,
  says: "with one candidate, health never prevents an attempt",
  broken: (subject, generated, own) => {
    const world = adapt(generated)
    const routes = own ?? World.toRoutes(world)
    const targets = Targets.of(routes)
    const only = targets[world.chance % targets.length]
    if (only === undefined) return Effect.undefined
    return Effect.map(Play.play(subject, world, routes, Targets.providersOf(routes), only), judge)
  }
}

const judge = ({ calls, exchanges }: Play.Observation): string | undefined => {
  for (const call of calls) {
    if (exchanges.some((exchange) => exchange.call === call.call)) continue
    const parked = exchanges.some(({ failedAt, reason }) => {
      const asked = reason === undefined ? undefined : retryAfterOf(reason)
      return asked !== undefined && failedAt !== undefined && failedAt + Duration.toMillis(asked) > call.startedAt
    })
    if (!parked)
      return `a call at ${call.startedAt} ended in ${call.error?.reason._tag ?? "nothing"} without asking the only target`
  }
  return undefined
}

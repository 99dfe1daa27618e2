/** Law 2: no call to a target earlier than its Retry-After, by any call of the process. */
import * as Duration from "effect/Duration"
import { retryAfterOf } from "../../domain/Reason.ts"
import * as Law from "./Law.ts"
import type { World } from "./World.ts"

/** Most failures ask for a wait, so that waits of several calls meet. */
const adapt = (world: World): World => ({
  ...world,
  places: world.places.map((place) => ({
    ...place,
    weather: place.weather.map((one, index) =>
      one.type === "fail" && index % 2 === 0
        ? { type: "wait", after: one.after, reason: "RateLimited", retryAfter: one.after === 0 ? 2000 : 10_000 }
        : one
    )
  }))
})

/**
 * From an answer with a Retry-After on, nothing is sent to the same model of the same provider with the same credential until the time
 * is over.
 *
 * @stability experimental
 * @category laws
 * @since 0.1.0
 */
export const law = Law.make(
  2,
  "nothing is sent to a target earlier than it asked for, by any call of the process",
  adapt,
  ({ exchanges }) => {
    for (const failed of exchanges) {
      const wait = failed.reason === undefined ? undefined : retryAfterOf(failed.reason)
      if (wait === undefined || failed.failedAt === undefined) continue
      const until = failed.failedAt + Duration.toMillis(wait)
      const early = exchanges.find(
        (next) =>
          next.provider === failed.provider &&
          next.model === failed.model &&
          next.credential === failed.credential &&
          next.startedStep > failed.failedStep! &&
          next.startedAt < until
      )
      if (early === undefined) continue
      const asked = `${failed.label} asked at ${failed.failedAt} to be left alone until ${until}`
      return `${asked}, and was sent ${early.label} at ${early.startedAt}`
    }
    return undefined
  }
)

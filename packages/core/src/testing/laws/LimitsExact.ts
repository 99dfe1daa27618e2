/** Law 7: asking our own limits costs nothing, and what is taken is held until the stream ends. */
import * as Law from "./Law.ts"
import type { Exchange } from "./Weathered.ts"
import { window } from "./Weathered.ts"
import type { World } from "./World.ts"

/** Every provider has limits, calls come close together, and streams take their time. */
const adapt = (world: World): World => ({
  ...world,
  places: world.places.map((place) => ({
    ...place,
    requests: place.requests ?? 6,
    concurrency: place.concurrency ?? 2
  })),
  calls: [...world.calls, ...world.calls].map((call) => ({ ...call, at: call.at > 6000 ? 400 : call.at }))
})

/**
 * No more is open at once than the limit of concurrency, no more is sent in any two windows than their limit; and a refusal is on record
 * only where the limit was really reached by what had been sent.
 *
 * @stability experimental
 * @category laws
 * @since 0.1.0
 */
export const law = Law.make(
  7,
  "a check of our own limits takes nothing until something is sent, and permits are held until the stream ends",
  adapt,
  ({ exchanges, permits, providers, record }) => {
    for (const provider of providers) {
      const requests = provider.limits?.requests?.limit
      const concurrency = provider.limits?.concurrency
      for (const { name } of provider.credentials) {
        const own = exchanges.filter((one) => one.provider === provider.id && one.credential === name)
        for (const exchange of own) {
          const now = exchange.startedAt
          const open = openAt(own, now).length
          if (concurrency !== undefined && open > concurrency)
            return `${open} exchanges are open at once, of ${concurrency}`
          const sent = own.filter((one) => one.startedAt <= now && one.startedAt > now - window).length
          if (requests !== undefined && sent > 2 * requests) return `${sent} exchanges within a window of ${requests}`
        }
        for (const attempt of [...record.values()].flat()) {
          if (attempt.reason !== "LimitReached" || attempt.provider !== provider.id || attempt.credential !== name)
            continue
          const now = attempt.startedAt
          const full = concurrency !== undefined && touching(own, now) >= concurrency
          const spent =
            requests !== undefined &&
            own.filter((one) => one.startedAt <= now && one.startedAt > now - window).length >= requests
          if (!full && !spent) return `${provider.id}/${name} refused at ${now} although its limits were not reached`
        }
      }
    }
    return permits === 0 ? undefined : `${permits} permits were never given back`
  }
)

const openAt = (exchanges: ReadonlyArray<Exchange>, now: number) =>
  exchanges.filter((one) => one.startedAt <= now && (one.closedAt ?? Number.POSITIVE_INFINITY) > now)

/** Open at any time within this millisecond. */
const touching = (exchanges: ReadonlyArray<Exchange>, now: number): number =>
  exchanges.filter((one) => one.startedAt <= now && (one.closedAt ?? Number.POSITIVE_INFINITY) >= now).length

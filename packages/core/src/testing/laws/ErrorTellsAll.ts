/** Law 8: the error of a call is typed, lists every attempt, holds no secret, and says how long to wait where waiting cures it. */
import * as Duration from "effect/Duration"
import { inspect } from "node:util"
import type { CallError } from "../../domain/CallError.ts"
import * as Law from "./Law.ts"
import type { Exchange } from "./Weathered.ts"
import { secretOf } from "./Weathered.ts"
import type { World } from "./World.ts"

/** In every other world all that fails is rate limited. */
const adapt = (world: World): World => {
  if (world.chance % 2 === 1) return world
  const places = world.places.map((place) => ({
    ...place,
    weather: place.weather.map((one) =>
      one.type === "fail" || one.type === "wait"
        ? ({ type: "wait", after: one.after, reason: "RateLimited", retryAfter: 10_000 } as const)
        : one
    )
  }))
  return { ...world, places }
}

/** @stability experimental @category laws @since 0.1.0 */
export const law = Law.make(
  8,
  "the final error is typed, lists every attempt, contains no secret, and says how long to wait where every attempt was rate limited",
  adapt,
  ({ calls, exchanges, providers, record }) => {
    const secrets = providers.flatMap(({ credentials, id }) => credentials.map(({ name }) => secretOf(id, name)))
    for (const call of calls) {
      const { error } = call
      if (call.hungUpAt !== undefined || error === undefined) continue
      const shown = `${String(error)} ${error.message} ${JSON.stringify(error)} ${inspect(error, { depth: 10 })}`
      if (secrets.some((secret) => shown.includes(secret))) return "the error holds a secret"
      if (error._tag !== "CallError") continue
      const sent = exchanges.filter((exchange) => exchange.call === call.call)
      const how = unlike(error, sent) ?? silent(error)
      if (how !== undefined) return how
      if (error.attempts.length !== record.get(call.call)?.length)
        return "the error and the record list different attempts"
    }
    return undefined
  }
)

/** Attempts that our own limits refused were never sent. */
const unlike = (error: CallError, sent: ReadonlyArray<Exchange>): string | undefined => {
  const listed = error.attempts
    .filter((attempt) => attempt.reason !== "LimitReached")
    .map((attempt) => `${attempt.provider}/${attempt.model}/${attempt.credential} ${attempt.startedAt}`)
  const seen = sent.map((one) => `${one.provider}/${one.model}/${one.credential} ${one.startedAt}`)
  return listed.join() === seen.join() ? undefined : `the error lists [${listed.join()}], sent was [${seen.join()}]`
}

/** Every attempt was rate limited: a caller can be told when to come again. */
const silent = ({ attempts, reason }: CallError): string | undefined => {
  const limited =
    attempts.length > 0 && attempts.every((one) => one.reason === "RateLimited" && one.retryAfterMs !== undefined)
  if (!limited) return undefined
  const said = "retryAfter" in reason ? reason.retryAfter : undefined
  if (said !== undefined && Duration.toMillis(said) > 0) return undefined
  return `every attempt was rate limited, and ${reason._tag} does not say how long to wait`
}

/**
 * A small world to try a route in, as plain data: providers with their weather, a route, calls that come and hang up.
 *
 * It is generated, made smaller when something breaks in it, and printed; nothing in it runs (`Play.ts` does that).
 */
import * as Arbitrary from "effect/Arbitrary"
import * as Duration from "effect/Duration"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Reason from "../../domain/Reason.ts"
import * as RetryPolicy from "../../policy/RetryPolicy.ts"
import * as Route from "../../route/Route.ts"
import { names } from "../../route/strategy/all.ts"

/** Times and counts come from short lists: so that they meet, just before, at and after one another. */
const oneOf = (...values: ReadonlyArray<number>): Schema.Codec<number> => Schema.Literals(values)
const tag = Schema.Literals(Reason.tags.filter((one) => one !== "LimitReached"))
/** Those that another attempt may cure. */
const usual = Schema.Literals([
  "ServerError",
  "Overloaded",
  "RateLimited",
  "ConnectionFailed",
  "Unauthenticated",
  "TimedOut"
])
const after = oneOf(0, 1, 200, 1500)
const answer = Schema.Struct({ type: Schema.tag("answer"), after, parts: oneOf(1, 2, 4), gap: oneOf(0, 300, 3000) })

/**
 * What a provider does with one attempt. Times are milliseconds; `parts` are content parts of a stream, `gap` apart.
 *
 * @stability experimental
 * @category schemas
 * @since 0.1.0
 */
export const Weather = Schema.Union([
  answer,
  answer,
  Schema.Struct({ type: Schema.tag("fail"), after, reason: usual }),
  Schema.Struct({ type: Schema.tag("fail"), after, reason: tag }),
  /** A failure that comes with a wait. */
  Schema.Struct({
    type: Schema.tag("wait"),
    after,
    reason: Schema.Literals([
      "RateLimited",
      "Overloaded",
      "QuotaExhausted",
      "ServerError",
      "Conflict",
      "UnknownFailure",
      "PermissionDenied",
      "ModelNotFound",
      "InvalidRequest"
    ]),
    retryAfter: oneOf(1, 500, 2000, 10_000, 60_000)
  }),
  /** A stream that sends what is no content, and then fails. */
  Schema.Struct({ type: Schema.tag("preamble"), after, reason: tag }),
  /** A stream that is cut after its first content (a whole answer is cut as well). */
  Schema.Struct({ type: Schema.tag("cut"), after, parts: oneOf(1, 3), gap: oneOf(0, 500) }),
  Schema.Struct({ type: Schema.tag("silence") })
])
/** What a provider does with one attempt. @stability experimental @category models @since 0.1.0 */
export type Weather = typeof Weather.Type

/** A provider: its credentials, its own limits of each of them, and its weather, attempt by attempt, over and over. */
const Place = Schema.Struct({
  credentials: oneOf(1, 2, 3),
  requests: Schema.optionalKey(oneOf(1, 3, 6)),
  concurrency: Schema.optionalKey(oneOf(1, 2)),
  weather: Schema.Array(Weather).check(Schema.isBetweenLength(1, 5))
})
/** A provider of a world. @stability experimental @category models @since 0.1.0 */
export type Place = typeof Place.Type

/** What stands around a part of a route. */
const Wrap = Schema.Union([
  Schema.Struct({ wrap: Schema.tag("retry"), last: oneOf(0, 1, 4), others: oneOf(0, 1, 2), attempts: oneOf(6, 3, 1) }),
  Schema.Struct({ wrap: Schema.tag("schedule"), every: oneOf(1, 300, 3000), times: oneOf(0, 1, 3) }),
  Schema.Struct({ wrap: Schema.tag("deadline"), ms: oneOf(60_000, 20_000, 1500) }),
  Schema.Struct({ wrap: Schema.tag("budget"), attempts: oneOf(5, 3, 1) }),
  Schema.Struct({ wrap: Schema.tag("named") })
])
type Wrap = typeof Wrap.Type

/** A target, what stands around it, how it is joined to what stands before it, and what stands around both. */
const Leg = Schema.Struct({
  place: oneOf(0, 1, 2),
  model: oneOf(0, 1),
  own: Schema.Array(Wrap).check(Schema.isMaxLength(2)),
  join: Schema.Union([
    Schema.Struct({ by: Schema.tag("orElse"), on: Schema.optionalKey(Schema.Array(tag)) }),
    Schema.Struct({
      by: Schema.tag("balance"),
      strategy: Schema.Literals(names)
    })
  ]),
  around: Schema.Array(Wrap).check(Schema.isMaxLength(2))
})

const Visit = Schema.Struct({
  at: oneOf(0, 1, 400, 1500, 6000, 15_000, 40_000),
  stream: Schema.Boolean,
  hangsUpAfter: Schema.optionalKey(oneOf(0, 1, 300, 1600, 4000, 20_000))
})

/** A world: providers and their weather, a route, bounds, and callers with what they do. Times are milliseconds. @stability experimental @category schemas @since 0.1.0 */
export const World = Schema.Struct({
  places: Schema.Array(Place).check(Schema.isBetweenLength(2, 3)),
  legs: Schema.Array(Leg).check(Schema.isBetweenLength(2, 4)),
  deadline: oneOf(120_000, 60_000, 20_000, 2000),
  attempts: oneOf(8, 4, 2, 1),
  calls: Schema.Array(Visit).check(Schema.isBetweenLength(2, 6)),
  /** Of the chance inside the engine (jitter, weights), and of a law's own choices. */
  chance: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1_000_000 }))
})
/** A world: providers and their weather, a route, bounds, and callers with what they do. Times are milliseconds. @stability experimental @category models @since 0.1.0 */
export type World = typeof World.Type

/** Any world, with two calls and two targets at least: they are to meet. @stability experimental @category constructors @since 0.1.0 */
export const arbitrary: Arbitrary.Arbitrary<World> = Arbitrary.schema(World)

/** What a call runs on. @stability experimental @category models @since 0.1.0 */
export interface Routes {
  readonly route: Route.Route
  readonly named: Readonly<Record<string, Route.Route>>
}

/** The world's own route, within its deadline and budget. @stability experimental @category conversions @since 0.1.0 */
export const toRoutes = (self: World): Routes => {
  const named: Record<string, Route.Route> = {}
  const [first, ...rest] = self.legs.map((leg) => {
    const target = Route.target(`p${leg.place % self.places.length}/m${leg.model}`)
    return { leg, route: leg.own.reduce((route, wrap) => wrapped(route, wrap, named), target) }
  })
  const route = rest.reduce((left, { leg, route: right }) => {
    const { join } = leg
    const on = join.by === "orElse" && join.on !== undefined && join.on.length > 0 ? { on: join.on } : undefined
    const both = join.by === "balance" ? Route.balance(join.strategy, [left, right]) : Route.orElse(right, on)(left)
    return leg.around.reduce((route, wrap) => wrapped(route, wrap, named), both)
  }, first!.route)
  return { route: route.pipe(Route.deadline(self.deadline), Route.budget({ attempts: self.attempts })), named }
}

const wrapped = (route: Route.Route, wrap: Wrap, named: Record<string, Route.Route>): Route.Route => {
  switch (wrap.wrap) {
    case "retry": {
      const { attempts, last, others } = wrap
      return Route.retry(RetryPolicy.make(RetryPolicy.recommended, { attempts, retry: { last, others } }))(route)
    }
    case "schedule":
      return Route.retry(Schedule.spaced(Duration.millis(wrap.every)).pipe(Schedule.upTo({ times: wrap.times })))(route)
    case "deadline":
      return Route.deadline(wrap.ms)(route)
    case "budget":
      return Route.budget({ attempts: wrap.attempts })(route)
    case "named": {
      const name = `r${Object.keys(named).length}`
      named[name] = route
      return Route.route(name)
    }
  }
}

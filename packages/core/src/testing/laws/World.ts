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

const between = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))
const tag = Schema.Literals(Reason.tags.filter((one) => one !== "LimitReached"))

/**
 * What a provider does with one attempt. Times are milliseconds; `parts` are content parts of a stream, `gap` apart.
 *
 * @stability experimental
 * @category schemas
 * @since 0.1.0
 */
export const Weather = Schema.Union([
  Schema.Struct({ type: Schema.tag("answer"), after: between(0, 2000), parts: between(1, 4), gap: between(0, 3000) }),
  Schema.Struct({
    type: Schema.tag("fail"),
    after: between(0, 2000),
    reason: tag,
    retryAfter: Schema.optionalKey(between(1, 60_000))
  }),
  /** A stream that sends what is no content, and then fails. */
  Schema.Struct({ type: Schema.tag("preamble"), after: between(0, 500), reason: tag }),
  /** A stream that is cut after its first content (a whole answer is cut as well). */
  Schema.Struct({ type: Schema.tag("cut"), after: between(0, 500), parts: between(1, 3), gap: between(0, 500) }),
  Schema.Struct({ type: Schema.tag("silence") })
])
/** @stability experimental @category models @since 0.1.0 */
export type Weather = typeof Weather.Type

/** A provider: its credentials, its own limits of each of them, and its weather, attempt by attempt, over and over. */
const Place = Schema.Struct({
  credentials: between(1, 3),
  requests: Schema.optionalKey(between(1, 6)),
  concurrency: Schema.optionalKey(between(1, 3)),
  weather: Schema.NonEmptyArray(Weather)
})
/** @stability experimental @category models @since 0.1.0 */
export type Place = typeof Place.Type

/** A step that builds a route from parts that lie on a stack. */
const Step = Schema.Union([
  Schema.Struct({ step: Schema.tag("target"), place: between(0, 3), model: between(0, 1) }),
  Schema.Struct({ step: Schema.tag("orElse"), on: Schema.optionalKey(Schema.Array(tag)) }),
  Schema.Struct({
    step: Schema.tag("balance"),
    strategy: Schema.Literals(["priority", "weighted", "rotation", "random", "least-busy", "fastest", "cheapest"]),
    members: between(1, 3)
  }),
  Schema.Struct({ step: Schema.tag("retry"), last: between(0, 4), others: between(0, 2), attempts: between(1, 6) }),
  Schema.Struct({ step: Schema.tag("schedule"), every: between(1, 3000), times: between(0, 3) }),
  Schema.Struct({ step: Schema.tag("deadline"), ms: between(1, 60_000) }),
  Schema.Struct({ step: Schema.tag("budget"), attempts: between(1, 6) }),
  Schema.Struct({ step: Schema.tag("named") })
])
type Step = typeof Step.Type

const Visit = Schema.Struct({
  at: between(0, 30_000),
  stream: Schema.Boolean,
  hangsUpAfter: Schema.optionalKey(between(0, 30_000))
})

/** @stability experimental @category schemas @since 0.1.0 */
export const World = Schema.Struct({
  places: Schema.NonEmptyArray(Place),
  steps: Schema.Array(Step),
  deadline: between(1, 120_000),
  attempts: between(1, 8),
  calls: Schema.NonEmptyArray(Visit),
  /** Of the chance inside the engine (jitter, weights). */
  chance: between(0, 1_000_000)
})
/** @stability experimental @category models @since 0.1.0 */
export type World = typeof World.Type

/** Any world. @stability experimental @category constructors @since 0.1.0 */
export const arbitrary: Arbitrary.Arbitrary<World> = Arbitrary.schema(World)

/** What a call runs on. @stability experimental @category models @since 0.1.0 */
export interface Routes {
  readonly route: Route.Route
  readonly named: Readonly<Record<string, Route.Route>>
}

/** The world's own route, within its deadline and budget. @stability experimental @category conversions @since 0.1.0 */
export const toRoutes = (self: World): Routes => {
  const named: Record<string, Route.Route> = {}
  const stack: Array<Route.Route> = []
  for (const step of self.steps) build(step, stack, named, self.places.length)
  const [first = Route.target("p0/m0"), ...rest] = stack
  const route = rest.reduce<Route.Route>((left, right) => Route.orElse(right)(left), first)
  return { route: route.pipe(Route.deadline(self.deadline), Route.budget({ attempts: self.attempts })), named }
}

const build = (step: Step, stack: Array<Route.Route>, named: Record<string, Route.Route>, places: number): void => {
  if (step.step === "target") return void stack.push(Route.target(`p${step.place % places}/m${step.model}`))
  const top = stack.pop()
  if (top === undefined) return
  stack.push(wrap(step, top, stack, named))
}

const wrap = (
  step: Exclude<Step, { step: "target" }>,
  top: Route.Route,
  stack: Array<Route.Route>,
  named: Record<string, Route.Route>
): Route.Route => {
  switch (step.step) {
    case "orElse": {
      const left = stack.pop()
      return left === undefined ? top : Route.orElse(top, step.on === undefined ? undefined : { on: step.on })(left)
    }
    case "balance":
      return Route.balance(step.strategy, [top, ...stack.splice(-step.members)])
    case "retry": {
      const { attempts, last, others } = step
      return Route.retry(RetryPolicy.make(RetryPolicy.recommended, { attempts, retry: { last, others } }))(top)
    }
    case "schedule":
      return Route.retry(Schedule.spaced(Duration.millis(step.every)).pipe(Schedule.upTo({ times: step.times })))(top)
    case "deadline":
      return Route.deadline(step.ms)(top)
    case "budget":
      return Route.budget({ attempts: step.attempts })(top)
    case "named": {
      const name = `r${Object.keys(named).length}`
      named[name] = top
      return Route.route(name)
    }
  }
}

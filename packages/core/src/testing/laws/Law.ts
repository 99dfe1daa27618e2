/**
 * A law: what every route keeps, whatever the weather; and how it is tried in many random worlds.
 *
 * A law that breaks is tried again in smaller and smaller worlds; what is reported is the smallest one found, and how to play it again.
 */
import * as Arbitrary from "effect/Arbitrary"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type * as Route from "../../route/Route.ts"
import * as Play from "./Play.ts"
import * as Subject from "./Subject.ts"
import * as Targets from "./Targets.ts"
import * as World from "./World.ts"

/** A law, and how it is tried in one world. @stability experimental @category models @since 0.1.0 */
export interface Law {
  /** 1 to 10. */
  readonly number: number
  /** The law in a sentence. */
  readonly says: string
  /** What broke it in this world; `undefined` where it held. */
  readonly broken: (
    subject: Subject.Subject,
    world: World.World,
    own: Own | undefined
  ) => Effect.Effect<string | undefined>
}

/** A route of one's own, in place of the world's. @stability experimental @category models @since 0.1.0 */
export interface Own {
  readonly route: Route.Route
  readonly named: Readonly<Record<string, Route.Route>>
}

/** What a law is tried on, and in how many worlds. @stability experimental @category models @since 0.1.0 */
export interface Options {
  /** A route of one's own; without it, each world has a random one. */
  readonly route?: Route.Route | undefined
  /** For `Route.route(name)` within it. */
  readonly routes?: Readonly<Record<string, Route.Route>> | undefined
  /** Worlds to try; 50 by default. */
  readonly cases?: number | undefined
  /** Where the worlds come from; by chance where absent. */
  readonly seed?: string | number | undefined
  /** Plays exactly the world of a report again. */
  readonly replay?: string | undefined
  /** What is tried; the engine of Orelse by default. */
  readonly subject?: Subject.Subject | undefined
}

/** A law that held in so many worlds from this seed. @stability experimental @category models @since 0.1.0 */
export interface Kept {
  readonly law: number
  readonly cases: number
  readonly seed: string | number
}

/** A law does not hold. The message says how, in which world, and how to see it again. @stability experimental @category errors @since 0.1.0 */
export class Broken extends Data.TaggedError("Broken")<{
  readonly law: Law
  readonly how: string
  readonly seed: string | number
  readonly replay: string | undefined
  readonly world: World.World | undefined
}> {
  override get message(): string {
    const { law, how, replay, seed, world } = this
    const again = replay === undefined ? `seed: ${JSON.stringify(seed)}` : `replay: ${JSON.stringify(replay)}`
    const where = world === undefined ? "" : `\nin the world ${JSON.stringify(world)}`
    return `Law ${law.number} is broken: ${law.says}\n${how}${where}\nseed ${seed}; again with { ${again} }`
  }
}

/**
 * Tries a law in many worlds. Fails with the smallest world found that breaks it.
 *
 * @stability experimental
 * @category running
 * @since 0.1.0
 */
export const check = (law: Law, options: Options = {}): Effect.Effect<Kept, Broken> =>
  Effect.gen(function* () {
    const { cases = 50, replay, subject = Subject.orelse } = options
    const seed = options.seed ?? (yield* Random.nextIntBetween(0, 2 ** 31))
    const own = options.route === undefined ? undefined : { route: options.route, named: options.routes ?? {} }
    const property = (world: World.World) =>
      Effect.flatMap(law.broken(subject, world, own), (how) =>
        how === undefined ? Effect.succeed(true) : Effect.fail(how)
      )
    const result = yield* Arbitrary.checkEffect(World.arbitrary, property, {
      runs: cases,
      seed,
      ...(replay === undefined ? {} : { replay })
    })
    if (result._tag === "Passed") return { law: law.number, cases: result.runs, seed }
    if (result._tag !== "Falsified") {
      return yield* new Broken({ law, how: `could not be tried: ${result._tag}`, seed, replay, world: undefined })
    }
    const how = result.failure._tag === "PropertyError" ? result.failure.error : "it returned false"
    return yield* new Broken({ law, how, seed, replay: result.replay, world: result.shrunkInput })
  })

/** What was seen, with the bounds that the law may count on. @stability experimental @category models @since 0.1.0 */
export interface Played extends Play.Observation {
  readonly world: World.World
  readonly routes: World.Routes
}

/**
 * A law over what is seen when a world is played. `adapt` shapes the world before; `judge` says what broke.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  number: number,
  says: string,
  adapt: (world: World.World) => World.World,
  judge: (played: Played) => string | undefined
): Law => ({
  number,
  says,
  broken: (subject, generated, own) => {
    const world = adapt(generated)
    const routes = own ?? World.toRoutes(world)
    return Effect.map(Play.play(subject, world, routes, Targets.providersOf(routes)), (observation) =>
      judge({ ...observation, world, routes })
    )
  }
})

/** Every world as it is. @stability experimental @category constructors @since 0.1.0 */
export const asItIs = (world: World.World): World.World => world

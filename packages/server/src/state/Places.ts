/**
 * The places that this process holds (calls at once, of limits with `concurrency`), so that they can be held on in Redis, taken
 * again in one that was restarted empty, and given back in one that was away at the end of their calls.
 */
import * as Effect from "effect/Effect"
import type { Missed } from "./Changes.ts"
import type { Connection, Direct } from "./Connection.ts"
import * as Keys from "./Keys.ts"
import * as Scripts from "./LimitScripts.ts"

/** @stability experimental @category models @since 0.1.0 */
export interface Places {
  /** From now on it is held. */
  readonly hold: (key: string, id: string) => Place
  readonly renew: (direct: Pick<Direct, "change">) => Effect.Effect<void, Missed>
}

/** @stability experimental @category models @since 0.1.0 */
export interface Place {
  /** Redis has never heard of it. */
  readonly isUnheard: () => void
  /** Gives it back: to Redis when it is back, where it is away and has heard of it. */
  readonly leave: Effect.Effect<void>
}

interface Held {
  readonly id: string
  isHeard: boolean
}

/** How many places one command holds on, or gives back. */
const portion = 1_000

/** None at first. @stability experimental @category constructors @since 0.1.0 */
export const make = (connection: Pick<Connection, "change">): Places => {
  const held = byKey<Held>()
  /** Those that Redis may still take for held. */
  const left = byKey<string>()
  return {
    hold: (key, id) => {
      const place: Held = { id, isHeard: true }
      held.add(key, place)
      return {
        isUnheard: () => {
          place.isHeard = false
        },
        leave: Effect.suspend(() => {
          held.delete(key, place)
          return Effect.catch(connection.change(Scripts.leave, [Keys.places(key)], [id]), () =>
            Effect.sync(() => {
              if (place.isHeard) left.add(key, id)
            })
          )
        })
      }
    },
    renew: (direct) =>
      Effect.gen(function* () {
        for (const [key, ids] of left.portions()) {
          yield* direct.change(Scripts.leave, [Keys.places(key)], ids)
          for (const id of ids) left.delete(key, id)
        }
        for (const [key, places] of held.portions()) {
          // Some may have been given back since the last portion was sent.
          const ids = places.filter((place) => held.has(key, place)).map(({ id }) => id)
          for (const place of places) place.isHeard = true
          if (ids.length > 0) yield* direct.change(Scripts.renew, [Keys.places(key)], ids)
        }
      })
  }
}

/** What there is under each key. */
const byKey = <A>() => {
  const sets = new Map<string, Set<A>>()
  return {
    add: (key: string, one: A): void => {
      const set = sets.get(key)
      if (set === undefined) sets.set(key, new Set([one]))
      else set.add(one)
    },
    delete: (key: string, one: A): void => {
      const set = sets.get(key)
      set?.delete(one)
      if (set?.size === 0) sets.delete(key)
    },
    has: (key: string, one: A): boolean => sets.get(key)?.has(one) === true,
    /** All of it as it is now, at most a command's worth at a time. */
    portions: (): ReadonlyArray<readonly [key: string, some: ReadonlyArray<A>]> =>
      [...sets].flatMap(([key, set]) => portions([...set]).map((some) => [key, some] as const))
  }
}

const portions = <A>(all: ReadonlyArray<A>): ReadonlyArray<ReadonlyArray<A>> =>
  Array.from({ length: Math.ceil(all.length / portion) }, (_, index) =>
    all.slice(index * portion, (index + 1) * portion)
  )

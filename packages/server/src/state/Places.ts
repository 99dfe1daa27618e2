/**
 * The places that this process holds (calls at once, of limits with `concurrency`), so that they can be held on in Redis, and
 * taken again in one that was restarted empty.
 */
import * as Effect from "effect/Effect"
import type { Away, Connection, Direct } from "./Connection.ts"
import * as Keys from "./Keys.ts"
import * as Scripts from "./LimitScripts.ts"

/** @stability experimental @category models @since 0.1.0 */
export interface Places {
  /** From now on it is held. */
  readonly hold: (key: string, id: string) => void
  /** Gives it back; where Redis is away, its lease runs out there. */
  readonly leave: (key: string, id: string) => Effect.Effect<void>
  readonly renew: (direct: Direct) => Effect.Effect<void, Away>
}

/** How many places one command holds on. */
const portion = 1_000

/** None at first. @stability experimental @category constructors @since 0.1.0 */
export const make = (connection: Connection): Places => {
  const held = new Map<string, Set<string>>()
  return {
    hold: (key, id) => {
      const ids = held.get(key)
      if (ids === undefined) held.set(key, new Set([id]))
      else ids.add(id)
    },
    leave: (key, id) =>
      Effect.suspend(() => {
        const ids = held.get(key)
        ids?.delete(id)
        if (ids?.size === 0) held.delete(key)
        return Effect.ignore(connection.send("ZREM", Keys.places(key), id))
      }),
    renew: (direct) =>
      Effect.suspend(() =>
        Effect.forEach(
          [...held].flatMap(([key, ids]) => portions([...ids]).map((some) => ({ key, some }))),
          ({ key, some }) => direct.run(Scripts.renew, [Keys.places(key)], some),
          { discard: true }
        )
      )
  }
}

const portions = (ids: ReadonlyArray<string>): ReadonlyArray<ReadonlyArray<string>> =>
  Array.from({ length: Math.ceil(ids.length / portion) }, (_, index) =>
    ids.slice(index * portion, (index + 1) * portion)
  )

/**
 * Half-open probes: a lock in Redis for each thing that has cooled down, so that of all processes' calls one asks first.
 *
 * A lock that nobody gives back (its process died) ends after a minute. Without Redis every process probes for itself.
 */
import type { Health, Key } from "@orelse/core/target/Health"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import { type Connection, script } from "./Connection.ts"
import * as Keys from "./Keys.ts"

/** How long a probe is another's before we look again, and how long one may last; milliseconds. */
const lookAgainMs = 1_000
const lockMs = 60_000

/** Gives a lock back that is still ours. */
const release = script(`
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
`)

/** @stability experimental @category models @since 0.1.0 */
export interface Probes {
  readonly claim: Health["Service"]["claim"]
  /** Whether another process was found to be probing, a moment ago. */
  readonly isElsewhere: (key: Key, now: number) => boolean
  /** The attempt is over. Returns at once; the locks are given back soon. */
  readonly giveBack: (key: Key) => void
}

/** None at first. @stability experimental @category constructors @since 0.1.0 */
export const make = Effect.fnUntraced(function* (
  connection: Connection,
  health: Health["Service"],
  self: string
): Effect.fn.Return<Probes, never, Scope.Scope> {
  const elsewhere = new Map<string, number>()
  const held = new Map<string, ReadonlyArray<string>>()
  const over = yield* Queue.unbounded<string>()
  yield* Queue.take(over).pipe(
    Effect.flatMap((id) => Effect.ignore(connection.run(release, [Keys.probe(id)], [self]))),
    Effect.forever,
    Effect.forkScoped
  )
  const lock = (id: string, now: number) =>
    connection.send("SET", Keys.probe(id), self, "NX", "PX", String(lockMs)).pipe(
      Effect.map((answer) => {
        if (answer === null) elsewhere.set(id, now + lookAgainMs)
        return answer !== null
      }),
      Effect.catch(() => Effect.succeed(true))
    )
  const claimAll = (key: Key, ids: ReadonlyArray<string>, now: number) =>
    Effect.map(
      Effect.forEach(ids, (id) => lock(id, now)),
      (got) => {
        const mine = ids.filter((_, index) => got[index])
        if (mine.length === ids.length) held.set(nameOf(key), mine)
        else for (const id of mine) Queue.offerUnsafe(over, id)
        return mine.length === ids.length
      }
    )
  return {
    claim: (key, now) => {
      const ids = health.due(key, now)
      return ids.length === 0 ? free : Effect.uninterruptible(claimAll(key, ids, now))
    },
    isElsewhere: (key, now) => {
      if (elsewhere.size === 0) return false
      return health.due(key, now).some((id) => {
        const until = elsewhere.get(id)
        if (until !== undefined && until <= now) elsewhere.delete(id)
        return until !== undefined && until > now
      })
    },
    giveBack: (key) => {
      if (held.size === 0) return
      const name = nameOf(key)
      for (const id of held.get(name) ?? []) Queue.offerUnsafe(over, id)
      held.delete(name)
    }
  }
})

const free = Effect.succeed(true)

const nameOf = (key: Key): string => `${key.provider}\n${key.model}\n${key.credential}`

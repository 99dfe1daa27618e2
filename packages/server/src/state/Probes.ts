/**
 * Half-open probes: a lock in Redis for each thing that has cooled down, so that of all processes' calls one asks first.
 *
 * A lock that nobody gives back (its process died) ends after a minute; one that was asked for and then not needed (its call went away, or
 * waits, or found that all is well again), after seconds. Without Redis every process probes for itself.
 */
import type { Health, Key } from "@orelse/core/target/Health"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import { randomUUID } from "node:crypto"
import type { Away, Connection } from "./Connection.ts"
import * as Keys from "./Keys.ts"
import * as Script from "./Script.ts"

/** How long a probe is another's before we look again; how long one may be about to begin, and how long it may last; milliseconds. */
const lookAgainMs = 1_000
const claimMs = 5_000
const lockMs = 60_000

/** Gives a lock back that is still ours. */
const release = Script.make(`
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
`)

/** Holds on to a lock that is still ours. */
const hold = Script.make(`
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 0
`)

/** @stability experimental @category models @since 0.1.0 */
export interface Probes {
  readonly claim: Health["Service"]["claim"]
  /** Whether another process was found to be probing, a moment ago. */
  readonly isElsewhere: (key: Key, now: number) => boolean
  /** An attempt has begun that is the probe. What comes back says that it is over. Both return at once; Redis is told soon. */
  readonly take: (key: Key) => () => void
  /** An attempt has begun, and there was no probe to take. */
  readonly leave: (key: Key) => void
}

/** Locks that were got together. */
interface Claim {
  readonly token: string
  readonly ids: ReadonlyArray<string>
}

/** None at first. @stability experimental @category constructors @since 0.1.0 */
export const make = Effect.fnUntraced(function* (
  connection: Connection,
  health: Health["Service"]
): Effect.fn.Return<Probes, never, Scope.Scope> {
  const elsewhere = new Map<string, number>()
  /** Those whose attempts have not begun. */
  const claimed = new Map<string, Claim>()
  const toDo = yield* Queue.unbounded<Effect.Effect<unknown, Away>>()
  yield* Queue.take(toDo).pipe(Effect.flatMap(Effect.ignore), Effect.forever, Effect.forkScoped)
  const soon = (program: Script.Script, { ids, token }: Claim, ...more: ReadonlyArray<number>): void => {
    for (const id of ids) Queue.offerUnsafe(toDo, connection.run(program, [Keys.probe(id)], [token, ...more]))
  }
  const lock = (id: string, token: string, now: number) =>
    connection.send("SET", Keys.probe(id), token, "NX", "PX", String(claimMs)).pipe(
      Effect.map((answer) => {
        if (answer === null) elsewhere.set(id, now + lookAgainMs)
        return answer !== null
      }),
      Effect.catch(() => Effect.succeed(true))
    )
  const claimAll = (key: Key, ids: ReadonlyArray<string>, now: number) => {
    const token = randomUUID()
    return Effect.map(
      Effect.forEach(ids, (id) => lock(id, token, now)),
      (got) => {
        const mine = { token, ids: ids.filter((_, index) => got[index]) }
        const isOurs = mine.ids.length === ids.length
        if (isOurs) claimed.set(nameOf(key), mine)
        else soon(release, mine)
        return isOurs
      }
    )
  }
  /** The claim of the attempt that begins now. */
  const claimOf = (key: Key): Claim | undefined => {
    if (claimed.size === 0) return undefined
    const name = nameOf(key)
    const claim = claimed.get(name)
    claimed.delete(name)
    return claim
  }
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
    take: (key) => {
      const claim = claimOf(key)
      if (claim === undefined) return () => {}
      soon(hold, claim, lockMs)
      return () => soon(release, claim)
    },
    leave: (key) => {
      const claim = claimOf(key)
      if (claim !== undefined) soon(release, claim)
    }
  }
})

const free = Effect.succeed(true)

const nameOf = (key: Key): string => `${key.provider}\n${key.model}\n${key.credential}`

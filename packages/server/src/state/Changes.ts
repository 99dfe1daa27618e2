/**
 * Changes that are made once, and of which it is known in the end whether they were.
 *
 * What was given up here for want of an answer may have been done there, or may yet be: a Redis that was frozen does what lies in its
 * sockets when it wakes. So every change carries a number, higher than those before it, and Redis keeps the last one that it made for this
 * process beside what it changes (its mark). When Redis is back it is asked for that, and told to refuse what is older: from then on each
 * change was made or never will be. (Fencing tokens: M. Kleppmann, Designing Data-Intensive Applications, 2017, chapter 8.)
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { randomUUID } from "node:crypto"
import * as Script from "./Script.ts"

/** How long a mark is kept after the last change; milliseconds. An outage that is longer may count a change twice. */
const keptMs = 86_400_000

/** A change is not known to be made. @stability experimental @category errors @since 0.1.0 */
export class Missed extends Data.TaggedError("RedisMissed")<{
  readonly message: string
  /** Does this once it is certain that the change was not made and never will be: now, or when Redis is back. */
  readonly ifUnmade: (makeGood: () => void) => void
}> {}

/** A script that makes changes, by `make` alone. @stability experimental @category constructors @since 0.1.0 */
export const script = (lua: string): Script.Script =>
  Script.make(`
local number, mark = table.remove(ARGV), table.remove(KEYS)
if tonumber(number) <= tonumber(redis.call('HGET', mark, 'floor') or '0') then
  return redis.error_reply('FENCED given up before')
end
redis.call('HSET', mark, 'last', number)
redis.call('PEXPIRE', mark, ${keptMs})
${lua}`)

/** Refuses the changes up to a number, but for those that are made. Answers the last of these. Key: the mark. */
const fence = Script.make(`
local floor = math.max(tonumber(redis.call('HGET', KEYS[1], 'floor') or '0'), tonumber(ARGV[1]))
redis.call('HSET', KEYS[1], 'floor', string.format('%.0f', floor))
redis.call('PEXPIRE', KEYS[1], ${keptMs})
return tonumber(redis.call('HGET', KEYS[1], 'last') or '0')
`)

/** @stability experimental @category models @since 0.1.0 */
export type Arguments = ReadonlyArray<string | number>

/** Runs a script, or fails. @stability experimental @category models @since 0.1.0 */
export type Run<E> = (script: Script.Script, keys: ReadonlyArray<string>, args: Arguments) => Effect.Effect<unknown, E>

/** @stability experimental @category models @since 0.1.0 */
export interface Changes {
  /** Makes a change. It waits for the answer, and cannot be interrupted. `sent` asks for the arguments as often as it sends. */
  readonly make: <E extends { readonly message: string }>(
    sent: (script: Script.Script, keys: ReadonlyArray<string>, args: () => Arguments) => Effect.Effect<unknown, E>
  ) => Run<Missed>
  /** Finds out what became of those that were not answered. Redis takes none of them any more. */
  readonly resolve: <E>(run: Run<E>) => Effect.Effect<void, E>
}

/** One that was sent. */
interface Pending {
  readonly mark: string
  number: number
  fate: "open" | "made" | "unmade"
  makeGood: (() => void) | undefined
}

/** None at first, of a process that was not there before. @stability experimental @category constructors @since 0.1.0 */
export const make = (): Changes => {
  const process = randomUUID()
  const pending = new Set<Pending>()
  let last = 0
  return {
    make: (sent) => (script, keys, args) =>
      Effect.suspend(() => {
        const change: Pending = { mark: `${keys[0]}:by:${process}`, number: 0, fate: "open", makeGood: undefined }
        pending.add(change)
        const numbered = () => [...args, (change.number = ++last)]
        return sent(script, [...keys, change.mark], numbered).pipe(
          Effect.tap(() => Effect.sync(() => pending.delete(change))),
          Effect.mapError(({ message }) => new Missed({ message, ifUnmade: (makeGood) => follow(change, makeGood) })),
          Effect.uninterruptible
        )
      }),
    resolve: (run) =>
      Effect.suspend(() =>
        Effect.forEach(
          Map.groupBy(pending, ({ mark }) => mark),
          ([mark, changes]) =>
            Effect.map(run(fence, [mark], [last]), (made) => {
              for (const change of changes) {
                if (pending.delete(change)) settle(change, change.number <= Number(made))
              }
            }),
          { discard: true }
        )
      )
  }
}

const follow = (change: Pending, makeGood: () => void): void => {
  if (change.fate === "open") change.makeGood = makeGood
  else if (change.fate === "unmade") makeGood()
}

const settle = (change: Pending, isMade: boolean): void => {
  change.fate = isMade ? "made" : "unmade"
  if (!isMade) change.makeGood?.()
}

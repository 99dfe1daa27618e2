/**
 * The connection to Redis, with the one promise that everything in this folder needs: no call of it takes longer than its deadline.
 *
 * The first command that fails or is late makes Redis *away*: from then on nobody waits for it, every command fails at once, and
 * callers go on with what they know themselves. It is asked again in the background; what was missed is made good (`onReturn`)
 * before it counts as back. Each change is one line in the log.
 *
 * It is asked again over connections that are opened anew (`Line.ts`): one whose host vanished stays silent for as long as the system
 * believes in it, a quarter of an hour and more, and one to a master that became a replica takes nothing ever again.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as Changes from "./Changes.ts"
import { within } from "./Deadline.ts"
import * as Line from "./Line.ts"
import * as Presence from "./Presence.ts"
import type { Script } from "./Script.ts"
import type { Status } from "./Sharing.ts"
import * as Unfit from "./Unfit.ts"

/** Redis is away, or did not answer in time. @stability experimental @category errors @since 0.1.0 */
export class Away extends Data.TaggedError("RedisAway")<{ readonly message: string }> {}

/** @stability experimental @category models @since 0.1.0 */
export interface Connection {
  /** A command within the deadline. */
  readonly send: (...args: ReadonlyArray<string>) => Effect.Effect<unknown, Away>
  /** A script within the deadline. */
  readonly run: Changes.Run<Away>
  /** A script of `Changes` within the deadline: it is run once, or never. */
  readonly change: Changes.Run<Changes.Missed>
  readonly isThere: () => boolean
  readonly status: () => Status
  /** Runs each time before Redis counts as there, and once more after it; a failure of it means that Redis is still away. */
  readonly onReturn: (hook: Hook) => void
  /** A client of its own for commands that block; it connects again by itself. */
  readonly blocking: Effect.Effect<Line.Line, never, Scope.Scope>
  /** Connects, waiting at most two seconds, and from then on comes back whenever it can. To be run once, after all `onReturn`. */
  readonly start: Effect.Effect<void, never, Scope.Scope>
}

/** What is sent although Redis does not count as there. @stability experimental @category models @since 0.1.0 */
export type Direct = Pick<Connection, "send" | "run" | "change">

/** What makes good what was missed. @stability experimental @category models @since 0.1.0 */
export type Hook = (direct: Direct) => Effect.Effect<void, Away | Changes.Missed>

/** @stability experimental @category models @since 0.1.0 */
export interface Options {
  readonly url: Redacted.Redacted
  /** Milliseconds that a command may take; 1,000 by default: calls wait so long once, and less
   * would take a busy machine for a Redis that is away, so that limits fall apart where they are needed most. */
  readonly deadlineMs?: number | undefined
}

/** How long each command of a return may take; milliseconds. */
const returnMs = 1_000

/**
 * A connection that is not yet made. Never fails: where Redis does not answer, everybody goes on without.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (options: Options): Effect.fn.Return<Connection, never, Scope.Scope> {
  const { deadlineMs = 1_000 } = options
  const presence = yield* Presence.make
  const line = yield* Line.make(options.url, (cause) => presence.lose(awayOf(cause).message))
  const lines = [line]
  const hooks: Array<Hook> = []
  const changes = Changes.make()
  const hot = direct(line, deadlineMs, changes)
  const patient = direct(line, returnMs, changes)
  const renew = Effect.suspend(() => Effect.forEach(lines, (line) => line.renew, { discard: true }))
  const makeGood = Effect.suspend(() => Effect.forEach(hooks, (hook) => hook(patient), { discard: true }))
  const comeBack = renew.pipe(
    Effect.andThen(patient.send("PING")),
    Effect.andThen(changes.resolve(patient.run)),
    Effect.andThen(makeGood),
    Effect.andThen(Effect.sync(presence.found)),
    // What was missed while that was made good.
    Effect.andThen(makeGood),
    Effect.catch((error) => Effect.sync(() => presence.lose(error.message)))
  )
  const guarded = <E extends { readonly message: string }>(effect: Effect.Effect<unknown, E>, gone: E) =>
    Effect.suspend(() =>
      presence.isThere()
        ? Effect.tapError(effect, (error) => Effect.sync(() => presence.lose(error.message)))
        : Effect.fail(gone)
    )
  return {
    send: (...args) => guarded(hot.send(...args), away),
    run: (program, keys, args) => guarded(hot.run(program, keys, args), away),
    change: (program, keys, args) => guarded(hot.change(program, keys, args), unsent),
    isThere: presence.isThere,
    status: presence.status,
    onReturn: (hook) => void hooks.push(hook),
    blocking: Effect.tap(Line.make(options.url), (own) => {
      lines.push(own)
      return own.connect
    }),
    start: line.connect.pipe(
      Effect.andThen(comeBack),
      Effect.andThen(
        Effect.suspend(() => Effect.sleep(presence.askAgainMs())).pipe(
          Effect.andThen(Effect.suspend(() => (presence.isThere() ? Effect.void : comeBack))),
          Effect.forever,
          Effect.forkScoped
        )
      )
    )
  }
})

const direct = (line: Line.Line, ms: number, changes: Changes.Changes): Direct => {
  const late = () => new Away({ message: `no answer within ${ms} ms` })
  const send: Direct["send"] = (...args) => within(() => line.send([...args]), ms, awayOf, late)
  return {
    send,
    run: (program, keys, args) => evaluate(send, program, keys, () => args),
    change: changes.make((program, keys, args) => evaluate(send, program, keys, args))
  }
}

const away = new Away({ message: "away" })
const unsent = new Changes.Missed({ message: "away", ifUnmade: (makeGood) => makeGood() })

const awayOf = (cause: unknown): Away =>
  new Away({ message: Unfit.told(cause instanceof Error ? cause.message : String(cause)) })

/** By the script's name; where Redis does not know it (yet, or after a restart), by its text. */
const evaluate = (
  send: Direct["send"],
  program: Script,
  keys: ReadonlyArray<string>,
  args: () => Changes.Arguments
): Effect.Effect<unknown, Away> => {
  const rest = () => [String(keys.length), ...keys, ...args().map(String)]
  return Effect.catchIf(
    send("EVALSHA", program.sha, ...rest()),
    (error) => error.message.startsWith("NOSCRIPT"),
    () => send("EVAL", program.lua, ...rest())
  )
}

/**
 * The connection to Redis, with the one promise that everything in this folder needs: no call of it takes longer than its deadline.
 *
 * The first command that fails or is late makes Redis *away*: from then on nobody waits for it, every command fails at once, and
 * callers go on with what they know themselves. It is asked again in the background; what was missed is made good (`onReturn`)
 * before it counts as back. Each change is one line in the log.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { createHash } from "node:crypto"
import { within } from "./Deadline.ts"
import * as Presence from "./Presence.ts"
import type { Status } from "./Sharing.ts"

/** Redis is away, or did not answer in time. @stability experimental @category errors @since 0.1.0 */
export class Away extends Data.TaggedError("RedisAway")<{ readonly message: string }> {}

/** A Lua program. Its keys carry one hash tag, so that it also runs on a cluster. @stability experimental @category models @since 0.1.0 */
export interface Script {
  readonly lua: string
  readonly sha: string
}

/** @stability experimental @category constructors @since 0.1.0 */
export const script = (lua: string): Script => ({ lua, sha: createHash("sha1").update(lua).digest("hex") })

/** The part of a client that is used here. @stability experimental @category models @since 0.1.0 */
export interface Client {
  readonly sendCommand: (args: Array<string>) => Promise<unknown>
}

/** @stability experimental @category models @since 0.1.0 */
export interface Connection {
  /** A command within the deadline. */
  readonly send: (...args: ReadonlyArray<string>) => Effect.Effect<unknown, Away>
  /** A script within the deadline. */
  readonly run: (
    script: Script,
    keys: ReadonlyArray<string>,
    args: ReadonlyArray<string | number>
  ) => Effect.Effect<unknown, Away>
  readonly isThere: () => boolean
  readonly status: () => Status
  /** Runs each time before Redis counts as there; a failure of it means that Redis is still away. */
  readonly onReturn: (hook: (direct: Direct) => Effect.Effect<void, Away>) => void
  /** A client of its own for commands that block; it connects again by itself. */
  readonly blocking: Effect.Effect<Client, never, Scope.Scope>
  /** Connects, waiting at most two seconds, and from then on comes back whenever it can. To be run once, after all `onReturn`. */
  readonly start: Effect.Effect<void, never, Scope.Scope>
}

/** What is sent although Redis does not count as there. @stability experimental @category models @since 0.1.0 */
export type Direct = Pick<Connection, "send" | "run">

/** @stability experimental @category models @since 0.1.0 */
export interface Options {
  readonly url: Redacted.Redacted
  /** Milliseconds that a command may take; 1,000 by default: calls wait so long once, and less
   * would take a busy machine for a Redis that is away, so that limits fall apart where they are needed most. */
  readonly deadlineMs?: number | undefined
}

/** How long each command of a return may take; milliseconds. */
const returnMs = 1_000

/** How long a start waits for Redis before it goes on without; milliseconds. */
const connectMs = 2_000

/**
 * A connection that is not yet made. Never fails: where Redis does not answer, everybody goes on without.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (options: Options): Effect.fn.Return<Connection, never, Scope.Scope> {
  const { deadlineMs = 1_000 } = options
  const open = yield* opener(options.url)
  const client = yield* open
  const presence = yield* Presence.make
  client.on("error", (cause: unknown) => presence.lose(awayOf(cause).message))
  const hooks: Array<(direct: Direct) => Effect.Effect<void, Away>> = []
  const hot = direct(client, deadlineMs)
  const patient = direct(client, returnMs)
  const comeBack = patient.send("PING").pipe(
    Effect.andThen(Effect.suspend(() => Effect.forEach(hooks, (hook) => hook(patient), { discard: true }))),
    Effect.matchEffect({
      onSuccess: () => Effect.sync(presence.found),
      onFailure: (error) => Effect.sync(() => presence.lose(error.message))
    })
  )
  const guarded = (effect: Effect.Effect<unknown, Away>) =>
    Effect.suspend(() =>
      presence.isThere() ? Effect.tapError(effect, (error) => Effect.sync(() => presence.lose(error.message))) : gone
    )
  return {
    send: (...args) => guarded(hot.send(...args)),
    run: (program, keys, args) => guarded(hot.run(program, keys, args)),
    isThere: presence.isThere,
    status: presence.status,
    onReturn: (hook) => void hooks.push(hook),
    blocking: Effect.tap(open, connect),
    start: connect(client).pipe(
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

const opener = Effect.fnUntraced(function* (url: Redacted.Redacted) {
  const { createClient } = yield* Effect.promise(() => import("redis"))
  return Effect.acquireRelease(
    Effect.sync(() => {
      const client = createClient({
        url: Redacted.value(url),
        // Answers are read as they come; the client's own default differs by version, and RESP3 has maps where RESP2 has lists.
        RESP: 2,
        disableOfflineQueue: true,
        socket: { connectTimeout: 1_000, reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, 500) }
      })
      // Without a listener an error of the socket would end the process.
      client.on("error", () => {})
      return client
    }),
    (client) => Effect.sync(() => client.destroy())
  )
})

/** Begins to connect; a client goes on trying by itself, and is waited for a while only. */
const connect = (client: { readonly connect: () => Promise<unknown> }): Effect.Effect<void> =>
  Effect.ignore(
    within(
      () => client.connect(),
      connectMs,
      () => undefined,
      () => undefined
    )
  )

const direct = (client: Client, ms: number): Direct => {
  const late = () => new Away({ message: `no answer within ${ms} ms` })
  const send: Direct["send"] = (...args) => within(() => client.sendCommand([...args]), ms, awayOf, late)
  return { send, run: (program, keys, args) => evaluate(send, program, keys, args) }
}

const gone = Effect.fail(new Away({ message: "away" }))

const awayOf = (cause: unknown): Away => new Away({ message: cause instanceof Error ? cause.message : String(cause) })

/** By the script's name; where Redis does not know it (yet, or after a restart), by its text. */
const evaluate = (
  send: Direct["send"],
  program: Script,
  keys: ReadonlyArray<string>,
  args: ReadonlyArray<string | number>
): Effect.Effect<unknown, Away> => {
  const rest = [String(keys.length), ...keys, ...args.map(String)]
  return Effect.catchIf(
    send("EVALSHA", program.sha, ...rest),
    (error) => error.message.startsWith("NOSCRIPT"),
    () => send("EVAL", program.lua, ...rest)
  )
}

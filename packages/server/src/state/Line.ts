/**
 * A line to Redis: a client, and another one in its place when it may be the line itself that is out of order.
 *
 * A client connects again by itself when its connection breaks, asking for the address anew. It does not where a connection that is open
 * says nothing, or leads to a Redis that takes nothing more: then somebody has to hang up. It does not know what is said.
 */
import * as Elapsed from "@orelse/core/domain/Elapsed"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { within } from "./Deadline.ts"

/** @stability experimental @category models @since 0.1.0 */
export interface Line {
  readonly send: (args: Array<string>) => Promise<unknown>
  /** Begins to connect; goes on trying by itself, and is waited for two seconds at most. */
  readonly connect: Effect.Effect<void>
  /** Hangs up and connects anew, unless that was done within the last five seconds: connecting needs its time. */
  readonly renew: Effect.Effect<void>
}

/** How long somebody waits for a connection before going on without; milliseconds. */
const connectMs = 2_000

/** How old a line has to be before it may be to blame; milliseconds. */
const youngMs = 5_000

/**
 * A line that is not yet connected, until the scope closes. `onError` hears what goes wrong with the connection.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (
  url: Redacted.Redacted,
  // Without a listener an error of the socket would end the process.
  onError: (cause: unknown) => void = () => {}
): Effect.fn.Return<Line, never, Scope.Scope> {
  const { createClient } = yield* Effect.promise(() => import("redis"))
  const clock = yield* Clock.Clock
  const open = () =>
    createClient({
      url: Redacted.value(url),
      // Answers are read as they come; the client's own default differs by version, and RESP3 has maps where RESP2 has lists.
      RESP: 2,
      disableOfflineQueue: true,
      socket: { connectTimeout: 1_000, reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, 500) }
    }).on("error", onError)
  let client = open()
  let openedAt = Number.NEGATIVE_INFINITY
  const connect = Effect.suspend(() => {
    openedAt = Elapsed.millis(clock)
    return Effect.ignore(
      within(
        () => client.connect(),
        connectMs,
        () => undefined,
        () => undefined
      )
    )
  })
  yield* Effect.addFinalizer(() => Effect.sync(() => client.destroy()))
  return {
    send: (args) => client.sendCommand(args),
    connect,
    renew: Effect.suspend(() => {
      if (Elapsed.millis(clock) - openedAt < youngMs) return Effect.void
      client.destroy()
      client = open()
      return connect
    })
  }
})

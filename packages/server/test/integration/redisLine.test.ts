import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { createConnection } from "node:net"
import * as Changes from "../../src/state/Changes.ts"
import * as Connection from "../../src/state/Connection.ts"
import * as FastClock from "../support/fastClock.ts"
import * as Relay from "../support/relay.ts"
import { isMissing, type Running, startRedis, titleOf } from "../support/servers.ts"

const first = await startRedis()
const second = await startRedis()

/** Says something to a Redis without a client, and waits for its answer. */
const say = (port: number, words: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = createConnection(port, "127.0.0.1", () => socket.write(`${words}\r\n`))
    socket.once("error", reject)
    socket.once("data", () => socket.end(resolve))
  })

const untilShared = (connection: Connection.Connection, isShared: boolean): Effect.Effect<void> =>
  Effect.suspend(() => (connection.isThere() === isShared ? Effect.void : Effect.fail("not yet"))).pipe(
    Effect.retry(Schedule.spaced("200 millis")),
    Effect.timeout("5 minutes"),
    Effect.orDie
  )

const script = Changes.script("return redis.call('SET', KEYS[1], ARGV[1])")

const write = (connection: Connection.Connection): Effect.Effect<string, Changes.Missed> =>
  Effect.map(connection.change(script, ["k"], ["1"]), String)

/** A minute in a second: a line has to be old before it is blamed. */
const soon = Effect.provideService(Clock.Clock, FastClock.make(60))

describe(titleOf("a connection to Redis that stays open and is of no use", first), () => {
  let relay: Relay.Relay

  beforeAll(async () => {
    if (!isMissing(first)) relay = await Relay.start(first.port)
  })
  afterAll(async () => {
    await relay?.[Symbol.asyncDispose]()
    for (const redis of [first, second]) if (!isMissing(redis)) await redis[Symbol.asyncDispose]()
  })

  /** A connection that has been there for longer than a line counts as young. */
  const old = (deadlineMs: number): Effect.Effect<Connection.Connection, never, Scope.Scope> =>
    Effect.gen(function* () {
      const url = Redacted.make(`redis://127.0.0.1:${relay.port}`)
      const connection = yield* Connection.make({ url, deadlineMs })
      yield* connection.blocking
      yield* connection.start
      yield* untilShared(connection, true)
      yield* Effect.sleep("5 seconds")
      return connection
    })

  it.live.skipIf(isMissing(first))(
    "is given up for a new one where it says nothing more, though its host never hangs up",
    () =>
      Effect.gen(function* () {
        const connection = yield* old(100)
        relay.silence()
        assert.include((yield* Effect.flip(write(connection))).message, "no answer")
        yield* untilShared(connection, true)
        assert.strictEqual(yield* write(connection), "OK")
      }).pipe(Effect.scoped, soon)
  )

  it.live.skipIf(isMissing(first))(
    "is given up for a new one where it leads to a master that has become a replica",
    () =>
      Effect.gen(function* () {
        const connection = yield* old(1_000)
        const [from, to] = [first as Running, second as Running]
        yield* Effect.promise(() => say(from.port, `REPLICAOF 127.0.0.1 ${to.port}`))
        relay.lead(to.port)
        assert.include((yield* Effect.flip(write(connection))).message, "READONLY")
        yield* untilShared(connection, true)
        assert.strictEqual(yield* write(connection), "OK")
      }).pipe(Effect.scoped, soon)
  )
})

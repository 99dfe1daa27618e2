import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import type { BudgetSpent } from "@orelse/core/domain/CallError"
import type { LimitReached } from "@orelse/core/domain/Reason"
import type { Limits as Config } from "@orelse/core/provider/Provider"
import type { Limits } from "@orelse/core/target/Limits"
import * as LedgerMemory from "@orelse/core/layer/LedgerMemory"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import { createClient } from "redis"
import { type Budget, Budgets } from "../../src/callers/Budgets.ts"
import * as BudgetsMemory from "../../src/callers/BudgetsMemory.ts"
import * as BudgetsRedis from "../../src/state/BudgetsRedis.ts"
import * as Connection from "../../src/state/Connection.ts"
import * as LimitsRedis from "../../src/state/LimitsRedis.ts"
import * as FastClock from "../support/fastClock.ts"
import * as Relay from "../support/relay.ts"
import { isMissing, startRedis, titleOf } from "../support/servers.ts"

const redis = await startRedis()

const budget: Budget = { usd: 10, per: "month" }
const limits: Config = {
  requests: { limit: 100, window: Duration.days(1) },
  tokens: { limit: 1000, window: Duration.days(1) },
  concurrency: 10
}

interface World {
  readonly budgets: Budgets["Service"]
  readonly limits: Limits["Service"]
  /** Asks Redis itself. */
  readonly sent: (...command: Array<string>) => Effect.Effect<unknown>
  /** Redis goes; the body runs meanwhile; Redis is back. */
  readonly without: <A, E>(body: Effect.Effect<A, E>) => Effect.Effect<A, E>
  /** What is done next time while Redis is told what it missed, after everything else of that. */
  readonly amidReturn: (body: Effect.Effect<void>) => void
}

describe(titleOf("what Redis is asked and does not answer in time", redis), () => {
  let relay: Relay.Relay

  beforeAll(async () => {
    if (!isMissing(redis)) relay = await Relay.start(redis.port)
  })
  afterAll(async () => {
    if (!isMissing(redis)) await redis[Symbol.asyncDispose]()
    await relay?.[Symbol.asyncDispose]()
  })

  const untilShared = (connection: Connection.Connection) =>
    Effect.suspend(() => (connection.isThere() ? Effect.void : Effect.fail("not yet"))).pipe(
      Effect.retry(Schedule.spaced("200 millis")),
      Effect.timeout("5 minutes"),
      Effect.orDie
    )

  const noMore = () => {}
  const outages: ReadonlyArray<readonly [title: string, begin: () => void, end: () => void]> = isMissing(redis)
    ? [["skipped", noMore, noMore]]
    : [
        ["is done late, for Redis was frozen", redis.freeze, redis.thaw],
        ["was done, and its answer is lost", () => relay.mute(), noMore],
        ["never arrives", () => relay.silence(), noMore]
      ]

  /** On a Redis that is empty. A line has to be old before it is blamed: five seconds, on a clock that is sixty times as fast. */
  const test = (title: string, body: (world: World) => Effect.Effect<void, BudgetSpent | LimitReached>) => {
    for (const [how, begin, end] of outages) {
      it.live.skipIf(isMissing(redis))(`${title}, where it ${how}`, () =>
        Effect.gen(function* () {
          const connection = yield* Connection.make({
            url: Redacted.make(`redis://127.0.0.1:${relay.port}`),
            deadlineMs: 400
          })
          const local = yield* Effect.provide(Budgets, yield* Layer.build(BudgetsMemory.layer))
          const budgets = yield* BudgetsRedis.make(connection, local)
          const limits = yield* LimitsRedis.make(connection)
          const client = createClient(isMissing(redis) ? {} : { url: redis.url })
          yield* Effect.acquireRelease(
            Effect.promise(() => client.connect()),
            () => Effect.sync(() => client.destroy())
          )
          const sent: World["sent"] = (...command) => Effect.promise(() => client.sendCommand(command))
          yield* sent("FLUSHALL")
          yield* connection.start
          yield* untilShared(connection)
          const without: World["without"] = (body) =>
            Effect.gen(function* () {
              yield* Effect.sleep("6 seconds")
              begin()
              const result = yield* Effect.ensuring(body, Effect.sync(end))
              yield* untilShared(connection)
              return result
            })
          let amid: Effect.Effect<void> = Effect.void
          connection.onReturn(() =>
            Effect.suspend(() => {
              const now = amid
              amid = Effect.void
              return now
            })
          )
          const amidReturn: World["amidReturn"] = (body) => {
            amid = body
          }
          yield* body({ budgets, limits, sent, without, amidReturn })
        }).pipe(
          Effect.scoped,
          Effect.provide(LedgerMemory.layerNone),
          Effect.provideService(Clock.Clock, FastClock.make(60))
        )
      )
    }
  }

  /** What was spent and what is set aside of the one budget, and for how many calls. */
  const account = (sent: World["sent"]) =>
    Effect.gen(function* () {
      const keys = (yield* sent("KEYS", "orelse:budget:*")) as ReadonlyArray<string>
      const of = (part: string) => keys.find((key) => key.endsWith(part)) ?? ""
      const [spent, reserved] = (yield* sent("HMGET", of(":account"), "spent", "reserved")) as ReadonlyArray<string>
      return [Number(spent), Number(reserved), yield* sent("ZCARD", of(":leases"))]
    })

  /** Requests and tokens that are counted, and places that are taken. */
  const counts = (sent: World["sent"]) =>
    Effect.gen(function* () {
      const counted = (yield* sent("MGET", "orelse:limit:{k}:requests", "orelse:limit:{k}:tokens")) as Array<string>
      return [...counted.map(Number), yield* sent("ZCARD", "orelse:limit:{k}:places")]
    })

  test("a call's cost is booked once, and nothing stays set aside", ({ budgets, sent, without }) =>
    Effect.gen(function* () {
      const permits = yield* Effect.all([0, 1, 2].map(() => budgets.take("c", budget, 1)))
      yield* without(Effect.forEach(permits.slice(0, 2), (permit) => budgets.settle(permit, 0.25), { discard: true }))
      assert.deepStrictEqual(yield* account(sent), [0.5, 1, 1])
      yield* budgets.settle(permits[2]!, 0.25)
      assert.deepStrictEqual(yield* account(sent), [0.75, 0, 0])
    }))

  test("money is set aside for no longer than its call", ({ budgets, sent, without }) =>
    Effect.gen(function* () {
      yield* budgets.settle(yield* budgets.take("c", budget, 1), 0.25)
      yield* without(
        Effect.gen(function* () {
          const [first, second] = [yield* budgets.take("c", budget, 1), yield* budgets.take("c", budget, 1)]
          yield* budgets.settle(first, 0.25)
          yield* budgets.settle(second, 0.25)
        })
      )
      assert.deepStrictEqual(yield* account(sent), [0.75, 0, 0])
      const underWay = yield* without(Effect.all([budgets.take("c", budget, 1), budgets.take("c", budget, 1)]))
      for (const permit of underWay) yield* budgets.settle(permit, 0.25)
      assert.deepStrictEqual(yield* account(sent), [1.25, 0, 0])
    }))

  test("a call is counted once, and its place is free at its end", ({ limits: shared, sent, without }) =>
    Effect.gen(function* () {
      const acquire = Effect.suspend(() => shared.acquire("k", limits, 10))
      const before = yield* acquire
      const [first, second, third] = yield* without(
        Effect.gen(function* () {
          const permits = [yield* acquire, yield* acquire, yield* acquire, yield* acquire, yield* acquire] as const
          yield* permits[0].release()
          yield* permits[1].release()
          return permits.slice(2)
        })
      )
      assert.deepStrictEqual(yield* counts(sent), [6, 60, 4])
      for (const permit of [before, first, second, third]) yield* permit!.release()
      assert.deepStrictEqual(yield* counts(sent), [6, 60, 0])
      const places = yield* Effect.all([acquire, acquire])
      yield* without(Effect.forEach(places, ({ release }) => release(), { discard: true }))
      assert.deepStrictEqual(yield* counts(sent), [8, 80, 0])
    }))

  test("tokens are corrected once", ({ limits: shared, sent, without }) =>
    Effect.gen(function* () {
      yield* shared.acquire("k", limits, 100)
      const correct = Effect.suspend(() => shared.correct("k", limits, -20))
      yield* without(Effect.andThen(correct, correct))
      assert.deepStrictEqual(yield* counts(sent), [1, 60, 1])
    }))

  test("what ends while Redis is told of the rest is told as well", ({
    amidReturn,
    budgets,
    limits: shared,
    sent,
    without
  }) =>
    Effect.gen(function* () {
      const permit = yield* budgets.take("c", budget, 1)
      const place = yield* shared.acquire("k", limits, 10)
      amidReturn(
        Effect.gen(function* () {
          yield* budgets.settle(permit, 0.25)
          yield* shared.correct("k", limits, 5)
          yield* place.release()
        })
      )
      yield* without(Effect.asVoid(shared.correct("k", limits, 1)))
      const all = Effect.all([account(sent), counts(sent)])
      const isTold = ([[spent], [, , places]]: Effect.Success<typeof all>) => spent === 0.25 && places === 0
      const told = yield* all.pipe(
        Effect.repeat({ until: isTold, schedule: Schedule.spaced("1 second") }),
        Effect.timeout("2 minutes"),
        Effect.catch(() => all)
      )
      assert.deepStrictEqual(told, [
        [0.25, 0, 0],
        [1, 16, 0]
      ])
    }))
})

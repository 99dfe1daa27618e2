import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Reason from "@orelse/core/domain/Reason"
import type { Health } from "@orelse/core/target/Health"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { createClient } from "redis"
import * as Connection from "../../src/state/Connection.ts"
import * as HealthRedis from "../../src/state/HealthRedis.ts"
import { isMissing, startRedis, titleOf } from "../support/servers.ts"

const found = await startRedis()
const down = new Reason.RateLimited({ message: "slow down" })

const cluster = await startRedis(undefined, "--cluster-enabled", "yes")

/** What was known at 0 has cooled down by then. */
const cooled = 60_000

const keyOf = (provider: string) => ({ provider, model: "m", credential: "k" })

describe(titleOf("cooldowns that are kept in Redis", found), () => {
  afterAll(async () => {
    for (const redis of [found, cluster]) if (!isMissing(redis)) await redis[Symbol.asyncDispose]()
  })

  type Sent = (...command: Array<string>) => Effect.Effect<unknown>

  /** The table of one process, and what somebody sees who asks Redis. */
  const test = (
    title: string,
    body: (
      health: Health["Service"],
      sent: Sent,
      another: Effect.Effect<Health["Service"], never, Scope.Scope>
    ) => Effect.Effect<void, never, Scope.Scope>
  ) =>
    it.live.skipIf(isMissing(found))(title, () =>
      Effect.gen(function* () {
        const url = isMissing(found) ? "" : found.url
        const another = Effect.gen(function* () {
          const connection = yield* Connection.make({ url: Redacted.make(url) })
          const health = yield* HealthRedis.make(connection)
          yield* connection.start
          return health
        })
        const health = yield* another
        const client = createClient({ url })
        yield* Effect.acquireRelease(
          Effect.promise(() => client.connect()),
          () => Effect.sync(() => client.destroy())
        )
        yield* body(health, (...command) => Effect.promise(() => client.sendCommand(command)), another)
      }).pipe(Effect.scoped)
    )

  /** How long the lock of a provider's probe still lasts, in milliseconds; less than 0 where there is none. */
  const lease = (sent: Sent, provider: string) =>
    Effect.map(sent("PTTL", `orelse:probe:{m\n${provider}\nk\nm}`), Number)

  const until = (look: Effect.Effect<number>, fits: (ms: number) => boolean) =>
    look.pipe(
      Effect.repeat({ until: fits, schedule: Schedule.spaced("10 millis") }),
      Effect.timeout("10 seconds"),
      Effect.orDie
    )

  test("lock a probe for seconds while its call has not begun, for a minute while it lasts, and no longer", (health, sent) =>
    Effect.gen(function* () {
      const key = keyOf("lasting")
      health.failure(key, down, 0)
      assert.isTrue(yield* health.claim(key, cooled))
      const claimed = yield* lease(sent, "lasting")
      assert.isTrue(claimed > 0 && claimed <= 5_000, String(claimed))
      const end = health.begin(key, cooled)
      yield* until(lease(sent, "lasting"), (ms) => ms > 50_000)
      assert.strictEqual(health.begin(key, cooled), undefined)
      end?.()
      yield* until(lease(sent, "lasting"), (ms) => ms < 0)
    }))

  test("give a probe's lock back where all was found to be well before its call began", (health, sent) =>
    Effect.gen(function* () {
      const key = keyOf("well")
      health.failure(key, down, 0)
      assert.isTrue(yield* health.claim(key, cooled))
      assert.isTrue(health.success(key, cooled))
      assert.isAbove(yield* lease(sent, "well"), 0)
      assert.strictEqual(health.begin(key, cooled), undefined)
      yield* until(lease(sent, "well"), (ms) => ms < 0)
    }))

  test("keep the lock of a call that probes where another is asked beside it all the same", (health, sent) =>
    Effect.gen(function* () {
      const key = keyOf("only")
      health.failure(key, down, 0)
      assert.isTrue(yield* health.claim(key, cooled))
      const end = health.begin(key, cooled)
      yield* until(lease(sent, "only"), (ms) => ms > 50_000)
      assert.strictEqual(health.begin(key, cooled), undefined)
      assert.isTrue((yield* health.claim(keyOf("nobody"), cooled)) && !(yield* health.claim(key, cooled)))
      assert.isAbove(yield* lease(sent, "only"), 50_000)
      end?.()
    }))

  test("tell others of an answer where something was known against who gave it, and else nothing", (health, sent) =>
    Effect.gen(function* () {
      const told = Effect.map(sent("XLEN", "orelse:health"), Number)
      const before = yield* told
      health.failure(keyOf("told"), down, 0)
      assert.isTrue(health.success(keyOf("told"), cooled))
      assert.isFalse(health.success(keyOf("told"), cooled))
      assert.isFalse(health.success(keyOf("never"), cooled))
      health.failure(keyOf("last"), down, 0)
      yield* until(told, (count) => count >= before + 3)
      assert.strictEqual(yield* told, before + 3)
    }))

  test("hold for all: one hears of the other's failure and of the reset, and leaves what the other probes alone", (one, sent, another) =>
    Effect.gen(function* () {
      const key = keyOf("shared")
      const other = yield* another
      const stateOf = (health: Health["Service"], now: number) => Effect.sync(() => health.verdict(key, now).state)
      const heard = (now: number, state: string) =>
        stateOf(other, now).pipe(
          Effect.repeat({ until: (found) => found === state, schedule: Schedule.spaced("10 millis") }),
          Effect.timeout("10 seconds"),
          Effect.orDie
        )
      yield* sent("XADD", "orelse:health", "*", "e", "words of another version")
      one.failure(key, down, 0)
      yield* heard(0, one.verdict(key, 0).state)
      assert.notStrictEqual(one.verdict(key, 0).state, "healthy")
      assert.strictEqual(other.verdict(key, cooled).state, "healthy")
      assert.isTrue(yield* one.claim(key, cooled))
      assert.isFalse(yield* other.claim(key, cooled))
      assert.strictEqual(other.verdict(key, cooled).state, "probing")
      assert.strictEqual(other.verdict(key, cooled + 1_000).state, "healthy")
      assert.isFalse(other.reset("shared", "another"))
      assert.isTrue(other.reset("shared", "m"))
      yield* stateOf(one, 0).pipe(
        Effect.repeat({ until: (found) => found === "healthy", schedule: Schedule.spaced("10 millis") }),
        Effect.timeout("10 seconds"),
        Effect.orDie
      )
    }))

  it.live.skipIf(isMissing(cluster))("say of a node of a cluster that it is one, and what is needed", () =>
    Effect.gen(function* () {
      const connection = yield* Connection.make({ url: Redacted.make(isMissing(cluster) ? "" : cluster.url) })
      yield* HealthRedis.make(connection)
      yield* connection.start
      const status = connection.status()
      assert.include(
        "detail" in status ? status.detail : "",
        "it is a node of a Redis Cluster, and state.url needs one server"
      )
    }).pipe(Effect.scoped)
  )
})

import { afterAll, assert, describe, it } from "@effect/vitest"
import type { Limits as Config } from "@orelse/core/provider/Provider"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { createClient } from "redis"
import * as Connection from "../../src/state/Connection.ts"
import * as Keys from "../../src/state/Keys.ts"
import * as LimitsRedis from "../../src/state/LimitsRedis.ts"
import { isMissing, startRedis, titleOf } from "../support/servers.ts"

const redis = await startRedis()

describe(titleOf("limits in Redis", redis), () => {
  afterAll(async () => {
    if (!isMissing(redis)) await redis[Symbol.asyncDispose]()
  })

  const url = isMissing(redis) ? "" : redis.url
  const limitsOf = Effect.gen(function* () {
    const connection = yield* Connection.make({ url: Redacted.make(url) })
    const limits = yield* LimitsRedis.make(connection)
    yield* connection.start
    assert.isTrue(connection.isThere())
    return limits
  })

  const config: Config = {
    requests: { limit: 2, window: Duration.hours(1) },
    tokens: { limit: 100, window: Duration.minutes(1) }
  }

  it.live.skipIf(isMissing(redis))("say which of them is reached, and when it has room again", () =>
    Effect.gen(function* () {
      const limits = yield* limitsOf
      yield* limits.acquire("a", config, 40)
      const tokens = yield* Effect.flip(limits.acquire("a", config, 61))
      assert.strictEqual(tokens.limited, "tokens")
      assert.closeTo(Duration.toMillis(tokens.retryAfter ?? 0), 60_000, 5_000)
      const { standing } = yield* limits.acquire("a", config, 60)
      assert.strictEqual(standing.requests?.remaining, 0)
      assert.strictEqual(standing.tokens?.remaining, 0)
      const requests = yield* Effect.flip(limits.acquire("a", config, 0))
      assert.strictEqual(requests.limited, "requests")
      assert.closeTo(Duration.toMillis(requests.retryAfter ?? 0), 3_600_000, 5_000)
      const one = { concurrency: 1 }
      yield* limits.acquire("b", one, 0)
      const places = yield* Effect.flip(limits.acquire("b", one, 0))
      assert.strictEqual(places.limited, "concurrency")
      assert.isUndefined(places.retryAfter)
    }).pipe(Effect.scoped)
  )

  it.live.skipIf(isMissing(redis))("give back no more tokens than were taken, and end their window when it ends", () =>
    Effect.gen(function* () {
      const limits = yield* limitsOf
      const client = createClient({ url })
      yield* Effect.acquireRelease(
        Effect.promise(() => client.connect()),
        () => Effect.sync(() => client.destroy())
      )
      yield* limits.acquire("c", config, 40)
      yield* limits.correct("c", config, -70)
      assert.strictEqual((yield* limits.standing("c", config)).tokens?.remaining, 100)
      yield* limits.acquire("c", config, 100)
      assert.strictEqual((yield* limits.standing("c", config)).tokens?.remaining, 0)
      const left = yield* Effect.promise(() => client.pTTL(Keys.tokens("c")))
      assert.closeTo(left, 60_000, 5_000)
      yield* limits.correct("never taken", config, 30)
      assert.strictEqual(yield* Effect.promise(() => client.exists(Keys.tokens("never taken"))), 0)
    }).pipe(Effect.scoped)
  )
})

import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { AttemptError } from "../../src/domain/AttemptError.ts"
import * as Reason from "../../src/domain/Reason.ts"
import * as RetryPolicy from "../../src/policy/RetryPolicy.ts"

const waits = (retryAfter: Duration.Duration | undefined) => {
  const reason = new Reason.RateLimited({ message: "slow", ...(retryAfter === undefined ? {} : { retryAfter }) })
  const error = new AttemptError({ reason, provider: "a", model: "m" })
  return Effect.map(RetryPolicy.preview(RetryPolicy.recommended, error), (all) =>
    all.map((wait) => Duration.toMillis(wait))
  ).pipe(Random.withSeed("waits"))
}

describe("a Retry-After under the default policy", () => {
  it.effect("of 0 leaves the computed waits as they are: no hot retry", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* waits(Duration.zero), yield* waits(undefined))
    })
  )

  it.effect("is waited in full and up to a tenth more; beyond 30 s it ends the retries", () =>
    Effect.gen(function* () {
      const kept = yield* waits(Duration.seconds(30))
      assert.strictEqual(kept.length, 3)
      for (const wait of kept) assert.isTrue(wait >= 30_000 && wait <= 31_000, String(wait))
      assert.deepStrictEqual(yield* waits(Duration.millis(30_001)), [])
    })
  )
})

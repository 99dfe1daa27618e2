import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Reason from "../../src/domain/Reason.ts"
import { Health } from "../../src/target/Health.ts"

const key = { provider: "p", model: "m", credential: "k" }
const message = "no"
const limited = (ms: number) => new Reason.RateLimited({ message, retryAfter: Duration.millis(ms) })
const test = (title: string, body: (health: Health["Service"]) => void) =>
  it.effect(title, () => Effect.map(Health, body).pipe(Effect.provide(Health.layerMemory)))

describe("Health", () => {
  test("keeps a Retry-After to the millisecond", (health) => {
    health.failure(key, limited(8000), 100)
    assert.deepInclude(health.verdict(key, 8099), { state: "cooling", hardUntil: 8100 })
    assert.strictEqual(health.verdict(key, 8100).state, "healthy")
  })

  test("says of an answer whether anything was known that it disproves", (health) => {
    assert.isFalse(health.success(key, 100))
    health.failure(key, limited(8000), 100)
    assert.isFalse(health.success(key, 99))
    assert.isFalse(health.success({ ...key, credential: "other" }, 9000))
    assert.isTrue(health.success(key, 9000))
    assert.isFalse(health.success(key, 9001))
  })

  test("leaves a credential alone until its plan's window opens, and asks it earlier where there is no other", (health) => {
    const day = 86_400_000
    const until = (resetsAt: number, more = {}) => {
      health.reset(key.provider, key.model)
      health.failure(key, new Reason.QuotaExhausted({ message, resetsAt }), 100, {
        table: "recommended",
        givenUp: true,
        keepsRetryAfter: true,
        ...more
      })
      const verdict = health.verdict(key, 100)
      return verdict.state === "cooling" ? [verdict.until, verdict.hardUntil] : []
    }
    assert.deepStrictEqual(until(10 * day), [10 * day, 0])
    assert.deepStrictEqual(until(10 * day, { keepsRetryAfter: false }), [60_100, 0])
    assert.deepStrictEqual(until(10 * day, { table: "failover" }), [10 * day, 0])
    assert.deepStrictEqual(until(5000), [60_100, 0])
    assert.deepStrictEqual(until(400 * day), [60_100, 0])
  })

  test("tells a target, a credential and a credential for a model apart, and names what is due", (health) => {
    health.failure(key, new Reason.ModelNotFound({ message }), 0)
    health.failure(key, new Reason.Unauthenticated({ message }), 0)
    health.failure(key, new Reason.Conflict({ message, retryAfter: Duration.millis(500) }), 0)
    const dues = [
      key,
      { ...key, credential: "other" },
      { ...key, model: "other" },
      { ...key, model: "other", credential: "other" },
      { ...key, provider: "other" }
    ].map((one) => health.due(one, 10_000_000))
    const [target, credential, both] = ["t\np\nm", "c\np\nk", "m\np\nk\nm"]
    assert.deepStrictEqual(dues, [[target, credential, both], [target], [credential], [], []])
    health.success(key, 10_000_000)
    assert.deepStrictEqual(health.rows(10_000_000), [])
    assert.deepStrictEqual(health.due(key, 10_000_000), [])
  })

  test("counts what it heard as heard just now where the clock was set back since", (health) => {
    const hour = 3_600_000
    health.failure(key, limited(8000), hour)
    health.failure({ ...key, credential: "other" }, new Reason.Unauthenticated({ message }), hour)
    assert.deepInclude(health.verdict(key, 100), { state: "cooling", until: 8100, hardUntil: 8100 })
    assert.strictEqual(health.verdict(key, 8100).state, "healthy")
    assert.deepInclude(health.verdict({ ...key, credential: "other" }, 8200), { until: 68_200 })
    health.success(key, 8100)
    assert.strictEqual(health.rows(8100).length, 1)
  })

  test("counts a failure as a further one that began after the clock was set back", (health) => {
    health.failure(key, limited(8000), 3_600_000)
    assert.strictEqual(health.verdict(key, 100).state, "cooling")
    const told = { table: "recommended", givenUp: true, keepsRetryAfter: true } as const
    health.failure(key, limited(8000), 200, { ...told, startedAt: 150 })
    assert.strictEqual(health.rows(200)[0]?.failures, 2)
  })

  test("remembers 10,000 targets at most, and those that are still cooling before others", (health) => {
    const failed = (model: string, now: number) =>
      health.failure({ ...key, model }, new Reason.ModelNotFound({ message }), now)
    failed("early", 0)
    for (let n = 0; n < 9_999; n++) failed(`invented-${n}`, 70_000)
    failed("late", 70_000)
    assert.strictEqual(health.rows(70_000).length, 10_000)
    assert.strictEqual(
      health.rows(70_000).find(({ model }) => model === "early"),
      undefined
    )
    assert.strictEqual(health.verdict({ ...key, model: "invented-0" }, 70_001).state, "cooling")
    failed("latest", 70_000)
    assert.strictEqual(health.rows(70_000).length, 10_000)
    assert.strictEqual(health.verdict({ ...key, model: "latest" }, 70_001).state, "cooling")
  })

  test("keeps it for a reason that parks nothing by itself", (health) => {
    health.failure(key, new Reason.Conflict({ message, retryAfter: Duration.millis(500) }), 0)
    assert.deepInclude(health.verdict(key, 499), { state: "cooling", hardUntil: 500 })
    assert.strictEqual(health.verdict({ ...key, credential: "other" }, 0).state, "healthy")
  })

  test("does not let a longer cooldown of the target hide a Retry-After of the credential", (health) => {
    health.failure(key, new Reason.ModelNotFound({ message }), 0)
    health.failure(key, limited(9000), 0)
    assert.deepInclude(health.verdict(key, 1), { state: "cooling", until: 60_000, hardUntil: 9000 })
  })

  test("is not told by our own limits to leave a provider alone", (health) => {
    health.failure(key, new Reason.LimitReached({ message, retryAfter: Duration.seconds(9) }), 0)
    assert.strictEqual(health.verdict(key, 0).state, "healthy")
  })

  test("keeps a Retry-After when an answer arrives that was under way", (health) => {
    health.failure(key, limited(8000), 100)
    health.success(key, 100)
    assert.deepInclude(health.verdict(key, 8099), { state: "cooling", until: 8100, hardUntil: 8100 })
    assert.strictEqual(health.rows(8099)[0]?.failures, 0)
  })

  test("forgets all once an answer began after the wait, and nothing for one that began before the failure", (health) => {
    health.failure(key, limited(8000), 100)
    health.success(key, 99)
    assert.strictEqual(health.rows(101)[0]?.failures, 1)
    health.success(key, 8100)
    assert.deepStrictEqual(health.rows(8100), [])
  })

  test("parks longer with each failure in a row, also where the rows of several reasons meet", (health) => {
    const reasons = [
      new Reason.Overloaded({ message }),
      new Reason.Overloaded({ message }),
      new Reason.Overloaded({ message }),
      new Reason.ServerError({ message }),
      new Reason.ServerError({ message })
    ]
    const lengths = reasons.map((reason, index) => {
      const now = index * 1_000_000
      health.failure(key, reason, now)
      return (health.rows(now)[0]?.until ?? now) - now
    })
    assert.deepStrictEqual(lengths, [0, 5000, 10_000, 20_000, 40_000])
  })

  test("parks no longer for each failure of a credential where a table forgets what has passed", (health) => {
    const until = Array.from({ length: 10 }, (_, index) => {
      const now = index * 5_000
      for (const table of ["failover", "failoverForgetting"] as const) {
        const told = { table, givenUp: false, keepsRetryAfter: true }
        health.failure({ ...key, provider: table }, new Reason.RateLimited({ message }), now, told)
      }
      return health.rows(now).map((row) => [row.failures, (row.until ?? now) - now])
    })
    assert.deepStrictEqual(until.at(0), [
      [1, 5_000],
      [1, 5_000]
    ])
    assert.deepStrictEqual(until.at(-1)?.[1], [1, 5_000])
    assert.isAbove(until.at(-1)?.[0]?.[1] ?? 0, 10_000)
  })

  describe("told of calls that were under way together", () => {
    const told = { table: "recommended", givenUp: true, keepsRetryAfter: true } as const
    const parkedFor = (health: Health["Service"], now: number) => (health.rows(now)[0]?.until ?? now) - now

    test("parks once for all of them, and no longer for each", (health) => {
      for (let at = 100; at < 120; at++) health.failure(key, limited(1000), at, { ...told, startedAt: 99 })
      assert.deepInclude(health.rows(119)[0], { failures: 1, until: 5100 })
      assert.deepInclude(health.verdict(key, 119), { hardUntil: 1119 })
      health.failure(key, new Reason.RateLimited({ message }), 5100, { ...told, startedAt: 100 })
      assert.strictEqual(parkedFor(health, 5100), 10_000)
      health.success(key, 5099)
      assert.strictEqual(health.rows(5101)[0]?.failures, 2)
    })

    test("counts each of them where nothing is parked yet, and one that began after the failure", (health) => {
      for (const at of [100, 101, 102])
        health.failure(key, new Reason.ServerError({ message }), at, { ...told, startedAt: 0 })
      assert.strictEqual(parkedFor(health, 102), 5000)
      health.failure(key, new Reason.ServerError({ message }), 103, { ...told, startedAt: 102 })
      assert.strictEqual(parkedFor(health, 103), 10_000)
    })

    test("parks for what weighs more, whoever began when", (health) => {
      health.failure(key, new Reason.RateLimited({ message }), 100, { ...told, startedAt: 0 })
      health.failure(key, new Reason.PermissionDenied({ message }), 200, { ...told, startedAt: 0 })
      assert.strictEqual(parkedFor(health, 200), 60_000)
    })

    test("counts each for a table that says so", (health) => {
      for (const at of [100, 101]) health.failure(key, limited(0), at, { ...told, table: "failover", startedAt: 0 })
      assert.strictEqual(health.rows(101).find(({ credential }) => credential === "k")?.failures, 2)
    })
  })
})

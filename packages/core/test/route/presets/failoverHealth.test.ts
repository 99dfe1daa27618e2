import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import type { Reason } from "../../../src/domain/Reason.ts"
import * as Cooldown from "../../../src/policy/Cooldown.ts"
import * as CooldownTables from "../../../src/policy/CooldownTables.ts"
import * as failover from "../../../src/route/presets/failover.ts"
import * as Route from "../../../src/route/Route.ts"
import { Health } from "../../../src/target/Health.ts"
import * as Run from "./run.ts"

const route = (options?: { readonly resetCountOnExpiry: boolean }) => failover.over([Route.target("a/m")], options)
const rowOf = (credential: boolean) =>
  Effect.gen(function* () {
    const now = yield* Effect.clockWith((clock) => clock.currentTimeMillis)
    const rows = (yield* Health).rows(now)
    const row = rows.find((one) => (one.credential !== undefined) === credential)
    return row && { ...row, left: row.until === undefined ? 0 : (row.until - now) / 1000 }
  })
/** Seconds of each cooldown, where each follows right after the one before. */
const cooldowns = (
  reason: Reason,
  credential: boolean,
  times: number,
  options?: { readonly resetCountOnExpiry: boolean }
) =>
  Effect.gen(function* () {
    const all: Array<number> = []
    for (let index = 0; index < times; index++) {
      yield* Run.ask(route(options), { time: "2500 millis" })
      const left = (yield* rowOf(credential))?.left ?? 0
      const since = reason._tag === "ServerError" || reason._tag === "UnknownFailure" ? 0 : 2.5
      all.push(Math.round((left + since) * 1000) / 1000)
      yield* TestClock.adjust("2 hours")
    }
    return all
  }).pipe(Effect.provide(Run.world(Run.failing("a", reason))))
const perCredential = (failures: number, table: CooldownTables.TableName = "failover") => {
  const rule = CooldownTables.rulesFor(table, "RateLimited")[0] ?? assert.fail("no rule")
  return Duration.toMillis(Cooldown.after(rule, failures) ?? Duration.zero)
}

describe("failover: cooldowns of credentials", () => {
  it("F-4 and F-5 keep a credential's cooldown from 5 s to 300 s", () => {
    for (let failures = 1; failures < 60; failures++) {
      assert.isTrue(perCredential(failures) >= 5000 && perCredential(failures) <= 300_000)
    }
  })

  it("F-6 computes it from 400 ms doubled up to 30 s and a fixed share, the same each time", () => {
    assert.closeTo(perCredential(6), 12_800 * (1 + 0.1 * 0.55), 0.01)
    assert.strictEqual(perCredential(6), perCredential(6))
  })

  it("F-7 gives 5, 5, 5, 5, 6.55, 13.5, 27.8 and 30.5 s for the hits, and never above 33 s", () => {
    const expected = [5, 5, 5, 5, 6.55, 13.5, 27.8, 30.5]
    expected.forEach((seconds, hit) => assert.closeTo(perCredential(hit + 1) / 1000, seconds, 0.06, `hit ${hit}`))
    for (let hit = 8; hit < 100; hit++) assert.isAtMost(perCredential(hit + 1), 33_000)
  })

  it.effect("F-32 forgets the failures of a cooldown that has passed only where that is asked for", () =>
    Effect.gen(function* () {
      const grown = yield* cooldowns(Run.limited, true, 6)
      assert.isAbove(grown[5]!, 13)
      assert.deepStrictEqual(yield* cooldowns(Run.limited, true, 6, { resetCountOnExpiry: true }), [5, 5, 5, 5, 5, 5])
    })
  )

  it.effect("F-33 lets a credential cool down to its last moment, and no longer", () => {
    const a = Run.failing("a", Run.noKey)
    return Effect.gen(function* () {
      yield* Run.start(route())
      const health = yield* Health
      const key = { provider: "a", model: "n", credential: "default" }
      assert.strictEqual(health.verdict(key, 4999).state, "cooling")
      assert.notStrictEqual(health.verdict(key, 5000).state, "cooling")
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("F-34 and F-35 count from nothing, one more with each cooldown", () => {
    const a = Run.failing("a", Run.limited)
    return Effect.gen(function* () {
      assert.isUndefined(yield* rowOf(true))
      yield* Run.start(route())
      assert.strictEqual((yield* rowOf(true))?.failures, 1)
      yield* TestClock.adjust("1 hour")
      yield* Run.start(route())
      assert.strictEqual((yield* rowOf(true))?.failures, 2)
    }).pipe(Effect.provide(Run.world(a)))
  })
})

describe("failover: health of models", () => {
  it.effect("F-14, F-22 and F-44 forget all failures on a success, and on a reset", () => {
    const a = Run.recovering("a", [Run.limited, Run.limited])
    return Effect.gen(function* () {
      yield* Run.start(route())
      yield* TestClock.adjust("1 hour")
      yield* Run.start(route())
      yield* TestClock.adjust("1 hour")
      assert.strictEqual((yield* Run.start(route())).text, "a")
      const health = yield* Health
      assert.deepStrictEqual(health.rows(0), [])
      health.failure({ provider: "a", model: "m", credential: "x" }, Run.missing, 0)
      assert.isTrue(health.reset("a", "m"))
      assert.isFalse(health.reset("a", "unknown"))
      assert.deepStrictEqual(health.rows(0), [])
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("F-39 and F-40 know models as healthy or cooling, and never as disabled by failures", () => {
    const a = Run.failing("a", Run.missing)
    return Effect.gen(function* () {
      for (let index = 0; index < 9; index++) {
        yield* Run.start(route())
        assert.strictEqual((yield* rowOf(false))?.state, "cooling")
        yield* TestClock.adjust("1 hour")
        assert.strictEqual((yield* rowOf(false))?.state, "healthy")
      }
      assert.strictEqual(a.seen.length, 9)
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect(
    "F-41 and F-42 begin with 30 s after a rate limit, 10 s after what may pass, 60 s after key, money or model",
    () =>
      Effect.gen(function* () {
        const first = (reason: Reason) => Effect.map(cooldowns(reason, false, 1), (all) => all[0])
        assert.strictEqual(yield* first(Run.limited), 30)
        assert.strictEqual(yield* first(Run.down), 10)
        for (const reason of [Run.noKey, Run.forbidden, Run.empty, Run.missing]) {
          assert.strictEqual(yield* first(reason), 60, reason._tag)
        }
        assert.strictEqual(yield* first(Run.unknown), 0)
      })
  )

  it.effect("F-42 doubles with each consecutive failure, up to an hour", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* cooldowns(Run.limited, false, 9), [30, 60, 120, 240, 480, 960, 1920, 3600, 3600])
    })
  )

  it.effect("F-43 parks key, money or model for the whole hour from the third failure on", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* cooldowns(Run.missing, false, 4), [60, 120, 3600, 3600])
    })
  )

  it.effect("F-45 takes a model that nothing is known of for callable", () => {
    const a = Run.answering("a")
    return Effect.gen(function* () {
      const key = { provider: "a", model: "never asked", credential: "x" }
      assert.strictEqual((yield* Health).verdict(key, 0).state, "healthy")
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("F-46 shows each model with its state, what is left, its failures and the last reason", () => {
    const a = Run.failing("a", Run.missing)
    return Effect.gen(function* () {
      yield* Run.start(route())
      const row = yield* rowOf(false)
      assert.deepInclude(row, { model: "m", state: "cooling", left: 60, failures: 1, lastReason: "ModelNotFound" })
    }).pipe(Effect.provide(Run.world(a)))
  })

  it.effect("F-47 shares one table, in memory, between all routes of a process", () => {
    const a = Run.failing("a", Run.missing)
    return Effect.gen(function* () {
      yield* Run.start(route())
      const other = failover.over([Route.target("a/m"), Route.target("a/n")])
      assert.deepStrictEqual(Run.who(yield* Run.start(other)), ["a/n"])
    }).pipe(Effect.provide(Run.world(a)))
  })
})

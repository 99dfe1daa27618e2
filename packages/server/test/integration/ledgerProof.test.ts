import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Postgres from "../support/postgres.ts"
import * as Proof from "../support/proof/Proof.ts"

/** The short form; `benchmarks/ledgerProof.ts` plays the long one: 50,000 calls, 20 kills, 30 s of outage. */
const calls = 1_500
const kills = 2

/** A database of its own where it is PostgreSQL. */
const withStore = <A>(store: "SQLite" | "PostgreSQL", body: (postgres?: Postgres.Postgres) => Promise<A>) =>
  store === "SQLite"
    ? Effect.promise(() => body())
    : Effect.scoped(Effect.flatMap(Postgres.start, (server) => Effect.promise(() => body(server))))

const nothing = { wrong: [], missing: [] }

for (const store of ["SQLite", "PostgreSQL"] as const) {
  describe.skipIf(store === "PostgreSQL" && !Postgres.isInstalled)(`a gateway with its ledger in ${store}`, () => {
    it.live(
      "has each call and each attempt on record once, with faults, fallbacks, streams and callers that hang up",
      () =>
        Effect.gen(function* () {
          const result = yield* withStore(store, (postgres) => Proof.once({ durability: "batched", postgres }, calls))
          const { missing, outcomes, wrong } = result
          assert.deepStrictEqual({ wrong, missing }, nothing)
          assert.hasAllKeys(outcomes, ["answered", "failed", "cancelled"])
          assert.isAbove(result.attempts, result.calls)
          // What the router tells of a call and of its attempt is seen to be the same.
          assert.isAbove(result.sole, 0)
        }),
      60_000
    )

    it.live(
      "strict: has every attempt that was sent on record after kill -9, and leaves nothing open",
      () =>
        Effect.gen(function* () {
          const result = yield* withStore(store, (postgres) => Proof.killed({ durability: "strict", postgres }, kills))
          assert.deepStrictEqual(result.wrong, [])
          assert.deepStrictEqual(
            result.missing.filter(({ what }) => what.includes("an attempt")),
            []
          )
          assert.isAbove(result.outcomes["unfinished"] ?? 0, 0)
        }),
      60_000
    )

    it.live(
      "batched: loses no more than the last 50 ms to kill -9, and leaves nothing open",
      () =>
        Effect.gen(function* () {
          const result = yield* withStore(store, (postgres) => Proof.killed({ durability: "batched", postgres }, kills))
          assert.deepStrictEqual(result.wrong, [])
          assert.isAbove(result.calls, 0)
          // 50 ms, and what a machine that is busy with other tests adds: its processes stand still for that long.
          assert.isAtMost(result.lost[0] ?? 0, 250)
        }),
      60_000
    )
  })
}

describe.skipIf(!Postgres.isInstalled)("a gateway whose PostgreSQL is stopped", () => {
  it.live(
    "goes on with calls, and has all of them on record once afterwards",
    () =>
      Effect.gen(function* () {
        const { duringOutage, missing, spooled, wrong } = yield* Effect.scoped(
          Effect.flatMap(Postgres.start, (postgres) =>
            Effect.promise(() => Proof.outage({ durability: "batched", postgres }, 2_000))
          )
        )
        assert.deepStrictEqual({ wrong, missing }, nothing)
        assert.isAbove(duringOutage, 0)
        assert.isAbove(spooled, 0)
      }),
    60_000
  )

  it.live(
    "loses no more than the last moments when it is killed meanwhile, and leaves nothing open",
    () =>
      Effect.gen(function* () {
        const { calls, lost, missing, wrong } = yield* Effect.scoped(
          Effect.flatMap(Postgres.start, (postgres) =>
            Effect.promise(() => Proof.killedAway({ durability: "batched", postgres }))
          )
        )
        assert.deepStrictEqual(wrong, [])
        assert.isAbove(calls, 0)
        assert.isAtMost(lost[0] ?? 0, 250)
        // Of the gateway that was not killed nothing may be missing.
        assert.deepStrictEqual(
          missing.filter(({ call }) => Number(call) >= Proof.perKill),
          []
        )
      }),
    60_000
  )
})

import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Batch from "../../src/ledger/Batch.ts"
import * as Delivery from "../../src/ledger/Delivery.ts"
import type { Spool } from "../../src/ledger/Spool.ts"
import { type Store, StoreError } from "../../src/ledger/Store.ts"
import { idOf, wholeCall } from "../support/ledgerEntries.ts"
import * as TestClock from "effect/testing/TestClock"

/** A store and a spool in memory that go away and reject as told. */
const world = () => {
  const written: Array<string> = []
  const aside: Array<string> = []
  const waiting: Array<Batch.Batch> = []
  const state = { isAway: false, rejects: (_id: string) => false, writes: 0 }
  const fails = () => (state.isAway ? new StoreError({ kind: "away", message: "gone" }) : undefined)
  const store: Store = {
    dialect: "sqlite",
    where: "memory",
    ready: Effect.suspend(() =>
      state.isAway ? Effect.fail(new StoreError({ kind: "away", message: "gone" })) : Effect.void
    ),
    write: (batch) =>
      Effect.suspend(() => {
        state.writes++
        const away = fails()
        if (away !== undefined) return Effect.fail(away)
        const ids = [...batch.calls.keys()]
        if (ids.some(state.rejects)) return Effect.fail(new StoreError({ kind: "rejected", message: "no" }))
        written.push(...ids)
        return Effect.void
      }),
    run: () => Effect.succeed(0),
    read: () => Effect.succeed([])
  }
  const spool: Spool = {
    keep: (batch) => Effect.sync(() => void waiting.push(batch)),
    oldest: Effect.sync(() => {
      const [batch] = waiting
      return batch === undefined ? undefined : { batch, done: Effect.sync(() => void waiting.shift()) }
    }),
    setAside: (batch) => Effect.sync(() => void aside.push(...batch.calls.keys())),
    isEmpty: () => waiting.length === 0,
    rows: () => waiting.length,
    bytes: () => 0
  }
  return { aside, spool, state, store, waiting, written }
}

const calls = (...numbers: ReadonlyArray<number>): Batch.Batch => {
  const batch = Batch.empty()
  for (const n of numbers) for (const entry of wholeCall(n)) Batch.add(batch, entry, 0)
  return batch
}

const make = ({ spool, store }: ReturnType<typeof world>) =>
  Delivery.make({ store, spool, owner: "o", recover: store.ready, back: () => {} })

describe("Delivery", () => {
  it.effect("spools from the first failure on, and goes back to the store in order once it is there", () =>
    Effect.gen(function* () {
      const all = world()
      const delivery = yield* make(all)
      yield* delivery.deliver(calls(1))
      all.state.isAway = true
      yield* delivery.deliver(calls(2))
      yield* delivery.deliver(calls(3))
      assert.strictEqual(delivery.away(), "gone")
      assert.strictEqual(all.state.writes, 2)
      all.state.isAway = false
      assert.isFalse(delivery.canReplay())
      yield* TestClock.adjust("250 millis")
      assert.isTrue(delivery.canReplay())
      yield* delivery.deliver(calls(4))
      while (delivery.canReplay()) yield* delivery.replay
      assert.isUndefined(delivery.away())
      yield* delivery.deliver(calls(5))
      assert.deepStrictEqual(all.written, [1, 2, 3, 4, 5].map(idOf))
      assert.strictEqual(all.waiting.length, 0)
    }).pipe(Effect.scoped)
  )

  it.effect("asks an absent store again after 250 ms, 500 ms and so on, not at every batch", () =>
    Effect.gen(function* () {
      const all = world()
      all.state.isAway = true
      const delivery = yield* make(all)
      for (let n = 0; n < 50; n++) yield* delivery.deliver(calls(n))
      assert.strictEqual(all.state.writes, 0)
      assert.strictEqual(all.waiting.length, 50)
    }).pipe(Effect.scoped)
  )

  it.effect("sets aside the one row that a store rejects, and writes all others", () =>
    Effect.gen(function* () {
      const all = world()
      const delivery = yield* make(all)
      all.state.rejects = (id) => id === idOf(5)
      yield* delivery.deliver(calls(1, 2, 3, 4, 5, 6, 7))
      assert.deepStrictEqual(all.written, [1, 2, 3, 4, 6, 7].map(idOf))
      assert.deepStrictEqual(all.aside, [idOf(5)])
      assert.isUndefined(delivery.away())
    }).pipe(Effect.scoped)
  )

  it.effect("begins with what the spool holds from before", () =>
    Effect.gen(function* () {
      const all = world()
      all.waiting.push(calls(1))
      const delivery = yield* make(all)
      assert.isTrue(delivery.canReplay())
      yield* delivery.replay
      assert.deepStrictEqual(all.written, [idOf(1)])
      assert.isUndefined(delivery.away())
    }).pipe(Effect.scoped)
  )
})

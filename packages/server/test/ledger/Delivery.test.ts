import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as Batch from "../../src/ledger/Batch.ts"
import * as Delivery from "../../src/ledger/Delivery.ts"
import type { Spool } from "../../src/ledger/Spool.ts"
import { SpoolError } from "../../src/ledger/Spool.ts"
import { type Store, StoreError } from "../../src/ledger/Store.ts"
import { idOf, wholeCall } from "../support/ledgerEntries.ts"
import * as TestClock from "effect/testing/TestClock"

/** As `node --expose-gc` has it. */
const collectGarbage = (): void => {
  setFlagsFromString("--expose-gc")
  runInNewContext("gc")()
}

/** A store and a spool in memory that go away and reject as told. */
const world = () => {
  const written: Array<string> = []
  const aside: Array<string> = []
  const waiting: Array<Batch.Batch> = []
  const owners: Array<string> = []
  const mended: Array<unknown> = []
  const state = { isAway: false, rejects: (_id: string) => false, writes: 0, recovers: 0, took: 0 }
  const fails = () => (state.isAway ? new StoreError({ kind: "away", message: "gone" }) : undefined)
  const store: Store = {
    dialect: "sqlite",
    where: "memory",
    ready: Effect.suspend(() => {
      state.recovers++
      return state.isAway ? Effect.fail(new StoreError({ kind: "away", message: "gone" })) : Effect.void
    }),
    write: (batch, owner) =>
      Effect.suspend(() => {
        owners.push(owner)
        const { took } = state
        state.writes++
        const away = fails()
        if (away !== undefined) return Effect.fail(away)
        const ids = [...batch.calls.keys()]
        if (ids.some(state.rejects)) return Effect.fail(new StoreError({ kind: "rejected", message: "no" }))
        const done = Effect.sync(() => void written.push(...ids))
        return took === 0 ? done : Effect.delay(done, took)
      }),
    run: (statements) => Effect.sync(() => mended.push(...statements.flatMap(({ values }) => values))),
    read: () => Effect.succeed([])
  }
  const spool: Spool = {
    keep: (batch) => Effect.sync(() => void waiting.push(batch)),
    oldest: Effect.sync(() => {
      const [batch] = waiting
      return batch === undefined ? undefined : { batch, owner: "dead", done: Effect.sync(() => void waiting.shift()) }
    }),
    setAside: (batch) => Effect.sync(() => void aside.push(...batch.calls.keys())),
    isEmpty: () => waiting.length === 0,
    rows: () => waiting.length,
    bytes: () => 0
  }
  return { aside, mended, owners, spool, state, store, waiting, written }
}

const calls = (...numbers: ReadonlyArray<number>): Batch.Batch => {
  const batch = Batch.empty()
  for (const n of numbers) for (const entry of wholeCall(n)) Batch.add(batch, entry, () => 0)
  return batch
}

const make = ({ spool, store }: Pick<ReturnType<typeof world>, "spool" | "store">) =>
  Delivery.make({ store, spool, owner: "o", recover: store.ready })

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
      yield* TestClock.adjust("249 millis")
      assert.deepStrictEqual(all.written, [idOf(1)])
      yield* delivery.deliver(calls(4))
      yield* TestClock.adjust("1 millis")
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

  it.effect(
    "is away, and says so once of store and spool, until the batch is written that neither a full store nor a full spool took",
    () =>
      Effect.gen(function* () {
        const all = world()
        const said: Array<string> = []
        const logger = Logger.make(({ logLevel }) => void said.push(logLevel))
        let isFull = true
        const full = new StoreError({ kind: "away", message: "disk is full" })
        const store: Store = {
          ...all.store,
          write: (...args) => (isFull ? Effect.fail(full) : all.store.write(...args))
        }
        const keep = () => Effect.fail(new SpoolError({ message: "disk is full" }))
        const options = { store, spool: { ...all.spool, keep }, owner: "o", recover: store.ready }
        yield* Effect.gen(function* () {
          const delivery = yield* Delivery.make(options)
          const delivering = yield* Effect.forkChild(delivery.deliver(calls(1)), { startImmediately: true })
          for (let second = 0; second < 60; second++) {
            yield* TestClock.adjust("1 second")
            assert.strictEqual(delivery.away(), "disk is full")
          }
          assert.deepStrictEqual(said, ["Warn", "Warn"])
          isFull = false
          yield* TestClock.adjust("1 second")
          yield* Fiber.join(delivering)
          assert.isUndefined(delivery.away())
          assert.deepStrictEqual(said, ["Warn", "Warn", "Info"])
          assert.deepStrictEqual(all.written, [idOf(1)])
        }).pipe(Effect.provide(Logger.layer([logger])))
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
      assert.isDefined(delivery.away())
      yield* TestClock.adjust(0)
      assert.deepStrictEqual(all.written, [idOf(1)])
      assert.isUndefined(delivery.away())
    }).pipe(Effect.scoped)
  )

  it.effect("writes what a dead process left under that one's name, and looks then for calls that it left open", () =>
    Effect.gen(function* () {
      const all = world()
      all.waiting.push(calls(1))
      yield* make(all)
      yield* TestClock.adjust(0)
      assert.deepStrictEqual(all.owners, ["dead"])
      assert.deepStrictEqual(all.mended, [idOf(1), idOf(1)])
      assert.strictEqual(all.state.recovers, 2)
    }).pipe(Effect.scoped)
  )

  it.effect("goes on until nothing waits where a batch comes while it looks for such calls", () =>
    Effect.gen(function* () {
      const all = world()
      all.waiting.push(calls(1))
      const { spool, store } = all
      const delays: Array<number> = [0, 10]
      const recover = Effect.suspend(() => Effect.delay(store.ready, delays.shift() ?? 0))
      const making = yield* Effect.forkChild(Delivery.make({ store, spool, owner: "o", recover }))
      yield* TestClock.adjust(0)
      const delivery = yield* Fiber.join(making)
      yield* TestClock.adjust("5 millis")
      yield* delivery.deliver(calls(2))
      assert.deepStrictEqual([all.written, all.waiting.length], [[idOf(1)], 1])
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual([all.written, all.waiting.length], [[1, 2].map(idOf), 0])
    }).pipe(Effect.scoped)
  )

  it.effect("keeps a batch that is old already in the spool at once", () =>
    Effect.gen(function* () {
      const all = world()
      const delivery = yield* make(all)
      all.state.took = 100
      yield* TestClock.setTime(42)
      yield* delivery.deliver(calls(1))
      assert.strictEqual(all.waiting.length, 1)
      assert.strictEqual(all.state.writes, 1)
    }).pipe(Effect.scoped)
  )

  it.effect(
    "keeps in the spool as well what a store has not taken in time, and what comes until it has caught up",
    () =>
      Effect.gen(function* () {
        const all = world()
        const delivery = yield* make(all)
        all.state.took = 100
        const first = yield* Effect.forkChild(delivery.deliver(calls(1)), { startImmediately: true })
        yield* TestClock.adjust("11 millis")
        assert.strictEqual(all.waiting.length, 0)
        yield* TestClock.adjust("1 millis")
        yield* Fiber.join(first)
        assert.strictEqual(all.waiting.length, 1)
        yield* delivery.deliver(calls(2))
        assert.strictEqual(all.waiting.length, 2)
        assert.strictEqual(all.state.writes, 1)
        assert.isUndefined(delivery.away())
        const settled = yield* Effect.forkChild(delivery.settled, { startImmediately: true })
        all.state.took = 0
        yield* TestClock.adjust("87 millis")
        assert.isUndefined(settled.pollUnsafe())
        yield* TestClock.adjust("6 millis")
        yield* Fiber.join(settled)
        assert.strictEqual(all.waiting.length, 0)
        yield* delivery.deliver(calls(3))
        assert.deepStrictEqual(all.written, [1, 1, 2, 3].map(idOf))
      }).pipe(Effect.scoped)
  )

  it.effect("keeps nothing of the time that it waits for room, however long that takes", () =>
    Effect.gen(function* () {
      const { spool, state, store } = world()
      const failures: Array<WeakRef<SpoolError>> = []
      const full = Effect.suspend(() => {
        const error = new SpoolError({ message: "full" })
        failures.push(new WeakRef(error))
        return Effect.fail(error)
      })
      const delivery = yield* make({ store, spool: { ...spool, keep: () => full } })
      state.isAway = true
      const fiber = yield* Effect.forkChild(delivery.deliver(calls(1)))
      yield* TestClock.adjust("1 minute")
      yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
      collectGarbage()
      assert.isAtLeast(failures.length, 500)
      assert.isAtMost(failures.filter((failure) => failure.deref() !== undefined).length, 10)
      yield* Fiber.interrupt(fiber)
    })
  )
})

import { assert, describe, it } from "@effect/vitest"
import { Ledger } from "@orelse/core/layer/Ledger"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import * as Batch from "../../src/ledger/Batch.ts"
import * as LedgerSqlite from "../../src/ledger/LedgerSqlite.ts"
import * as LedgerStore from "../../src/ledger/LedgerStore.ts"
import * as Owner from "../../src/ledger/Owner.ts"
import * as PostgresStore from "../../src/ledger/PostgresStore.ts"
import * as Retention from "../../src/ledger/Retention.ts"
import * as Spool from "../../src/ledger/Spool.ts"
import * as SqliteStore from "../../src/ledger/SqliteStore.ts"
import { statement, type Store } from "../../src/ledger/Store.ts"
import { appEvent, callStart, idOf, temporaryFolder, wholeCall } from "../support/ledgerEntries.ts"
import * as Postgres from "../support/postgres.ts"

const open = <E>(layer: Layer.Layer<Ledger, E>) =>
  Effect.flatMap(Layer.build(layer), (context) => Effect.provide(Ledger, context))

const fill = (numbers: ReadonlyArray<number>, startedAt?: number): Batch.Batch => {
  const batch = Batch.empty()
  for (const n of numbers)
    for (const entry of wholeCall(n))
      Batch.add(batch, entry._tag === "CallStart" && startedAt !== undefined ? { ...entry, startedAt } : entry, () => 0)
  return batch
}

const countOf = (store: Store, table: string) =>
  Effect.map(store.read(statement(`SELECT count(*) AS n FROM ${table}`)), ([row]) => row?.["n"])

describe("SQLite shared by several ledgers", () => {
  it.live("keeps the rows of both, and gives up no call of the other while it lives", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "a.db")
      const one = yield* open(LedgerSqlite.layer({ path }))
      yield* one.append(callStart(9_000))
      yield* one.flush
      const two = yield* open(LedgerSqlite.layer({ path }))
      yield* Effect.all(
        [one, two].map((ledger, side) =>
          Effect.forEach(
            Array.from({ length: 500 }, (_, n) => n * 2 + side),
            (n) => Effect.andThen(Effect.forEach(wholeCall(n), ledger.append), Effect.sleep(0)),
            { discard: true }
          )
        ),
        { concurrency: "unbounded" }
      )
      yield* one.flush
      const { totals } = yield* two.calls({})
      assert.strictEqual(totals.calls, 1_001)
      assert.strictEqual((yield* two.call(idOf(9_000)))?.call.outcome, "running")
      assert.isTrue((yield* one.status).healthy)
    }).pipe(Effect.scoped)
  )

  it.live("opens once another process that is making the file is done with it", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "a.db")
      const other = new DatabaseSync(path)
      other.exec("BEGIN EXCLUSIVE")
      const opening = yield* Effect.forkChild(open(LedgerSqlite.layer({ path })))
      yield* Effect.sleep(200)
      assert.isUndefined(opening.pollUnsafe())
      other.exec("COMMIT")
      other.close()
      const ledger = yield* Fiber.join(opening)
      assert.isTrue((yield* ledger.status).healthy)
    }).pipe(Effect.scoped)
  )

  it.live("gives up what a ledger left open that is gone", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "a.db")
      yield* Effect.scoped(Effect.flatMap(open(LedgerSqlite.layer({ path })), (ledger) => ledger.append(callStart(1))))
      const ledger = yield* open(LedgerSqlite.layer({ path }))
      const story = yield* ledger.call(idOf(1))
      assert.strictEqual(story?.call.outcome, "unfinished")
      assert.isDefined(story?.call.endedAt)
    }).pipe(Effect.scoped)
  )

  it.live("is refused where a newer Orelse made the tables, with what to do", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "a.db")
      yield* Effect.scoped(open(LedgerSqlite.layer({ path })))
      const raw = new DatabaseSync(path)
      raw.exec("INSERT INTO orelse_migrations VALUES (99, 'later', 0)")
      raw.close()
      const error = yield* Effect.flip(Effect.scoped(open(LedgerSqlite.layer({ path }))))
      assert.include(error.message, "newer Orelse")
    }).pipe(Effect.scoped)
  )

  it.live("can be looked at beside a running gateway, without leaving a trace", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "a.db")
      const gateway = yield* open(LedgerSqlite.layer({ path }))
      yield* Effect.forEach(wholeCall(1), gateway.append)
      yield* gateway.flush
      const reader = yield* open(LedgerStore.readOnly({ store: "sqlite", path }))
      assert.strictEqual((yield* reader.calls({})).totals.calls, 1)
      assert.strictEqual((yield* reader.call(idOf(1)))?.attempts.length, 1)
      const missing = LedgerStore.readOnly({ store: "sqlite", path: `${path}.nope` })
      assert.include((yield* Effect.flip(Effect.scoped(open(missing)))).message, "cannot be opened")
      assert.isFalse(existsSync(`${path}.nope`))
    }).pipe(Effect.scoped)
  )
})

describe("A row that SQLite does not take", () => {
  it.live("is set aside beside the spool, and all others are kept", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "a.db")
      const ledger = yield* open(LedgerSqlite.layer({ path }))
      yield* Effect.forEach(wholeCall(1), ledger.append)
      // A number of no bounds is null to SQLite, and this column must hold one.
      yield* ledger.append(callStart(2, { startedAt: Number.NaN }))
      yield* Effect.forEach(wholeCall(3), ledger.append)
      const { totals } = yield* ledger.calls({})
      assert.strictEqual(totals.calls, 2)
      assert.isTrue((yield* ledger.status).healthy)
      assert.include(readFileSync(join(`${path}.spool`, "rejected.jsonl"), "utf8"), idOf(2))
    }).pipe(Effect.scoped)
  )
})

describe("Retention", () => {
  it.effect("deletes what is older in small portions, with its attempts, and leaves the rest and what is open", () =>
    Effect.gen(function* () {
      const store = yield* SqliteStore.make({ path: ":memory:", synchronous: "normal" })
      const day = Duration.toMillis("1 day")
      yield* TestClock.setTime(10 * day)
      yield* store.write(
        fill(
          Array.from({ length: 250 }, (_, n) => n),
          1 * day
        ),
        "o"
      )
      yield* store.write(fill([1_000, 1_001], 9 * day), "o")
      const open = Batch.empty()
      Batch.add(open, callStart(2_000, { startedAt: day }), () => 0)
      Batch.add(open, appEvent(1, { at: day }), () => 0)
      Batch.add(open, appEvent(2, { at: 9 * day }), () => 0)
      yield* store.write(open, "o")
      const sweeping = yield* Effect.forkChild(Retention.sweep(store, Duration.days(2)), { startImmediately: true })
      assert.strictEqual(yield* countOf(store, "calls"), 153)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* Fiber.join(sweeping), 251)
      assert.strictEqual(yield* countOf(store, "calls"), 3)
      assert.strictEqual(yield* countOf(store, "attempts"), 2)
      assert.strictEqual(yield* countOf(store, "events"), 1)
    }).pipe(Effect.scoped)
  )

  it.live.skipIf(!Postgres.isInstalled)("leaves no attempt behind where two gateways sweep one database at once", () =>
    Effect.gen(function* () {
      const { url } = yield* Postgres.start
      const open = PostgresStore.make({ url: Redacted.make(url), where: "here" })
      const one = yield* open
      const two = yield* open
      yield* one.ready
      yield* one.write(fill(Array.from({ length: 300 }, (_, n) => n * 3)), "o")
      assert.strictEqual(Number(yield* countOf(one, "attempt_rows")), 600)
      // Who holds one of the rows has both begin before one of them has ended.
      const holds = [
        statement("SELECT 1 FROM attempt_rows WHERE call_id = ? FOR UPDATE", idOf(0)),
        statement("SELECT pg_sleep(0.5)")
      ]
      yield* Effect.forkChild((yield* open).run(holds), { startImmediately: true })
      yield* Effect.sleep("200 millis")
      const sweeps = [one, two].map((store) => Retention.sweep(store, Duration.millis(0)))
      const deleted = yield* Effect.all(sweeps, { concurrency: "unbounded" })
      assert.strictEqual(Number(yield* countOf(one, "calls")), 0)
      assert.strictEqual(Number(yield* countOf(one, "attempt_rows")), 0)
      assert.strictEqual(
        deleted.reduce((sum, n) => sum + n, 0),
        300
      )
    }).pipe(Effect.scoped)
  )
})

describe("Spool", () => {
  it.live("gives batches back in order, once done, and says how much waits", () =>
    Effect.gen(function* () {
      const folder = join(yield* temporaryFolder, "spool")
      const owner = yield* Owner.make
      const spool = yield* Spool.make({ folder, maxBytes: 1_000_000, sync: true, owner })
      assert.isFalse(existsSync(folder))
      for (let n = 0; n < 300; n++) yield* spool.keep(fill([n]))
      assert.strictEqual(spool.rows(), 300 * 2 + 100)
      const seen: Array<string> = []
      while (!spool.isEmpty()) {
        const portion = yield* spool.oldest
        seen.push(...(portion?.batch.calls.keys() ?? []))
        yield* portion?.done ?? Effect.void
      }
      assert.deepStrictEqual(
        seen,
        Array.from({ length: 300 }, (_, n) => idOf(n))
      )
      assert.deepStrictEqual(readdirSync(folder), [])
      assert.strictEqual(spool.bytes(), 0)
    }).pipe(Effect.scoped)
  )

  it.live("takes no more than its size", () =>
    Effect.gen(function* () {
      const folder = join(yield* temporaryFolder, "spool")
      const spool = yield* Spool.make({ folder, maxBytes: 3_000, sync: true, owner: yield* Owner.make })
      yield* spool.keep(fill([1]))
      const error = yield* Effect.flip(spool.keep(fill(Array.from({ length: 10 }, (_, n) => n))))
      assert.include(error.message, "full")
    }).pipe(Effect.scoped)
  )
})

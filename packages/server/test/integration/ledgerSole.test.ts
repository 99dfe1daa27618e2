import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import * as Batch from "../../src/ledger/Batch.ts"
import * as PostgresStore from "../../src/ledger/PostgresStore.ts"
import * as Queries from "../../src/ledger/Queries.ts"
import * as Retention from "../../src/ledger/Retention.ts"
import * as Rows from "../../src/ledger/Rows.ts"
import * as SqliteStore from "../../src/ledger/SqliteStore.ts"
import { statement, type Store, type StoreError } from "../../src/ledger/Store.ts"
import * as Tables from "../../src/ledger/Tables.ts"
import { attempt, callEnd, idOf, temporaryFolder, wholeCall } from "../support/ledgerEntries.ts"
import * as Postgres from "../support/postgres.ts"

const batchOf = (from = 0, to = Infinity): Batch.Batch => {
  const batch = Batch.empty()
  for (const entry of wholeCall(1).slice(from, to)) Batch.add(batch, entry, () => 0)
  return batch
}

/** As it comes from the spool, where each part is a block. */
const spooled = (...parts: ReadonlyArray<Batch.Batch>) => Batch.fromLines(parts.map(Batch.toLines).join(""))

/** A write of which its gateway does not know whether it was done comes again from the spool; and may be done after that. */
const orders: { readonly [name: string]: () => ReadonlyArray<Batch.Batch> } = {
  once: () => [batchOf()],
  twice: () => [batchOf(), batchOf()],
  "and again from the spool": () => [batchOf(), spooled(batchOf())],
  "late, after it came from the spool": () => [spooled(batchOf()), batchOf()],
  "in two batches": () => [batchOf(0, 2), batchOf(2)],
  "in two batches, and again from the spool": () => [batchOf(0, 2), batchOf(2), spooled(batchOf(0, 2), batchOf(2))],
  "in two batches, the second and then both from the spool": () => [
    batchOf(0, 2),
    spooled(batchOf(2)),
    spooled(batchOf(0, 2), batchOf(2))
  ],
  "in two batches that come from the spool as one, and the first again, late": () => [
    spooled(batchOf(0, 2), batchOf(2)),
    batchOf(0, 2)
  ]
}

const suite = (name: string, make: Effect.Effect<Store, StoreError, Scope.Scope>, isSkipped = false) =>
  describe.skipIf(isSkipped)(`an only attempt in ${name}`, () => {
    const count = (store: Store, table: string) =>
      Effect.map(store.read(statement(`SELECT count(*) AS n FROM ${table}`)), ([row]) => Number(row?.["n"]))

    it.live("stands in its call's row, and goes with it", () =>
      Effect.gen(function* () {
        const store = yield* make
        yield* store.ready
        yield* store.write(batchOf(), "me")
        assert.strictEqual(yield* count(store, "attempt_rows"), 0)
        assert.strictEqual(yield* count(store, "attempts"), 1)
        for (const filter of [{ provider: "openai" }, { outcome: "answered" }] as const) {
          const [totals] = yield* store.read(Queries.totals(filter))
          assert.strictEqual(Queries.toTotals(totals).calls, 1)
        }
        for (const filter of [{ provider: "mine" }, { reason: "RateLimited" }]) {
          const [totals] = yield* store.read(Queries.totals(filter))
          assert.strictEqual(Queries.toTotals(totals).calls, 0)
        }
        assert.strictEqual(yield* Retention.sweep(store, Duration.millis(0)), 1)
        assert.strictEqual(yield* count(store, "attempts"), 0)
      }).pipe(Effect.scoped)
    )

    it.live("is there once, and whole, however its call is written", () =>
      Effect.gen(function* () {
        const store = yield* make
        yield* store.ready
        for (const [name, batches] of Object.entries(orders)) {
          yield* store.run([statement("DELETE FROM calls"), statement("DELETE FROM attempt_rows")])
          for (const batch of batches()) yield* store.write(batch, "me")
          const [call] = yield* store.read(Queries.call(idOf(1)))
          const { outcome, usage } = Rows.toCall(call ?? {})
          assert.deepStrictEqual({ outcome, usage }, { outcome: "answered", usage: callEnd(1).usage }, name)
          const attempts = yield* store.read(Queries.attempts(idOf(1)))
          assert.deepStrictEqual(attempts.map(Rows.toAttempt), [attempt(1)], name)
        }
      }).pipe(Effect.scoped)
    )
  })

const sqlite = Effect.flatMap(temporaryFolder, (folder) =>
  SqliteStore.make({ path: join(folder, "a.db"), synchronous: "normal" })
)

suite("SQLite", sqlite)

suite(
  "PostgreSQL",
  Effect.flatMap(Postgres.start, ({ url }) => PostgresStore.make({ url: Redacted.make(url), where: "here" })),
  !Postgres.isInstalled
)

describe("a file of before", () => {
  it.live("keeps the attempts that it holds", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "old.db")
      const db = new DatabaseSync(path)
      db.exec(Tables.bookkeeping)
      for (const { id, name, statements } of Tables.migrations.slice(0, 2)) {
        for (const sql of statements("sqlite")) db.exec(sql)
        db.prepare("INSERT INTO orelse_migrations (id, name, applied_at) VALUES (?, ?, 0)").run(id, name)
      }
      const columns = Tables.quoted(Tables.wholeAttempt)
      const values = Rows.wholeAttempt(idOf(1), attempt(1))
      db.prepare(`INSERT INTO attempts (${columns}) VALUES (${values.map(() => "?").join()})`).run(...values)
      db.close()
      const store = yield* SqliteStore.make({ path, synchronous: "normal" })
      const attempts = yield* store.read(Queries.attempts(idOf(1)))
      assert.deepStrictEqual(attempts.map(Rows.toAttempt), [attempt(1)])
    }).pipe(Effect.scoped)
  )
})

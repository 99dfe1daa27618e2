import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { readFileSync } from "node:fs"
import { DatabaseSync } from "node:sqlite"
import { join } from "node:path"
import * as SqliteWorker from "../../src/ledger/SqliteWorker.ts"
import { statement } from "../../src/ledger/Store.ts"
import { temporaryFolder } from "../support/ledgerEntries.ts"

describe("SqliteWorker", () => {
  it.live("answers the question after one at which its thread ended, with a thread of its own", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "late.db")
      const worker = yield* SqliteWorker.make(path)
      const error = yield* Effect.flip(worker.read(statement("SELECT 1 AS one")))
      assert.match(error.message, /^SQLite: unable to open database file/)
      new DatabaseSync(path).close()
      assert.deepStrictEqual(yield* worker.read(statement("SELECT 1 AS one")), [{ one: 1 }])
    }).pipe(Effect.scoped)
  )

  it.live("moves what is written meanwhile, too, so that the log begins anew", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "busy.db")
      const db = yield* Effect.acquireRelease(
        Effect.sync(() => new DatabaseSync(path)),
        (db) => Effect.sync(() => db.close())
      )
      db.exec("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE t (x)")
      const write = db.prepare("INSERT INTO t VALUES (zeroblob(?))")
      // How often the log was begun anew: sqlite.org/fileformat2.html, 4.1.
      const sequence = () => readFileSync(`${path}-wal`).readUInt32BE(12)
      const worker = yield* SqliteWorker.make(path)
      yield* worker.read(statement("SELECT 1 AS one"))
      write.run(100_000_000)
      const before = sequence()
      const asked = yield* Effect.forkChild(worker.checkpoint)
      for (let n = 0; n < 3; n++) {
        yield* Effect.sleep("5 millis")
        write.run(10)
      }
      yield* Fiber.join(asked)
      write.run(10)
      assert.isAbove(sequence(), before)
    }).pipe(Effect.scoped)
  )
})

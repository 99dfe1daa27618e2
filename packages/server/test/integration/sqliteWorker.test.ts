import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
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
})

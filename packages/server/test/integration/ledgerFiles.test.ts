import { assert, describe, it } from "@effect/vitest"
import { Ledger } from "@orelse/core/layer/Ledger"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { chmodSync, readdirSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Batch from "../../src/ledger/Batch.ts"
import * as LedgerSqlite from "../../src/ledger/LedgerSqlite.ts"
import * as Spool from "../../src/ledger/Spool.ts"
import { temporaryFolder, wholeCall } from "../support/ledgerEntries.ts"

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)

/** A call on record in the file, as it lies there while its gateway runs. */
const recorded = (path: string) =>
  Effect.gen(function* () {
    const ledger = yield* Effect.provide(Ledger, yield* Layer.build(LedgerSqlite.layer({ path })))
    for (const entry of wholeCall(1)) yield* ledger.append(entry)
    yield* ledger.flush
  })

const batch = () => {
  const made = Batch.empty()
  for (const entry of wholeCall(1)) Batch.add(made, entry, () => 0)
  return made
}

describe("files of the ledger", () => {
  it.live("are their owner's alone, and so are the folders that are made for them", () =>
    Effect.gen(function* () {
      const folder = join(yield* temporaryFolder, "var", "orelse")
      yield* recorded(join(folder, "orelse.db"))
      assert.deepStrictEqual([modeOf(join(folder, "..")), modeOf(folder)], ["700", "700"])
      const names = readdirSync(folder).sort()
      assert.deepStrictEqual(names, ["orelse.db", "orelse.db-shm", "orelse.db-wal"])
      for (const name of names) assert.strictEqual(modeOf(join(folder, name)), "600", name)
    }).pipe(Effect.scoped)
  )

  it.live("are their owner's alone where rows wait in the spool or are set aside beside it", () =>
    Effect.gen(function* () {
      const folder = join(yield* temporaryFolder, "orelse.db.spool")
      const owner = { id: "mine", machine: "here", process: "1@1" }
      const spool = yield* Spool.make({ folder, maxBytes: 1_000_000, sync: false, owner })
      yield* spool.setAside(batch())
      yield* spool.keep(batch())
      assert.strictEqual(modeOf(folder), "700")
      const names = readdirSync(folder)
      assert.lengthOf(names, 2)
      for (const name of names) assert.strictEqual(modeOf(join(folder, name)), "600", name)
    }).pipe(Effect.scoped)
  )

  it.live("stay as they are where somebody made them for others to read", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "orelse.db")
      writeFileSync(path, "")
      chmodSync(path, 0o640)
      yield* recorded(path)
      assert.deepStrictEqual([modeOf(path), modeOf(`${path}-wal`)], ["640", "640"])
    }).pipe(Effect.scoped)
  )
})

import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import { mkdirSync, readdirSync, renameSync } from "node:fs"
import { join } from "node:path"
import * as Batch from "../../src/ledger/Batch.ts"
import * as Spool from "../../src/ledger/Spool.ts"
import { idOf, temporaryFolder, wholeCall } from "../support/ledgerEntries.ts"

const opened = (folder: string, id: string) =>
  Spool.make({ folder, maxBytes: 1_000_000, sync: false, owner: { id, machine: "here", process: "1@1" } })

/** The spool with the call of this number, as the process `dead` left it. */
const left = (folder: string, n: number) =>
  Effect.gen(function* () {
    const batch = Batch.empty()
    for (const entry of wholeCall(n)) Batch.add(batch, entry, () => 0)
    yield* (yield* opened(folder, "dead")).keep(batch)
  }).pipe(Effect.scoped)

describe("what an earlier process left in the spool", () => {
  it.effect("is taken over but for what cannot be read, which stays where it lies and is named in the log", () =>
    Effect.gen(function* () {
      const folder = join(yield* temporaryFolder, "spool")
      yield* left(folder, 1)
      const [name = ""] = readdirSync(folder)
      renameSync(join(folder, name), join(folder, name.replace(/\.1@1\./, ".999999999@1.")))
      const unreadable = join(folder, "000000002.999999999@1.other.spool.jsonl")
      mkdirSync(unreadable)
      const said: Array<string> = []
      const logger = Logger.make(({ message }) => void said.push(String(message)))
      const spool = yield* opened(folder, "mine").pipe(Effect.provide(Logger.layer([logger])))
      const portion = yield* spool.oldest
      assert.deepStrictEqual([...(portion?.batch.calls.keys() ?? [])], [idOf(1)])
      assert.strictEqual(portion?.owner, "dead")
      assert.strictEqual(said.length, 1)
      assert.include(said[0], `${unreadable}: EISDIR`)
      assert.include(said[0], "start again")
      assert.include(readdirSync(folder), "000000002.999999999@1.other.spool.jsonl")
    }).pipe(Effect.scoped)
  )

  it.effect("is nothing, and nothing is said, where the folder was never made", () =>
    Effect.gen(function* () {
      const folder = join(yield* temporaryFolder, "spool")
      const said: Array<unknown> = []
      const logger = Logger.make(({ message }) => void said.push(message))
      const spool = yield* opened(folder, "mine").pipe(Effect.provide(Logger.layer([logger])))
      assert.isTrue(spool.isEmpty())
      assert.deepStrictEqual(said, [])
    }).pipe(Effect.scoped)
  )
})

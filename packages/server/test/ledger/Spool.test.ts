import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import { appendFileSync, mkdirSync, readdirSync, readFileSync, renameSync } from "node:fs"
import { join } from "node:path"
import * as Batch from "../../src/ledger/Batch.ts"
import * as Spool from "../../src/ledger/Spool.ts"
import { idOf, temporaryFolder, wholeCall } from "../support/ledgerEntries.ts"

const opened = (folder: string, id: string, more: Partial<Spool.Options> = {}) =>
  Spool.make({ folder, maxBytes: 1_000_000, sync: false, owner: { id, machine: "here", process: "1@1" }, ...more })

const batchOf = (...numbers: ReadonlyArray<number>): Batch.Batch => {
  const batch = Batch.empty()
  for (const n of numbers) for (const entry of wholeCall(n)) Batch.add(batch, entry, () => 0)
  return batch
}

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)

/** Everything that waits, portion by portion; it is forgotten as the store would have it. */
const emptied = Effect.fnUntraced(function* (spool: Spool.Spool) {
  const portions: Array<ReadonlyArray<string>> = []
  while (!spool.isEmpty()) {
    const portion = yield* spool.oldest
    portions.push([...(portion?.batch.calls.keys() ?? [])])
    yield* portion?.done ?? Effect.void
  }
  return portions
})

/** The spool with the call of this number, as the process `dead` left it. */
const left = (folder: string, n: number) =>
  Effect.scoped(Effect.flatMap(opened(folder, "dead"), (spool) => spool.keep(batchOf(n))))

describe("what is kept in the spool", () => {
  it.effect.each([false, true])("comes back in order, and is gone from the disk once it is done (strict: %s)", (sync) =>
    Effect.gen(function* () {
      const folder = join(yield* temporaryFolder, "spool")
      const spool = yield* opened(folder, "mine", { sync })
      yield* spool.keep(batchOf(1, 2))
      yield* spool.keep(batchOf(3))
      const portion = yield* spool.oldest
      assert.deepStrictEqual([portion?.owner, [...(portion?.batch.calls.keys() ?? [])]], ["mine", [1, 2, 3].map(idOf)])
      yield* spool.keep(batchOf(4))
      yield* portion?.done ?? Effect.void
      assert.deepStrictEqual(yield* emptied(spool), [[idOf(4)]])
      assert.deepStrictEqual([spool.rows(), spool.bytes(), readdirSync(folder)], [0, 0, []])
      assert.isUndefined(yield* spool.oldest)
    }).pipe(Effect.scoped)
  )

  it.effect("comes back in portions, each of which is closed at 256 KiB", () =>
    Effect.gen(function* () {
      const spool = yield* opened(join(yield* temporaryFolder, "spool"), "mine")
      const first: Array<number> = []
      while (spool.bytes() < 256 * 1024) {
        const next = numbers(first.length + 1, first.length + 10)
        yield* spool.keep(batchOf(...next))
        first.push(...next)
      }
      yield* spool.keep(batchOf(first.length + 1))
      assert.deepStrictEqual(yield* emptied(spool), [first.map(idOf), [idOf(first.length + 1)]])
    }).pipe(Effect.scoped)
  )

  it.effect("is no more than may lie there: the batch that goes beyond is refused whole", () =>
    Effect.gen(function* () {
      const folder = join(yield* temporaryFolder, "spool")
      const first = yield* opened(folder, "mine")
      yield* first.keep(batchOf(1))
      const exact = yield* opened(join(folder, "exact"), "mine", { maxBytes: first.bytes() })
      yield* exact.keep(batchOf(1))
      const full = yield* opened(join(folder, "full"), "mine", { maxBytes: first.bytes() - 1 })
      const error = yield* Effect.flip(full.keep(batchOf(1)))
      assert.include(error.message, "is full")
      assert.deepStrictEqual([full.isEmpty(), full.rows()], [true, 0])
    }).pipe(Effect.scoped)
  )

  it.effect("is whole but for a line that was cut when its process died", () =>
    Effect.gen(function* () {
      const folder = join(yield* temporaryFolder, "spool")
      yield* Effect.scoped(Effect.flatMap(opened(folder, "dead"), (spool) => spool.keep(batchOf(1))))
      const [name = ""] = readdirSync(folder)
      appendFileSync(join(folder, name), Batch.toLines(batchOf(2)).slice(0, 40))
      renameSync(join(folder, name), join(folder, name.replace(/\.1@1\./, ".999999999@1.")))
      const spool = yield* opened(folder, "mine")
      assert.deepStrictEqual(yield* emptied(spool), [[idOf(1)]])
    }).pipe(Effect.scoped)
  )
})

describe("what no store takes", () => {
  it.effect("is set aside for a person, also where the folder was never made", () =>
    Effect.gen(function* () {
      const folder = join(yield* temporaryFolder, "spool")
      const spool = yield* opened(folder, "mine")
      yield* spool.setAside(batchOf(1))
      yield* spool.setAside(batchOf(2))
      assert.isTrue(spool.isEmpty())
      const lines = Batch.fromLines(readFileSync(join(folder, "rejected.jsonl"), "utf8"))
      assert.deepStrictEqual([...lines.calls.keys()], [1, 2].map(idOf))
    }).pipe(Effect.scoped)
  )
})

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

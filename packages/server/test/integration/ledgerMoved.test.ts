import { assert, describe, it } from "@effect/vitest"
import { Ledger, type LedgerUnavailable } from "@orelse/core/layer/Ledger"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import * as LedgerSqlite from "../../src/ledger/LedgerSqlite.ts"
import { idOf, temporaryFolder, wholeCall } from "../support/ledgerEntries.ts"

type Service = Ledger["Service"]

const open = (path: string) =>
  Effect.flatMap(Layer.build(LedgerSqlite.layer({ path })), (context) => Effect.provide(Ledger, context))

const write = (ledger: Service, n: number) =>
  Effect.andThen(
    Effect.forEach(wholeCall(n), (entry) => ledger.append(entry), { discard: true }),
    ledger.flush
  )

/** What somebody finds who opens the file. */
const idsIn = (path: string): ReadonlyArray<unknown> => {
  const db = new DatabaseSync(path, { readOnly: true })
  const rows = db.prepare("SELECT id FROM calls ORDER BY id").all()
  db.close()
  return rows.map(({ id }) => id)
}

/** Until a file is at the path again. */
const untilThere = (path: string) =>
  Effect.suspend(() => (existsSync(path) ? Effect.void : Effect.fail("not yet"))).pipe(
    Effect.retry(Schedule.spaced("20 millis")),
    Effect.timeout("10 seconds"),
    Effect.orDie
  )

/** Until the ledger says that of its store. */
const untilHealthy = (ledger: Service, isHealthy: boolean) =>
  ledger.status.pipe(
    Effect.filterOrFail(
      (status) => status.healthy === isHealthy,
      () => "not yet"
    ),
    Effect.retry(Schedule.spaced("20 millis")),
    Effect.timeout("10 seconds"),
    Effect.orDie
  )

/** Two processes' worth of ledgers in one file, each with a call on record. */
const two = (path: string): Effect.Effect<readonly [Service, Service], LedgerUnavailable, Scope.Scope> =>
  Effect.gen(function* () {
    const [one, other] = [yield* open(path), yield* open(path)]
    yield* write(one, 1)
    yield* write(other, 2)
    assert.lengthOf((yield* one.calls({})).calls, 2)
    return [one, other]
  })

describe("Ledger in a SQLite file that is taken away while gateways write to it", () => {
  it.live("goes on in a new file where the old one was moved, and leaves the old one whole", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "a.db")
      const [one, other] = yield* two(path)
      const away = join(dirname(path), "moved")
      for (const name of readdirSync(dirname(path))) renameSync(join(dirname(path), name), `${away}${name.slice(4)}`)
      yield* untilThere(path)
      // The other ledger looks within the same second.
      yield* Effect.sleep("1200 millis")
      yield* write(one, 3)
      yield* write(other, 4)
      assert.deepStrictEqual(idsIn(path), [idOf(3), idOf(4)])
      assert.deepStrictEqual(
        (yield* one.calls({})).calls.map(({ id }) => id),
        [idOf(4), idOf(3)]
      )
      assert.deepStrictEqual(idsIn(away), [idOf(1), idOf(2)])
      assert.isTrue((yield* other.status).healthy)
    }).pipe(Effect.scoped)
  )

  it.live("goes on in a new file where the old one was removed, but not its log", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "a.db")
      const [one, other] = yield* two(path)
      rmSync(path)
      yield* untilThere(path)
      yield* Effect.sleep("1200 millis")
      yield* write(one, 3)
      yield* write(other, 4)
      assert.deepStrictEqual(idsIn(path), [idOf(3), idOf(4)])
    }).pipe(Effect.scoped)
  )

  const unfit: Readonly<Record<string, (path: string) => void>> = {
    "a text": (path) => writeFileSync(path, "no database, and longer than the head of one would be\n".repeat(20)),
    "a folder": (path) => mkdirSync(path),
    "another program's database": (path) => {
      const db = new DatabaseSync(path)
      db.exec("CREATE TABLE calls (what TEXT)")
      db.close()
    }
  }
  for (const [what, put] of Object.entries(unfit))
    it.live(`keeps its rows in the spool while ${what} stands in its place, and says so`, () =>
      Effect.gen(function* () {
        const path = join(yield* temporaryFolder, "a.db")
        const ledger = yield* open(path)
        yield* write(ledger, 1)
        for (const end of ["", "-wal", "-shm"]) rmSync(`${path}${end}`, { force: true })
        put(path)
        yield* Effect.sleep("1200 millis")
        yield* write(ledger, 2)
        yield* untilHealthy(ledger, false)
        assert.strictEqual((yield* Effect.exit(ledger.calls({})))._tag, "Failure")
        yield* write(ledger, 3)
        rmSync(path, { recursive: true })
        yield* untilHealthy(ledger, true)
        assert.deepStrictEqual(idsIn(path), [idOf(2), idOf(3)])
      }).pipe(Effect.scoped)
    )

  it.live("goes on in its own file where that comes back", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "a.db")
      const ledger = yield* open(path)
      yield* write(ledger, 1)
      renameSync(path, `${path}.old`)
      mkdirSync(path)
      yield* Effect.sleep("1200 millis")
      yield* write(ledger, 2)
      yield* untilHealthy(ledger, false)
      rmSync(path, { recursive: true })
      renameSync(`${path}.old`, path)
      yield* untilHealthy(ledger, true)
      assert.deepStrictEqual(idsIn(path), [idOf(1), idOf(2)])
    }).pipe(Effect.scoped)
  )
})

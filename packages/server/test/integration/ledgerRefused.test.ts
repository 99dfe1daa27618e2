import { assert, describe, it } from "@effect/vitest"
import { Ledger } from "@orelse/core/layer/Ledger"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import * as LedgerSqlite from "../../src/ledger/LedgerSqlite.ts"
import * as LedgerStore from "../../src/ledger/LedgerStore.ts"
import { idOf, temporaryFolder, wholeCall } from "../support/ledgerEntries.ts"

const open = (path: string) =>
  Effect.flatMap(Layer.build(LedgerSqlite.layer({ path })), (context) => Effect.provide(Ledger, context))

const inDatabase = (path: string, sql: string): void => {
  const db = new DatabaseSync(path)
  db.exec(sql)
  db.close()
}

/** Everything in its folder: names, and contents of files. */
const around = (path: string) =>
  readdirSync(dirname(path)).map((name) => {
    const at = join(dirname(path), name)
    return [name, statSync(at).isDirectory() ? "" : readFileSync(at, "base64")]
  })

interface Refused {
  readonly what: string
  readonly put: (path: string) => Effect.Effect<void>
  readonly said: RegExp
}

const another = /^The ledger \S+a\.db cannot be opened: it is another program's database, and was left as it is; name a/

const refused: ReadonlyArray<Refused> = [
  {
    what: "another program's database",
    put: (path) => Effect.sync(() => inDatabase(path, "CREATE TABLE users (id INTEGER)")),
    said: another
  },
  {
    what: "another program's database with a table of ours by name",
    put: (path) => Effect.sync(() => inDatabase(path, "CREATE TABLE calls (id INTEGER)")),
    said: another
  },
  {
    what: "another program's database in WAL mode",
    put: (path) =>
      Effect.sync(() => inDatabase(path, "PRAGMA journal_mode = WAL; CREATE VIEW numbers AS SELECT 1 AS one")),
    said: another
  },
  {
    what: "a ledger of a newer Orelse",
    put: (path) =>
      Effect.andThen(
        Effect.orDie(Effect.scoped(open(path))),
        Effect.sync(() => inDatabase(path, "INSERT INTO orelse_migrations VALUES (99, 'later', 0)"))
      ),
    said: /cannot be opened: the tables were made by a newer Orelse \(migration 99, this one knows \d+\); upgrade/
  },
  {
    what: "a text",
    put: (path) => Effect.sync(() => writeFileSync(path, "no database, and longer than its head\n".repeat(20))),
    said: /cannot be opened: SQLite: file is not a database; check ledger\.path/
  },
  {
    what: "a folder",
    put: (path) => Effect.sync(() => mkdirSync(path)),
    said: /cannot be opened: it is a folder; name a file/
  }
]

describe("a file that is no ledger", () => {
  for (const { put, said, what } of refused)
    it.live(`is refused where it is ${what}, and neither it nor what lies beside it is changed`, () =>
      Effect.gen(function* () {
        const path = join(yield* temporaryFolder, "a.db")
        yield* put(path)
        const before = around(path)
        assert.match((yield* Effect.flip(Effect.scoped(open(path)))).message, said)
        assert.deepStrictEqual(around(path), before)
        const checked = yield* Effect.flip(LedgerStore.check({ store: "sqlite", path }))
        assert.match(checked.message, said)
        assert.deepStrictEqual(around(path), before)
      }).pipe(Effect.scoped)
    )

  it.live("is refused while its own program writes to it, also by another name, and that program hears nothing", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "other.db")
      const link = join(yield* temporaryFolder, "a.db")
      symlinkSync(path, link)
      const db = new DatabaseSync(path)
      db.exec(
        "PRAGMA journal_mode = WAL; CREATE TABLE users (id INTEGER); BEGIN IMMEDIATE; INSERT INTO users VALUES (1)"
      )
      assert.match((yield* Effect.flip(Effect.scoped(open(link)))).message, another)
      db.exec("COMMIT")
      assert.lengthOf(db.prepare("SELECT id FROM users").all(), 1)
      db.close()
    }).pipe(Effect.scoped)
  )
})

describe("a check of the ledger's file", () => {
  const check = (path: string) => LedgerStore.check({ store: "sqlite", path })

  it.live("makes no file where none is, and none beside an empty one", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "a.db")
      yield* check(path)
      assert.deepStrictEqual(around(path), [])
      writeFileSync(path, "")
      yield* check(path)
      assert.deepStrictEqual(around(path), [["a.db", ""]])
    }).pipe(Effect.scoped)
  )

  it.live("passes a ledger, at rest and while a gateway writes to it, and changes nothing of it", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "a.db")
      yield* Effect.scoped(open(path))
      const before = around(path)
      yield* check(path)
      assert.deepStrictEqual(around(path), before)
      const ledger = yield* open(path)
      yield* Effect.forEach(wholeCall(1), ledger.append)
      yield* check(path)
      yield* ledger.flush
      assert.isDefined(yield* ledger.call(idOf(1)))
    }).pipe(Effect.scoped)
  )

  it.effect("has nothing to say of a store that is no file", () =>
    Effect.andThen(
      LedgerStore.check({ store: "none", path: "/" }),
      LedgerStore.check({ store: "sqlite", path: ":memory:" })
    )
  )
})

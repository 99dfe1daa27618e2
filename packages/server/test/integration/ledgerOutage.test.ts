import { assert, describe, it } from "@effect/vitest"
import { Ledger } from "@orelse/core/layer/Ledger"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Reactivity from "effect/reactivity/Reactivity"
import * as Schedule from "effect/Schedule"
import { existsSync, readdirSync } from "node:fs"
import { DatabaseSync } from "node:sqlite"
import { join } from "node:path"
import * as LedgerPostgres from "../../src/ledger/LedgerPostgres.ts"
import * as LedgerSqlite from "../../src/ledger/LedgerSqlite.ts"
import * as PostgresStore from "../../src/ledger/PostgresStore.ts"
import { idOf, temporaryFolder, wholeCall } from "../support/ledgerEntries.ts"
import * as Postgres from "../support/postgres.ts"

/** `ORELSE_LONG=1` plays the acceptance: 50,000 calls, 30 s of outage. */
const isLong = process.env["ORELSE_LONG"] !== undefined
const outage = isLong ? "30 seconds" : "1500 millis"
const volume = isLong ? 50_000 : 5_000

type Service = Ledger["Service"]

const open = <E>(layer: Layer.Layer<Ledger, E>) =>
  Effect.flatMap(Layer.build(layer), (context) => Effect.provide(Ledger, context))

/** Calls from `from` to `to`, 64 at a time, as fast as the ledger takes them; answers the longest `append`, in ms. */
const write = (ledger: Service, from: number, to: number, pause?: number) =>
  Effect.gen(function* () {
    let longest = 0
    let next = from
    const worker = Effect.gen(function* () {
      while (next < to) {
        for (const entry of wholeCall(next++)) {
          const began = performance.now()
          yield* ledger.append(entry)
          longest = Math.max(longest, performance.now() - began)
        }
        yield* pause === undefined
          ? Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
          : Effect.sleep(pause)
      }
    })
    yield* Effect.all(
      Array.from({ length: 64 }, () => worker),
      { concurrency: "unbounded", discard: true }
    )
    return longest
  })

/** Waits until nothing is spooled and the store says it is healthy. */
const untilHealthy = (ledger: Service) =>
  ledger.status.pipe(
    Effect.filterOrFail(({ healthy, spooled }) => healthy && spooled === 0),
    Effect.retry(Schedule.spaced("20 millis")),
    Effect.andThen(ledger.flush)
  )

/** Every call of 0..count is there once, ended, with each of its attempts. */
const assertAll = (ledger: Service, count: number) =>
  Effect.gen(function* () {
    const seen = new Map<string, number>()
    let cursor: string | undefined
    do {
      const page = yield* ledger.calls({ limit: 1000, cursor })
      for (const { attempts, id, outcome } of page.calls) {
        assert.isFalse(seen.has(id), `${id} twice`)
        assert.strictEqual(outcome, "answered")
        seen.set(id, attempts ?? 0)
      }
      cursor = page.next
    } while (cursor !== undefined)
    for (let n = 0; n < count; n++) assert.strictEqual(seen.get(idOf(n)), n % 3 === 0 ? 2 : 1, `call ${n}`)
    assert.strictEqual(seen.size, count)
    // Attempts by their own rows, not by the number on the call.
    const failed = yield* ledger.calls({ reason: "RateLimited", limit: 1 })
    assert.strictEqual(failed.totals.calls, Math.ceil(count / 3))
    assert.strictEqual((yield* ledger.call(idOf(0)))?.attempts.length, 2)
  })

describe("Ledger at full speed", () => {
  it.live(
    "keeps each call and each attempt exactly once in SQLite",
    () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        const ledger = yield* open(LedgerSqlite.layer({ path: join(folder, "a.db") }))
        yield* write(ledger, 0, volume)
        yield* assertAll(ledger, volume)
      }).pipe(Effect.scoped),
    300_000
  )

  it.live.skipIf(!Postgres.isInstalled)(
    "keeps each call and each attempt exactly once in PostgreSQL",
    () =>
      Effect.gen(function* () {
        const { url } = yield* Postgres.start
        const spoolPath = join(yield* temporaryFolder, "spool")
        const ledger = yield* open(LedgerPostgres.layer({ url: Redacted.make(url), spoolPath }))
        yield* write(ledger, 0, volume)
        // A database that a busy machine keeps waiting is away for the ledger, and rows are spooled.
        yield* untilHealthy(ledger)
        yield* assertAll(ledger, volume)
      }).pipe(Effect.scoped),
    300_000
  )
})

describe.skipIf(!Postgres.isInstalled)("Ledger while PostgreSQL is away", () => {
  const inOutage = (away: (server: Postgres.Postgres) => Effect.Effect<void>, back: typeof away) =>
    Effect.gen(function* () {
      const server = yield* Postgres.start
      const spoolPath = join(yield* temporaryFolder, "spool")
      const ledger = yield* open(LedgerPostgres.layer({ url: Redacted.make(server.url), spoolPath }))
      yield* write(ledger, 0, 200)
      yield* ledger.flush
      yield* away(server)
      const writing = yield* Effect.forkChild(write(ledger, 200, 2000, 40))
      yield* Effect.sleep(outage)
      const during = yield* ledger.status
      yield* back(server)
      const longest = yield* Fiber.join(writing)
      yield* untilHealthy(ledger)
      yield* assertAll(ledger, 2000)
      return { during, longest }
    }).pipe(Effect.scoped)

  it.live(
    "goes on with calls while the server is stopped, and writes their rows afterwards, none twice",
    () =>
      Effect.gen(function* () {
        const { during, longest } = yield* inOutage(
          (server) => server.stop,
          (server) => server.start
        )
        assert.isFalse(during.healthy)
        assert.isAbove(during.spooled, 0)
        assert.isBelow(longest, 500)
      }),
    120_000
  )

  it.live(
    "goes on with calls while the server stands still, and writes their rows afterwards, none twice",
    () =>
      Effect.gen(function* () {
        const { longest } = yield* inOutage(
          (server) => server.freeze,
          (server) => server.thaw
        )
        assert.isBelow(longest, 500)
      }),
    120_000
  )

  it.live("starts without its database, and writes the rows once it is there", () =>
    Effect.gen(function* () {
      const server = yield* Postgres.start
      yield* server.stop
      const spoolPath = join(yield* temporaryFolder, "spool")
      const ledger = yield* open(LedgerPostgres.layer({ url: Redacted.make(server.url), spoolPath }))
      yield* write(ledger, 0, 50)
      yield* ledger.flush
      assert.isFalse((yield* ledger.status).healthy)
      const error = yield* Effect.flip(ledger.calls({}))
      assert.notInclude(error.message, "postgres://")
      yield* server.start
      yield* untilHealthy(ledger)
      yield* assertAll(ledger, 50)
    }).pipe(Effect.scoped)
  )
})

describe("Ledger in PostgreSQL, at its ends", () => {
  it.live.skipIf(!Postgres.isInstalled)("makes its tables again in a database that was made anew while it ran", () =>
    Effect.gen(function* () {
      const server = yield* Postgres.start
      const spoolPath = join(yield* temporaryFolder, "spool")
      const ledger = yield* open(LedgerPostgres.layer({ url: Redacted.make(server.url), spoolPath }))
      yield* write(ledger, 1_000, 1_003)
      yield* ledger.flush
      yield* Effect.scoped(
        Effect.flatMap(PgClient.make({ url: Redacted.make(server.url) }), (sql) =>
          Effect.andThen(sql.unsafe("DROP SCHEMA public CASCADE"), sql.unsafe("CREATE SCHEMA public"))
        ).pipe(Effect.provideServiceEffect(Reactivity.Reactivity, Reactivity.make))
      )
      yield* write(ledger, 0, 50)
      // Whoever reads fails until the tables are there.
      yield* Effect.retry(ledger.calls({}), Schedule.spaced("20 millis"))
      yield* untilHealthy(ledger)
      yield* assertAll(ledger, 50)
    }).pipe(Effect.scoped)
  )

  it.live.skipIf(!Postgres.isInstalled)("leaves another program's tables as they are, and says what to do", () =>
    Effect.gen(function* () {
      const server = yield* Postgres.start
      const sql = yield* PgClient.make({ url: Redacted.make(server.url) }).pipe(
        Effect.provideServiceEffect(Reactivity.Reactivity, Reactivity.make)
      )
      yield* sql.unsafe("CREATE TABLE attempts (theirs TEXT)")
      const spoolPath = join(yield* temporaryFolder, "spool")
      const ledger = yield* open(LedgerPostgres.layer({ url: Redacted.make(server.url), spoolPath }))
      yield* write(ledger, 0, 50)
      const store = yield* PostgresStore.make({ url: Redacted.make(server.url), where: "there" })
      const error = yield* Effect.flip(store.ready)
      assert.match(
        error.message,
        /"attempts" already exists: 42P07; it is another program's, name a database of its own/
      )
      const tables = yield* sql.unsafe("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
      assert.deepStrictEqual(tables, [{ tablename: "attempts" }])
      yield* sql.unsafe("DROP TABLE attempts")
      yield* untilHealthy(ledger)
      yield* assertAll(ledger, 50)
    }).pipe(Effect.scoped)
  )

  it.live.skipIf(!Postgres.isInstalled)("writes the last rows on closing, though it has no connection then", () =>
    Effect.gen(function* () {
      const server = yield* Postgres.start
      const spoolPath = join(yield* temporaryFolder, "spool")
      const layer = LedgerPostgres.layer({ url: Redacted.make(server.url), spoolPath })
      yield* Effect.scoped(
        Effect.gen(function* () {
          const ledger = yield* open(layer)
          // Breaks the connection that the start has made.
          yield* server.stop
          yield* server.start
          yield* write(ledger, 0, 3)
        })
      )
      // Connecting may have taken so long that they went through the spool.
      assert.deepStrictEqual(existsSync(spoolPath) ? readdirSync(spoolPath) : [], [])
      yield* assertAll(yield* open(layer), 3)
    }).pipe(Effect.scoped)
  )

  it.live("closes at once where the server is not there", () =>
    Effect.gen(function* () {
      const spoolPath = join(yield* temporaryFolder, "spool")
      const layer = LedgerPostgres.layer({ url: Redacted.make("postgres://u:hidden@127.0.0.1:1/db"), spoolPath })
      const began = performance.now()
      const status = yield* Effect.scoped(Effect.flatMap(open(layer), (ledger) => ledger.status))
      assert.isFalse(status.healthy)
      assert.notInclude(JSON.stringify(status), "hidden")
      assert.isBelow(performance.now() - began, 2_000)
    }).pipe(Effect.scoped)
  )

  it.live.each(["hidden", "http://u:hidden@host/db", ""])("refuses %j as an address, without repeating it", (url) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Effect.scoped(open(LedgerPostgres.layer({ url: Redacted.make(url) }))))
      assert.include(error.message, "ledger.url")
      assert.notInclude(error.message, "hidden")
    })
  )
})

describe("Ledger while another process holds SQLite's lock", () => {
  it.live("goes on with calls, and writes their rows afterwards, none twice", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "a.db")
      const ledger = yield* open(LedgerSqlite.layer({ path }))
      const other = new DatabaseSync(path)
      other.exec("BEGIN IMMEDIATE")
      yield* write(ledger, 0, 100)
      yield* ledger.flush
      assert.strictEqual((yield* ledger.status).healthy, false)
      assert.strictEqual((yield* ledger.status).spooled, 234)
      other.exec("COMMIT")
      other.close()
      yield* untilHealthy(ledger)
      yield* assertAll(ledger, 100)
    }).pipe(Effect.scoped)
  )

  it.live("slows callers down when the spool is full as well, and loses nothing", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "a.db")
      const ledger = yield* open(LedgerSqlite.layer({ path, spoolSize: 2_000, queueLimit: 100 }))
      const other = new DatabaseSync(path)
      other.exec("BEGIN IMMEDIATE")
      const writing = yield* Effect.forkChild(write(ledger, 0, 500), { startImmediately: true })
      yield* Effect.sleep("2500 millis")
      assert.isUndefined(writing.pollUnsafe())
      // 64 writers may each have put one entry in before they wait.
      assert.isAtMost((yield* ledger.status).queued, 164)
      other.exec("COMMIT")
      other.close()
      yield* Fiber.join(writing)
      yield* untilHealthy(ledger)
      yield* assertAll(ledger, 500)
    }).pipe(Effect.scoped)
  )

  it.live("is read all the same when the spool is full as well", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "a.db")
      const ledger = yield* open(LedgerSqlite.layer({ path, spoolSize: 2_000 }))
      yield* write(ledger, 0, 3)
      yield* ledger.flush
      const other = new DatabaseSync(path)
      other.exec("BEGIN IMMEDIATE")
      const writing = yield* Effect.forkChild(write(ledger, 3, 500), { startImmediately: true })
      yield* Effect.sleep("500 millis")
      const began = performance.now()
      const [page, story] = yield* Effect.all([ledger.calls({}), ledger.call(idOf(0)), ledger.failures({})], {
        concurrency: "unbounded"
      })
      assert.isBelow(performance.now() - began, 2_500)
      assert.strictEqual(page.totals.calls, 3)
      assert.strictEqual(story?.attempts.length, 2)
      other.exec("COMMIT")
      other.close()
      yield* Fiber.join(writing)
      yield* untilHealthy(ledger)
      yield* assertAll(ledger, 500)
    }).pipe(Effect.scoped)
  )

  it.live("takes over what a ledger before it left in the spool", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "a.db")
      yield* Effect.scoped(open(LedgerSqlite.layer({ path })))
      const other = new DatabaseSync(path)
      other.exec("BEGIN IMMEDIATE")
      yield* Effect.scoped(Effect.flatMap(open(LedgerSqlite.layer({ path })), (ledger) => write(ledger, 0, 20)))
      other.exec("COMMIT")
      other.close()
      const ledger = yield* open(LedgerSqlite.layer({ path }))
      yield* untilHealthy(ledger)
      yield* assertAll(ledger, 20)
    }).pipe(Effect.scoped)
  )

  it.live("gives up what a ledger before it left open, in the store and in the spool", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "a.db")
      const [start, first, , ...rest] = wholeCall(0)
      const other = new DatabaseSync(path)
      yield* Effect.scoped(
        Effect.gen(function* () {
          const ledger = yield* open(LedgerSqlite.layer({ path }))
          for (const entry of [start, first]) if (entry !== undefined) yield* ledger.append(entry)
          yield* ledger.flush
          other.exec("BEGIN IMMEDIATE")
          for (const entry of [rest[0], ...wholeCall(1).slice(0, 2)])
            if (entry !== undefined) yield* ledger.append(entry)
        })
      )
      other.exec("COMMIT")
      other.close()
      const ledger = yield* open(LedgerSqlite.layer({ path }))
      yield* untilHealthy(ledger)
      for (const [id, attempts] of [
        [idOf(0), 2],
        [idOf(1), 1]
      ] as const) {
        const story = yield* ledger.call(id)
        assert.deepStrictEqual([story?.call.outcome, story?.call.attempts], ["unfinished", attempts])
        assert.deepStrictEqual(
          story?.attempts.map(({ outcome }) => outcome),
          Array(attempts).fill("unfinished")
        )
      }
    }).pipe(Effect.scoped)
  )
})

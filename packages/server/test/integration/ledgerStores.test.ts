import { assert, describe, it } from "@effect/vitest"
import { Ledger, type LedgerUnavailable } from "@orelse/core/layer/Ledger"
import * as LedgerMemory from "@orelse/core/layer/LedgerMemory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import * as LedgerPostgres from "../../src/ledger/LedgerPostgres.ts"
import * as LedgerSqlite from "../../src/ledger/LedgerSqlite.ts"
import * as Tables from "../../src/ledger/Tables.ts"
import { appEvent, attempt, callEnd, callStart, idOf, temporaryFolder, wholeCall } from "../support/ledgerEntries.ts"
import * as Postgres from "../support/postgres.ts"

type Make = Effect.Effect<Layer.Layer<Ledger, LedgerUnavailable>, never, Scope.Scope>

/** What every store does alike. */
const suite = (name: string, make: Make, isSkipped = false) =>
  describe.skipIf(isSkipped)(`Ledger in ${name}`, () => {
    it.live("gives back a call with its attempts and events as they were appended", () =>
      Effect.gen(function* () {
        const ledger = yield* open(yield* make)
        const start = callStart(1, {
          caller: "team-a",
          metadata: { run: "run-1", user: "u1", seed: 7, flag: true },
          tags: ["x", "y"],
          requestBody: String.raw`{"escaped":"\ud83d\ude00"}`
        })
        const failed = attempt(1, {
          outcome: "failed",
          reason: "RateLimited",
          action: "nextTarget",
          retryAfterMs: 1500,
          message: "é😀"
        })
        yield* ledger.append(start)
        yield* ledger.append({ _tag: "AttemptEnd", callId: start.id, attempt: failed })
        yield* ledger.append({ _tag: "AttemptEnd", callId: start.id, attempt: attempt(2) })
        yield* ledger.append(callEnd(1))
        const told = appEvent(1, { data: { note: String.raw`C:\u0000, {"escaped":"\ud83d\ude00"}` } })
        yield* ledger.append(told)
        const story = yield* ledger.call(start.id)
        const { _tag, ...startRow } = start
        const { _tag: _, ...endRow } = callEnd(1)
        assert.deepStrictEqual(story?.call, { ...startRow, ...endRow })
        assert.deepStrictEqual(story?.attempts, [failed, attempt(2)])
        assert.deepStrictEqual(story?.events, [told])
        const ofRun = yield* ledger.calls({ metadata: { run: "run-1" } })
        assert.deepStrictEqual(ofRun.events, [told])
        assert.isUndefined((yield* ledger.calls({})).events)
        assert.isUndefined(yield* ledger.call("\0"))
      }).pipe(Effect.scoped)
    )

    it.live("gives back a call that its first attempt answered, as it was appended", () =>
      Effect.gen(function* () {
        const ledger = yield* open(yield* make)
        for (const entry of wholeCall(1)) yield* ledger.append(entry)
        const story = yield* ledger.call(idOf(1))
        assert.deepStrictEqual(story?.attempts, [attempt(1)])
        const { _tag, ...end } = callEnd(1)
        assert.deepInclude(story?.call, end)
        yield* Effect.forEach(wholeCall(1), ledger.append)
        yield* ledger.flush
        assert.deepStrictEqual((yield* ledger.call(idOf(1)))?.attempts, [attempt(1)])
      }).pipe(Effect.scoped)
    )

    it.live("pages from new to old without gaps and totals the whole filter", () =>
      Effect.gen(function* () {
        const ledger = yield* open(yield* make)
        for (let n = 0; n < 25; n++) for (const entry of wholeCall(n)) yield* ledger.append(entry)
        const first = yield* ledger.calls({ limit: 10 })
        const second = yield* ledger.calls({ limit: 10, cursor: first.next })
        const third = yield* ledger.calls({ limit: 10, cursor: second.next })
        const ids = [first, second, third].flatMap((page) => page.calls.map((call) => call.id))
        assert.deepStrictEqual(
          ids,
          Array.from({ length: 25 }, (_, n) => idOf(24 - n))
        )
        assert.strictEqual(third.next, undefined)
        const { costUsd, ...totals } = third.totals
        assert.deepStrictEqual(totals, { calls: 25, attempts: 34, inputTokens: 2500, outputTokens: 500 })
        assert.closeTo(costUsd, 0.05, 1e-9)
      }).pipe(Effect.scoped)
    )

    it.live("finds calls by each filter, by who was asked and by what went wrong on the way", () =>
      Effect.gen(function* () {
        const ledger = yield* open(yield* make)
        for (let n = 0; n < 21; n++) for (const entry of wholeCall(n)) yield* ledger.append(entry)
        yield* ledger.append(callStart(30, { route: "cheap", caller: "team-b" }))
        const count = (filter: Parameters<typeof ledger.calls>[0]) =>
          Effect.map(ledger.calls(filter), (page) => [page.calls.length, page.totals.calls])
        assert.deepStrictEqual(yield* count({ provider: "mine" }), [7, 7])
        assert.deepStrictEqual(yield* count({ reason: "RateLimited" }), [7, 7])
        assert.deepStrictEqual(yield* count({ outcome: "running" }), [1, 1])
        assert.deepStrictEqual(yield* count({ route: "cheap", caller: "team-b" }), [1, 1])
        assert.deepStrictEqual(yield* count({ metadata: { run: "run-1" } }), [4, 4])
        assert.deepStrictEqual(yield* count({ metadata: { seed: "3", application: "tests" } }), [3, 3])
        assert.deepStrictEqual(yield* count({ metadata: { seed: "nope" } }), [0, 0])
        assert.deepStrictEqual(yield* count({ since: callStart(20).startedAt }), [2, 2])
        assert.deepStrictEqual(yield* count({ until: callStart(20).startedAt, limit: 5 }), [5, 20])
      }).pipe(Effect.scoped)
    )

    it.live("keeps one row however often its entries come", () =>
      Effect.gen(function* () {
        const ledger = yield* open(yield* make)
        for (let turn = 0; turn < 3; turn++) {
          for (const entry of wholeCall(3)) yield* ledger.append(entry)
          yield* ledger.flush
        }
        assert.deepStrictEqual((yield* ledger.calls({})).totals.calls, 1)
        assert.strictEqual((yield* ledger.call(idOf(3)))?.attempts.length, 2)
        assert.strictEqual((yield* ledger.call(idOf(3)))?.call.outcome, "answered")
      }).pipe(Effect.scoped)
    )

    it.live("gives back answers that no rule knew, each once and those seen last first", () =>
      Effect.gen(function* () {
        const ledger = yield* open(yield* make)
        const seen = [
          { fixture: "a", startedAt: 10 },
          { fixture: "b", startedAt: 20, provider: "mine" },
          { fixture: "a", startedAt: 30 },
          { startedAt: 40 }
        ]
        for (const [n, more] of seen.entries()) {
          yield* ledger.append(callStart(n))
          yield* ledger.append({ _tag: "AttemptEnd", callId: idOf(n), attempt: attempt(1, more) })
        }
        assert.deepStrictEqual(yield* ledger.failures({}), ["a", "b"])
        assert.deepStrictEqual(yield* ledger.failures({ limit: 1 }), ["a"])
        assert.deepStrictEqual(yield* ledger.failures({ until: 30 }), ["b", "a"])
        assert.deepStrictEqual(yield* ledger.failures({ since: 20, provider: "mine" }), ["b"])
        assert.deepStrictEqual(yield* ledger.failures({ since: 31 }), [])
      }).pipe(Effect.scoped)
    )
  })

const open = (layer: Layer.Layer<Ledger, LedgerUnavailable>) =>
  Effect.flatMap(Layer.build(layer), (context) => Effect.provide(Ledger, context))

suite("memory", Effect.succeed(LedgerMemory.layer()))

suite(
  "SQLite",
  Effect.map(temporaryFolder, (folder) => LedgerSqlite.layer({ path: join(folder, "deep", "a.db"), bodies: "full" }))
)

suite(
  "SQLite, in a file whose calls lie in the tree of their key, as the first gateways made it",
  Effect.map(temporaryFolder, (folder) => {
    const path = join(folder, "old.db")
    const db = new DatabaseSync(path)
    db.exec(Tables.bookkeeping)
    for (const { id, name, statements } of Tables.migrations.slice(0, 2)) {
      for (const sql of statements("sqlite"))
        db.exec(sql.startsWith("CREATE TABLE calls") ? `${sql} WITHOUT ROWID` : sql)
      db.prepare("INSERT INTO orelse_migrations (id, name, applied_at) VALUES (?, ?, 0)").run(id, name)
    }
    db.close()
    return LedgerSqlite.layer({ path, bodies: "full" })
  })
)

suite(
  "PostgreSQL",
  Effect.gen(function* () {
    const server = yield* Postgres.start
    const spoolPath = join(yield* temporaryFolder, "spool")
    return LedgerPostgres.layer({ url: Redacted.make(server.url), spoolPath, bodies: "full" })
  }),
  !Postgres.isInstalled
)

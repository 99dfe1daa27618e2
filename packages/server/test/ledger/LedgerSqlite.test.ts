import { assert, describe, it } from "@effect/vitest"
import { Ledger } from "@orelse/core/layer/Ledger"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { DatabaseSync } from "node:sqlite"
import { join } from "node:path"
import * as LedgerSqlite from "../../src/ledger/LedgerSqlite.ts"
import { appEvent, attempt, callEnd, callStart, idOf, temporaryFolder, wholeCall } from "../support/ledgerEntries.ts"

describe("LedgerSqlite", () => {
  it.live("gives back a call with its attempts and events as they were appended", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const ledger = yield* open(join(folder, "a.db"))
      const start = callStart(1, {
        caller: "team-a",
        metadata: { run: "run-1", user: "u1", seed: 7, flag: true },
        tags: ["x", "y"],
        requestBody: "{}"
      })
      yield* ledger.append(start)
      yield* ledger.append({ _tag: "AttemptEnd", callId: start.id, attempt: attempt(1) })
      yield* ledger.append(callEnd(1))
      yield* ledger.append(appEvent(1, { data: { note: "hello" } }))
      const story = yield* ledger.call(start.id)
      const { _tag, ...startRow } = start
      const { _tag: _, ...endRow } = callEnd(1)
      assert.deepStrictEqual(story?.call, { ...startRow, ...endRow })
      assert.deepStrictEqual(story?.attempts, [attempt(1)])
      assert.deepStrictEqual(story?.events, [appEvent(1, { data: { note: "hello" } })])
    }).pipe(Effect.scoped)
  )

  it.live("pages from new to old without gaps and totals the whole filter", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const ledger = yield* open(join(folder, "a.db"))
      for (let n = 0; n < 25; n++) for (const entry of wholeCall(n)) yield* ledger.append(entry)
      const first = yield* ledger.calls({ limit: 10 })
      const second = yield* ledger.calls({ limit: 10, cursor: first.next })
      const third = yield* ledger.calls({ limit: 10, cursor: second.next })
      const ids = [first, second, third].flatMap((page) => page.calls.map((call) => call.id))
      assert.deepStrictEqual(ids, Array.from({ length: 25 }, (_, n) => idOf(24 - n)))
      assert.strictEqual(third.next, undefined)
      assert.deepStrictEqual(third.totals, { calls: 25, attempts: 34, inputTokens: 2500, outputTokens: 500, costUsd: third.totals.costUsd })
      assert.closeTo(third.totals.costUsd, 0.05, 1e-9)
    }).pipe(Effect.scoped)
  )

  it.live("leaves what ended as it ended when the layer closes and opens again", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const path = join(folder, "deep", "a.db")
      yield* Effect.scoped(Effect.flatMap(open(path), (ledger) => Effect.forEach(wholeCall(3), ledger.append)))
      const again = yield* open(path)
      assert.strictEqual((yield* again.call(idOf(3)))?.call.outcome, "answered")
      const raw = new DatabaseSync(path)
      assert.deepStrictEqual({ ...raw.prepare("SELECT count(*) AS n FROM orelse_owners").get() }, { n: 1 })
      raw.close()
    }).pipe(Effect.scoped)
  )
})

const open = (path: string) => Effect.map(Layer.build(LedgerSqlite.layer({ path })), (context) => context.pipe((c) => c)).pipe(
  Effect.flatMap((context) => Effect.provide(Ledger, context))
)

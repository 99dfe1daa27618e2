/**
 * What the ledger costs: `append` alone, and CPU per call with everything written to SQLite. One call is four entries,
 * two rows. Run: `node --conditions=@orelse/source benchmarks/ledger.ts [calls]`.
 */
import { Ledger } from "@orelse/core/layer/Ledger"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { performance } from "node:perf_hooks"
import * as Queue from "../packages/server/src/ledger/Queue.ts"
import * as LedgerSqlite from "../packages/server/src/ledger/LedgerSqlite.ts"
import { wholeCall } from "../packages/server/test/support/ledgerEntries.ts"

const calls = Number(process.argv[2] ?? 50_000)
const prepared = Array.from({ length: calls }, (_, n) => wholeCall(n * 3 + 1))
const inFlight = 64

/** With somebody who takes what is due, and writes nothing. */
const appendOnly = Effect.clockWith((clock) =>
  Effect.sync(() => {
    const queue = Queue.make({ strict: false, limit: Infinity }, clock)
    const began = performance.now()
    let entries = 0
    for (const call of prepared) {
      for (const entry of call) {
        Effect.runSync(queue.append(entry))
        entries++
      }
      if (queue.size() < 1_000) continue
      const pending = queue.take()
      if (pending !== undefined) queue.release(pending)
    }
    return ((performance.now() - began) * 1000) / entries
  })
)

const cpu = () => {
  const { system, user } = process.cpuUsage()
  return user + system
}

/** As the gateway does: 64 calls at a time, each beginning and ending with a turn of the event loop between. */
const drive = (append: Ledger["Service"]["append"]) =>
  Effect.gen(function* () {
    for (let from = 0; from < prepared.length; from += inFlight) {
      for (const [start, attemptStart] of prepared.slice(from, from + inFlight)) {
        if (start !== undefined) yield* append(start)
        if (attemptStart !== undefined) yield* append(attemptStart)
      }
      yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
      for (const [, , ...ends] of prepared.slice(from, from + inFlight)) for (const end of ends) yield* append(end)
      yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
    }
  })

const measured = (append: Ledger["Service"]["append"], flush: Effect.Effect<void>) =>
  Effect.gen(function* () {
    const before = cpu()
    const began = performance.now()
    yield* drive(append)
    yield* flush
    return { cpuMicros: (cpu() - before) / calls, wallMicros: ((performance.now() - began) * 1000) / calls }
  })

const onSqlite = (durability: "batched" | "strict") =>
  Effect.gen(function* () {
    const folder = mkdtempSync(join(tmpdir(), "orelse-bench-"))
    const layer = LedgerSqlite.layer({ path: join(folder, "l.db"), durability })
    const result = yield* Effect.scoped(
      Effect.flatMap(Layer.build(layer), (context) =>
        Effect.provide(
          Effect.flatMap(Ledger, (ledger) => measured(ledger.append, ledger.flush)),
          context
        )
      )
    )
    rmSync(folder, { recursive: true, force: true })
    return result
  })

const show = (label: string, { cpuMicros, wallMicros }: { cpuMicros: number; wallMicros: number }) =>
  console.log(`${label}: ${cpuMicros.toFixed(2)} us CPU a call, ${wallMicros.toFixed(2)} us wall`)

await Effect.runPromise(
  Effect.gen(function* () {
    for (let round = 0; round < 3; round++) {
      console.log(`append, 1 entry: ${(yield* appendOnly).toFixed(3)} us`)
      show("off", yield* measured(() => Effect.void, Effect.void))
      show("sqlite batched", yield* onSqlite("batched"))
    }
    show("sqlite strict (not waiting for others)", yield* onSqlite("strict"))
  })
)

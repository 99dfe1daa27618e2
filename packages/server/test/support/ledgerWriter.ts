/**
 * A process that writes calls to a ledger until it is killed, and writes to its file 3 what it knows to be kept: used by
 * the tests that kill it. Arguments: `sqlite PATH` or `postgres URL SPOOL`, then the durability, then the first number.
 *
 * The file gets `sent ID ORDINAL` once an attempt's `append` has returned (when the attempt would be sent), and `ended ID` with
 * the time once a call's end was appended.
 */
import { Ledger } from "@orelse/core/layer/Ledger"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { writeSync } from "node:fs"
import * as LedgerPostgres from "../../src/ledger/LedgerPostgres.ts"
import * as LedgerSqlite from "../../src/ledger/LedgerSqlite.ts"
import { wholeCall } from "./ledgerEntries.ts"

const [store = "", where = "", spoolPath = "", durabilityText = "", first = "0"] = process.argv.slice(2)
const durability = durabilityText === "strict" ? "strict" : "batched"
const layer =
  store === "sqlite"
    ? LedgerSqlite.layer({ path: where, durability, spoolPath })
    : LedgerPostgres.layer({ url: Redacted.make(where), durability, spoolPath })

/** Synchronous, and into a file, which takes everything at once: what was said before a kill has been said. */
const say = (line: string) => Effect.sync(() => write(line))

const write = (line: string): void => void writeSync(3, `${line} ${Date.now()}\n`)

const oneCall = (ledger: Ledger["Service"], n: number) =>
  Effect.gen(function* () {
    for (const entry of wholeCall(n)) {
      yield* ledger.append(entry)
      if (entry._tag === "AttemptStart") yield* say(`sent ${entry.callId} ${entry.ordinal}`)
      if (entry._tag === "CallEnd") yield* say(`ended ${entry.id} -`)
      yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
    }
  })

const program = Effect.gen(function* () {
  const ledger = yield* Ledger
  process.stdout.write("ready\n")
  let n = Number(first)
  yield* Effect.forEach(Array.from({ length: 32 }), () => Effect.forever(Effect.suspend(() => oneCall(ledger, n++))), {
    concurrency: "unbounded",
    discard: true
  })
})

await Effect.runPromise(Effect.provide(program, layer))

import { assert, describe, it } from "@effect/vitest"
import { Ledger, type LedgerUnavailable } from "@orelse/core/layer/Ledger"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { spawn } from "node:child_process"
import { closeSync, openSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as LedgerPostgres from "../../src/ledger/LedgerPostgres.ts"
import * as LedgerSqlite from "../../src/ledger/LedgerSqlite.ts"
import { temporaryFolder } from "../support/ledgerEntries.ts"
import * as Postgres from "../support/postgres.ts"

/** `ORELSE_LONG=1` kills at 20 moments, as the acceptance does. */
const kills = process.env["ORELSE_LONG"] === undefined ? 3 : 20

interface Said {
  /** `ID ORDINAL` of attempts whose `append` had returned. */
  readonly sent: ReadonlySet<string>
  /** When each call's end was appended. */
  readonly ended: ReadonlyMap<string, number>
  /** The last sign of life. */
  readonly lastAt: number
}

const writer = fileURLToPath(new URL("../support/ledgerWriter.ts", import.meta.url))

/** Runs the writer and kills it `afterMs` after it is ready, or once it has said something of this kind, where a busy machine lets it say that later. */
const writeUntilKilled = (
  args: ReadonlyArray<string>,
  afterMs: number,
  kind: "sent" | "ended"
): Effect.Effect<Said, never, Scope.Scope> =>
  Effect.flatMap(temporaryFolder, (folder) =>
    Effect.callback((resume) => {
      const file = join(folder, "said")
      const output = openSync(file, "w")
      const child = spawn(process.execPath, ["--conditions=@orelse/source", writer, ...args], {
        stdio: ["ignore", "pipe", "inherit", output]
      })
      closeSync(output)
      const end = () => {
        if (child.exitCode !== null || child.signalCode !== null) return
        if (toSaid(readFileSync(file, "utf8"))[kind].size > 0) child.kill("SIGKILL")
        else setTimeout(end, 5)
      }
      child.stdout?.once("data", () => setTimeout(end, afterMs))
      child.on("close", () => resume(Effect.succeed(toSaid(readFileSync(file, "utf8")))))
      return Effect.sync(() => child.kill("SIGKILL"))
    })
  )

const toSaid = (text: string): Said => {
  const lines = text
    .split("\n")
    .slice(0, -1)
    .map((line) => line.split(" "))
  const of = (kind: string) => lines.filter(([what]) => what === kind)
  return {
    sent: new Set(of("sent").map(([, id, ordinal]) => `${id} ${ordinal}`)),
    ended: new Map(of("ended").map(([, id = "", , at]) => [id, Number(at)])),
    lastAt: Number(lines.at(-1)?.[3])
  }
}

interface Kept {
  readonly attempts: ReadonlySet<string>
  readonly calls: ReadonlyMap<string, string>
}

/** All that is on record once the restart has taken back what waited in the spool, read through the ledger, page by page. */
const readAll = Effect.gen(function* () {
  const ledger = yield* Ledger
  while (!(yield* ledger.status).healthy) yield* Effect.sleep("5 millis")
  const calls = new Map<string, string>()
  const attempts = new Set<string>()
  let cursor: string | undefined
  do {
    const page = yield* ledger.calls({ limit: 1000, cursor })
    for (const call of page.calls) {
      assert.isFalse(calls.has(call.id), `${call.id} is there twice`)
      calls.set(call.id, call.outcome)
      for (let ordinal = 1; ordinal <= (call.attempts ?? 0); ordinal++) attempts.add(`${call.id} ${ordinal}`)
    }
    cursor = page.next
  } while (cursor !== undefined)
  return { attempts, calls } satisfies Kept
})

const suite = (
  name: string,
  make: Effect.Effect<
    { readonly args: ReadonlyArray<string>; readonly layer: Layer.Layer<Ledger, LedgerUnavailable> },
    never,
    Scope.Scope
  >,
  isSkipped = false
) =>
  describe.skipIf(isSkipped)(`Ledger on ${name}, killed`, () => {
    it.live(
      "strict: every attempt that was sent is on record after kill -9, and no call is open after the restart",
      () =>
        Effect.gen(function* () {
          const { args, layer } = yield* make
          const sent = new Set<string>()
          for (let kill = 0; kill < kills; kill++) {
            const said = yield* writeUntilKilled([...args, "strict", String(kill * 1_000_000)], 50 + kill * 37, "sent")
            for (const attempt of said.sent) sent.add(attempt)
          }
          const kept = yield* Effect.provide(readAll, layer)
          assert.isAbove(sent.size, 0)
          assert.deepStrictEqual(
            [...sent].filter((attempt) => !kept.attempts.has(attempt)),
            []
          )
          assert.deepStrictEqual(
            [...kept.calls].filter(([, outcome]) => outcome === "running"),
            []
          )
          assert.isTrue([...kept.calls.values()].includes("unfinished"))
        }).pipe(Effect.scoped),
      300_000
    )

    it.live(
      "batched: at most the last 50 ms are missing after kill -9, and no call is open after the restart",
      () =>
        Effect.gen(function* () {
          const { args, layer } = yield* make
          const missing: Array<number> = []
          for (let kill = 0; kill < kills; kill++) {
            const said = yield* writeUntilKilled(
              [...args, "batched", String(kill * 1_000_000)],
              150 + kill * 37,
              "ended"
            )
            const kept = yield* Effect.provide(readAll, layer)
            assert.isAbove(said.ended.size, 0)
            for (const [id, at] of said.ended) if (kept.calls.get(id) !== "answered") missing.push(said.lastAt - at)
            assert.deepStrictEqual(
              [...kept.calls].filter(([, outcome]) => outcome === "running"),
              []
            )
          }
          assert.deepStrictEqual(
            missing.filter((age) => age > 50),
            []
          )
        }).pipe(Effect.scoped),
      300_000
    )
  })

suite(
  "SQLite",
  Effect.map(temporaryFolder, (folder) => {
    const path = join(folder, "a.db")
    return { args: ["sqlite", path, `${path}.spool`], layer: LedgerSqlite.layer({ path }) }
  })
)

suite(
  "PostgreSQL",
  Effect.gen(function* () {
    const { url } = yield* Postgres.start
    const spoolPath = join(yield* temporaryFolder, "spool")
    return { args: ["postgres", url, spoolPath], layer: LedgerPostgres.layer({ url: Redacted.make(url), spoolPath }) }
  }),
  !Postgres.isInstalled
)

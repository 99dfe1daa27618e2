import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { DatabaseSync } from "node:sqlite"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { run } from "../run.ts"

describe("orelse calls", () => {
  it.live("says of a database that holds no ledger what to check, instead of telling to wait for it", () =>
    Effect.gen(function* () {
      const cwd = mkdtempSync(join(tmpdir(), "orelse-cli-calls-"))
      const database = new DatabaseSync(join(cwd, "orelse.db"))
      database.exec("CREATE TABLE other (id TEXT)")
      database.close()
      writeFileSync(join(cwd, "orelse.json"), JSON.stringify({ ledger: { path: join(cwd, "orelse.db") } }))
      const { code, err, out } = yield* run(["calls"], { cwd })
      assert.deepStrictEqual([code, out], [1, ""])
      assert.match(err, /no such table: calls; no gateway of this version has written it: check ledger\.path/)
      rmSync(cwd, { recursive: true })
    })
  )
})

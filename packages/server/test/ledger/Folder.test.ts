import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Folder from "../../src/ledger/Folder.ts"
import { temporaryFolder } from "../support/ledgerEntries.ts"

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)

describe("Folder.make", () => {
  it.effect("makes what is missing for its owner alone, and leaves what is there as it is", () =>
    Effect.gen(function* () {
      const there = join(yield* temporaryFolder, "there")
      mkdirSync(there, { mode: 0o750 })
      symlinkSync(there, `${there}-by-link`)
      Folder.make(join(`${there}-by-link`, "a", "b"))
      assert.deepStrictEqual([there, join(there, "a"), join(there, "a", "b")].map(modeOf), ["750", "700", "700"])
      Folder.make(there)
      Folder.make(".")
      assert.strictEqual(modeOf(there), "750")
    }).pipe(Effect.scoped)
  )

  it.effect("says why it cannot be, also where there is no end to the folders that are missing", () =>
    Effect.gen(function* () {
      const file = join(yield* temporaryFolder, "file")
      writeFileSync(file, "")
      assert.throws(() => Folder.make(file), "EEXIST")
      assert.throws(() => Folder.make(join(file, "in")), "ENOTDIR")
      assert.throws(() => Folder.make("/proc/orelse/ledger"), /ENOENT|EACCES|EROFS/)
    }).pipe(Effect.scoped)
  )
})

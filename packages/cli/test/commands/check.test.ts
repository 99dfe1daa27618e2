import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { run } from "../run.ts"

const inDatabase = (path: string, sql: string): void => {
  const database = new DatabaseSync(path)
  database.exec(sql)
  database.close()
}

describe("orelse check beside what a gateway does not start with", () => {
  let folder: string
  const made = (files: (cwd: string) => void) => {
    const cwd = mkdtempSync(join(folder, "in-"))
    writeFileSync(join(cwd, "orelse.yaml"), "routes: { smart: demo/echo }")
    files(cwd)
    return cwd
  }
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "orelse-cli-check-"))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const brokenKeys = (cwd: string) => writeFileSync(join(cwd, "orelse.keys.json"), "{")

  it.effect("fails beside a keys file that cannot be read, and says so as serve does", () =>
    Effect.gen(function* () {
      const cwd = made(brokenKeys)
      const { code, err, out } = yield* run(["check"], { cwd })
      assert.deepStrictEqual([code, out], [1, ""])
      assert.match(
        err,
        /^orelse\.yaml is valid, but no gateway starts here:\n\S+orelse\.keys\.json is not a keys file: .*; restore it, or remove it\n$/
      )
    })
  )
  it.effect("fails beside a ledger that is none, and leaves it alone", () =>
    Effect.gen(function* () {
      const cwd = made((cwd) => inDatabase(join(cwd, "orelse.db"), "CREATE TABLE users (id INTEGER)"))
      const { code, err, out } = yield* run(["check"], { cwd })
      assert.deepStrictEqual([code, out], [1, ""])
      assert.match(err, /\nThe ledger \S+orelse\.db cannot be opened: it is another program's database, and was left/)
      assert.deepStrictEqual(readdirSync(cwd), ["orelse.db", "orelse.yaml"])
      const off = made((cwd) => {
        mkdirSync(join(cwd, "orelse.db"))
        writeFileSync(join(cwd, "orelse.yaml"), "ledger: { store: none }")
      })
      assert.strictEqual((yield* run(["check"], { cwd: off })).code, 0)
    })
  )
  it.effect("tells programs each of them", () =>
    Effect.gen(function* () {
      const cwd = made((cwd) => {
        brokenKeys(cwd)
        writeFileSync(join(cwd, "orelse.db"), "no database at all, only text\n".repeat(30))
      })
      const { code, err, out } = yield* run(["check", "--json"], { cwd })
      assert.strictEqual(code, 1)
      assert.match(err, /^orelse\.yaml is valid, but no gateway starts here:\n/)
      const said = JSON.parse(out) as {
        readonly valid: boolean
        readonly file: string
        readonly problems: ReadonlyArray<{ readonly file: string; readonly message: string }>
      }
      assert.deepStrictEqual([said.valid, said.file], [false, "orelse.yaml"])
      assert.deepStrictEqual(
        said.problems.map(({ file }) => file),
        ["./orelse.keys.json", "./orelse.db"]
      )
      assert.match(said.problems[1]?.message ?? "", /file is not a database/)
    })
  )
  it.effect("names the embedded default where there is no file", () =>
    Effect.gen(function* () {
      const cwd = mkdtempSync(join(folder, "none-"))
      brokenKeys(cwd)
      const { code, err } = yield* run(["check"], { cwd })
      assert.strictEqual(code, 1)
      assert.match(err, /^The embedded default \(no configuration file\) is valid, but no gateway starts here:\n/)
    })
  )
})

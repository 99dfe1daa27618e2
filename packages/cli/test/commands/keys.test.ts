import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Undelivered } from "../../src/Delivery.ts"
import { run } from "../run.ts"

const yaml = `
providers: { demo: {} }
routes: { smart: demo/echo, cheap: demo/echo }
callers: [{ name: team-a, key: "\${KEY_A}", routes: [smart] }, { name: team-b }]
`

interface Issued {
  readonly id: string
  readonly key: string
}

describe("orelse keys", () => {
  let folder: string
  const env = { KEY_A: "caller-key-a" }
  const keys = (...args: ReadonlyArray<string>) =>
    run(["keys", "--config", join(folder, "orelse.yaml"), ...args], { cwd: folder, env })
  const kept = () => readFileSync(join(folder, "orelse.keys.json"), "utf8")

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "orelse-cli-keys-"))
    writeFileSync(join(folder, "orelse.yaml"), yaml)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it.effect("prints a new key alone on standard output, and keeps its hash", () =>
    Effect.gen(function* () {
      const { code, err, out } = yield* keys("new", "team-b")
      assert.strictEqual(code, 0)
      assert.match(out, /^orl_[\w-]{43}\n$/)
      assert.match(
        err,
        /^key_[0-9a-f]{8} for team-b\. It is shown this once; its hash is kept in .*orelse\.keys\.json\.\n$/
      )
      assert.notInclude(kept(), out.trim())
    })
  )
  it.effect("lists every key without showing one", () =>
    Effect.gen(function* () {
      const made = yield* keys("new", "ci", "--routes", "smart, demo/echo", "--requests", "60/min", "--budget", "5/day")
      assert.strictEqual(made.code, 0)
      for (const args of [[], ["list"]]) {
        const { code, err, out } = yield* keys(...args)
        assert.deepStrictEqual([code, err], [0, ""])
        assert.match(out, /^\(configuration\) +team-a +in force +smart$/m)
        assert.match(out, /^key_[0-9a-f]{8} +team-b +orl_[\w-]{4}… +\d{4}-\d\d-\d\d +in force +everything$/m)
        assert.match(out, /^key_[0-9a-f]{8} +ci +orl_[\w-]{4}… +\d{4}-\d\d-\d\d +in force +smart, demo\/echo$/m)
        assert.include(out, "3 keys")
      }
      const { out } = yield* keys("list", "--json")
      const rows = JSON.parse(out) as ReadonlyArray<{ readonly caller: string; readonly state: string }>
      assert.deepStrictEqual(
        rows.map(({ caller, state }) => [caller, state]),
        [
          ["team-a", "in force"],
          ["team-b", "in force"],
          ["ci", "in force"]
        ]
      )
      for (const secret of ["caller-key-a", made.out.trim(), "sha256:"]) assert.notInclude(out, secret)
    })
  )
  it.effect("shows control characters of a file that somebody else wrote as what they are", () =>
    Effect.gen(function* () {
      const cwd = mkdtempSync(join(folder, "written-"))
      yield* run(["keys", "new", "ci"], { cwd })
      const file = join(cwd, "orelse.keys.json")
      writeFileSync(file, readFileSync(file, "utf8").replaceAll('"ci"', String.raw`"c\u001b[31mi"`))
      assert.match((yield* run(["keys"], { cwd })).out, /^key_\w+ +c\\u001b\[31mi +orl_/m)
    })
  )
  it.effect("gives JSON to programs", () =>
    Effect.gen(function* () {
      const { err, out } = yield* keys("new", "team-b", "--json")
      const made = JSON.parse(out) as Readonly<Record<string, unknown>>
      assert.strictEqual(err, "")
      assert.deepStrictEqual(Object.keys(made), ["id", "caller", "key", "changes"])
      assert.include(kept(), String(made["id"]))
      const other = JSON.parse((yield* keys("new", "for-json", "--json")).out) as Issued
      const revoked = yield* keys("revoke", "for-json", "--json")
      assert.deepStrictEqual(JSON.parse(revoked.out), { revoked: [other.id] })
    })
  )
  it.effect(
    "leaves rights that it does not name as they are, and says what became different for keys that are out",
    () =>
      Effect.gen(function* () {
        const cwd = mkdtempSync(join(folder, "rights-"))
        const of = (...args: ReadonlyArray<string>) => run(["keys", ...args], { cwd })
        yield* of("new", "x", "--routes", "demo/echo")
        const { err } = yield* of("new", "x", "--budget", "0/day")
        assert.include(err, "This holds for 1 other key of x as well: budget none → 0/day.\n")
        assert.strictEqual((yield* of("list")).out.match(/in force +demo\/echo$/gm)?.length, 2)
        const rotated = yield* of("new", "x", "--requests", "60/min", "--json")
        assert.deepStrictEqual((JSON.parse(rotated.out) as { readonly changes: unknown }).changes, [
          { right: "requests", from: "no limit", to: "60/min" }
        ])
        const same = yield* of("new", "x", "--requests", "60/min")
        assert.notInclude(same.err, "This holds for")
      })
  )
  it.effect("revokes a key by its id, and all of a caller by its name, once", () =>
    Effect.gen(function* () {
      const { out } = yield* keys("new", "gone", "--json")
      const { id = "" } = JSON.parse(out) as { readonly id?: string }
      assert.deepStrictEqual(yield* keys("revoke", id), { code: 0, out: `Revoked 1 key: ${id}.\n`, err: "" })
      assert.match((yield* keys("list")).out, /gone +orl_[\w-]{4}… +\S+ +revoked \d{4}-\d\d-\d\d/)
      const again = yield* keys("revoke", "gone")
      assert.deepStrictEqual([again.code, again.out], [1, ""])
      assert.match(again.err, /^No key in force is "gone".*\nSee: orelse keys list\n$/)
      assert.match((yield* keys("revoke", "team-b")).out, /^Revoked 2 keys: /)
      assert.match((yield* keys("revoke", "team-a")).err, /stands in .*orelse\.yaml; take it out there/)
    })
  )
  it.effect("says what is wrong, and changes nothing then", () =>
    Effect.gen(function* () {
      const before = kept()
      const failures: ReadonlyArray<readonly [ReadonlyArray<string>, RegExp]> = [
        [["team-a", "--routes", "cheap"], /^What "team-a" may use stands in .*orelse\.yaml, under callers\.\n/],
        [["x", "--routes", "smrt"], /^There is no route or target "smrt"\.\nDid you mean "smart"\?\n$/],
        [["x", "--routes", ""], /^--routes names nothing, and a key that may use nothing is of no use\.\nName routes/],
        [["x", "--routes", " , "], /^--routes names nothing/],
        [["x", "--requests", "60"], /^--requests must be a rate such as 60\/min/],
        [["x", "--budget", "5"], /^--budget must be USD a period such as 50\/day/],
        [["x", "--concurrency", "many"], /^--concurrency must be a whole number of at least 1, got "many"/]
      ]
      for (const [args, message] of failures) {
        const { code, err, out } = yield* keys("new", ...args)
        assert.deepStrictEqual([code, out], [err.startsWith("--") ? 2 : 1, ""])
        assert.match(err, message)
      }
      assert.strictEqual((yield* keys("new")).code, 2)
      assert.strictEqual(kept(), before)
    })
  )
  it.effect("lifts a limit, a budget and a list of routes", () =>
    Effect.gen(function* () {
      const cwd = mkdtempSync(join(folder, "lifted-"))
      const of = (...args: ReadonlyArray<string>) => run(["keys", ...args], { cwd })
      yield* of("new", "x", "--routes", "demo/echo", "--concurrency", "2", "--budget", "5/day")
      const { code, err } = yield* of("new", "x", "--routes", "*", "--concurrency", "none", "--budget", "none")
      assert.strictEqual(code, 0)
      assert.include(err, "routes demo/echo → everything; concurrency 2 → no limit; budget 5/day → none.")
    })
  )
  it.effect("says where a key stands in the configuration too: revoking it does not take it away", () =>
    Effect.gen(function* () {
      const cwd = mkdtempSync(join(folder, "same-"))
      const { id, key } = JSON.parse((yield* run(["keys", "new", "ci", "--json"], { cwd })).out) as Issued
      writeFileSync(join(cwd, "orelse.yaml"), 'callers: [{ name: team-a, key: "${KEY_A}" }]')
      const of = (...args: ReadonlyArray<string>) => run(args, { cwd, env: { KEY_A: key } })
      const note = `${id} stands in the configuration too, as team-a's`
      assert.include((yield* of("check")).out, `./orelse.keys.json  ${note}`)
      assert.match((yield* of("keys")).out, /^key_\w+ +ci .* in the configuration too, as team-a's +everything$/m)
      const revoked = yield* of("keys", "revoke", "ci")
      assert.include(revoked.err, `${id} still works: it stands in orelse.yaml too, as team-a's; take it out there.`)
      assert.match((yield* of("keys")).out, /^key_\w+ +ci .* in the configuration too/m)
      assert.notInclude((yield* run(["check"], { cwd, env: { KEY_A: "another" } })).out, "too, as")
      for (const { err, out } of [revoked, yield* of("check")]) assert.notInclude(out + err, key)
    })
  )
  it.effect("puts no key in force that could not be written out, and says so", () =>
    Effect.gen(function* () {
      const cwd = mkdtempSync(join(folder, "unseen-"))
      const deliver = () => Effect.fail(new Undelivered({ message: "ENOSPC: no space left on device, write" }))
      for (const args of [[], ["--json"]]) {
        const { code, err, out } = yield* run(["keys", "new", "ci", ...args], { cwd, deliver })
        assert.deepStrictEqual([code, out], [1, ""])
        assert.strictEqual(
          err,
          "The new key cannot be written out (ENOSPC: no space left on device, write), and is not in force.\nMake one whose output is kept: orelse keys new ci\n"
        )
      }
      assert.deepStrictEqual(readdirSync(cwd), [])
    })
  )
  it.effect("says that a key is worthless that was written out, and could not be kept", () =>
    Effect.gen(function* () {
      const cwd = mkdtempSync(join(folder, "unkept-"))
      const written: Array<string> = []
      const deliver = (text: string) =>
        Effect.sync(() => {
          written.push(text)
          mkdirSync(join(cwd, "orelse.keys.json"))
        })
      const { code, err } = yield* run(["keys", "new", "ci"], { cwd, deliver })
      assert.strictEqual(code, 1)
      assert.match(written.join(""), /^orl_\S+\n$/)
      assert.match(err, /^The keys file \S+ cannot be used: .*\nThe key that was printed does not work\.\n$/)
    })
  )
  it.effect("tells who makes the first key of an open gateway that calls need one from now on", () =>
    Effect.gen(function* () {
      const cwd = mkdtempSync(join(folder, "open-"))
      const listed = yield* run(["keys"], { cwd })
      assert.match(listed.out, /^No keys: whoever reaches the port may call\. Make one: orelse keys new NAME$/m)
      const env = { ORELSE_PROGRAM: "npm run orelse --" }
      assert.include((yield* run(["keys"], { cwd, env })).out, "Make one: npm run orelse -- keys new NAME\n")
      assert.include((yield* run(["keys", "new", "me"], { cwd })).err, "From now on every call needs a key.")
      assert.notInclude((yield* run(["keys", "new", "me"], { cwd })).err, "From now on")
    })
  )
  it.effect("says so where a new key cannot work yet, because its caller is off", () =>
    Effect.gen(function* () {
      const { code, err } = yield* run(["keys", "--config", join(folder, "orelse.yaml"), "new", "team-a"], {
        cwd: folder
      })
      assert.strictEqual(code, 0)
      assert.include(err, "It does not work yet: team-a is off, because KEY_A is not set.")
    })
  )
})

import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { chownSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as KeyBook from "../../src/callers/KeyBook.ts"
import * as Keys from "../../src/callers/Keys.ts"
import * as KeysFile from "../../src/callers/KeysFile.ts"

let folder: string
let count = 0
const newPath = () => join(folder, `${count++}.keys.json`)

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "orelse-keys-"))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe("KeysFile.pathOf", () => {
  it("is beside the ledger", () => {
    assert.strictEqual(KeysFile.pathOf("./orelse.db"), "./orelse.keys.json")
    assert.strictEqual(KeysFile.pathOf("/var/lib/calls.sqlite"), "/var/lib/calls.keys.json")
    assert.strictEqual(KeysFile.pathOf("ledger"), "ledger.keys.json")
    assert.strictEqual(KeysFile.pathOf(":memory:"), "orelse.keys.json")
  })
})

describe("KeyBook.issue", () => {
  it.live("makes the file's folder where there is none yet", () =>
    Effect.gen(function* () {
      const path = join(folder, "not", "there", "yet.keys.json")
      const { id } = yield* KeyBook.issue(path, "team-a", undefined)
      assert.strictEqual((yield* KeysFile.read(path)).keys[0]?.id, id)
    })
  )

  it.live("leaves the file to its owner, also where somebody else makes the next key", () =>
    Effect.gen(function* () {
      const path = newPath()
      yield* KeyBook.issue(path, "team-a", undefined)
      const { uid } = statSync(path)
      // Only root can give a file away.
      const owner = uid === 0 ? 65_534 : uid
      chownSync(path, owner, statSync(path).gid)
      const { id } = yield* KeyBook.issue(path, "team-a", undefined)
      yield* KeyBook.revoke(path, id)
      assert.deepStrictEqual([statSync(path).uid, statSync(path).mode & 0o777], [owner, 0o600])
    })
  )

  it.live("keeps no key that could not be shown, nor the rights that it would have brought", () =>
    Effect.gen(function* () {
      const path = newPath()
      const issue = (show: (issued: KeyBook.Issued) => Effect.Effect<void, string>, budget: string) =>
        KeyBook.issue(path, "ci", Result.getOrThrow(KeyBook.rights("ci", { budget })), show)
      const lost = () => Effect.fail("lost")
      assert.strictEqual(yield* Effect.flip(issue(lost, "1/day")), "lost")
      assert.deepStrictEqual(yield* KeysFile.read(path), KeysFile.none)
      const shown: Array<string> = []
      const show = ({ key }: KeyBook.Issued) => Effect.sync(() => void shown.push(key))
      const { key } = yield* issue(show, "2/day")
      assert.deepStrictEqual(shown, [key])
      const kept = readFileSync(path, "utf8")
      assert.strictEqual(yield* Effect.flip(issue(lost, "3/day")), "lost")
      assert.strictEqual(readFileSync(path, "utf8"), kept)
    })
  )

  it.live("keeps a hash and never the key, for its owner's eyes alone, and tells the first one", () =>
    Effect.gen(function* () {
      const path = newPath()
      const first = yield* KeyBook.issue(path, "team-a", undefined)
      const second = yield* KeyBook.issue(path, "team-a", undefined)
      assert.deepStrictEqual([first.isFirst, second.isFirst], [true, false])
      const text = readFileSync(path, "utf8")
      assert.notInclude(text, first.key)
      assert.include(text, Keys.hashed(first.key))
      assert.strictEqual(statSync(path).mode & 0o777, 0o600)
      const kept = yield* KeysFile.read(path)
      assert.deepStrictEqual(
        kept.keys.map(({ id }) => id),
        [first.id, second.id]
      )
      assert.deepStrictEqual(kept.callers, [])
    })
  )
  it.live(
    "keeps the rights of a caller, right by right: a new key changes those that it names, and says so where keys are out",
    () =>
      Effect.gen(function* () {
        const path = newPath()
        const own = (written: KeyBook.Written) => Result.getOrThrow(KeyBook.rights("ci", written))
        yield* KeyBook.issue(path, "ci", own({ routes: ["cheap"], requests: "60/min", budget: "2.5/hour" }))
        yield* KeyBook.issue(path, "ci", own({}))
        const [caller] = (yield* KeysFile.read(path)).callers
        assert.deepStrictEqual([caller?.routes, caller?.budget], [["cheap"], { usd: 2.5, per: "hour" }])
        assert.strictEqual(caller?.limits?.requests?.limit, 60)
        assert.strictEqual(caller?.limits?.requests && Duration.toMillis(caller.limits.requests.window), 60_000)
        const rotated = yield* KeyBook.issue(path, "ci", own({ tokens: "1000/h", requests: "60/min" }))
        assert.deepStrictEqual(rotated.changes, [{ right: "tokens", from: "no limit", to: "1000/h" }])
        assert.strictEqual(rotated.others, 2)
        const last = yield* KeyBook.issue(path, "ci", own({ routes: ["smart"], budget: "5/day" }))
        assert.deepStrictEqual(last.changes, [
          { right: "routes", from: "cheap", to: "smart" },
          { right: "budget", from: "2.5/hour", to: "5/day" }
        ])
        const [after] = (yield* KeysFile.read(path)).callers
        assert.deepStrictEqual([after?.routes, after?.budget], [["smart"], { usd: 5, per: "day" }])
        assert.deepStrictEqual([after?.limits?.requests?.limit, after?.limits?.tokens?.limit], [60, 1000])
      })
  )
  it.live("takes away a restriction that is lifted, for all keys of the caller, and leaves the others", () =>
    Effect.gen(function* () {
      const path = newPath()
      const own = (written: KeyBook.Written) => Result.getOrThrow(KeyBook.rights("ci", written))
      const all = { routes: ["cheap"], requests: "60/min", tokens: "9/s", concurrency: "2", budget: "5/day" }
      yield* KeyBook.issue(path, "ci", own(all))
      const some = yield* KeyBook.issue(path, "ci", own({ requests: "none", budget: "none" }))
      assert.deepStrictEqual(some.changes, [
        { right: "requests", from: "60/min", to: "no limit" },
        { right: "budget", from: "5/day", to: "none" }
      ])
      const [kept] = (yield* KeysFile.read(path)).callers
      assert.deepStrictEqual(Object.keys(kept ?? {}).toSorted(), ["limits", "name", "routes"])
      assert.deepStrictEqual(Object.keys(kept?.limits ?? {}).toSorted(), ["concurrency", "tokens"])
      const rest = yield* KeyBook.issue(path, "ci", own({ routes: ["*"], tokens: "none", concurrency: "none" }))
      assert.deepStrictEqual(
        rest.changes.map(({ right, to }) => [right, to]),
        [
          ["routes", "everything"],
          ["tokens", "no limit"],
          ["concurrency", "no limit"]
        ]
      )
      assert.deepStrictEqual((yield* KeysFile.read(path)).callers, [{ name: "ci" }])
    })
  )
  it.live(
    "says nothing of a change where no other key is in force, and of all rights where keys had lost their caller",
    () =>
      Effect.gen(function* () {
        const path = newPath()
        const own = (name: string, written: KeyBook.Written) => Result.getOrThrow(KeyBook.rights(name, written))
        const first = yield* KeyBook.issue(path, "ci", own("ci", { routes: [] }))
        assert.deepStrictEqual([first.changes, first.others], [[], 0])
        yield* KeyBook.revoke(path, "ci")
        assert.deepStrictEqual((yield* KeyBook.issue(path, "ci", own("ci", { routes: ["cheap"] }))).changes, [])
        yield* KeyBook.issue(path, "gone", undefined)
        const again = yield* KeyBook.issue(path, "gone", own("gone", { concurrency: "2" }))
        assert.deepStrictEqual(again.changes, [
          { right: "routes", from: "nothing", to: "everything" },
          { right: "concurrency", from: "no limit", to: "2" }
        ])
      })
  )
  it.live("loses no key where many are made at once, and leaves no other file behind", () =>
    Effect.gen(function* () {
      const path = newPath()
      yield* Effect.forEach(Array.from({ length: 10 }), (_, index) => KeyBook.issue(path, `c${index}`, undefined), {
        concurrency: "unbounded"
      })
      assert.strictEqual((yield* KeysFile.read(path)).keys.length, 10)
      const own = path.slice(folder.length + 1)
      assert.deepStrictEqual(
        readdirSync(folder).filter((name) => name.startsWith(own)),
        [own]
      )
    })
  )
  it.live("takes over a lock that a dead process left behind", () =>
    Effect.gen(function* () {
      const path = newPath()
      writeFileSync(`${path}.lock`, "")
      const long = (yield* Clock.currentTimeMillis) / 1000 - 60
      utimesSync(`${path}.lock`, long, long)
      yield* KeyBook.issue(path, "team-a", undefined)
    })
  )
})

describe("KeyBook.rights", () => {
  it("says what is wrong with how a right is written", () => {
    const wrong = (written: KeyBook.Written) => Result.getOrThrow(Result.flip(KeyBook.rights("a", written)))
    assert.strictEqual(
      wrong({ requests: "60" }),
      'requests must be a rate such as 60/min, 10/s, 1000/h or 5000/day, got "60"'
    )
    assert.match(wrong({ tokens: "${TOKENS}" }), /^tokens must be a rate/)
    assert.strictEqual(wrong({ concurrency: "0" }), 'concurrency must be a whole number of at least 1, got "0"')
    for (const budget of ["5", "5/week", "-1/day", "$5/day"])
      assert.match(wrong({ budget }), /^budget must be USD a period/)
  })
})

describe("KeyBook.revoke", () => {
  it.live("revokes one key by its id, all of a caller by its name, and says where there is none", () =>
    Effect.gen(function* () {
      const path = newPath()
      assert.deepStrictEqual(yield* KeyBook.revoke(path, "team-a"), [])
      assert.isFalse((yield* KeysFile.read(path)).exists)
      const [a, b, other] = yield* Effect.forEach(["team-a", "team-a", "other"], (name) =>
        KeyBook.issue(path, name, undefined)
      )
      const ids = (keys: ReadonlyArray<KeysFile.KeptKey>) => keys.map(({ id }) => id)
      assert.deepStrictEqual(ids(yield* KeyBook.revoke(path, a!.id)), [a!.id])
      assert.deepStrictEqual(ids(yield* KeyBook.revoke(path, a!.id)), [])
      assert.deepStrictEqual(ids(yield* KeyBook.revoke(path, "team-a")), [b!.id])
      const inForce = (yield* KeysFile.read(path)).keys.filter((key) => key.revokedAt === undefined)
      assert.deepStrictEqual(ids(inForce), [other!.id])
    })
  )
})

describe("KeysFile.read", () => {
  it.live("refuses a file that is none, and says which and what to do", () =>
    Effect.gen(function* () {
      for (const text of [
        "",
        "{",
        "[]",
        '{"version":2,"callers":[],"keys":[]}',
        '{"version":1,"callers":[],"keys":[{}]}'
      ]) {
        const path = newPath()
        writeFileSync(path, text)
        const { message } = yield* Effect.flip(KeysFile.read(path))
        assert.isTrue(message.startsWith(`${path} is not a keys file: `), message)
        assert.isTrue(message.endsWith("; restore it, or remove it"), message)
      }
    })
  )
})

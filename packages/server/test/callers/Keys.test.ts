import { assert, describe, it } from "@effect/vitest"
import * as Caller from "../../src/callers/Caller.ts"
import * as Keys from "../../src/callers/Keys.ts"
import * as Presented from "../../src/callers/Presented.ts"
import * as Registry from "../../src/callers/Registry.ts"
import * as Redacted from "effect/Redacted"

const configured = (name: string, key: string | undefined) => ({
  name,
  key: key === undefined ? undefined : Redacted.make(key),
  routes: undefined,
  limits: undefined,
  budget: undefined
})

const keptKey = (caller: string, hash: string) => ({
  id: "key_1",
  caller,
  hash,
  begins: "orl_abcd",
  createdAt: "2026-11-21T00:00:00.000Z"
})

describe("Keys.make", () => {
  it("makes a key of 256 random bits that only its hash remembers", () => {
    const [one, other] = [Keys.make(), Keys.make()]
    assert.match(one.key, /^orl_[\w-]{43}$/)
    assert.notStrictEqual(one.key, other.key)
    assert.notStrictEqual(one.id, other.id)
    assert.strictEqual(one.hash, Keys.hashed(one.key))
    assert.strictEqual(one.begins, one.key.slice(0, 8))
    assert.notInclude(JSON.stringify({ ...one, key: undefined }), one.key.slice(8))
  })
  it("reads a hash as it is written, and hashes everything else", () => {
    assert.deepStrictEqual(Keys.digestOf(Keys.hashed("secret")), Keys.digest("secret"))
    assert.deepStrictEqual(Keys.digestOf("sha256:short"), Keys.digest("sha256:short"))
  })
})

describe("Presented.keys", () => {
  it("finds a key wherever an SDK puts it", () => {
    const keys = (headers: Record<string, string>, url = "/v1/models") => Presented.keys({ headers, url })
    assert.deepStrictEqual(keys({ authorization: "Bearer k1" }), ["k1"])
    assert.deepStrictEqual(keys({ authorization: "bearer   k1 " }), ["k1"])
    assert.deepStrictEqual(keys({ "x-api-key": "k2" }), ["k2"])
    assert.deepStrictEqual(keys({ "x-goog-api-key": "k3" }), ["k3"])
    assert.deepStrictEqual(keys({}, "/v1beta/models/m:generateContent?alt=sse&key=k%2F4"), ["k/4"])
    assert.deepStrictEqual(keys({ authorization: "Bearer a", "x-api-key": "b" }, "/?key=c"), ["a", "b", "c"])
  })
  it("finds none where there is none", () => {
    assert.deepStrictEqual(
      Presented.keys({ headers: { authorization: "Basic abc", "x-api-key": "" }, url: "/v1?key=" }),
      []
    )
    assert.deepStrictEqual(Presented.keys({ headers: {} }), [])
  })
})

describe("Registry.make", () => {
  const made = Keys.make()
  const kept = {
    exists: true,
    callers: [
      { name: "team-b", routes: ["smart"] },
      { name: "team-a", routes: ["never"] }
    ],
    keys: [keptKey("team-b", made.hash)]
  }

  it("finds the caller of a configured key, of a configured hash and of a kept key, and of no other", () => {
    const registry = Registry.make(
      [configured("team-a", "secret-a"), configured("team-c", Keys.hashed("secret-c"))],
      kept
    )
    assert.strictEqual(registry.find("secret-a")?.name, "team-a")
    assert.strictEqual(registry.find("secret-c")?.name, "team-c")
    assert.strictEqual(registry.find(made.key)?.name, "team-b")
    for (const wrong of ["", "secret-b", `${made.key}x`, made.key.slice(1), made.hash, Keys.hashed("secret-c")])
      assert.isUndefined(registry.find(wrong))
  })
  it("takes the configuration's word for a caller before the file's", () => {
    const registry = Registry.make([configured("team-a", undefined)], kept)
    assert.isTrue(registry.callers.get("team-a")?.may("anything"))
    assert.isFalse(registry.callers.get("team-b")?.may("anything"))
  })
  it("knows no key of a caller that is switched off, whatever the file says", () => {
    const off = { ...configured("team-b", undefined), disabled: "KEY_B is not set" }
    assert.isUndefined(Registry.make([off], kept).find(made.key))
  })
  it("knows no revoked key, and no key of a caller that is gone", () => {
    const revoked = { ...keptKey("team-b", made.hash), revokedAt: "2026-11-21T00:00:00.000Z" }
    assert.isUndefined(Registry.make([], { ...kept, keys: [revoked] }).find(made.key))
    assert.isUndefined(Registry.make([], { ...kept, callers: [] }).find(made.key))
  })
})

describe("Caller.may", () => {
  it("allows all without a list, else what the list names, and all of a provider by its star", () => {
    const may = (routes: ReadonlyArray<string> | undefined, name: string) =>
      Caller.make({ name: "a", routes }).may(name)
    assert.isTrue(may(undefined, "anything"))
    assert.isTrue(may(["smart", "demo/echo"], "smart"))
    assert.isTrue(may(["smart", "demo/echo"], "demo/echo"))
    assert.isFalse(may(["smart", "demo/echo"], "demo/other"))
    assert.isTrue(may(["demo/*"], "demo/models/x"))
    assert.isFalse(may(["demo/*"], "demon/x"))
    assert.isFalse(may(["demo/*"], "demo"))
    assert.isFalse(may([], "smart"))
  })
})

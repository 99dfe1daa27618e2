import { assert, describe, it, vi } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import crypto from "node:crypto"
import { syncBuiltinESMExports } from "node:module"
import * as Keys from "../../src/callers/Keys.ts"
import * as Registry from "../../src/callers/Registry.ts"

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
    assert.strictEqual(registry.find("secret-a", {})?.name, "team-a")
    assert.strictEqual(registry.find("secret-c", {})?.name, "team-c")
    assert.strictEqual(registry.find(made.key, {})?.name, "team-b")
    for (const wrong of ["", "secret-b", `${made.key}x`, made.key.slice(1), made.hash, Keys.hashed("secret-c")])
      assert.isUndefined(registry.find(wrong, {}))
  })
  it("finds the caller of a key each time that it is shown, and never that of a wrong one", () => {
    const registry = Registry.make(
      [configured("team-a", "secret-a"), configured("team-c", Keys.hashed("secret-c"))],
      kept
    )
    for (let shown = 0; shown < 3; shown++) {
      assert.strictEqual(registry.find("secret-a", {})?.name, "team-a")
      assert.strictEqual(registry.find("secret-c", {})?.name, "team-c")
      assert.strictEqual(registry.find(made.key, {})?.name, "team-b")
      for (const wrong of ["", "secret-b", `${made.key}x`, made.key.slice(1), made.hash, Keys.hashed("secret-c")])
        assert.isUndefined(registry.find(wrong, {}))
    }
    assert.strictEqual(registry.find("secret-a", {}), registry.callers.get("team-a"))
  })
  it("knows on a connection the key that it showed last, and no other by it", () => {
    const registry = Registry.make([configured("team-a", "secret-a"), configured("team-c", "secret-c")], kept)
    const connection = {}
    const shown = ["secret-a", "secret-a", "secret-c", "secret-x", "secret-", "secret-c1", "", "secret-c", "secret-a"]
    const found = shown.map((key) => registry.find(key, connection)?.name)
    assert.deepStrictEqual(found, [
      "team-a",
      "team-a",
      "team-c",
      undefined,
      undefined,
      undefined,
      undefined,
      "team-c",
      "team-a"
    ])
    assert.isUndefined(registry.find("", {}))
  })
  it("does not hash again the key that a connection showed last", () => {
    const registry = Registry.make([configured("team-a", "secret-a")], kept)
    const connection = {}
    const hashesOf = (key: string, on: object) => {
      const counted = vi.spyOn(crypto, "hash")
      syncBuiltinESMExports()
      registry.find(key, on)
      const times = counted.mock.calls.length
      counted.mockRestore()
      syncBuiltinESMExports()
      return times
    }
    assert.isAbove(hashesOf("secret-a", connection), 0)
    assert.strictEqual(hashesOf("secret-a", connection), 0)
    assert.isAbove(hashesOf("secret-b", connection), 0)
    assert.isAbove(hashesOf("secret-a", {}), 0)
  })
  it("forgets with the registry what a connection showed: a key that was revoked is nobody's on an open one", () => {
    const connection = {}
    assert.strictEqual(Registry.make([], kept).find(made.key, connection)?.name, "team-b")
    const revoked = { ...keptKey("team-b", made.hash), revokedAt: "2026-11-22T00:00:00.000Z" }
    assert.isUndefined(Registry.make([], { ...kept, keys: [revoked] }).find(made.key, connection))
  })
  it("takes the configuration's word for a caller before the file's", () => {
    const registry = Registry.make([configured("team-a", undefined)], kept)
    assert.isTrue(registry.callers.get("team-a")?.may("anything"))
    assert.isFalse(registry.callers.get("team-b")?.may("anything"))
  })
  it("knows no key of a caller that is switched off, whatever the file says", () => {
    const off = { ...configured("team-b", undefined), disabled: "KEY_B is not set" }
    assert.isUndefined(Registry.make([off], kept).find(made.key, {}))
  })
  it("knows no revoked key, and no key of a caller that is gone", () => {
    const revoked = { ...keptKey("team-b", made.hash), revokedAt: "2026-11-21T00:00:00.000Z" }
    assert.isUndefined(Registry.make([], { ...kept, keys: [revoked] }).find(made.key, {}))
    assert.isUndefined(Registry.make([], { ...kept, callers: [] }).find(made.key, {}))
  })
  it("does not know a revoked key that an earlier registry was shown", () => {
    const earlier = Registry.make([], kept)
    for (let shown = 0; shown < 2; shown++) assert.strictEqual(earlier.find(made.key, {})?.name, "team-b")
    const revoked = { ...keptKey("team-b", made.hash), revokedAt: "2026-11-21T00:00:00.000Z" }
    const later = Registry.make([], { ...kept, keys: [revoked] })
    for (let shown = 0; shown < 2; shown++) assert.isUndefined(later.find(made.key, {}))
  })
})

import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { run, start, type Running } from "./process.ts"

describe("keys of a running gateway", () => {
  let cwd: string
  let gateway: Running
  let url: string

  beforeAll(async () => {
    cwd = mkdtempSync(join(tmpdir(), "orelse-keys-"))
    gateway = start(["serve", "--port", "0", "--json"], { cwd })
    const { address } = JSON.parse((await gateway.prints("\n")).split("\n")[0] ?? "") as { readonly address: string }
    url = address
  })
  afterAll(async () => {
    gateway.child.kill("SIGTERM")
    await gateway.ended
    rmSync(cwd, { recursive: true, force: true })
  })

  const call = async (key: string | undefined, model = "demo/echo") => {
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
      body: JSON.stringify({ model, messages: [{ role: "user", content: "hi" }] })
    })
    await response.text()
    return response.status
  }
  /** Calls until it is answered so, for ten seconds at most. */
  const until = async (status: number, key: string | undefined) => {
    let seen = 0
    for (let turn = 0; turn < 200 && seen !== status; turn++) {
      seen = await call(key)
      if (seen !== status) await new Promise((resolve) => setTimeout(resolve, 50))
    }
    assert.strictEqual(seen, status)
  }

  it("close it, work and stop working without a restart, and stand in no file and no output of the gateway", async () => {
    assert.strictEqual(await call(undefined), 200)
    const made = await run(["keys", "new", "ci", "--routes", "demo/echo", "--requests", "1000/min"], { cwd })
    const key = made.out.trim()
    assert.match(key, /^orl_/)
    assert.include(made.err, "From now on every call needs a key.")
    await until(401, undefined)
    assert.strictEqual(await call(key), 200)
    assert.strictEqual(await call(key, "demo/other"), 403)
    assert.strictEqual(await call(`${key.slice(0, -1)}?`), 403)
    const second = await run(["keys", "new", "ci"], { cwd })
    await until(200, second.out.trim())
    assert.strictEqual(await call(second.out.trim(), "demo/other"), 403)
    const { id } = JSON.parse((await run(["keys", "new", "ci", "--json"], { cwd })).out) as { readonly id: string }
    assert.include((await run(["keys", "revoke", id], { cwd })).out, "Revoked 1 key")
    assert.include((await run(["keys", "revoke", "ci"], { cwd })).out, "Revoked 2 keys")
    await until(403, key)
    assert.strictEqual(await call(undefined), 401)
    const recorded = await run(["calls", "--caller", "ci", "--json"], { cwd })
    assert.include(recorded.out, '"caller": "ci"')
    gateway.child.kill("SIGTERM")
    const { code, err, out } = await gateway.ended
    assert.strictEqual(code, 0)
    const files = ["orelse.db", "orelse.keys.json"].map((name) => readFileSync(join(cwd, name), "latin1"))
    for (const text of [out, err, recorded.out, ...files]) assert.notInclude(text, key)
  })

  it("are not in force where nobody can have read them: their reader has gone, or the disk is full", async () => {
    const folder = mkdtempSync(join(cwd, "unread-"))
    const unread = start(["keys", "new", "ci"], { cwd: folder })
    unread.child.stdout?.destroy()
    const ended = [await unread.ended]
    const unheard = start(["keys", "new", "ci"], { cwd: folder })
    unheard.child.stdout?.destroy()
    unheard.child.stderr?.destroy()
    assert.strictEqual((await unheard.ended).code, 1)
    if (existsSync("/dev/full")) {
      const full = openSync("/dev/full", "w")
      ended.push(await run(["keys", "new", "ci", "--json"], { cwd: folder, out: full }))
      closeSync(full)
    }
    for (const { code, err } of ended) {
      assert.strictEqual(code, 1)
      assert.match(
        err,
        /^The new key cannot be written out \((?:.* EPIPE|ENOSPC: .*)\), and is not in force\.\n[^\n]+\n$/
      )
    }
    assert.deepStrictEqual(readdirSync(folder), [])
  })

  it("keep it from starting where their file cannot be read, rather than leaving it open", async () => {
    const folder = mkdtempSync(join(cwd, "broken-"))
    writeFileSync(join(folder, "orelse.keys.json"), "{ broken")
    const { code, err } = await run(["serve", "--port", "0"], { cwd: folder })
    assert.strictEqual(code, 1)
    assert.match(err, /orelse\.keys\.json is not a keys file: .*; restore it, or remove it/s)
  })
})

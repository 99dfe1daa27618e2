import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { start } from "./process.ts"

let cwd = ""
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "orelse-reload-"))
  await writeFile(join(cwd, "orelse.yaml"), "callers: [{ name: a, key: key-a }]\nledger: { store: none }\n")
})
afterAll(() => rm(cwd, { recursive: true }))

describe("orelse serve, told to read its configuration again", () => {
  it("keeps the one in force where the file that it found by itself is gone, and stays closed", async () => {
    const running = start(["serve", "--json", "--port", "0"], { cwd })
    const address = /"address":"([^"]+)"/.exec(await running.prints('"address"'))?.[1] ?? ""
    await rm(join(cwd, "orelse.yaml"))
    const reload = await fetch(`${address}/admin/reload`, { method: "POST" })
    assert.strictEqual(reload.status, 422)
    assert.include(await reload.text(), "orelse.yaml: found no such file")
    const call = await fetch(`${address}/v1/chat/completions`, {
      method: "POST",
      body: JSON.stringify({ model: "demo/echo", messages: [{ role: "user", content: "hi" }] })
    })
    assert.strictEqual(call.status, 401)
    running.child.kill("SIGTERM")
    assert.strictEqual((await running.ended).code, 0)
  })
})

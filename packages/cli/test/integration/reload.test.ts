import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises"
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

  const naming = (route: string) => `routes: { ${route}: [demo/echo] }\nledger: { store: none }\n`
  const serving = async (file: string) => {
    const running = start(["serve", "--json", "--port", "0", "-c", file], { cwd })
    const address = /"address":"([^"]+)"/.exec(await running.prints('"address"'))?.[1] ?? ""
    const routes = async () => (await fetch(`${address}/admin/routes`)).text()
    const shows = async (route: string) => {
      for (const end = performance.now() + 10_000; performance.now() < end;) {
        if ((await routes()).includes(`"${route}"`)) return
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      assert.fail(`no route ${route}: ${await routes()}`)
    }
    return { address, running, shows }
  }

  it("reads it by itself where a folder on the way is a link that is swapped, and where the file is one", async () => {
    for (const [folder, route] of [
      ["d1", "one"],
      ["d2", "two"]
    ] as const) {
      await mkdir(join(cwd, folder))
      await writeFile(join(cwd, folder, "o.yaml"), naming(route))
    }
    await symlink("d1", join(cwd, "data"))
    await mkdir(join(cwd, "links"))
    await symlink("../d1/o.yaml", join(cwd, "links", "o.yaml"))
    const swapped = await serving("data/o.yaml")
    const linked = await serving("links/o.yaml")
    await symlink("d2", join(cwd, "data.new"))
    await rename(join(cwd, "data.new"), join(cwd, "data"))
    await swapped.shows("two")
    await writeFile(join(cwd, "d1", "o.new"), naming("three"))
    await rename(join(cwd, "d1", "o.new"), join(cwd, "d1", "o.yaml"))
    await linked.shows("three")
    for (const { running } of [swapped, linked]) {
      running.child.kill("SIGTERM")
      assert.strictEqual((await running.ended).code, 0)
    }
  })

  it("reads standard input also where that is a socket, as under ssh, and says what is wrong with it", async () => {
    const right = await start(["check", "-c", "/dev/stdin"], { cwd, input: naming("sent") }).ended
    assert.deepStrictEqual(right, { code: 0, out: "/dev/stdin is valid: 1 route, 1 provider\n", err: "" })
    const wrong = await start(["check", "-c", "/dev/stdin"], { cwd, input: "rutes: {}\n" }).ended
    assert.strictEqual(wrong.code, 1)
    assert.match(wrong.err, /^\/dev\/stdin:1:1: rutes: found the unknown key/)
  })
  it("keeps what came out of a pipe", async () => {
    const pipe = join(cwd, "pipe")
    execFileSync("mkfifo", [pipe])
    const checked = start(["check", "-c", pipe], { cwd })
    await writeFile(pipe, naming("piped"))
    assert.deepStrictEqual(await checked.ended, { code: 0, out: "pipe is valid: 1 route, 1 provider\n", err: "" })
    const [{ address, running }] = await Promise.all([serving(pipe), writeFile(pipe, naming("piped"))])
    const reload = await fetch(`${address}/admin/reload`, { method: "POST" })
    assert.strictEqual(reload.status, 200)
    assert.include(await (await fetch(`${address}/admin/routes`)).text(), '"piped"')
    running.child.kill("SIGTERM")
    assert.strictEqual((await running.ended).code, 0)
  })
})

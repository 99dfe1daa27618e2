import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { start } from "./process.ts"

let cwd = ""
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "orelse-log-"))
})
afterAll(() => rm(cwd, { recursive: true }))

const configuration = "routes: { first: [demo/echo] }\nledger: { store: none }\n"

const serve = async (file: string, ...more: ReadonlyArray<string>) => {
  await writeFile(join(cwd, file), configuration)
  const running = start(["serve", "--port", "0", "-c", file, ...more], { cwd })
  const out = await running.prints("http://")
  return { ...running, address: /http:\/\/[\d.:]+/.exec(out)?.[0] ?? "" }
}

const ask = async (address: string): Promise<number> => {
  const body = JSON.stringify({ model: "first", messages: [{ role: "user", content: "hi" }] })
  const response = await fetch(`${address}/v1/chat/completions`, { method: "POST", body })
  await response.text()
  return response.status
}

describe("the log of orelse serve", () => {
  it("is one JSON object a line, also where it is about no call, when programs read it", async () => {
    const gateway = await serve("lines.yaml", "--json")
    assert.strictEqual(await ask(gateway.address), 200)
    await writeFile(join(cwd, "next.yaml"), "routes: { first: 1 }\nno: 1\n")
    await rename(join(cwd, "next.yaml"), join(cwd, "lines.yaml"))
    await gateway.prints("stays in force")
    gateway.child.kill("SIGTERM")
    const { code, out } = await gateway.ended
    assert.strictEqual(code, 0)
    const lines = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
    assert.deepStrictEqual(
      lines.slice(1).map(({ level, message }) => [level, message]),
      [
        ["info", "call"],
        ["warn", "The new configuration has problems; the one before stays in force"]
      ]
    )
    assert.match(String(lines.at(-1)?.["time"]), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
    assert.lengthOf(lines.at(-1)?.["detail"] as ReadonlyArray<string>, 2)
  })

  it("has no say in whether it serves: with nobody left to read it, calls are answered and it ends in order", async () => {
    const gateway = await serve("alone.yaml")
    gateway.child.stdout?.destroy()
    gateway.child.stderr?.destroy()
    for (let call = 0; call < 3; call++) {
      assert.strictEqual(await ask(gateway.address), 200)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    gateway.child.kill("SIGTERM")
    assert.strictEqual((await gateway.ended).code, 0)
  })
})

import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { run, start, type Running } from "./process.ts"

let cwd = ""
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "orelse-stop-"))
  await writeFile(
    join(cwd, "shared.yaml"),
    "server: { drainTimeout: 20s }\nroutes: { first: [demo/echo] }\nledger: { path: ./shared.db }\n"
  )
})
afterAll(() => rm(cwd, { recursive: true }))

const serve = async () => {
  const running = start(["serve", "--port", "0", "-c", "shared.yaml", "--log-level", "none"], { cwd })
  return { ...running, address: /listens on (http:\S+)/.exec(await running.prints("Next"))?.[1] ?? "" }
}

const ask = (address: string, model: string, prompt: string, stream = false): Promise<Response> =>
  fetch(`${address}/v1/chat/completions`, {
    method: "POST",
    body: JSON.stringify({ model, stream, messages: [{ role: "user", content: prompt }] })
  })

const stop = async ({ child, ended }: Running, signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> => {
  child.kill(signal)
  return (await ended).code
}

const alphabet = "a b c d e f g h i j k l m n o p q r s t u v w x y z"

describe("orelse serve, told to stop", () => {
  it("finishes its open streams, puts them on record and ends with 0", async () => {
    const server = await serve()
    const response = await ask(server.address, "demo/slow", alphabet, true)
    const text = response.text()
    assert.strictEqual(await stop(server), 0)
    assert.match(await text, /data: \[DONE\]\n\n$/)
    const { out } = await run(["calls", response.headers.get("x-orelse-call-id") ?? "", "-c", "shared.yaml"], { cwd })
    assert.include(out, "the call is answered")
  })

  it("is told nothing of the kind by SIGUSR2, and says so", async () => {
    const server = start(["serve", "--port", "0", "-c", "shared.yaml", "--json"], { cwd })
    const address = /"address":"(http:[^"]+)"/.exec(await server.prints('"address"'))?.[1] ?? ""
    server.child.kill("SIGUSR2")
    await server.prints("SIGUSR2 replaces workers")
    assert.strictEqual((await ask(address, "first", "hi")).status, 200)
    assert.strictEqual(await stop(server), 0)
  })

  it("ends at once on a second signal", async () => {
    const server = await serve()
    const response = await ask(server.address, "demo/slow", alphabet.repeat(20), true)
    const text = response.text().catch(() => "cut")
    server.child.kill("SIGTERM")
    await new Promise((resolve) => setTimeout(resolve, 100))
    const began = performance.now()
    assert.strictEqual(await stop(server, "SIGINT"), 130)
    assert.isBelow(performance.now() - began, 2_000)
    assert.notInclude(await text, "[DONE]")
  })
})

describe("two gateways with one SQLite file", () => {
  it("both keep all their calls, and neither gives up a call of the other while it runs", async () => {
    const [one, two] = await Promise.all([serve(), serve()])
    const open = await ask(one.address, "demo/slow", alphabet, true)
    const asked = await Promise.all(
      [one, two].flatMap(({ address }) =>
        Array.from({ length: 20 }, async () => (await ask(address, "first", "hi")).headers.get("x-orelse-call-id"))
      )
    )
    // A start is when calls of dead processes are given up.
    const third = await serve()
    await open.text()
    for (const server of [one, two, third]) assert.strictEqual(await stop(server), 0)
    const { out } = await run(["calls", "--json", "--limit", "1000", "-c", "shared.yaml"], { cwd })
    const page = JSON.parse(out) as { calls: ReadonlyArray<{ id: string; outcome: string }> }
    const outcomes = new Map(page.calls.map((call) => [call.id, call.outcome]))
    for (const id of [...asked, open.headers.get("x-orelse-call-id")])
      assert.strictEqual(outcomes.get(id ?? ""), "answered")
    assert.strictEqual(outcomes.size, page.calls.length)
  }, 120_000)
})

import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { Agent, request } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { start, type Running } from "./process.ts"

let cwd = ""
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "orelse-workers-"))
  await writeFile(join(cwd, "one.yaml"), "routes: { first: { try: [demo/echo] } }\n")
})
afterAll(() => rm(cwd, { recursive: true }))

/** A gateway with workers on a free port, and where it listens. */
const serve = async (count: number): Promise<Running & { readonly address: string }> => {
  const running = start(["serve", "--json", "--workers", String(count), "--port", "0", "-c", "one.yaml"], { cwd })
  const printed = await running.prints('"address"')
  const address = /"address":"([^"]+)"/.exec(printed)?.[1] ?? ""
  return { ...running, address }
}

/** Calls until `enough`, over kept-alive connections or over a new one each time, and gives back every failure. */
const load = (address: string, connections: number, body: string, enough: () => boolean, keepAlive = true) => {
  const agent = new Agent({ keepAlive, maxSockets: connections })
  const failures: Array<string> = []
  let calls = 0
  const one = () =>
    new Promise<void>((resolve) => {
      const outgoing = request(
        `${address}/v1/chat/completions`,
        { agent, method: "POST", headers: { "content-type": "application/json" } },
        (response) => {
          let text = ""
          response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk))
          response.on("error", (error) => failures.push(String(error)))
          response.on("close", () => {
            calls += 1
            const isWhole = text.includes('"finish_reason":"stop"') || text.includes("data: [DONE]")
            if (response.statusCode !== 200 || !isWhole) failures.push(`${response.statusCode} ${text}`)
            resolve()
          })
        }
      )
      outgoing.on("error", (error) => {
        failures.push(String(error))
        resolve()
      })
      outgoing.end(body)
    })
  const caller = async () => {
    while (!enough()) await one()
  }
  const done = Promise.all(Array.from({ length: connections }, caller)).then(() => agent.destroy())
  return { done, failures, calls: () => calls }
}

const whole = JSON.stringify({ model: "first", messages: [{ role: "user", content: "hello" }] })
const streamed = JSON.stringify({
  model: "demo/slow",
  stream: true,
  messages: [{ role: "user", content: "one two three four five six seven eight" }]
})

/** The process of each worker, by its number. */
const pids = async (address: string): Promise<ReadonlyMap<number, number>> => {
  const text = await (await fetch(`${address}/metrics`, { headers: { connection: "close" } })).text()
  const rows = [...text.matchAll(/^orelse_process_id\{worker="(\d+)"\} (\d+)/gm)]
  return new Map(rows.map(([, worker, pid]) => [Number(worker), Number(pid)]))
}

/** Processes that this one has started. */
const childrenOf = async (pid: number): Promise<ReadonlyArray<string>> =>
  (await readFile(`/proc/${pid}/task/${pid}/children`, "utf8")).trim().split(" ").filter(Boolean)

/** Looks again and again until something is so. */
const until = async <A>(look: () => Promise<A | undefined>, what: string): Promise<A> => {
  for (let tries = 0; tries < 300; tries++) {
    const found = await look()
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`never came true: ${what}`)
}

/** Calls on record that have not been answered. */
const unanswered = (): unknown => {
  const database = new DatabaseSync(join(cwd, "orelse.db"), { readOnly: true })
  const row = database.prepare("SELECT count(*) AS n FROM calls WHERE outcome <> 'answered'").get()
  database.close()
  return row?.["n"]
}

describe("orelse serve --workers", () => {
  it("serves although it is told to reload and to replace its workers while they start", async () => {
    const gateway = start(["serve", "--json", "--workers", "2", "--port", "0", "-c", "one.yaml"], { cwd })
    const pid = gateway.child.pid ?? 0
    await until(async () => ((await childrenOf(pid)).length > 0 ? true : undefined), "a worker")
    gateway.child.kill("SIGHUP")
    gateway.child.kill("SIGUSR2")
    await gateway.prints('"address"')
    gateway.child.kill("SIGTERM")
    assert.strictEqual((await gateway.ended).code, 0)
  })

  it("loses no call while every worker is replaced, and each process is another one afterwards", async () => {
    const gateway = await serve(3)
    const before = await pids(gateway.address)
    assert.deepStrictEqual([...before.keys()], [1, 2, 3])
    let isDone = false
    const loads = [load(gateway.address, 12, whole, () => isDone), load(gateway.address, 6, streamed, () => isDone)]
    const asked = await fetch(`${gateway.address}/admin/restart`, { method: "POST" })
    assert.strictEqual(asked.status, 202)
    await gateway.prints("All workers have been replaced")
    isDone = true
    await Promise.all(loads.map(({ done }) => done))
    const after = await pids(gateway.address)
    assert.deepStrictEqual([...after.keys()], [1, 2, 3])
    for (const [number, pid] of before) assert.notStrictEqual(after.get(number), pid)
    assert.deepStrictEqual(
      loads.flatMap(({ failures }) => failures),
      []
    )
    const calls = loads.reduce((sum, one) => sum + one.calls(), 0)
    assert.isAbove(calls, 100)
    gateway.child.kill("SIGTERM")
    assert.strictEqual((await gateway.ended).code, 0)
    // One file for all of them: every call once, none open, none given up.
    const database = new DatabaseSync(join(cwd, "orelse.db"), { readOnly: true })
    const rows = database.prepare("SELECT outcome, count(*) AS n FROM calls GROUP BY outcome").all()
    database.close()
    assert.deepStrictEqual(
      rows.map(({ n, outcome }) => [outcome, n]),
      [["answered", calls]]
    )
  }, 120_000)

  it("puts a new worker in the place of one that was killed, and loses no call but those that it had", async () => {
    const gateway = await serve(2)
    const before = await pids(gateway.address)
    const victim = before.get(1) ?? 0
    let isDone = false
    const running = load(gateway.address, 12, streamed, () => isDone)
    await until(async () => (running.calls() > 12 ? true : undefined), "calls")
    process.kill(victim, "SIGKILL")
    // A connection that is being handed to a process while it is killed is lost with it.
    const said = await gateway.prints("it is replaced")
    assert.include(said.replaceAll("\n", " "), `process ${victim}) ended: SIGKILL`)
    const after = await until(async () => {
      const found = await pids(gateway.address)
      return found.size === 2 && found.get(1) !== victim ? found : undefined
    }, "a new worker 1")
    assert.strictEqual(after.get(2), before.get(2))
    const atDeath = running.calls() + 12
    await until(async () => (running.calls() > atDeath ? true : undefined), "calls of the new worker")
    isDone = true
    await running.done
    // Each of the twelve callers had one call under way, which says two things of its end; a new one may have been on its way to the worker.
    assert.isAtMost(running.failures.length, 36)
    assert.isAbove(running.failures.length, 0)
    let left = 200
    const late = load(gateway.address, 12, whole, () => left-- <= 0)
    await late.done
    assert.deepStrictEqual(late.failures, [])
    gateway.child.kill("SIGTERM")
    assert.strictEqual((await gateway.ended).code, 0)
  }, 120_000)

  it("leaves no caller waiting whose connection was on its way to a worker that was killed", async () => {
    const gateway = await serve(2)
    let isDone = false
    const running = load(gateway.address, 12, whole, () => isDone, false)
    for (const number of [1, 2, 1]) {
      await until(async () => ((await pids(gateway.address)).size === 2 ? true : undefined), "two workers")
      const victim = (await pids(gateway.address)).get(number) ?? 0
      process.kill(victim, "SIGKILL")
      await gateway.prints(`process ${victim}) ended: SIGKILL`)
    }
    await until(async () => ((await pids(gateway.address)).size === 2 ? true : undefined), "two workers")
    isDone = true
    // Ends only where every call has: at once, or answered by another worker.
    await running.done
    assert.isAtMost(running.failures.length, 3 * 24)
    gateway.child.kill("SIGTERM")
    assert.strictEqual((await gateway.ended).code, 0)
  }, 120_000)

  it("finishes running calls of all workers on SIGTERM, takes no new ones, and ends with 0", async () => {
    const gateway = await serve(2)
    let isDone = false
    const running = load(gateway.address, 8, streamed, () => isDone)
    await until(async () => (running.calls() > 8 ? true : undefined), "calls")
    isDone = true
    gateway.child.kill("SIGTERM")
    await running.done
    assert.deepStrictEqual(running.failures, [])
    assert.strictEqual((await gateway.ended).code, 0)
    const refused = await fetch(`${gateway.address}/health/live`).catch((error: unknown) => error)
    assert.instanceOf(refused, Error)
  }, 120_000)

  it("finishes running calls and leaves the port where the process that keeps the workers is killed", async () => {
    const gateway = await serve(2)
    const before = unanswered()
    let isDone = false
    const running = load(gateway.address, 8, streamed, () => isDone)
    await until(async () => (running.calls() > 8 ? true : undefined), "calls")
    isDone = true
    gateway.child.kill("SIGKILL")
    await running.done
    assert.deepStrictEqual(running.failures, [])
    // Its output closes with the last of its workers.
    const { out } = await gateway.ended
    assert.include(out, "ends when the calls that it has are answered")
    // It takes back what was left open.
    const again = await serve(1)
    assert.strictEqual(unanswered(), before)
    again.child.kill("SIGTERM")
    assert.strictEqual((await again.ended).code, 0)
  }, 120_000)

  it("says once why it does not start, and ends with 1", async () => {
    const gateway = await serve(1)
    const port = new URL(gateway.address).port
    const second = start(["serve", "--workers", "2", "--port", port, "-c", "one.yaml"], { cwd })
    const { code, err } = await second.ended
    assert.strictEqual(code, 1)
    assert.strictEqual(err.split("is taken by another program").length, 2, err)
    gateway.child.kill("SIGTERM")
    assert.strictEqual((await gateway.ended).code, 0)
  }, 120_000)
})

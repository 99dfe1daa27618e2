import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Agent, request } from "undici"
import { answer, refusal } from "../support/Answers.ts"
import { type GatewayProcess, startCommand, startProcess, until } from "../support/processes.ts"
import { bad, configuration, type Letter, lettersOf, readings, replacer, type Way } from "../support/reloads.ts"
import * as ScriptedServer from "../support/ScriptedServer.ts"

const ways: ReadonlyArray<Way> = ["file", "signal", "admin"]

/** `ORELSE_LONG=1` takes a hundred here, too. */
const workerReloads = process.env["ORELSE_LONG"] === undefined ? 24 : 100

interface Seen {
  readonly status: number
  readonly provider: string
  readonly text: string
}

describe("a gateway whose configuration is replaced under load", () => {
  let provider: ScriptedServer.ScriptedServer
  const agent = new Agent({ connections: 64, pipelining: 1 })
  const open: Array<GatewayProcess> = []
  const held = Promise.withResolvers<void>()
  beforeAll(async () => {
    provider = await ScriptedServer.start()
    provider.use(async (asked) => {
      const model = asked.json["model"]
      if (model === "held") await held.promise
      if (model === "cooled") return refusal(429, "slow down", { headers: { "retry-after": "3600" } })(asked)
      const isFlaky = String(asked.headers["authorization"]).endsWith("-flaky")
      return isFlaky && asked.index % 3 === 0 ? refusal(500, "oh no")(asked) : answer()(asked)
    })
  })
  afterAll(async () => {
    held.resolve()
    await agent.close()
    await Promise.all(open.map((gateway) => gateway.close()))
    await provider.close()
  })

  const begin = async (more: ReadonlyArray<string> = []) => {
    const gateway = await startProcess(configuration(provider.url, "A"), more)
    open.push(gateway)
    const { begin, replace } = await replacer(gateway)
    await begin(configuration(provider.url, "A"))
    return { gateway, replace }
  }

  const call = async (url: string, model: string, more: { key?: string; content?: string; stream?: boolean } = {}) => {
    const { content = "hi", key = "key-everyone", stream = false } = more
    const { body, headers, statusCode } = await request(`${url}/v1/chat/completions`, {
      dispatcher: agent,
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
      body: JSON.stringify({ model, stream, messages: [{ role: "user", content }] })
    })
    return {
      status: statusCode,
      provider: String(headers["x-orelse-provider"]),
      text: await body.text()
    } satisfies Seen
  }

  /** Calls on and on, whole and streamed; what went wrong with them comes out at the end. */
  const load = (url: string, callers: number) => {
    const over = new AbortController()
    const failures: Array<string> = []
    let calls = 0
    const caller = async () => {
      while (!over.signal.aborted) {
        const content = `call-${calls++}`
        const stream = calls % 2 === 0
        const seen = await call(url, "smart", { content, stream })
        const isWhole = seen.text.includes(stream ? "data: [DONE]" : '"finish_reason":"stop"')
        const attempts = provider.requests.filter(({ body }) => body.includes(`"${content}"`))
        const letters = new Set([...attempts.flatMap((attempt) => [...lettersOf(attempt)]), seen.provider.slice(-1)])
        if (seen.status !== 200 || !isWhole || letters.size !== 1)
          failures.push(`${seen.status} ${seen.provider} ${[...letters].join("")} ${seen.text}`)
        if (calls % 500 === 0) provider.forget()
      }
    }
    const done = Promise.all(Array.from({ length: callers }, caller))
    return {
      end: async () => {
        over.abort()
        await done
        return { failures, calls }
      }
    }
  }

  /** Good and bad in turn, by each of the ways; after each, what is in force is what it should be. */
  const reloadAll = async (count: number, { gateway, replace }: Awaited<ReturnType<typeof begin>>) => {
    let letter: Letter = "A"
    const taken = { good: 0, bad: 0 }
    for (let round = 0; round < count; round++) {
      const way = ways[round % 3] ?? "file"
      const isGood = round % 4 !== 3
      if (isGood) letter = letter === "A" ? "B" : "A"
      const answered = await replace(
        way,
        isGood ? configuration(provider.url, letter) : (bad[round % bad.length] ?? "")
      )
      taken[isGood ? "good" : "bad"] += 1
      if (answered !== undefined) {
        assert.strictEqual(answered.status, isGood ? 200 : 422)
        const told = (await answered.json()) as { readonly taken: boolean; readonly problems?: ReadonlyArray<string> }
        assert.strictEqual(told.taken, isGood)
        if (!isGood) assert.match(told.problems?.[0] ?? "", /orelse\.yaml/)
      }
      const seen = await call(gateway.url, "smart")
      assert.strictEqual(seen.provider.slice(-1), letter, `${way} ${round}: ${gateway.said().slice(-2000)}`)
    }
    return taken
  }

  it("fails no call and mixes no two configurations in 100 reloads by file, signal and admin; limits, cooldowns and permits stay", async () => {
    const running = await begin()
    const { gateway } = running
    const { url } = gateway
    const stuck = call(url, "held")
    await provider.until(() => provider.requests.some(({ json }) => json["model"] === "held"), "the held call")
    const before = { counted: [200, 200, 200], few: [200, 200] }
    for (const status of before.counted) assert.strictEqual((await call(url, "counted")).status, status)
    for (const status of before.few) assert.strictEqual((await call(url, "counted", { key: "key-few" })).status, status)
    assert.strictEqual((await call(url, "cooled")).status, 429)
    const cooling = await cooldown(url)
    assert.isAbove(cooling, Date.now() + 3_000_000)

    const loaded = load(url, 12)
    const reloads = await reloadAll(100, running)
    const { calls, failures } = await loaded.end()
    assert.deepStrictEqual(failures.slice(0, 3), [])
    assert.isAbove(calls, 500)
    assert.deepStrictEqual(reloads, { good: 75, bad: 25 })

    // All five of the hour are gone, three of them before the first reload.
    assert.strictEqual((await call(url, "counted")).status, 429)
    assert.strictEqual((await call(url, "counted", { key: "key-few" })).status, 429)
    provider.forget()
    assert.strictEqual((await call(url, "cooled")).status, 503)
    assert.strictEqual(await cooldown(url), cooling)
    assert.strictEqual((await call(url, "held")).status, 429)
    assert.deepStrictEqual(provider.requests, [])
    held.resolve()
    assert.strictEqual((await stuck).status, 200)
    assert.strictEqual((await call(url, "held")).status, 200)
  }, 90_000)

  const cooldown = async (url: string): Promise<number> => {
    const { targets } = (await (await fetch(`${url}/admin/targets`)).json()) as {
      readonly targets: ReadonlyArray<{ readonly provider: string; readonly until?: number | string }>
    }
    return new Date(targets.find(({ provider }) => provider === "cooled")?.until ?? 0).getTime()
  }

  it("fails no call and mixes no two configurations where two workers read them", async () => {
    const running = await begin(["--workers", "2"])
    assert.deepStrictEqual([...(await readings(running.gateway)).keys()].toSorted(), ["1", "2"])
    const loaded = load(running.gateway.url, 12)
    const reloads = await reloadAll(workerReloads, running)
    const { calls, failures } = await loaded.end()
    assert.deepStrictEqual(failures.slice(0, 3), [])
    assert.isAbove(calls, 200)
    assert.deepStrictEqual(reloads, { good: workerReloads * 0.75, bad: workerReloads * 0.25 })
  }, 60_000)

  it("sees the file change where Kubernetes swaps the folder behind it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "orelse-mounted-"))
    const mount = (version: string, letter: Letter) => {
      mkdirSync(join(folder, version))
      writeFileSync(join(folder, version, "orelse.yaml"), configuration(provider.url, letter))
      symlinkSync(version, join(folder, "..data_tmp"))
      renameSync(join(folder, "..data_tmp"), join(folder, "..data"))
    }
    mount("..2026_1", "A")
    symlinkSync("..data/orelse.yaml", join(folder, "orelse.yaml"))
    const gateway = await startCommand(["serve", "--port", "0"], folder, {
      ORELSE_CONFIG: join(folder, "orelse.yaml")
    })
    try {
      const model = "smart"
      assert.strictEqual((await call(gateway.url, model)).provider.slice(-1), "A")
      mount("..2026_2", "B")
      await until(async () => (await call(gateway.url, model)).provider.endsWith("B"), "the other configuration")
    } finally {
      assert.strictEqual(await gateway.close(), 0)
      rmSync(folder, { recursive: true })
    }
  })

  it("says of a file with problems, of one that is gone, and of settings that wait for a restart, and goes on as before", async () => {
    const { gateway, replace } = await begin()
    const { url } = gateway
    const status = async () => {
      const response = await fetch(`${url}/health/ready`)
      assert.strictEqual(response.status, 200)
      const { configuration } = (await response.json()) as { readonly configuration: Readonly<Record<string, unknown>> }
      return configuration
    }
    const metrics = async () => (await fetch(`${url}/metrics`)).text()
    const { since, ...inForce } = await status()
    assert.deepStrictEqual(inForce, { status: "in force" })

    for (const [way, reads] of [
      ["file", 1],
      ["signal", 2],
      ["admin", 3]
    ] as const) {
      await replace(way, "routes: { smart: { try: [nobody/m] } }")
      const { detail, refusedAt, ...refused } = await status()
      assert.deepStrictEqual(refused, { status: "refused", since, problems: 1 })
      assert.isAtLeast(Number(refusedAt), Number(since))
      assert.include(detail, "orelse check")
      assert.include(await metrics(), `orelse_config_reloads_total{outcome="refused"} ${reads}`)
      assert.include(await metrics(), "orelse_config_last_reload_successful 0")
    }
    assert.strictEqual(gateway.said().split("routes.smart.try[0]: found").length - 1, 3, gateway.said())
    assert.strictEqual((await call(url, "smart")).status, 200)

    // As it is: nothing but the signal says so.
    gateway.signal("SIGHUP")
    await until(
      async () => (await metrics()).includes(`orelse_config_reloads_total{outcome="refused"} 4`),
      "another reading"
    )

    await replace("signal", configuration(provider.url, "A"))
    assert.deepStrictEqual(await status(), { status: "in force", since })
    assert.include(await metrics(), "orelse_config_last_reload_successful 1")

    const more = `server: { port: 1, maxBodySize: 1MiB, drainTimeout: 1s }\nstate: { store: redis, url: "redis://127.0.0.1:1" }\n`
    const answered = await replace("admin", configuration(provider.url, "B") + more)
    assert.deepInclude(await answered?.json(), {
      taken: true,
      restart: ["server.port", "server.drainTimeout", "state"]
    })
    assert.include(gateway.said(), "Holds after a restart only: server.port, server.drainTimeout, state")
    assert.strictEqual((await call(url, "smart")).provider.slice(-1), "B")

    // Without its file the gateway does not become the open one of the embedded default.
    rmSync(gateway.file)
    const gone = await fetch(`${url}/admin/reload`, { method: "POST" })
    assert.strictEqual(gone.status, 422)
    assert.include(await gone.text(), "no such file")
    assert.strictEqual((await call(url, "smart", { key: "nobody" })).status, 403)
  }, 60_000)
})

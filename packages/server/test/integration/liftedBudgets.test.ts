import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { answer } from "../support/Answers.ts"
import { chat, start } from "../support/reloading.ts"
import * as ScriptedServer from "../support/ScriptedServer.ts"
import { isMissing, startRedis, titleOf } from "../support/servers.ts"

const redis = await startRedis()

/** Every call costs 1 ct. */
const configuration = (url: string, state: string, ledger: string, budget: string) => `
providers:
  mine: { protocol: openai-chat, url: ${url}/v1, keys: [x], models: { good: { inputPrice: 1000, outputPrice: 0 } } }
routes: { smart: mine/good }
ledger: ${ledger}
state: ${state}
callers:
  - { name: a, key: a${budget} }
`

describe(titleOf("a budget that a reload takes away and another one puts back", redis), () => {
  let folder: string
  let server: ScriptedServer.ScriptedServer

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "orelse-lifted-"))
    server = await ScriptedServer.start({ script: answer({ usage: { input: 10, output: 0 } }) })
  })
  afterAll(async () => {
    await server.close()
    if (!isMissing(redis)) await redis[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  const play = async (state: string, ledger: string): Promise<ReadonlyArray<number>> => {
    const yaml = (budget: string) => configuration(server.url, state, ledger, budget)
    const budget = ", budget: { usd: 0.05, per: month }"
    const gateway = await start(yaml(budget))
    const call = async () => {
      const response = await chat(gateway.url, "a")
      await response.text()
      return response.status
    }
    const statuses = [await call()]
    await gateway.reload(yaml(""))
    for (let calls = 0; calls < 3; calls++) statuses.push(await call())
    await gateway.reload(yaml(budget))
    for (let calls = 0; calls < 5; calls++) statuses.push(await call())
    await gateway.close()
    return statuses
  }

  it("counts what was spent meanwhile, which the ledger knows", async () => {
    const statuses = await play("{ store: memory }", `{ path: ${join(folder, "memory.db")} }`)
    assert.deepStrictEqual(statuses.slice(4), [200, 429, 429, 429, 429])
  })

  it("counts what was spent before, where no ledger knows more", async () => {
    const statuses = await play("{ store: memory }", "{ store: none }")
    assert.deepStrictEqual(statuses.slice(4), [200, 200, 200, 200, 429])
  })

  it.skipIf(isMissing(redis))("counts what was spent meanwhile in Redis as well", async () => {
    if (isMissing(redis)) return
    const statuses = await play(`{ store: redis, url: "${redis.url}" }`, `{ path: ${join(folder, "redis.db")} }`)
    assert.deepStrictEqual(statuses.slice(4), [200, 429, 429, 429, 429])
  })
})

import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { Agent, request } from "undici"
import { answer } from "../support/Answers.ts"
import { type GatewayProcess, startProcess, until } from "../support/processes.ts"
import * as ScriptedServer from "../support/ScriptedServer.ts"
import { isMissing, type Running, startRedis, titleOf } from "../support/servers.ts"

const found = await startRedis()

/** 34 tokens an answer: what `answer()` reports. A call costs 0.034 USD, and so says its estimate. */
const configuration = (provider: string, redis: string) => `
state: { store: redis, url: "${redis}" }
ledger: { store: none }
providers:
  few: { protocol: openai-chat, url: ${provider}/v1, keys: [{ name: main, value: k }], limits: { requests: 100/h } }
  narrow: { protocol: openai-chat, url: ${provider}/v1, keys: [{ name: main, value: k }], limits: { concurrency: 20 } }
  wide: { protocol: openai-chat, url: ${provider}/v1, keys: [{ name: main, value: k }], limits: { requests: 1000000/h, tokens: 100000000/h, concurrency: 5000 }, models: { m: { inputPrice: 0, outputPrice: 1000 } } }
policies:
  once: { from: recommended, attempts: 1 }
routes:
  few: { try: [few/m], policy: once }
  narrow: { try: [narrow/m], policy: once }
  wide: { try: [wide/m] }
callers:
  - { name: open, key: key-open }
  - { name: limited, key: key-limited, limits: { requests: 150/h } }
  - { name: thrifty, key: key-thrifty, budget: { usd: 3.4, per: month } }
`

describe(titleOf("three gateways on one Redis", found), () => {
  let redis: Running
  let provider: ScriptedServer.ScriptedServer
  let gateways: ReadonlyArray<GatewayProcess> = []
  const agent = new Agent({ connections: 400, pipelining: 1 })

  beforeAll(async () => {
    if (isMissing(found)) return
    redis = found
    provider = await ScriptedServer.start({ script: answer() })
    gateways = await Promise.all([1, 2, 3].map(() => startProcess(configuration(provider.url, found.url))))
  })
  afterAll(async () => {
    await agent.close()
    await Promise.all(gateways.map((gateway) => gateway.close()))
    await provider.close()
    await redis[Symbol.asyncDispose]()
  })

  const call = async (gateway: GatewayProcess, model: string, key: string): Promise<number> => {
    const { body, statusCode } = await request(`${gateway.url}/v1/chat/completions`, {
      dispatcher: agent,
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
      body: JSON.stringify({ model, max_tokens: 34, messages: [{ role: "user", content: "hi" }] })
    })
    await body.dump()
    return statusCode
  }

  /** This many at once, in turn over the gateways; how many got which status. */
  const flood = async (count: number, model: string, key: string): Promise<ReadonlyMap<number, number>> => {
    const statuses = await Promise.all(
      Array.from({ length: count }, (_, index) => call(gateways[index % 3]!, model, key))
    )
    const counts = new Map<number, number>()
    for (const status of statuses) counts.set(status, (counts.get(status) ?? 0) + 1)
    return counts
  }

  const isShared = async (gateway: GatewayProcess): Promise<boolean> => {
    const { body } = await request(`${gateway.url}/health/ready`, { dispatcher: agent })
    return ((await body.json()) as { state: { shared?: boolean } }).state.shared === true
  }

  it.skipIf(isMissing(found))(
    "keep one limit of a provider under 1,000 calls at once",
    async () => {
      for (const gateway of gateways) assert.isTrue(await isShared(gateway), gateway.said())
      provider.forget()
      const statuses = await flood(1_000, "few", "key-open")
      assert.strictEqual(provider.requests.length, 100, gateways.map((gateway) => gateway.said()).join("\n"))
      assert.deepStrictEqual(
        [...statuses].toSorted(([one], [other]) => one - other),
        [
          [200, 100],
          [429, 900]
        ]
      )
      for (const gateway of gateways) assert.isTrue(await isShared(gateway), gateway.said())
    },
    60_000
  )

  it.skipIf(isMissing(found))(
    "keep one limit of a caller under 1,000 calls at once",
    async () => {
      const statuses = await flood(1_000, "wide", "key-limited")
      assert.deepStrictEqual(
        [...statuses].toSorted(([one], [other]) => one - other),
        [
          [200, 150],
          [429, 850]
        ]
      )
    },
    60_000
  )

  it.skipIf(isMissing(found))(
    "never have more calls under way than the limit says, and use all of it",
    async () => {
      const held = Promise.withResolvers<void>()
      provider.use(async (asked) => {
        await held.promise
        return answer()(asked)
      })
      provider.forget()
      const first = flood(1_000, "narrow", "key-open")
      await provider.until(() => provider.openRequests === 20, "20 open calls")
      // Everybody has been refused or is under way.
      await new Promise((resolve) => setTimeout(resolve, 1_000))
      assert.strictEqual(provider.openRequests, 20)
      held.resolve()
      assert.strictEqual((await first).get(200), 20)
      provider.use(answer())
      // Places come back at the end of their calls.
      await until(async () => (await call(gateways[0]!, "narrow", "key-open")) === 200, "a place")
    },
    60_000
  )

  it.skipIf(isMissing(found))(
    "keep one budget under 1,000 calls at once",
    async () => {
      const statuses = await flood(1_000, "wide", "key-thrifty")
      const answered = statuses.get(200) ?? 0
      assert.isAtLeast(answered, 99)
      assert.isAtMost(answered, 101)
      assert.strictEqual(statuses.get(429), 1_000 - answered)
    },
    60_000
  )

  it.skipIf(isMissing(found))(
    "lose no call while Redis is killed and started again, and say so",
    async () => {
      const over = new AbortController()
      const statuses = new Map<number, number>()
      const caller = async (gateway: GatewayProcess) => {
        while (!over.signal.aborted) {
          const status = await call(gateway, "wide", "key-open")
          statuses.set(status, (statuses.get(status) ?? 0) + 1)
        }
      }
      const load = Promise.all(Array.from({ length: 30 }, (_, index) => caller(gateways[index % 3]!)))
      const { port } = redis
      for (let round = 0; round < 2; round++) {
        await redis[Symbol.asyncDispose]()
        for (const gateway of gateways) await until(async () => !(await isShared(gateway)), "state of its own")
        const again = await startRedis(port)
        if (isMissing(again)) throw new Error(again.missing)
        redis = again
        for (const gateway of gateways) await until(() => isShared(gateway), "shared state")
      }
      over.abort()
      await load
      assert.deepStrictEqual([...statuses.keys()], [200])
      assert.isAbove(statuses.get(200) ?? 0, 100)
      for (const gateway of gateways) {
        const said = gateway.said()
        assert.strictEqual(said.split("Redis is away").length - 1, 2, said)
        const { body } = await request(`${gateway.url}/metrics`, { dispatcher: agent })
        assert.include(await body.text(), "orelse_state_shared 1")
      }
    },
    60_000
  )
})

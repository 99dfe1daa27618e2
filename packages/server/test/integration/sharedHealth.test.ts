import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { createClient } from "redis"
import { answer, refusal } from "../support/Answers.ts"
import { type GatewayProcess, startProcess, until } from "../support/processes.ts"
import * as ScriptedServer from "../support/ScriptedServer.ts"
import { isMissing, startRedis, titleOf } from "../support/servers.ts"

const found = await startRedis()

/** Providers that are told apart by their paths; each test has its own, so that none knows of another's failures. */
const configuration = (provider: string, redis: string) => `
state: { store: redis, url: "${redis}" }
ledger: { store: none }
providers:
${["limited", "probed", "wide", "steady"]
  .map(
    (id) =>
      `  ${id}: { protocol: openai-chat, url: ${provider}/${id}/v1, keys: [{ name: main, value: k }], limits: { requests: 1000000/h, concurrency: 5000 } }`
  )
  .join("\n")}
routes:
  limited: { try: [limited/m, steady/m] }
  probed: { try: [probed/m, steady/m] }
  wide: { try: [wide/m] }
callers:
  - { name: a, key: key-a, limits: { requests: 1000000/h, concurrency: 5000 }, budget: { usd: 1000000, per: month } }
`

describe(titleOf("three gateways that share what they know of targets", found), () => {
  let provider: ScriptedServer.ScriptedServer
  let gateways: ReadonlyArray<GatewayProcess> = []
  beforeAll(async () => {
    if (isMissing(found)) return
    provider = await ScriptedServer.start()
    gateways = await Promise.all([1, 2, 3].map(() => startProcess(configuration(provider.url, found.url))))
  })
  afterAll(async () => {
    await Promise.all(gateways.map((gateway) => gateway.close()))
    await provider?.close()
    if (!isMissing(found)) await found[Symbol.asyncDispose]()
  })

  const call = async ({ url }: GatewayProcess, model: string) => {
    const began = performance.now()
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: "Bearer key-a" },
      body: JSON.stringify({ model, messages: [{ role: "user", content: "hi" }] })
    })
    await response.text()
    return { status: response.status, by: response.headers.get("x-orelse-provider"), ms: performance.now() - began }
  }
  const asked = (id: string) => provider.requests.filter(({ path }) => path.startsWith(`/${id}/`)).length
  const state = async ({ url }: GatewayProcess, id: string) => {
    const { targets } = (await (await fetch(`${url}/admin/targets`)).json()) as {
      readonly targets: ReadonlyArray<{ readonly provider: string; readonly state: string; readonly until?: number }>
    }
    return targets.find((target) => target.provider === id)
  }
  const allAre = (id: string, wanted: string) =>
    Promise.all(
      gateways.map((gateway) => until(async () => (await state(gateway, id))?.state === wanted, `${id} is ${wanted}`))
    )

  it.skipIf(isMissing(found))(
    "leave a target alone that one of them was told to, and ask it again after a reset at another",
    async () => {
      const [first, second, third] = gateways as [GatewayProcess, GatewayProcess, GatewayProcess]
      provider.use(async (request) =>
        request.path.startsWith("/limited/")
          ? refusal(429, "slow down", { headers: { "retry-after": "3600" } })(request)
          : answer()(request)
      )
      assert.strictEqual((await call(first, "limited")).by, "steady")
      await allAre("limited", "cooling")
      const untils = await Promise.all(gateways.map(async (gateway) => (await state(gateway, "limited"))?.until))
      assert.strictEqual(new Set(untils).size, 1)
      for (const gateway of gateways) assert.strictEqual((await call(gateway, "limited")).by, "steady")
      assert.strictEqual(asked("limited"), 1)
      const reset = await fetch(`${second.url}/admin/targets/limited/m/reset`, { method: "POST" })
      assert.strictEqual(reset.status, 200)
      await allAre("limited", "healthy")
      await call(third, "limited")
      assert.strictEqual(asked("limited"), 2)
    },
    30_000
  )

  it.skipIf(isMissing(found))(
    "send one probe of all of them to a target that has cooled down",
    async () => {
      const held = Promise.withResolvers<void>()
      provider.use(async (request) => {
        if (!request.path.startsWith("/probed/")) return answer()(request)
        if (asked("probed") === 1) return refusal(429, "slow down", { headers: { "retry-after": "1" } })(request)
        await held.promise
        return answer()(request)
      })
      assert.strictEqual((await call(gateways[0]!, "probed")).by, "steady")
      await allAre("probed", "cooling")
      await until(async () => (await state(gateways[2]!, "probed"))?.state !== "cooling", "the end of the cooldown")
      const crowd = gateways.flatMap((gateway) => Array.from({ length: 50 }, () => call(gateway, "probed")))
      const first = await Promise.race(crowd)
      assert.strictEqual(first.by, "steady")
      await provider.until(() => asked("probed") === 2, "the probe")
      // Those that come while it is under way as well, also after a second look at who has it.
      await new Promise((resolve) => setTimeout(resolve, 1_200))
      for (const gateway of gateways) assert.strictEqual((await call(gateway, "probed")).by, "steady")
      assert.strictEqual(asked("probed"), 2)
      held.resolve()
      const served = (await Promise.all(crowd)).filter(({ by }) => by === "probed")
      assert.strictEqual(served.length, 1)
      for (const gateway of gateways)
        await until(async () => (await call(gateway, "probed")).by === "probed", "an answer of it")
    },
    30_000
  )

  it.skipIf(isMissing(found))(
    "lose no call to a Redis that takes commands and does not answer, and wait for it once",
    async () => {
      if (isMissing(found)) return
      provider.use(answer())
      const client = createClient({ url: found.url })
      await client.connect()
      for (const gateway of gateways) assert.strictEqual((await call(gateway, "wide")).status, 200)
      await client.sendCommand(["CLIENT", "PAUSE", "2500", "ALL"])
      const calls: Array<Awaited<ReturnType<typeof call>>> = []
      const paused = performance.now() + 2_500
      await Promise.all(
        gateways.flatMap((gateway) =>
          Array.from({ length: 4 }, async () => {
            while (performance.now() < paused) calls.push(await call(gateway, "wide"))
          })
        )
      )
      client.destroy()
      assert.deepStrictEqual([...new Set(calls.map(({ status }) => status))], [200])
      assert.isAbove(calls.length, 100)
      // 1 s is what a command may take; only those that were under way then have waited.
      const slow = calls.filter(({ ms }) => ms > 1_600)
      assert.deepStrictEqual(slow, [])
      for (const gateway of gateways) {
        assert.include(gateway.said(), "Redis is away (no answer within 1000 ms)")
        await until(async () => {
          const { state } = (await (await fetch(`${gateway.url}/health/ready`)).json()) as {
            readonly state: { readonly shared: boolean }
          }
          return state.shared
        }, "shared state")
      }
    },
    30_000
  )
})

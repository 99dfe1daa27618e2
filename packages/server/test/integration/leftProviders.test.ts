import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { answer } from "../support/Answers.ts"
import * as Reloading from "../support/reloading.ts"
import * as ScriptedServer from "../support/ScriptedServer.ts"

const settings = "server: { port: 0 }\nledger: { store: none }\n"

describe("a provider that a new configuration does not have", () => {
  let a: ScriptedServer.ScriptedServer
  let b: ScriptedServer.ScriptedServer
  const held = Promise.withResolvers<void>()
  beforeAll(async () => {
    a = await ScriptedServer.start()
    b = await ScriptedServer.start()
    a.use(async (asked) => {
      if (asked.json["model"] === "held") await held.promise
      return answer()(asked)
    })
  })
  afterAll(async () => {
    held.resolve()
    await a.close()
    await b.close()
  })

  const configuration = (...urls: ReadonlyArray<string>) => {
    const one = (url: string, at: number) => `  p${at}: { protocol: openai-chat, url: ${url}/v1, keys: [k${at}] }\n`
    const last = urls.length - 1
    return `${settings}providers:\n${urls.map(one).join("")}routes: { smart: p0/m, held: p0/held, last: p${last}/m }\n`
  }

  it("loses its idle connections at once and the others with their calls; those that stay are kept", async () => {
    const gateway = await Reloading.start(configuration(b.url, a.url))
    const ask = async (model: string) => {
      const response = await Reloading.chat(gateway.url, "none", { model })
      await response.text()
      return response.status
    }
    try {
      const running = ask("p1/held")
      await a.until(() => a.openRequests === 1, "it is asked")
      assert.deepStrictEqual(await Promise.all([ask("smart"), ask("last")]), [200, 200])
      assert.deepStrictEqual([a.openConnections, b.openConnections], [2, 1])
      await gateway.reload(configuration(b.url))
      await a.until(() => a.openConnections === 1, "the idle one is closed", 2_000)
      held.resolve()
      assert.strictEqual(await running, 200)
      await a.until(() => a.openConnections === 0, "the other one too, after its call", 2_000)
      assert.strictEqual(await ask("smart"), 200)
      assert.deepStrictEqual([b.openConnections, b.connections.length], [1, 1])
      await gateway.reload(configuration(a.url))
      assert.strictEqual(await ask("smart"), 200)
      assert.strictEqual(a.openConnections, 1)
      await b.until(() => b.openConnections === 0, "what was left in its turn", 2_000)
    } finally {
      await gateway.close()
    }
  })
})

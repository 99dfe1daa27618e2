import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { answer } from "../support/Answers.ts"
import { callers } from "../support/callers.ts"
import * as Gateway from "../support/gateway.ts"
import { ask as askRaw, until } from "../support/leaving.ts"
import * as ScriptedServer from "../support/ScriptedServer.ts"

const configuration = (url: string, keepAlive: string) => `
server: { keepAlive: ${keepAlive} }
providers:
  open: { protocol: openai-chat, url: ${url}/v1, keys: [one] }
  anth: { protocol: anthropic-messages, url: ${url}, keys: [one] }
`

describe("a stream whose provider is silent for a while", () => {
  let server: ScriptedServer.ScriptedServer
  beforeAll(async () => {
    server = await ScriptedServer.start({ script: answer({ texts: ["one ", "two "] }, { betweenMs: 1_300 }) })
  })
  afterAll(() => server.close())

  const ask = async (path: string, model: string, keepAlive: string) => {
    const gateway = await Gateway.start(configuration(server.url, keepAlive))
    const body = JSON.stringify({ model, stream: true, max_tokens: 9, messages: [{ role: "user", content: "hi" }] })
    const text = await (await fetch(gateway.url + path, { method: "POST", body })).text()
    await gateway.close()
    return text
  }

  for (const [path, model] of [
    ["/v1/chat/completions", "open/m"],
    ["/v1/messages", "open/m"],
    ["/v1/messages", "anth/m"]
  ] as const) {
    it.concurrent(`is kept awake at ${path} by ${model} as often as server.keepAlive says, and is whole`, async () => {
      const text = await ask(path, model, "500ms")
      assert.match(text, /^: /m)
      assert.match(text, /one [^]*two /)
    })
  }

  for (const caller of callers) {
    it.concurrent(`is kept awake for the SDK of ${caller.name}, which takes no comment for an answer`, async () => {
      const gateway = await Gateway.start(configuration(server.url, "500ms"))
      const raw = await askRaw(gateway.url, caller.protocol, "anth/m")
      const seen = await Promise.all(["open", "anth"].map((provider) => caller.stream(gateway.url, `${provider}/m`)))
      await until(() => raw.said().includes("two "), "its last words", 20_000)
      await gateway.close()
      assert.match(raw.said(), /^: keep-alive\r?$/m)
      for (const { error, text } of seen) {
        assert.isUndefined(error)
        assert.strictEqual(text, "one two ")
      }
    })
  }

  it.concurrent("is left alone where that is longer than the silence", async () => {
    assert.notMatch(await ask("/v1/chat/completions", "open/m", "10s"), /^: /m)
  })
})

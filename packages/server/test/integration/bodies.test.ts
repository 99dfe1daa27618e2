import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as KeyHash from "@orelse/core/layer/config/KeyHash"
import * as Redaction from "@orelse/core/domain/Redaction"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { answer } from "../support/Answers.ts"
import * as Gateway from "../support/gateway.ts"
import * as ScriptedServer from "../support/ScriptedServer.ts"

const folder = mkdtempSync(join(tmpdir(), "orelse-bodies-"))
const providers = (url: string) => `
providers:
  open: { protocol: openai-chat, url: ${url}/v1, keys: [sk-open-0123456789abcdef] }
  anth: { protocol: anthropic-messages, url: ${url}, keys: [sk-ant-0123456789abcdef] }
`
const prompt = 'remember sk-planted-0123456789abcdef, and say "hello"'

describe("bodies on record", () => {
  let server: ScriptedServer.ScriptedServer
  beforeAll(async () => {
    server = await ScriptedServer.start({ script: answer() })
  })
  afterAll(async () => {
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const record = async (ledger: string, model: string, stream: boolean) => {
    const gateway = await Gateway.start(`${providers(server.url)}\n${ledger}`)
    try {
      const body = JSON.stringify({ model, stream, messages: [{ role: "user", content: prompt }] })
      const sent = await (await fetch(`${gateway.url}/v1/chat/completions`, { method: "POST", body })).text()
      const [found] = await gateway.stories()
      return { sent, call: found?.call }
    } finally {
      await gateway.close()
    }
  }

  for (const [model, stream] of [
    ["open/m", false],
    ["open/m", true],
    ["anth/m", false],
    ["anth/m", true]
  ] as const) {
    it(`with bodies: full are what was said, without secrets, of ${model}, ${stream ? "streamed" : "whole"}`, async () => {
      const path = join(folder, `${model.replace("/", "-")}-${stream}.db`)
      const { call, sent } = await record(`ledger: { path: ${path}, bodies: full }`, model, stream)
      assert.isAbove(sent.length, 0)
      assert.strictEqual(call?.responseBody, Redaction.secrets(sent))
      assert.include(call?.requestBody, 'and say \\"hello\\"')
      assert.notInclude(call?.requestBody, "sk-planted")
    })
  }

  it("with bodies: full are of a large answer its first 4 MiB, whole as streamed", async () => {
    for (const stream of [false, true]) {
      server.use(answer({ texts: ["x".repeat(5 * 1024 ** 2)] }))
      const path = join(folder, `large-${stream}.db`)
      const { call, sent } = await record(`ledger: { path: ${path}, bodies: full }`, "open/m", stream)
      const kept = call?.responseBody ?? ""
      assert.isAbove(sent.length, 5 * 1024 ** 2)
      assert.strictEqual(kept, `${sent.slice(0, 4 * 1024 ** 2)}\n[the rest is not kept]`)
    }
    server.use(answer())
  })

  it("with bodies: full are without the keys that the gateway knows, and those that the request shows, whatever they look like", async () => {
    const known = ["planted-caller", "planted-other-caller", "planted-hashed-caller", "planted-provider"]
    const [own, other, hashed, provider] = known
    const gateway = await Gateway.start(`
providers: { open: { protocol: openai-chat, url: ${server.url}/v1, keys: [${provider}] } }
callers: [{ name: a, key: ${own} }, { name: b, key: ${other} }, { name: c, key: "${KeyHash.make(hashed!)}" }]
ledger: { path: ${join(folder, "known.db")}, bodies: full }`)
    for (const key of [own, hashed])
      for (const stream of [false, true]) {
        server.use(answer({ texts: [`it is ${provider}, `, `or ${key}, or ${other}`] }))
        const body = JSON.stringify({
          model: "open/m",
          stream,
          messages: [{ role: "user", content: known.join(", ") }]
        })
        const headers = { authorization: `Bearer ${key}` }
        const sent = await fetch(`${gateway.url}/v1/chat/completions`, { method: "POST", headers, body })
        assert.include(await sent.text(), other!)
        const [found] = await gateway.stories()
        for (const secret of known) assert.notInclude(JSON.stringify(found), secret)
        assert.include(found?.call.responseBody, "it is [REDACTED], ")
      }
    await gateway.close()
    server.use(answer())
  })

  it("are absent by default", async () => {
    const { call } = await record("", "open/m", true)
    assert.isDefined(call?.id)
    assert.isUndefined(call?.requestBody)
    assert.isUndefined(call?.responseBody)
  })
})

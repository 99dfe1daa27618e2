/**
 * What the environment says of proxies, as a gateway hears it that runs as users run it (`orelse serve`): providers and the collector of telemetry
 * are reached through them, this machine is not.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { answer } from "../support/Answers.ts"
import { callers } from "../support/callers.ts"
import { certificate } from "../support/certificate.ts"
import * as Collector from "../support/collector.ts"
import * as ForwardProxy from "../support/forwardProxy.ts"
import { startCommand, until, type Command } from "../support/processes.ts"
import * as ScriptedServer from "../support/ScriptedServer.ts"
import * as Secure from "../support/secure.ts"

const login = "team:planted-password"

const configuration = (url: string) => `
providers:
  inside: { protocol: openai-chat, url: "https://provider.test/v1", keys: [sk-inside] }
  plain: { protocol: openai-chat, url: "http://provider.test/v1", keys: [sk-inside] }
  here: { protocol: openai-chat, url: "${url}/v1", keys: [sk-here] }
ledger: { store: none }
telemetry: { otlp: "http://collector.test:4318" }
`

describe("orelse serve where the environment names a proxy", () => {
  let server: ScriptedServer.ScriptedServer
  let secure: Secure.Secure
  let collector: Collector.Collector
  let proxy: ForwardProxy.ForwardProxy
  const folder = mkdtempSync(join(tmpdir(), "orelse-proxy-"))
  const started: Array<Command> = []

  beforeAll(async () => {
    server = await ScriptedServer.start({ script: answer({ texts: ["here"] }) })
    secure = await Secure.start(server.port)
    collector = await Collector.start()
    const hosts = {
      "provider.test:443": secure.port,
      "provider.test": server.port,
      "collector.test:4318": Number(new URL(collector.url).port)
    }
    proxy = await ForwardProxy.start({ hosts, login })
    writeFileSync(join(folder, "orelse.yaml"), configuration(server.url))
    writeFileSync(join(folder, "ca.pem"), certificate)
  })
  afterAll(async () => {
    await Promise.all(started.map((one) => one.close()))
    await Promise.all([server, secure, collector, proxy].map((one) => one.close()))
    rmSync(folder, { recursive: true, force: true })
  })

  const serve = async (login: string) => {
    const url = `http://${login}@127.0.0.1:${proxy.port}`
    const env = { https_proxy: url, HTTP_PROXY: url, NODE_EXTRA_CA_CERTS: join(folder, "ca.pem") }
    const command = await startCommand(["serve", "--port", "0"], folder, env)
    started.push(command)
    return command
  }
  const targets = () => proxy.asked.map(({ method, target }) => `${method} ${target}`)

  it("goes through it to providers and to the collector, and to this machine straight", async () => {
    const gateway = await serve(login)
    for (const model of ["inside/m", "plain/m", "here/m"])
      assert.strictEqual((await callers[0]!.stream(gateway.url, model)).text, "here")
    await gateway.close()
    assert.includeMembers(targets(), [
      "CONNECT provider.test:443",
      "POST http://provider.test/v1/chat/completions",
      "POST http://collector.test:4318/v1/traces",
      "POST http://collector.test:4318/v1/metrics"
    ])
    assert.notInclude(targets().join(), "127.0.0.1")
    assert.strictEqual(collector.spans().filter(({ name }) => name === "chat m").length, 3)
    assert.notInclude(gateway.said(), "planted")
  })

  it("says in its log that the collector is not reached where the proxy does not take the login, without that", async () => {
    proxy.forget()
    const gateway = await serve("team:planted-wrong")
    assert.strictEqual((await callers[0]!.stream(gateway.url, "here/m")).text, "here")
    await until(async () => gateway.said().includes("Telemetry: the collector does not take"), "word of the collector")
    gateway.signal("SIGKILL")
    assert.include(gateway.said(), "407")
    assert.notInclude(gateway.said(), "planted")
    assert.notInclude(gateway.said(), Buffer.from("team:planted-wrong").toString("base64"))
  })
})

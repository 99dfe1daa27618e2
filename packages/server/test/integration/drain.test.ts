import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { once } from "node:events"
import { connect, type Socket } from "node:net"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { answer, refusal } from "../support/Answers.ts"
import { callers } from "../support/callers.ts"
import * as Gateway from "../support/gateway.ts"
import { ask, until } from "../support/leaving.ts"
import * as ScriptedServer from "../support/ScriptedServer.ts"

const configuration = (url: string, drainTimeout: string) => `
server: { drainTimeout: ${drainTimeout}, headersTimeout: 20s }
providers:
  open: { protocol: openai-chat, url: ${url}/v1, keys: [sk-open] }
  anth: { protocol: anthropic-messages, url: ${url}, keys: [sk-ant] }
  resp: { protocol: openai-responses, url: ${url}/v1, keys: [sk-resp] }
  gem: { protocol: gemini, url: ${url}, keys: [sk-gem] }
`

/** The provider that speaks the caller's own dialect. */
const own = { "openai-chat": "open", "openai-responses": "resp", "anthropic-messages": "anth", gemini: "gem" } as const

const texts = Array.from({ length: 10 }, (_, index) => `${index} `)

/** A call whose answer comes as it comes. */
const begin = async (url: string, path: string, model: string, stream = true) => {
  const body = JSON.stringify({ model, stream, max_tokens: 10, messages: [{ role: "user", content: "hi" }] })
  const response = await fetch(url + path, { method: "POST", body })
  return { response, rest: response.text() }
}

/** A raw connection that keeps what it was told. */
const open = async (url: string): Promise<{ readonly socket: Socket; readonly said: () => string }> => {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  let said = ""
  socket.on("data", (chunk: Buffer) => (said += chunk.toString()))
  socket.on("error", () => {})
  await once(socket, "connect")
  return { socket, said: () => said }
}

const timed = async (run: () => Promise<void>): Promise<number> => {
  const began = performance.now()
  await run()
  return performance.now() - began
}

describe("a gateway that is told to stop", () => {
  let server: ScriptedServer.ScriptedServer
  beforeAll(async () => {
    server = await ScriptedServer.start({
      script: ScriptedServer.byModel({
        slow: answer({ texts }, { betweenMs: 60 }),
        endless: answer({ texts, cutAfter: 2, ending: "stall" }),
        silent: { fault: { kind: "stall", after: "request" } },
        busy: refusal(503, "overloaded")
      })
    })
  })
  afterAll(() => server.close())

  it("lets open streams finish, and ends as soon as they have", async () => {
    const gateway = await Gateway.start(configuration(server.url, "10s"))
    const { rest } = await begin(gateway.url, "/v1/chat/completions", "open/slow")
    const took = await timed(gateway.close)
    const text = await rest
    assert.include(text, '"content":"9 "')
    assert.match(text, /data: \[DONE\]\n\n$/)
    assert.isAbove(took, 200)
    assert.isBelow(took, 4_000)
  })

  for (const caller of callers) {
    for (const provider of [own[caller.protocol], own[caller.protocol] === "open" ? "anth" : "open"]) {
      const model = `${provider}/endless`
      it(`ends what is left of ${model} after the drain time with the error event of ${caller.name}`, async () => {
        const gateway = await Gateway.start(configuration(server.url, "300ms"))
        const call = await ask(gateway.url, caller.protocol, model)
        await until(() => call.said().includes("1 "), "its content")
        const seen = caller.stream(gateway.url, model)
        await server.until(() => server.openRequests === 2, "the SDK's call")
        await sleep(100)
        const took = await timed(gateway.close)
        assert.isBelow(took, 3_000)
        const { error, text } = await seen
        assert.strictEqual(text, "0 1 ")
        assert.include(String(error), "gateway is stopping")
        assert.include(call.said(), "gateway is stopping")
        assert.notMatch(call.said(), /\[DONE\]|message_stop|response\.completed|"finishReason":"STOP"/)
        await server.until(() => server.openRequests === 0, "the provider's connection is closed")
      })
    }
  }

  it("answers what has not begun after the drain time with a 503 that SDKs try again", async () => {
    const gateway = await Gateway.start(configuration(server.url, "300ms"))
    const asked = begin(gateway.url, "/v1/chat/completions", "open/silent", false)
    await server.until(() => server.openRequests === 1, "the provider is asked")
    await gateway.close()
    const { response, rest } = await asked
    assert.strictEqual(response.status, 503)
    assert.strictEqual(response.headers.get("retry-after"), "1")
    assert.include(await rest, "gateway is stopping")
  })

  for (const [what, stream, last, status] of [
    ["a whole call", false, "silent", 503],
    ["a stream that has not begun", true, "silent", 503],
    ["a stream under way", true, "endless", 200]
  ] as const) {
    it(`tells in the error and on record why ${what} ended after the drain time, after which attempts`, async () => {
      const folder = mkdtempSync(join(tmpdir(), "orelse-drain-"))
      const kept = `${configuration(server.url, "300ms")}\nledger: { path: ${join(folder, "orelse.db")} }\n`
      const gateway = await Gateway.start(kept)
      const body = JSON.stringify({
        model: "x",
        stream,
        messages: [{ role: "user", content: "hi" }],
        orelse: { models: ["open/busy", `open/${last}`] }
      })
      const asked = fetch(`${gateway.url}/v1/chat/completions`, { method: "POST", body })
      await server.until(() => server.openRequests === 1, "the second provider is asked")
      await sleep(50)
      await gateway.close()
      const response = await asked
      const said = await response.text()
      assert.strictEqual(response.status, status)
      const { orelse } = JSON.parse(said.slice(said.lastIndexOf('{"error"')))
      assert.strictEqual(orelse.reason, "GatewayStopped")
      const told = orelse.attempts.map(({ model, reason }: Record<string, string>) => `${model} ${reason}`)
      assert.deepStrictEqual(told, ["busy Overloaded", `${last} GatewayStopped`])
      const after = await Gateway.start(kept)
      const [story] = await after.calls()
      await after.close()
      rmSync(folder, { recursive: true })
      assert.deepInclude(story?.call, { outcome: "cancelled", reason: "GatewayStopped", status, attempts: 2 })
      assert.deepStrictEqual(
        story?.attempts.map(({ outcome }) => outcome),
        ["failed", "cancelled"]
      )
    })
  }

  it("is not ready from then on, takes no new connection, and ends each with its next answer", async () => {
    const gateway = await Gateway.start(configuration(server.url, "10s"))
    const { rest } = await begin(gateway.url, "/v1/chat/completions", "open/slow")
    // On its way when the signal comes: its connection is not idle.
    const probe = await open(gateway.url)
    probe.socket.write("GET /health/ready HTTP/1.1\r\nhost: x\r\n")
    await new Promise((resolve) => setTimeout(resolve, 50))
    const closed = gateway.close()
    await new Promise((resolve) => setTimeout(resolve, 50))
    probe.socket.write("\r\n")
    await once(probe.socket, "close")
    assert.match(probe.said(), /^HTTP\/1\.1 503 /)
    assert.match(probe.said(), /connection: close/i)
    assert.include(probe.said(), '"draining"')
    const refused = await fetch(`${gateway.url}/health/ready`).then(
      () => "answered",
      () => "refused"
    )
    assert.strictEqual(refused, "refused")
    await closed
    assert.match(await rest, /data: \[DONE\]\n\n$/)
  })

  it("ends the connection of a client that it asked for its body with that answer, too", async () => {
    const gateway = await Gateway.start(configuration(server.url, "10s"))
    const client = await open(gateway.url)
    const body = JSON.stringify({ model: "open/slow", messages: [{ role: "user", content: "hi" }] })
    client.socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: ${body.length}\r\n\r\n`
    )
    await until(() => client.said().includes("100 Continue"), "the question for its body")
    const closed = gateway.close()
    client.socket.write(body)
    await once(client.socket, "close")
    assert.match(client.said(), /HTTP\/1\.1 200 OK\r\nconnection: close\r\n/i)
    assert.include(client.said(), "9 ")
    await closed
  })

  it("does not wait for a client that sends its request drop by drop", async () => {
    const gateway = await Gateway.start(configuration(server.url, "300ms"))
    const slow = await open(gateway.url)
    slow.socket.write("POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nx-a: ")
    await new Promise((resolve) => setTimeout(resolve, 50))
    const took = await timed(gateway.close)
    assert.isBelow(took, 3_000)
    slow.socket.destroy()
  })
})

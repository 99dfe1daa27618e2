import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { once } from "node:events"
import { connect, type Socket } from "node:net"
import { answer } from "../support/Answers.ts"
import * as Gateway from "../support/gateway.ts"
import * as ScriptedServer from "../support/ScriptedServer.ts"

const configuration = (url: string, drainTimeout: string) => `
server: { drainTimeout: ${drainTimeout}, headersTimeout: 20s }
providers:
  open: { protocol: openai-chat, url: ${url}/v1, keys: [sk-open] }
  anth: { protocol: anthropic-messages, url: ${url}, keys: [sk-ant] }
`

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
        silent: { fault: { kind: "stall", after: "request" } }
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

  for (const [path, model, event] of [
    ["/v1/chat/completions", "open/endless", /data: \{"error":\{[^\n]*gateway is stopping[^\n]*\}\n\n$/],
    ["/v1/messages", "anth/endless", /event: error\ndata: \{"type":"error"[^\n]*gateway is stopping[^\n]*\}\n\n$/]
  ] as const) {
    it(`ends what is left after the drain time with the error event of ${path}`, async () => {
      const gateway = await Gateway.start(configuration(server.url, "300ms"))
      const { rest } = await begin(gateway.url, path, model)
      const took = await timed(gateway.close)
      const text = await rest
      assert.include(text, "0 ")
      assert.match(text, event)
      assert.isBelow(took, 3_000)
      await server.until(() => server.openRequests === 0, "the provider's connection is closed")
    })
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

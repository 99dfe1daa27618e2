import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { answer } from "../support/Answers.ts"
import * as Attacks from "../support/attacks.ts"
import * as Gateway from "../support/gateway.ts"
import * as ScriptedServer from "../support/ScriptedServer.ts"
import * as Step from "../support/Step.ts"

/** `ORELSE_LONG=1` holds 10,000 connections, as the acceptance does. */
const idleConnections = process.env["ORELSE_LONG"] === undefined ? 1_000 : 10_000

const configuration = (url: string) => `
server: { headersTimeout: 1s, requestTimeout: 2s, maxBodySize: 4MiB }
providers:
  open: { protocol: openai-chat, url: ${url}/v1, keys: [sk-open-secret] }
`

describe("a gateway under attack", () => {
  let server: ScriptedServer.ScriptedServer
  let gateway: Gateway.TestGateway
  beforeAll(async () => {
    server = await ScriptedServer.start({ script: answer() })
    gateway = await Gateway.start(configuration(server.url))
  })
  afterAll(async () => {
    await gateway.close()
    await server.close()
  })

  /** Serves others as if nothing were. */
  const assertServes = async (withinMs = 2_000) => {
    const began = performance.now()
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: "POST",
      body: JSON.stringify({ model: "open/m", messages: [{ role: "user", content: "hi" }] })
    })
    assert.include(await response.text(), "Hello")
    assert.isBelow(performance.now() - began, withinMs)
  }

  it("ends clients that send their headers drop by drop after headersTimeout, and serves others meanwhile", async () => {
    const [borne] = await Promise.all([Attacks.slowHeaders(gateway.url, 200, 10_000), assertServes()])
    assert.isBelow(Math.max(...borne), 4_000)
  })

  it("ends clients that send their body drop by drop after requestTimeout, and serves others meanwhile", async () => {
    const [borne] = await Promise.all([Attacks.slowBody(gateway.url, 200, 10_000), assertServes()])
    assert.isBelow(Math.max(...borne), 6_000)
  })

  for (const isDeclared of [true, false]) {
    it(`refuses a body of 100 MB with 413 long before its end, ${isDeclared ? "by its length" : "while it comes"}`, async () => {
      const before = process.memoryUsage().rss
      const { isClosed, sent, status } = await Attacks.hugeBody(gateway.url, 100 * 1024 * 1024, isDeclared)
      assert.include(status, "413")
      assert.isBelow(sent, 16 * 1024 * 1024)
      assert.isTrue(isClosed)
      assert.isBelow(process.memoryUsage().rss - before, 64 * 1024 * 1024)
      await assertServes()
    })
  }

  for (const [what, count, bytes] of [
    ["10,000 headers", 10_000, 10],
    ["one header of 1 MB", 1, 1_000_000]
  ] as const) {
    it(`refuses ${what} with 431`, async () => {
      const { isClosed, sent, status } = await Attacks.headerFlood(gateway.url, count, bytes)
      assert.include(status, "431")
      assert.isTrue(isClosed)
      assert.isBelow(sent, 80_000)
      await assertServes()
    })
  }

  it(`bears ${idleConnections} connections that say nothing, and closes them after headersTimeout`, async () => {
    assert.strictEqual(await Attacks.idle(gateway.url, idleConnections, 6_000, assertServes), 0)
    await assertServes()
  }, 60_000)

  it("cuts clients that take nothing of their answer, or of their stream, for requestTimeout, and their calls", async () => {
    // More than sockets hold between two processes. Node looks twice whether anything was taken.
    const texts = Array.from({ length: 256 }, () => "x".repeat(65_536))
    server.use(ScriptedServer.byModel({ big: answer({ texts }), m: answer() }))
    const asked = (stream: boolean) => ({ model: "open/big", stream, messages: [{ role: "user", content: "hi" }] })
    const attacks = [false, true].map((stream) => Attacks.deaf(gateway.url, asked(stream), 7_000))
    for (const { isClosed, taken } of await Promise.all(attacks)) {
      assert.isTrue(isClosed)
      assert.isBelow(taken, 15 * 1024 * 1024)
    }
    await server.until(() => server.openRequests === 0, "the provider's connection is closed")
    await assertServes()
    server.use(answer())
  }, 30_000)

  it("lets a client wait for its answer longer than requestTimeout", async () => {
    server.use(answer({}, { headersAfterMs: 3_000 }))
    await assertServes(6_000)
    server.use(answer())
  })

  it("lets it wait as long where it asked first whether its body is wanted", async () => {
    server.use(answer({}, { headersAfterMs: 3_000 }))
    assert.include(await Attacks.polite(gateway.url, { model: "open/m", messages: [] }, 6_000), "Hello")
    server.use(answer())
  })

  const nonsense: ReadonlyArray<readonly [string, string | Buffer]> = [
    ["bytes that are no HTTP", Buffer.from([0, 1, 2, 3, 255, 254, 13, 10, 13, 10])],
    ["a TLS greeting", Buffer.from("16030100a5010000a10303", "hex")],
    ["HTTP of a version that is none", "GET / HTTP/9.9\r\nhost: x\r\n\r\n"],
    [
      "two lengths",
      "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello!"
    ],
    [
      "a length and chunks",
      "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"
    ],
    ["a broken chunk", "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"],
    ["a line feed within a header", "GET /health/live HTTP/1.1\r\nhost: x\r\nx-a: b\nx-b : c\r\n\r\n"]
  ]
  for (const [what, bytes] of nonsense) {
    it(`answers ${what} with 400 or hangs up, asks no provider, and goes on`, async () => {
      server.forget()
      assert.match(await Attacks.garbage(gateway.url, bytes, 3_000), /^(HTTP\/1\.1 400 |$)/)
      assert.strictEqual(server.requests.length, 0)
      await assertServes()
    })
  }

  const bodies: ReadonlyArray<readonly [string, string]> = [
    ["100,000 open brackets", "[".repeat(100_000)],
    [
      "objects in objects, 50,000 deep",
      `{"model":"open/m","messages":${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}}`
    ],
    ["a key named __proto__", '{"model":"open/m","__proto__":{"stream":true},"messages":"no"}'],
    ["a model of 1 MB", JSON.stringify({ model: "a/".repeat(500_000), messages: [] })],
    ["messages of no kind", '{"model":"anth/m","messages":[1,null,"x",{"role":7}]}'],
    ["bytes that are no text", "\u0000\u0001\u0002"]
  ]
  for (const [what, body] of bodies) {
    it(`answers ${what} with an error of the caller's, or the provider's answer, and goes on`, async () => {
      for (const path of ["/v1/chat/completions", "/v1/messages", "/v1/responses"]) {
        const response = await fetch(gateway.url + path, { method: "POST", body })
        const text = await response.text()
        assert.isTrue(response.status === 200 || (response.status >= 400 && response.status < 500), `${path}: ${text}`)
        assert.isBelow(text.length, 10_000)
      }
      await assertServes()
    })
  }
})

describe("a gateway whose provider nests its answer beyond any use", () => {
  const deep = `${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`
  const event = (data: string) => `data: ${data}\n\n`
  const call = `{"index":0,"id":"c","type":"function","function":{"name":"f","arguments":${JSON.stringify(deep)}}}`
  const block = `{"type":"tool_use","id":"t","name":"f","input":${deep}}`
  const candidate = (part: string) => `{"candidates":[{"content":{"role":"model","parts":[${part}]}}]}`
  const choice = (delta: string, more = "") => `{"choices":[{"index":0,"delta":${delta},"finish_reason":null}]${more}}`
  /** By model: as a whole, as the first event of a stream, as a later one. */
  const answers: Readonly<Record<string, ScriptedServer.Script>> = {
    "anth/whole": Step.json(`{"type":"message","role":"assistant","content":[${block}],"stop_reason":"tool_use"}`),
    "goog/whole": Step.json(candidate(`{"functionCall":{"name":"f","args":${deep}}}`)),
    "open/whole": Step.json(
      `{"choices":[{"index":0,"message":{"content":"hi"},"finish_reason":"stop"}],"weird":${deep}}`
    ),
    "anth/stream": Step.sse([event(`{"type":"content_block_start","index":0,"content_block":${block}}`)]),
    "goog/stream": Step.sse([event(candidate(`{"functionCall":{"name":"f","args":${deep}}}`))]),
    "open/stream": Step.sse([event(choice('{"content":"hi"}', `,"weird":${deep}`))]),
    "goog/late": Step.sse([
      event(candidate('{"text":"so far"}')),
      { pauseMs: 50 },
      event(candidate(`{"functionCall":{"name":"f","args":${deep}}}`))
    ]),
    "open/text": Step.json(
      `{"choices":[{"index":0,"message":{"content":null,"tool_calls":[${call}]},"finish_reason":"tool_calls"}]}`
    ),
    "open/texts": Step.sse([
      event(choice(`{"tool_calls":[${call}]}`)),
      event('{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}'),
      event("[DONE]")
    ])
  }
  let server: ScriptedServer.ScriptedServer
  let gateway: Gateway.TestGateway
  beforeAll(async () => {
    const named = Object.entries(answers).map(([target, script]) => [target.split("/").join("-"), script] as const)
    server = await ScriptedServer.start({
      script: ScriptedServer.byModel({ ...Object.fromEntries(named), m: answer() })
    })
    gateway = await Gateway.start(`
providers:
  open: { protocol: openai-chat, url: ${server.url}/v1, keys: [sk-open-secret] }
  anth: { protocol: anthropic-messages, url: "${server.url}", keys: [sk-anth-secret] }
  goog: { protocol: gemini, url: "${server.url}", keys: [sk-goog-secret] }
routes:
${named.map(([model]) => `  ${model}: { try: [${model.slice(0, 4)}/${model}, open/m] }`).join("\n")}
`)
  })
  afterAll(async () => {
    await gateway.close()
    await server.close()
  })

  const ask = async (path: string, body: object) => {
    const response = await fetch(gateway.url + path, { method: "POST", body: JSON.stringify(body) })
    const fellBack = response.headers.get("x-orelse-fell-back")
    return { status: response.status, fellBack, text: await response.text() }
  }
  const chat = (model: string) =>
    ask("/v1/chat/completions", {
      model,
      stream: !model.endsWith("whole"),
      messages: [{ role: "user", content: "hi" }]
    })
  const messages = (model: string, stream: boolean) =>
    ask("/v1/messages", { model, stream, max_tokens: 9, messages: [{ role: "user", content: "hi" }] })

  for (const target of ["anth", "goog", "open"]) {
    for (const kind of ["whole", "stream"]) {
      it(`answers from the next target: ${target}, ${kind}`, async () => {
        const { fellBack, status, text } = await chat(`${target}-${kind}`)
        assert.deepStrictEqual([status, fellBack], [200, "true"], text.slice(0, 500))
        assert.include(text, "Hello")
      })
    }
  }

  it("ends a stream in an error where it comes later", async () => {
    const { status, text } = await chat("goog-late")
    assert.strictEqual(status, 200)
    assert.match(text, /so far[^]*"error"[^]*MalformedResponse/)
    assert.notInclude(text, "[DONE]")
  })

  it("hands arguments on that are deep within their text as the text that they are", async () => {
    for (const [model, stream] of [
      ["open-text", false],
      ["open-texts", true]
    ] as const) {
      const { status, text } = await messages(model, stream)
      assert.strictEqual(status, 200, text.slice(0, 500))
      assert.include(text, stream ? "message_stop" : '"input":{"arguments":"')
    }
  })

  it("refuses a caller's own history of that kind as the caller's fault, and asks nobody", async () => {
    server.forget()
    const tool_calls = [{ id: "c", type: "function", function: { name: "f", arguments: deep } }]
    const history = [
      { role: "user", content: "hi" },
      { role: "assistant", tool_calls },
      { role: "tool", tool_call_id: "c", content: "x" }
    ]
    for (const target of ["anth/x", "goog/x"]) {
      const { status, text } = await ask("/v1/chat/completions", { model: target, messages: history })
      assert.strictEqual(status, 400, text.slice(0, 500))
    }
    assert.strictEqual(server.requests.length, 0)
  })
})

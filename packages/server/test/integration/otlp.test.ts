/**
 * What a collector gets of a gateway that runs as users run it (`orelse serve`), attribute by attribute: GenAI conventions for client
 * spans and metrics (opentelemetry.io/docs/specs/semconv/gen-ai, gen-ai-spans and gen-ai-metrics, read 21 November 2026).
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { answer, modelOf } from "../support/Answers.ts"
import { chatError } from "../support/answers/OpenAiChat.ts"
import * as Collector from "../support/collector.ts"
import { startProcess } from "../support/processes.ts"
import * as ScriptedServer from "../support/ScriptedServer.ts"
import { failure } from "../support/Step.ts"

/** As many names as a hostile caller may invent: more than a family of metrics has room for. */
const names = process.env["ORELSE_LONG"] === undefined ? 2_500 : 10_000

const configuration = (url: string, otlp: string) => `
providers:
  openai: { url: ${url}/v1, keys: [sk-1] }
  gemini: { url: ${url}, keys: [k-1] }
routes:
  smart: { try: [openai/busy, gemini/good], policy: quick }
policies:
  quick: { from: recommended, retry: { others: 0, last: 0 }, backoff: { initial: 5ms } }
ledger: { store: none }
telemetry: { otlp: ${otlp} }
`

const ask = async (url: string, body: object) => {
  const response = await fetch(`${url}/v1/chat/completions`, { method: "POST", body: JSON.stringify(body) })
  await response.arrayBuffer()
}

const inventNames = async (url: string) => {
  let next = 0
  const caller = async () => {
    while (next < names) await ask(url, { model: `openai/invented-${next++}`, messages: [] })
  }
  await Promise.all(Array.from({ length: 32 }, caller))
}

const answered = answer()

describe("orelse serve with a collector", () => {
  let server: ScriptedServer.ScriptedServer
  let collector: Collector.Collector
  let before = ""
  let after = ""

  beforeAll(async () => {
    collector = await Collector.start()
    server = await ScriptedServer.start({
      script: (request) => (modelOf(request) === "busy" ? failure(429, chatError("slow down")) : answered(request))
    })
    const gateway = await startProcess(configuration(server.url, collector.url))
    const metrics = async () => (await fetch(`${gateway.url}/metrics`)).text()
    const messages = [{ role: "user", content: "hi" }]
    await ask(gateway.url, { model: "smart", stream: true, messages, orelse: { metadata: { session: "s-1" } } })
    await ask(gateway.url, { model: "gemini/good", messages })
    await ask(gateway.url, { model: "openai/invented", messages })
    before = await metrics()
    await inventNames(gateway.url)
    after = await metrics()
    // The end sends what waits.
    await gateway.close()
  }, 60_000)
  afterAll(async () => {
    await collector.close()
    await server.close()
  })

  const spanOf = (name: string) => {
    const span = collector.spans().find((one) => one.name === name)
    assert.isDefined(span, `no span ${name}`)
    return span
  }
  const told = (name: string, keys: RegExp) =>
    Object.fromEntries([...spanOf(name).attributes].filter(([key]) => keys.test(key)))

  it("tells of an attempt that answered a stream what the conventions require and recommend", () => {
    const { attributes, kind, statusCode } = spanOf("chat good")
    assert.deepStrictEqual([kind, statusCode], [3, 0])
    const { "gen_ai.response.time_to_first_chunk": firstChunk, ...rest } = told(
      "chat good",
      /^(gen_ai|server|http|error)/
    )
    assert.isAbove(Number(firstChunk), 0)
    assert.deepStrictEqual(rest, {
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "gcp.gemini",
      "gen_ai.request.model": "good",
      "gen_ai.request.stream": true,
      "gen_ai.response.model": "good",
      "gen_ai.response.finish_reasons": "stop",
      "gen_ai.usage.input_tokens": attributes.get("gen_ai.usage.input_tokens") ?? 0,
      "gen_ai.usage.output_tokens": attributes.get("gen_ai.usage.output_tokens") ?? 0,
      "server.address": "127.0.0.1",
      "server.port": server.port,
      "http.response.status_code": 200
    })
    assert.isAbove(Number(attributes.get("gen_ai.usage.input_tokens")), 0)
  })

  it("tells of an attempt that was refused why, and no usage", () => {
    const { kind, statusCode } = spanOf("chat busy")
    assert.deepStrictEqual([kind, statusCode], [3, 2])
    assert.deepStrictEqual(told("chat busy", /^(gen_ai|server|http|error)/), {
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "openai",
      "gen_ai.request.model": "busy",
      "gen_ai.request.stream": true,
      "server.address": "127.0.0.1",
      "server.port": server.port,
      "http.response.status_code": 429,
      "error.type": "RateLimited"
    })
  })

  it("tells of the call what the caller asked for and what it got", () => {
    const { kind } = spanOf("chat smart")
    assert.strictEqual(kind, 2)
    assert.deepInclude(told("chat smart", /^(gen_ai|orelse)/), {
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "gcp.gemini",
      "gen_ai.request.model": "smart",
      "gen_ai.response.model": "good",
      "gen_ai.response.finish_reasons": "stop",
      "gen_ai.conversation.id": "s-1",
      "orelse.attempts": 2,
      "orelse.fell_back": true,
      "orelse.outcome": "answered"
    })
  })

  it("measures durations and tokens under the conventional names, units, buckets and labels", () => {
    const duration = collector.histogram("gen_ai.client.operation.duration")
    assert.strictEqual(duration?.unit, "s")
    assert.deepStrictEqual(
      duration?.bounds,
      [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92]
    )
    const tokens = collector.histogram("gen_ai.client.token.usage")
    assert.strictEqual(tokens?.unit, "{token}")
    assert.deepStrictEqual(
      tokens?.bounds,
      [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864]
    )
    const required = ["gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.request.model"]
    for (const series of duration?.series ?? []) assert.includeMembers([...series.keys()], required)
    for (const series of tokens?.series ?? [])
      assert.includeMembers([...series.keys()], [...required, "gen_ai.token.type"])
    assert.sameMembers(
      [...new Set(tokens?.series.map((series) => series.get("gen_ai.token.type")))],
      ["input", "output"]
    )
    assert.includeMembers(duration?.series.map((series) => series.get("error.type")) ?? [], [undefined, "RateLimited"])
  })

  it(`has no series more after a caller has asked for ${names} models that nobody configured`, () => {
    const series = (text: string) => text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).length
    assert.include(after, `orelse_attempts_total{provider="openai",model="other"`)
    assert.notInclude(after, "invented")
    assert.isAtMost(series(after) - series(before), 60)
    const models = new Set(
      collector.histogram("gen_ai.client.operation.duration")?.series.map((one) => one.get("gen_ai.request.model"))
    )
    assert.sameMembers([...models], ["busy", "good", "other"])
  })
})

import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { answer } from "../support/Answers.ts"
import { chatError } from "../support/answers/OpenAiChat.ts"
import * as Collector from "../support/collector.ts"
import * as Gateway from "../support/gateway.ts"
import { until } from "../support/leaving.ts"
import * as ScriptedServer from "../support/ScriptedServer.ts"
import { findPromtool, isMissing, titleOf } from "../support/servers.ts"
import { failure } from "../support/Step.ts"

/** Attribute names of spans in open-telemetry/semantic-conventions, docs/gen-ai and docs/http, read November 2026. */
const conventional = new Set([
  "gen_ai.operation.name",
  "gen_ai.provider.name",
  "gen_ai.request.model",
  "gen_ai.request.stream",
  "gen_ai.response.model",
  "gen_ai.response.finish_reasons",
  "gen_ai.response.time_to_first_chunk",
  "gen_ai.conversation.id",
  "gen_ai.usage.input_tokens",
  "gen_ai.usage.output_tokens",
  "gen_ai.usage.cache_read.input_tokens",
  "gen_ai.usage.cache_creation.input_tokens",
  "gen_ai.usage.reasoning.output_tokens",
  "server.address",
  "server.port",
  "http.response.status_code",
  "error.type"
])

const promtool = findPromtool()
const traceId = "4bf92f3577b34da6a3ce929d0e0e4736"
const parentId = "00f067aa0ba902b7"

const configuration = (url: string, otlp: string) => `
providers:
  openai: { url: ${url}/v1, keys: [sk-planted-provider-key-0123456789] }
  anthropic: { url: ${url}, keys: [sk-ant-planted-0123456789] }
routes:
  smart: { try: [openai/busy, anthropic/good], policy: quick }
policies:
  quick: { from: recommended, retry: { others: 0, last: 0 }, backoff: { initial: 5ms } }
telemetry: { otlp: ${otlp}, serviceName: a-gateway, headers: { x-collector-key: collector-secret } }
`

describe("a gateway with a collector", () => {
  let server: ScriptedServer.ScriptedServer
  let collector: Collector.Collector
  let metrics = ""
  const lines: Array<string> = []

  const call = async (url: string, stream: boolean, headers: Readonly<Record<string, string>> = {}) => {
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: "Bearer planted-caller-key", ...headers },
      body: JSON.stringify({
        model: "smart",
        stream,
        messages: [{ role: "user", content: "the planted prompt" }],
        orelse: { metadata: { session: "s-1", run: "r-1" } }
      })
    })
    await response.text()
    assert.strictEqual(response.status, 200)
    return response.headers.get("x-orelse-call-id") ?? ""
  }

  beforeAll(async () => {
    collector = await Collector.start()
    server = await ScriptedServer.start({
      script: ScriptedServer.byModel({ busy: failure(429, chatError("slow down")), good: answer() })
    })
    const gateway = await Gateway.start(configuration(server.url, collector.url), {}, (text) => void lines.push(text))
    const traceparent = `00-${traceId}-${parentId}-01`
    await call(gateway.url, false, { traceparent })
    await call(gateway.url, true)
    await fetch(`${gateway.url}/v1/chat/completions`, {
      method: "POST",
      body: JSON.stringify({ model: "openai/planted-model-of-a-caller", messages: [] })
    })
    metrics = await (await fetch(`${gateway.url}/metrics`)).text()
    // Closing sends what waits.
    await gateway.close()
  })
  afterAll(async () => {
    await collector.close()
    await server.close()
  })

  it("sends a span for each call and each attempt, named by the GenAI conventions", () => {
    const spans = collector.spans()
    const names = spans.map((span) => span.name)
    assert.includeMembers(names, ["chat smart", "chat busy", "chat good"])
    for (const { attributes, durationMs, kind, name, spanId, traceId } of spans) {
      assert.match(traceId, /^[0-9a-f]{32}$/)
      assert.match(spanId, /^[0-9a-f]{16}$/)
      assert.isAtLeast(durationMs, 0)
      assert.strictEqual(name, `chat ${attributes.get("gen_ai.request.model")}`)
      assert.strictEqual(kind, attributes.has("orelse.attempt") ? 3 : 2)
      const strangers = [...attributes.keys()].filter((key) => !key.startsWith("orelse.") && !conventional.has(key))
      assert.deepStrictEqual(strangers, [])
    }
  })

  it("says in the spans who answered, with how many tokens, and why another did not", () => {
    const answered = collector.spans().find((span) => span.name === "chat good")
    assert.strictEqual(answered?.attributes.get("gen_ai.provider.name"), "anthropic")
    assert.strictEqual(answered?.attributes.get("gen_ai.response.model"), "good")
    assert.isAbove(Number(answered?.attributes.get("gen_ai.usage.output_tokens")), 0)
    assert.isFalse(answered?.attributes.has("error.type"))
    const refused = collector.spans().find((span) => span.name === "chat busy")
    assert.strictEqual(refused?.attributes.get("error.type"), "RateLimited")
    assert.strictEqual(refused?.attributes.get("http.response.status_code"), 429)
    assert.strictEqual(refused?.statusCode, 2)
    const whole = collector.spans().find((span) => span.name === "chat smart")
    assert.strictEqual(whole?.attributes.get("gen_ai.conversation.id"), "s-1")
    assert.strictEqual(whole?.attributes.get("orelse.fell_back"), true)
  })

  it("continues the caller's trace, and keeps it from providers", () => {
    const call = collector.spans().find((span) => span.name === "chat smart" && span.traceId === traceId)
    assert.strictEqual(call?.parentSpanId, parentId)
    const attempts = collector.spans().filter((span) => span.parentSpanId === call?.spanId)
    assert.deepStrictEqual(
      attempts.map((span) => [span.name, span.traceId]),
      [
        ["chat busy", traceId],
        ["chat good", traceId]
      ]
    )
    for (const request of server.requests) assert.notProperty(request.headers, "traceparent")
  })

  it("counts what cools down now, by provider", () => {
    const cooldowns = metrics.split("\n").filter((line) => line.startsWith("orelse_cooldowns"))
    assert.sameMembers(cooldowns, [
      // The busy model, and the one that a caller made up.
      'orelse_cooldowns{provider="openai"} 2',
      'orelse_cooldowns{provider="anthropic"} 0',
      'orelse_cooldowns{provider="demo"} 0'
    ])
  })

  it("sends metrics under the GenAI names beside ours, as the configured service, with the configured headers", () => {
    assert.includeMembers(
      [...collector.metrics()],
      [
        "gen_ai.client.operation.duration",
        "gen_ai.client.operation.time_to_first_chunk",
        "gen_ai.client.token.usage",
        "orelse.calls",
        "orelse.attempts",
        "orelse.ledger.queue"
      ]
    )
    assert.deepStrictEqual([...collector.services()], ["a-gateway"])
    assert.isAbove(collector.headers().length, 0)
    for (const headers of collector.headers()) assert.strictEqual(headers["x-collector-key"], "collector-secret")
  })

  it("writes one line for each call", () => {
    const calls = lines.join("").trimEnd().split("\n")
    assert.strictEqual(calls.length, 3)
    assert.match(
      calls[0] ?? "",
      /answered smart -> anthropic\/good in \d+ ms, 2 attempts \(openai\/busy: RateLimited\)/
    )
  })

  it("lets nothing secret, and no name that a caller chose, out", () => {
    const said = collector.text() + lines.join("") + metrics
    for (const planted of [
      "planted-provider",
      "planted-0123",
      "planted-caller-key",
      "planted prompt",
      "collector-secret"
    ])
      assert.notInclude(said, planted)
    assert.notInclude(metrics, "planted-model-of-a-caller")
    assert.include(metrics, `orelse_attempts_total{provider="openai",model="other"`)
  })

  describe(titleOf("promtool", promtool), () => {
    it.skipIf(isMissing(promtool))("finds no fault with the metrics", () => {
      if (isMissing(promtool)) return
      const found = execFileSync(promtool, ["check", "metrics"], { input: metrics, encoding: "utf8" })
      assert.strictEqual(found.trim(), "")
      assert.include(metrics, "orelse_calls_total")
    })
  })
})

describe("the metrics of a gateway", () => {
  it("show the memory that its process takes, and since when it runs, by the names that dashboards know", async () => {
    const gateway = await Gateway.start("providers: { demo: {} }")
    try {
      const text = await (await fetch(`${gateway.url}/metrics`)).text()
      const shown = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1])
      const used = shown("nodejs_heap_size_used_bytes")
      assert.isAbove(used, 1_000_000)
      assert.isAbove(shown("process_resident_memory_bytes"), used)
      const runningMs = Date.now() - shown("process_start_time_seconds") * 1000
      assert.isAtLeast(runningMs, 0)
      assert.isAtMost(runningMs, process.uptime() * 1000 + 1000)
    } finally {
      await gateway.close()
    }
  })
})

describe("the metrics of a gateway with a stream under way", () => {
  it("show it as open until its caller leaves", async () => {
    const gateway = await Gateway.start("providers: { demo: {} }")
    const open = async () =>
      (await (await fetch(`${gateway.url}/metrics`)).text())
        .split("\n")
        .filter((line) => line.startsWith("orelse_open_"))
    try {
      // The answer begins with its first word; the next ones take a tenth of a second each.
      const response = await fetch(`${gateway.url}/v1/chat/completions`, {
        method: "POST",
        body: JSON.stringify({
          model: "demo/slow",
          stream: true,
          messages: [{ role: "user", content: "word ".repeat(300) }]
        })
      })
      assert.deepStrictEqual(await open(), ["orelse_open_calls 1", "orelse_open_streams 1"])
      await response.body?.cancel()
      await until(async () => (await open()).join() === "orelse_open_calls 0,orelse_open_streams 0", "an end")
    } finally {
      await gateway.close()
    }
  })
})

/**
 * What a call costs, from the provider's wire to the ledger's row, whole and streamed. Reckoned by hand from the providers' own pages
 * (USD per 1e6 tokens: input / cache read / cache write / output), in stored copies read on 21 November 2026; OpenAI's, xAI's and Groq's in
 * what others cite of them:
 * - platform.claude.com/docs/models/opus-5/overview and its table of models: Opus 5 5 / 0.50 / 6.25 (10 for an hour) / 25, Haiku 4.5 1 / 0.10 / 1.25 / 5
 * - platform.openai.com/docs/pricing: GPT-5.2 1.75 / 0.175 / – / 14, GPT-5 mini 0.25 / 0.025 / – / 2, o3 2 / 0.50 / – / 8
 * - ai.google.dev/gemini-api/docs/pricing: 2.5 Pro 1.25 / 0.125 / – / 10 (thoughts are output), 2.5 Flash 0.30 / 0.03 / – / 2.50
 * - docs.x.ai/docs/models: Grok 4 3 / 0.75 / – / 15 (reasoning beside completion tokens)
 * - groq.com/pricing: Llama 3.3 70B 0.59 / – / – / 0.79
 * - cohere.com/pricing: Command R 0.15 / – / – / 0.60 (by billed units)
 * - openrouter.ai/docs/use-cases/usage-accounting and docs.perplexity.ai: what they say themselves
 */
import type { JsonObject } from "@orelse/core/domain/Json"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { modelOf } from "../support/Answers.ts"
import * as Gateway from "../support/gateway.ts"
import { until } from "../support/processes.ts"
import * as ScriptedServer from "../support/ScriptedServer.ts"
import { json } from "../support/Step.ts"
import type { Step } from "../support/Step.ts"

interface Wire {
  readonly whole: (model: string, usage: JsonObject) => JsonObject
  readonly stream: (model: string, usage: JsonObject) => ReadonlyArray<string>
}

const data = (value: JsonObject) => `data: ${JSON.stringify(value)}\n\n`
const named = (value: JsonObject & { readonly type: string }) => `event: ${value.type}\n${data(value)}`

const chat: Wire = {
  whole: (model, usage) => ({
    id: "c-1",
    object: "chat.completion",
    created: 1,
    model,
    choices: [{ index: 0, message: { role: "assistant", content: "Hi." }, finish_reason: "stop" }],
    usage
  }),
  stream: (model, usage) => {
    const chunk = (choices: ReadonlyArray<JsonObject>, more: JsonObject = {}) =>
      data({ id: "c-1", object: "chat.completion.chunk", created: 1, model, choices, ...more })
    return [
      chunk([{ index: 0, delta: { role: "assistant", content: "Hi." }, finish_reason: null }]),
      chunk([{ index: 0, delta: {}, finish_reason: "stop" }]),
      chunk([], { usage }),
      "data: [DONE]\n\n"
    ]
  }
}

const anthropic: Wire = {
  whole: (model, usage) => ({
    id: "m-1",
    type: "message",
    role: "assistant",
    model,
    content: [{ type: "text", text: "Hi." }],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage
  }),
  stream: (model, usage) => [
    named({
      type: "message_start",
      message: {
        id: "m-1",
        type: "message",
        role: "assistant",
        model,
        content: [],
        usage: { ...usage, output_tokens: 1 }
      }
    }),
    named({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } }),
    named({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hi." } }),
    named({ type: "content_block_stop", index: 0 }),
    named({
      type: "message_delta",
      delta: { stop_reason: "end_turn" },
      usage: { output_tokens: usage["output_tokens"] ?? 0 }
    }),
    named({ type: "message_stop" })
  ]
}

const gemini: Wire = {
  whole: (model, usageMetadata) => ({
    candidates: [{ content: { role: "model", parts: [{ text: "Hi." }] }, finishReason: "STOP", index: 0 }],
    usageMetadata,
    modelVersion: model
  }),
  stream: (model, usage) => [data(gemini.whole(model, usage))]
}

const cohere: Wire = {
  whole: (_model, usage) => ({
    id: "c-1",
    finish_reason: "COMPLETE",
    message: { role: "assistant", content: [{ type: "text", text: "Hi." }] },
    usage
  }),
  stream: (_model, usage) => [
    named({ type: "message-start", id: "c-1", delta: { message: { role: "assistant" } } }),
    named({ type: "content-start", index: 0, delta: { message: { content: { type: "text", text: "" } } } }),
    named({ type: "content-delta", index: 0, delta: { message: { content: { text: "Hi." } } } }),
    named({ type: "content-end", index: 0 }),
    named({ type: "message-end", delta: { finish_reason: "COMPLETE", usage } })
  ]
}

interface Row {
  /** As callers ask for it. */
  readonly target: string
  readonly wire: Wire
  readonly usage: JsonObject
  readonly usd: number
  readonly basis?: "reported"
}

const openaiUsage = {
  prompt_tokens: 1000,
  completion_tokens: 500,
  total_tokens: 1500,
  prompt_tokens_details: { cached_tokens: 200 },
  completion_tokens_details: { reasoning_tokens: 320 }
}

const rows: ReadonlyArray<Row> = [
  // 600*5 + 40*6.25 + 60*10 (kept for an hour) + 300*0.5 + 200*25
  {
    target: "anthropic/claude-opus-5",
    wire: anthropic,
    usage: {
      input_tokens: 600,
      cache_creation_input_tokens: 100,
      cache_creation: { ephemeral_5m_input_tokens: 40, ephemeral_1h_input_tokens: 60 },
      cache_read_input_tokens: 300,
      output_tokens: 200
    },
    usd: 0.009
  },
  // 1000*1 + 4000*0.1 + 500*5
  {
    target: "anthropic/claude-haiku-4-5",
    wire: anthropic,
    usage: { input_tokens: 1000, cache_creation_input_tokens: 0, cache_read_input_tokens: 4000, output_tokens: 500 },
    usd: 0.0039
  },
  // 800*1.75 + 200*0.175 + 500*14; the 320 of reasoning are among the 500
  { target: "openai/gpt-5.2", wire: chat, usage: openaiUsage, usd: 0.008435 },
  // 800*0.25 + 200*0.025 + 500*2
  { target: "openai/gpt-5-mini", wire: chat, usage: openaiUsage, usd: 0.001205 },
  // 800*2 + 200*0.5 + 500*8
  { target: "openai/o3", wire: chat, usage: openaiUsage, usd: 0.0057 },
  // 600*1.25 + 400*0.125 + (200+300)*10
  {
    target: "gemini/gemini-2.5-pro",
    wire: gemini,
    usage: {
      promptTokenCount: 1000,
      cachedContentTokenCount: 400,
      candidatesTokenCount: 200,
      thoughtsTokenCount: 300,
      totalTokenCount: 1500
    },
    usd: 0.0058
  },
  // 1000*0.3 + (400+100)*2.5
  {
    target: "gemini/gemini-2.5-flash",
    wire: gemini,
    usage: { promptTokenCount: 1000, candidatesTokenCount: 400, thoughtsTokenCount: 100, totalTokenCount: 1500 },
    usd: 0.00155
  },
  // 900*3 + 100*0.75 + (50+150)*15
  {
    target: "xai/grok-4",
    wire: chat,
    usage: {
      prompt_tokens: 1000,
      completion_tokens: 50,
      total_tokens: 1200,
      prompt_tokens_details: { cached_tokens: 100 },
      completion_tokens_details: { reasoning_tokens: 150 }
    },
    usd: 0.005775
  },
  // 1000*0.59 + 400*0.79
  {
    target: "groq/llama-3.3-70b-versatile",
    wire: chat,
    usage: { prompt_tokens: 1000, completion_tokens: 400, total_tokens: 1400 },
    usd: 0.000906
  },
  // 1000*0.15 + 200*0.6
  {
    target: "cohere/command-r-08-2024",
    wire: cohere,
    usage: {
      billed_units: { input_tokens: 1000, output_tokens: 200 },
      tokens: { input_tokens: 1000, output_tokens: 200 }
    },
    usd: 0.00027
  },
  {
    target: "openrouter/anthropic/claude-sonnet-4.5",
    wire: chat,
    usage: { ...openaiUsage, cost: 0.0123, cost_details: { upstream_inference_cost: 0.01 } },
    usd: 0.0123,
    basis: "reported"
  },
  {
    target: "perplexity/sonar-pro",
    wire: chat,
    usage: { ...openaiUsage, cost: { input_tokens_cost: 0.003, output_tokens_cost: 0.0075, total_cost: 0.0165 } },
    usd: 0.0165,
    basis: "reported"
  }
]

const providers = ["anthropic", "openai", "gemini", "xai", "groq", "cohere", "openrouter", "perplexity"]
/** Of which the base URL, as their SDKs take it, has no path. */
const hosts = new Set(["anthropic", "gemini", "cohere"])

const configuration = (url: string) => `
providers:
${providers.map((name) => `  ${name}: { url: "${hosts.has(name) ? url : `${url}/v1`}", keys: [sk-1] }`).join("\n")}
routes:
  twice: { try: [anthropic/empty, openai/gpt-5.2], policy: quick }
policies:
  quick: { from: recommended, retry: { others: 0, last: 0 }, backoff: { initial: 5ms } }
`

const wireOf = new Map(rows.map(({ target, ...row }) => [target.slice(target.indexOf("/") + 1), row]))

const streamOf = (pieces: ReadonlyArray<string>, more: Partial<Step> = {}): Step => ({
  headers: { "content-type": "text/event-stream" },
  pieces,
  framing: "chunked",
  ...more
})

const opus = rows[0]

const script = (request: ScriptedServer.RecordedRequest): Step => {
  const model = modelOf(request) ?? ""
  const isStream = request.json["stream"] === true || request.path.includes(":streamGenerateContent")
  // An answer without content is a failure, and yet it is paid for.
  if (model === "empty")
    return json(JSON.stringify({ ...anthropic.whole("m", opus?.usage ?? {}), content: [], stop_reason: null }))
  if (model.endsWith("-cut") || model.endsWith("-stalled")) {
    const pieces = anthropic.stream(model, opus?.usage ?? {}).slice(0, 3)
    return streamOf(pieces, { fault: { kind: model.endsWith("-cut") ? "reset" : "stall", after: pieces.length } })
  }
  const row = wireOf.get(model)
  if (row === undefined) return json({ error: { message: `no ${model} here` } }, { status: 404 })
  return isStream ? streamOf(row.wire.stream(model, row.usage)) : json(JSON.stringify(row.wire.whole(model, row.usage)))
}

describe("the cost of a call", () => {
  let server: ScriptedServer.ScriptedServer
  let gateway: Gateway.TestGateway

  beforeAll(async () => {
    server = await ScriptedServer.start({ script })
    gateway = await Gateway.start(configuration(server.url))
  })
  afterAll(async () => {
    await gateway.close()
    await server.close()
  })

  const ask = async (model: string, stream: boolean) => {
    const messages = [{ role: "user", content: "hi" }]
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: "POST",
      body: JSON.stringify({ model, stream, messages })
    })
    await response.text().catch(() => "")
    const [last] = await gateway.calls()
    assert.isDefined(last)
    return last
  }

  for (const { basis = "estimated", target, usd } of rows)
    it.each([false, true])(`is as by hand for ${target}, streamed: %s`, async (stream) => {
      const { attempts, call } = await ask(target, stream)
      assert.deepStrictEqual([call.outcome, call.costBasis], ["answered", basis])
      assert.closeTo(call.costUsd ?? 0, usd, 1e-12)
      assert.deepStrictEqual([attempts[0]?.costUsd, attempts[0]?.costBasis], [call.costUsd, basis])
    })

  it("is that of all attempts, of one that failed as well", async () => {
    const { attempts, call } = await ask("twice", false)
    assert.deepStrictEqual(
      attempts.map((attempt) => attempt.outcome),
      ["failed", "answered"]
    )
    assert.strictEqual(attempts[0]?.usage?.outputTokens, 200)
    assert.closeTo(call.costUsd ?? 0, (attempts[0]?.costUsd ?? 0) + 0.008435, 1e-12)
  })

  it("is what is known where a stream broke off: the prompt, which is paid for already", async () => {
    const { attempts, call } = await ask("anthropic/claude-opus-5-cut", true)
    assert.deepStrictEqual([call.outcome, attempts[0]?.outcome], ["failed", "failed"])
    assert.deepStrictEqual([attempts[0]?.usage?.inputTokens, attempts[0]?.usage?.outputTokens], [1000, 1])
  })

  it("is what is known where the caller hung up in the middle", async () => {
    const leaving = new AbortController()
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: "POST",
      body: JSON.stringify({ model: "anthropic/claude-opus-5-stalled", stream: true, messages: [] }),
      signal: leaving.signal
    })
    await response.body?.getReader().read()
    leaving.abort()
    const { attempts } = await until(async () => {
      const [last] = await gateway.calls()
      return last?.call.outcome === "cancelled" && last
    }, "call that is cancelled")
    assert.strictEqual(attempts[0]?.outcome, "cancelled")
    assert.deepStrictEqual([attempts[0]?.usage?.inputTokens, attempts[0]?.usage?.outputTokens], [1000, 1])
  })
})

import { assert, describe, it } from "@effect/vitest"
import * as Cost from "@orelse/core/layer/Cost"
import type { Usage } from "@orelse/core/domain/Usage"

/**
 * Reckoned by hand from list prices in USD per 1e6 tokens (input / cache read / cache write / output), which the installed
 * price table must agree with. Sources, as read in November 2026:
 * - Anthropic: platform.claude.com/docs/about-claude/models (Opus 5: 5 / 0.50 / 6.25 / 25; Sonnet 5: 2 / 0.20 / 2.50 / 10;
 *   Haiku 4.5: 1 / 0.10 / 1.25 / 5)
 * - OpenAI: platform.openai.com/docs/pricing (GPT-5: 1.25 / 0.125 / 10; GPT-5 mini: 0.25 / 0.025 / 2; GPT-4o: 2.50 / 1.25 / 10;
 *   GPT-4o mini: 0.15 / 0.075 / 0.60)
 * - Google: ai.google.dev/gemini-api/docs/pricing (2.5 Pro: 1.25 / 0.125 / 10, above 200k tokens of prompt 2.50 / 0.25 / 15;
 *   2.5 Flash: 0.30 / 0.03 / 2.50)
 * - xAI: docs.x.ai/docs/models (Grok 3, page of June 2025: 3 / 0.75 / 15)
 * - Groq: groq.com/pricing (Llama 3.3 70B: 0.59 / 0.79)
 */
const byHand: ReadonlyArray<readonly [family: string, model: string, usage: Usage, usd: number]> = [
  // 600 fresh, 300 read, 100 written, 200 out: (600*5 + 300*0.5 + 100*6.25 + 200*25) / 1e6
  [
    "anthropic",
    "claude-opus-5",
    { inputTokens: 1000, cachedTokens: 300, cacheWriteTokens: 100, outputTokens: 200 },
    0.008775
  ],
  // the same with 60 of the 100 written for an hour, at 10: (600*5 + 300*0.5 + 40*6.25 + 60*10 + 200*25) / 1e6
  [
    "anthropic",
    "claude-opus-5",
    { inputTokens: 1000, cachedTokens: 300, cacheWriteTokens: 100, cacheWriteHourTokens: 60, outputTokens: 200 },
    0.009
  ],
  // (600*2 + 300*0.2 + 100*2.5 + 200*10) / 1e6
  [
    "anthropic",
    "claude-sonnet-5",
    { inputTokens: 1000, cachedTokens: 300, cacheWriteTokens: 100, outputTokens: 200 },
    0.00351
  ],
  // (10_000*1 + 1_000*5) / 1e6
  ["anthropic", "claude-haiku-4-5", { inputTokens: 10_000, outputTokens: 1_000 }, 0.015],
  // (800*1.25 + 200*0.125 + 500*10) / 1e6; reasoning is within the output
  [
    "openai",
    "gpt-5",
    { inputTokens: 1000, cachedTokens: 200, outputTokens: 500, reasoningTokens: 320, totalTokens: 1500 },
    0.006025
  ],
  // (800*0.25 + 200*0.025 + 500*2) / 1e6
  ["openai", "gpt-5-mini", { inputTokens: 1000, cachedTokens: 200, outputTokens: 500 }, 0.001205],
  // (1000*2.5 + 100*10) / 1e6
  ["openai", "gpt-4o", { inputTokens: 1000, outputTokens: 100 }, 0.0035],
  // (500*0.15 + 500*0.075 + 100*0.6) / 1e6
  ["openai", "gpt-4o-mini", { inputTokens: 1000, cachedTokens: 500, outputTokens: 100 }, 0.0001725],
  // thoughts are counted beside the output: (1000*1.25 + (200+300)*10) / 1e6
  [
    "gemini",
    "gemini-2.5-pro",
    { inputTokens: 1000, outputTokens: 200, reasoningTokens: 300, totalTokens: 1500 },
    0.00625
  ],
  // above 200k all of it costs more: (300_000*2.5 + 1000*15) / 1e6
  ["gemini", "gemini-2.5-pro", { inputTokens: 300_000, outputTokens: 1000 }, 0.765],
  // (1000*0.3 + 400*2.5) / 1e6
  ["gemini", "gemini-2.5-flash", { inputTokens: 1000, outputTokens: 400 }, 0.0013],
  // (900*3 + 100*0.75 + (50+150)*15) / 1e6
  [
    "xai",
    "grok-3",
    { inputTokens: 1000, cachedTokens: 100, outputTokens: 50, reasoningTokens: 150, totalTokens: 1200 },
    0.005775
  ],
  // (10_000*0.59 + 5_000*0.79) / 1e6
  ["groq", "llama-3.3-70b-versatile", { inputTokens: 10_000, outputTokens: 5_000 }, 0.00985]
]

const of = (more: Partial<Cost.Input>) =>
  Cost.of({
    provider: "p",
    family: "openai",
    model: "gpt-4o",
    usage: { inputTokens: 1000, outputTokens: 100 },
    ...more
  })

describe("Cost.of", () => {
  it.each(byHand)("reckons %s/%s as by hand", (family, model, usage, usd) => {
    const { costBasis, costUsd } = of({ family, model, usage })
    assert.strictEqual(costBasis, "estimated")
    assert.closeTo(costUsd ?? 0, usd, 1e-12)
  })

  it("takes what the provider reports before any price", () => {
    const usage = { inputTokens: 1000, outputTokens: 100, costUsd: 0.25 }
    assert.deepStrictEqual(of({ usage, override: { inputPrice: 1 } }), { costUsd: 0.25, costBasis: "reported" })
  })

  it("takes the configuration's prices before the table, and its input price for what it does not name", () => {
    const usage = { inputTokens: 1_000_000, cachedTokens: 500_000, outputTokens: 1_000_000 }
    assert.deepStrictEqual(of({ usage, override: { inputPrice: 0.2, outputPrice: 0.8 } }), {
      costUsd: 1,
      costBasis: "estimated"
    })
    assert.deepStrictEqual(of({ usage, override: { inputPrice: 0.2, outputPrice: 0.8, cachedPrice: 0 } }), {
      costUsd: 0.9,
      costBasis: "estimated"
    })
  })

  it("takes a price that stands alone for what goes in and for what comes out", () => {
    const usage = { inputTokens: 1_000_000, outputTokens: 1_000_000 }
    for (const override of [{ inputPrice: 0.5 }, { outputPrice: 0.5 }])
      assert.deepStrictEqual(of({ usage, override }), { costUsd: 1, costBasis: "estimated" })
  })

  it("is unknown without usage, without tokens and without a price, and never 0 for want of knowledge", () => {
    assert.deepStrictEqual(of({ usage: undefined }), { costBasis: "unknown" })
    assert.deepStrictEqual(of({ usage: {} }), { costBasis: "unknown" })
    assert.deepStrictEqual(of({ model: "no-such-model" }), { costBasis: "unknown" })
  })

  it("asks no price of a protocol that many speak", () => {
    assert.deepStrictEqual(of({ family: "openai-chat", provider: "mine" }), { costBasis: "unknown" })
  })

  it("finds the price by the provider's name where its family says nothing", () => {
    assert.strictEqual(of({ family: "openai-chat", provider: "openai" }).costBasis, "estimated")
  })

  it("knows OpenAI's row of Responses by its name, and nobody by that of the protocol", () => {
    const cost = (provider: string) => of({ family: "openai-responses", provider })
    assert.deepStrictEqual(cost("openai-responses"), of({}))
    assert.deepStrictEqual(cost("mine"), { costBasis: "unknown" })
  })

  it("costs nothing more for cached tokens than there are prompt tokens", () => {
    const { costUsd } = of({ usage: { inputTokens: 100, cachedTokens: 500, outputTokens: 0 } })
    assert.closeTo(costUsd ?? 0, (100 * 1.25) / 1e6, 1e-12)
  })

  it("keeps the price of an hour apart from another's, where a provider has prices by the hour", () => {
    const usage = { inputTokens: 1000, outputTokens: 1000 }
    const day = Date.UTC(2025, 2, 1, 12)
    const night = Date.UTC(2025, 2, 1, 18)
    const costs = [day, night, day].map(
      (at) => of({ family: "deepseek", model: "deepseek-chat", usage, at }).costUsd ?? 0
    )
    assert.strictEqual(costs[0], costs[2])
    assert.isAbove(costs[0] ?? 0, costs[1] ?? 0)
  })
})

import { assert, describe, it } from "@effect/vitest"
import * as Resolve from "../../src/route/Resolve.ts"

const names: Resolve.Names = {
  routes: new Map(["smart", "openai/gpt-5", "claude-fast"].map((name) => [name, {}])),
  providers: new Map([
    ["openai", {}],
    ["anthropic", {}],
    ["mine", {}],
    ["x", {}],
    ["qwen", { disabled: "QWEN is not set" }],
    ["alibaba", {}],
    ["xai", { disabled: "XAI_API_KEY is not set" }]
  ])
}

const nameOf = (model: string) => {
  const found = Resolve.resolve(names, model)
  return found._tag === "Target" ? `${found.provider} ${found.model}` : found._tag === "Route" ? found.name : undefined
}
const nearestOf = (model: string) => {
  const found = Resolve.resolve(names, model)
  return found._tag === "Unknown" ? found.nearest : assert.fail(`${model} is known`)
}

describe("Resolve.resolve", () => {
  it("takes a route's name before a target and before a family", () => {
    assert.strictEqual(nameOf("smart"), "smart")
    assert.strictEqual(nameOf("openai/gpt-5"), "openai/gpt-5")
    assert.strictEqual(nameOf("claude-fast"), "claude-fast")
    assert.strictEqual(nameOf("x/m"), "x m")
  })
  it("splits a target at the first slash", () => {
    assert.strictEqual(nameOf("mine/meta/llama"), "mine meta/llama")
    assert.strictEqual(nameOf("mine/x"), "mine x")
  })
  it("knows well-known families where their provider is configured", () => {
    assert.strictEqual(nameOf("claude-opus-4-5"), "anthropic claude-opus-4-5")
    assert.strictEqual(nameOf("gpt-5-mini"), "openai gpt-5-mini")
    assert.strictEqual(nameOf("o3"), "openai o3")
    assert.strictEqual(nameOf("o4-mini"), "openai o4-mini")
    assert.strictEqual(nameOf("GPT-4o"), "openai GPT-4o")
  })
  it("prefers a provider of the family that is enabled, and keeps a disabled one so that the reason is told", () => {
    assert.strictEqual(nameOf("qwen3-max"), "alibaba qwen3-max")
    assert.strictEqual(nameOf("grok-4"), "xai grok-4")
  })
  it("sends a model of no family, or of a family without its provider, nowhere", () => {
    for (const model of ["gemini-2.5-pro", "o9", "o1x", "my-model", "unknown/gpt-5", "mine/", "/x", ""]) {
      assert.strictEqual(Resolve.resolve(names, model)._tag, "Unknown", model)
    }
  })
  it("sends a name that would walk out of a provider's path nowhere", () => {
    for (const model of ["mine/..", "mine/../files", "mine/a/../../b", "mine/./a", "openai/a\\..\\b"]) {
      assert.strictEqual(Resolve.resolve(names, model)._tag, "Unknown", model)
    }
    assert.strictEqual(nameOf("mine/llama..4/v1.5"), "mine llama..4/v1.5")
  })
  it("names the nearest route, or the target of the nearest provider", () => {
    assert.strictEqual(nearestOf("smrat"), "smart")
    assert.strictEqual(nearestOf("opnai/o3-mini"), "openai/o3-mini")
    assert.strictEqual(nearestOf("zzzzzzzzz"), undefined)
    assert.strictEqual(nearestOf("opnai/gpt-5"), "openai/gpt-5")
    assert.strictEqual(nearestOf("zzzzzz/zzz"), undefined)
    assert.strictEqual(nearestOf("openai/"), undefined)
    assert.strictEqual(nearestOf("opnai/"), undefined)
    assert.strictEqual(nearestOf("mine/../files"), undefined)
  })
})

describe("Resolve.families", () => {
  it("send each family to the providers that make it", () => {
    const ids = Resolve.families.flatMap((family) => family.providers)
    const all: Resolve.Names = { routes: new Map(), providers: new Map(ids.map((id) => [id, {}])) }
    for (const [model, provider] of [
      ["claude-x", "anthropic"],
      ["chatgpt-4o-latest", "openai"],
      ["o1", "openai"],
      ["text-embedding-3-small", "openai"],
      ["gemma-3", "gemini"],
      ["gemini-3", "gemini"],
      ["deepseek-chat", "deepseek"],
      ["qwq-32b", "dashscope"],
      ["glm-5", "zai"],
      ["chatglm3", "zai"],
      ["kimi-k2", "moonshot"],
      ["moonshot-v1", "moonshot"],
      ["grok-4", "xai"],
      ["ministral-8b", "mistral"],
      ["codestral-latest", "mistral"],
      ["command-r", "cohere"],
      ["abab6.5", "minimax"],
      ["step-2", "stepfun"],
      ["sonar-pro", "perplexity"],
      ["llama-4", "llama"]
    ] as const) {
      assert.deepStrictEqual(Resolve.resolve(all, model), { _tag: "Target", provider, model })
    }
    for (const [first, second] of [
      ["gemini-3", "google"],
      ["qwen3", "qwen"],
      ["glm-5", "zhipu"],
      ["kimi-k2", "kimi"],
      ["llama-4", "meta"]
    ] as const) {
      const only: Resolve.Names = { routes: new Map(), providers: new Map([[second, {}]]) }
      assert.deepStrictEqual(Resolve.resolve(only, first), { _tag: "Target", provider: second, model: first })
    }
  })
})

import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Json from "../../../../src/domain/Json.ts"
import type { Request } from "../../../../src/domain/Request.ts"
import { profiles } from "../../../../src/provider/profiles.ts"
import { protocol } from "../../../../src/provider/protocols/OpenAiChat.ts"
import { protocol as responses } from "../../../../src/provider/protocols/OpenAiResponses.ts"
import * as Models from "../../../../src/provider/protocols/openai-chat/Models.ts"

type Kind = readonly [newLimit: boolean, sampling: Models.Model["sampling"], efforts?: string]

const kinds: Readonly<Record<string, Kind>> = {
  "gpt-3.5-turbo": [false, "always", ""],
  "gpt-35-turbo": [false, "always", ""],
  "gpt-4o-mini": [false, "always", ""],
  "ft:gpt-4o-mini:acme::1": [false, "always", ""],
  "gpt-4.1": [false, "always", ""],
  "chatgpt-4o-latest": [false, "always", ""],
  "openai/gpt-oss-120b": [false, "always", "low medium high"],
  "claude-opus-4-5": [false, "always"],
  yolo1: [false, "always"],
  o1: [true, "never", "low medium high"],
  "o1-mini": [true, "never", ""],
  "o4-mini-2025-04-16": [true, "never", "low medium high"],
  "gpt-5": [true, "never", "minimal low medium high"],
  "openai/gpt-5-nano": [true, "never", "minimal low medium high"],
  "gpt-5-2025-08-07": [true, "never", "minimal low medium high"],
  "gpt-5-pro": [true, "never", "high"],
  "gpt-5-codex": [true, "never", "low medium high"],
  "gpt-5-chat-latest": [true, "always", ""],
  "gpt-5-search-api": [true, "never", ""],
  "gpt-5.1": [true, "unreasoned", "none low medium high"],
  "gpt-5.1-chat-latest": [true, "never", "medium"],
  "openai/gpt-5.1-codex": [true, "never", "low medium high"],
  "gpt-5.1-codex-max": [true, "never", "low medium high xhigh"],
  "gpt-5.2": [true, "unreasoned", "none low medium high xhigh"],
  "gpt-5.2-pro": [true, "never", "medium high xhigh"],
  "gpt-5.2-codex": [true, "never", "low medium high xhigh"],
  "gpt-5.6": [true, "never", "none low medium high xhigh max"],
  "gpt-6-luna": [true, "never", "none low medium high xhigh max"],
  "gpt-6-astra": [true, "never", "low medium high xhigh max"],
  "openai/gpt-6.1-sol": [true, "never", "low medium high xhigh max"],
  "gpt-7": [true, "never", "low medium high xhigh"]
}

const asked: Request = {
  messages: [{ role: "user", content: [{ type: "text", text: "hi" }] }],
  maxTokens: 5,
  temperature: 0.2,
  topP: 0.9,
  frequencyPenalty: 0.5
}

const written = (model: string, more: Partial<Request> = {}, quirks = {}, by = protocol): Json.JsonObject => {
  const encoded = by.encode({ ...asked, ...more }, { model, stream: false, quirks })
  if (Result.isFailure(encoded)) throw new Error(encoded.failure.message)
  return Json.parseObject(encoded.success.body)!
}

describe("what is known of OpenAI's models", () => {
  for (const [name, [newLimit, sampling, words]] of Object.entries(kinds)) {
    const efforts = words?.split(" ").filter((word) => word !== "")
    it(`takes ${name} for one that samples ${sampling}${newLimit ? ", with the newer limit" : ""}, and reasons: ${words ?? "?"}`, () =>
      assert.deepInclude(Models.of(name), Json.compact({ newLimit, sampling, efforts })))
  }

  it("refuses stop sequences for models that take none, or not so many, and asks others for what they are asked", () => {
    const asks = (model: string, count: number) => {
      const stop = Array.from({ length: count }, (_, at) => `END${at}`)
      const encoded = protocol.encode({ ...asked, stop }, { model, stream: false, quirks: {} })
      return Result.isSuccess(encoded) ? Json.parseObject(encoded.success.body)?.["stop"] : encoded.failure.feature
    }
    for (const model of [
      "gpt-5",
      "gpt-5.2",
      "gpt-5.1-codex",
      "openai/gpt-5-mini",
      "o3",
      "o4-mini-2025-04-16",
      "gpt-6"
    ]) {
      assert.strictEqual(asks(model, 1), "stop sequences", model)
      assert.isUndefined(asks(model, 0), model)
    }
    for (const model of ["gpt-4o", "o1", "o3-mini", "gpt-5-chat-latest"]) {
      assert.deepStrictEqual(asks(model, 4), ["END0", "END1", "END2", "END3"], model)
      assert.strictEqual(asks(model, 5), "stop sequences", model)
    }
    assert.strictEqual(Json.array(asks("llama-4", 9)).length, 9)
  })

  it("calls the limit what the model calls it, and what OpenAI's own row does for all of them", () => {
    const names = (body: Json.JsonObject) => [body["max_tokens"], body["max_completion_tokens"]]
    assert.deepStrictEqual(names(written("gpt-4o")), [5, undefined])
    assert.deepStrictEqual(names(written("gpt-5.2")), [undefined, 5])
    assert.deepStrictEqual(names(written("gpt-4o", {}, profiles["openai"]!.quirks)), [undefined, 5])
    assert.deepStrictEqual(names(written("gpt-5.2", {}, { oldMaxTokens: true })), [5, undefined])
  })

  it("leaves out how to sample where the model refuses it, in both of OpenAI's formats", () => {
    for (const by of [protocol, responses]) {
      assert.strictEqual(written("gpt-4o", {}, {}, by)["temperature"], 0.2)
      assert.strictEqual(written("gpt-5.2", {}, {}, by)["top_p"], 0.9)
      for (const body of [written("o3", {}, {}, by), written("gpt-5.2", { reasoning: { effort: "low" } }, {}, by)])
        assert.deepStrictEqual(
          ["temperature", "top_p", "frequency_penalty"].filter((name) => name in body),
          []
        )
    }
  })

  it("says how much to reason in the model's own words, and nothing to one that does not", () => {
    const models = ["gpt-4o", "o3", "gpt-5-mini", "gpt-5-pro", "gpt-5.1", "gpt-5.2", "gpt-6.1-sol", "qwen3-32b"]
    for (const by of [protocol, responses]) {
      const efforts = (reasoning: NonNullable<Request["reasoning"]>) =>
        models
          .map((model) => written(model, { reasoning }, {}, by))
          .map((body) => Json.string(body["reasoning_effort"] ?? Json.at(body, "reasoning", "effort")) ?? "-")
          .join(" ")
      assert.strictEqual(efforts({ enabled: false }), "- low minimal high none none low -")
      assert.strictEqual(efforts({ enabled: true, budgetTokens: 2000 }), "- low low high low low low low")
      assert.strictEqual(efforts({ effort: "minimal" }), "- low minimal high low low low minimal")
      const most = by === responses ? "max" : "xhigh"
      assert.strictEqual(efforts({ effort: "max" }), `- high high high high xhigh ${most} max`)
      assert.strictEqual(efforts({ effort: "much" }), "- high high high high high high much")
      assert.strictEqual(efforts({ enabled: true }), "- - - - - - - -")
    }
  })

  /**
   * `Function tools with reasoning_effort are not supported for gpt-5.4 in /v1/chat/completions. Please use /v1/responses instead.`, and for
   * gpt-6-sol `… use /v1/responses or set reasoning_effort to 'none'`, also where no effort was said (github.com/BerriAI/litellm/pull/34569,
   * onyx-dot-app/onyx/issues/15008); developers.openai.com "Deployment checklist". Read 2026-11.
   */
  describe("tools beside reasoning, which OpenAI's chat refuses from gpt-5.4 on", () => {
    const withTools: Partial<Request> = { tools: [{ name: "look", parameters: { type: "object" } }] }
    const effort = (model: string, reasoning?: Request["reasoning"], more = withTools) =>
      written(model, reasoning === undefined ? more : { ...more, reasoning })["reasoning_effort"]

    it("win over it where the model can go without, also where nobody asked for it", () => {
      for (const model of ["gpt-5.4", "gpt-5.5-2026-04-24", "gpt-5.6-terra", "gpt-6-sol", "gpt-6-luna"]) {
        assert.strictEqual(effort(model, { enabled: true, effort: "high" }), "none", model)
        assert.strictEqual(effort(model), "none", model)
      }
      assert.strictEqual(written("gpt-5.4", { ...withTools, reasoning: { effort: "high" } })["temperature"], 0.2)
    })

    it("are refused before anything is sent where it cannot, with the protocol that takes both", () => {
      for (const model of ["gpt-6-astra", "gpt-6.1-sol"]) {
        const encoded = protocol.encode({ ...asked, ...withTools }, { model, stream: false, quirks: {} })
        assert.isTrue(Result.isFailure(encoded), model)
        if (Result.isFailure(encoded)) assert.include(encoded.failure.message, "openai-responses")
      }
    })

    it("are no matter without tools, for older models, behind a maker's name, and in Responses", () => {
      const high = { enabled: true, effort: "high" }
      assert.strictEqual(effort("gpt-5.4", high, {}), "high")
      assert.strictEqual(effort("gpt-6-astra", high, { tools: [] }), "high")
      assert.strictEqual(effort("gpt-5.2", high), "high")
      assert.strictEqual(effort("openai/gpt-6-astra", high), "high")
      for (const model of ["gpt-5.6", "gpt-6-astra"]) {
        const body = written(model, { ...withTools, reasoning: high }, {}, responses)
        assert.deepStrictEqual(body["reasoning"], { effort: "high" }, model)
      }
    })
  })

  it("asks a model that does not reason for no summary and no proof of reasoning", () => {
    const request: Request = { ...asked, reasoning: { enabled: true, effort: "low", summary: "auto" } }
    const body = (model: string) => written(model, request, {}, responses)
    assert.deepStrictEqual([body("gpt-4o")["reasoning"], body("gpt-4o")["include"]], [undefined, undefined])
    assert.deepStrictEqual(body("o3")["reasoning"], { effort: "low", summary: "auto" })
    assert.deepStrictEqual(body("o3")["include"], ["reasoning.encrypted_content"])
  })

  /** `logprobs are not supported with reasoning models.`; developers.openai.com "Deployment checklist", read 2026-11. */
  it("refuses log probabilities of a model that gives none, or none while it reasons, in both of OpenAI's formats", () => {
    const logprobs = (by: typeof protocol, model: string, reasoning?: Request["reasoning"]) => {
      const request = { ...asked, logprobs: true, ...(reasoning === undefined ? {} : { reasoning }) }
      const written = by.encode(request, { model, stream: false, quirks: {} })
      return Result.isFailure(written) ? written.failure.feature : "written"
    }
    for (const by of [protocol, responses]) {
      for (const model of ["o3", "gpt-5.6"]) assert.strictEqual(logprobs(by, model), "log probabilities", model)
      assert.strictEqual(logprobs(by, "gpt-5.2", { effort: "low" }), "log probabilities")
      for (const model of ["gpt-4o", "gpt-5.2", "llama-4"]) assert.strictEqual(logprobs(by, model), "written", model)
    }
  })

  /** platform.openai.com "API reference: Chat", "API reference: Responses": the two have these fields alike. Read 2026-11. */
  it("keeps what OpenAI's two formats call alike between them, at OpenAI, for others refuse what they do not know", () => {
    const same = {
      prompt_cache_key: "k",
      prompt_cache_retention: "24h",
      safety_identifier: "s",
      service_tier: "flex"
    }
    const kept = (body: Json.JsonObject) =>
      Json.compact(Object.fromEntries(Object.keys(same).map((name) => [name, body[name]])))
    const metadata = { a: "b" }
    const own = { ...same, metadata, text: { verbosity: "low" } }
    const ofResponses = (model: string, { quirks }: { readonly quirks: object }) =>
      written(model, { extra: { "openai-responses": own } }, quirks)
    const chat = ofResponses("gpt-5.2", profiles["openai"]!)
    assert.deepStrictEqual([kept(chat), chat["verbosity"]], [same, "low"])
    // The chat format takes it beside `store` alone.
    assert.notProperty(chat, "metadata")
    const older = ofResponses("gpt-4o", profiles["openai"]!)
    assert.deepStrictEqual([kept(older), older["verbosity"]], [same, undefined])
    for (const name of ["azure-openai", "mistral", "groq"])
      assert.deepStrictEqual(kept(ofResponses("gpt-5.2", profiles[name]!)), {}, name)
    const back = written("gpt-5.2", { extra: { "openai-chat": { ...own, verbosity: "low" } } }, {}, responses)
    assert.deepStrictEqual([kept(back), back["metadata"], back["text"]], [same, metadata, { verbosity: "low" }])
  })

  it("leaves a caller's own bytes alone", () => {
    const text = '{"model":"x", "max_tokens":5,"temperature":0.2,"messages":[]}'
    const sent = protocol.passThrough(text, Json.parseObject(text)!, { model: "gpt-5.2", stream: false, quirks: {} })
    assert.strictEqual(sent.body, text.replace('"x"', '"gpt-5.2"'))
  })
})

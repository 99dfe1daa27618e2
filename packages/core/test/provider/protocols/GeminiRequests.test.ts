import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Json from "../../../src/domain/Json.ts"
import type { Message, Request } from "../../../src/domain/Request.ts"
import { protocol } from "../../../src/provider/protocols/Gemini.ts"
import * as Proof from "../../../src/provider/protocols/gemini/Proof.ts"
import * as Written from "../written.ts"

const context = (model: string, quirks: Readonly<Record<string, boolean>> = {}, stream = false) => ({
  model,
  stream,
  quirks
})

const encoded = (request: Request, model = "gemini-3-flash", quirks = {}) =>
  Written.body(protocol, request, { model, quirks })

const refusal = (request: Request) => Written.refusal(protocol, request, { model: "gemini-3-flash" })

const pathOf = (model: string, quirks = {}, stream = false): string => {
  const written = protocol.encode(asked, context(model, quirks, stream))
  return Result.isSuccess(written) ? written.success.path : ""
}

const { asked } = Written
const words = (text: string) => ({ type: "text" as const, text })

const turn = (...results: ReadonlyArray<Message>): Request => ({
  messages: [
    ...asked.messages,
    {
      role: "assistant",
      content: [
        { type: "toolCall", id: "a", name: "f", arguments: '{"x":1}' },
        { type: "toolCall", id: "b", name: "g", arguments: "" }
      ]
    },
    ...results
  ]
})

const result = (toolCallId: string, text: string, more: Partial<Extract<Message, { role: "tool" }>> = {}): Message => ({
  role: "tool",
  toolCallId,
  content: [words(text)],
  ...more
})

const responses = (request: Request, model?: string) =>
  Json.array(Json.at(encoded(request, model), "contents", 2, "parts")).map(
    (part) => Json.at(part, "functionResponse") ?? part
  )

describe("gemini, where it is called", () => {
  it("puts the model into the path, and asks for a stream as events", () => {
    assert.strictEqual(pathOf("gemini-x"), "/v1beta/models/gemini-x:generateContent")
    assert.strictEqual(pathOf("gemini-x", {}, true), "/v1beta/models/gemini-x:streamGenerateContent?alt=sse")
    assert.strictEqual(pathOf("tunedModels/mine"), "/v1beta/tunedModels/mine:generateContent")
    assert.strictEqual(pathOf("a b?c"), "/v1beta/models/a%20b%3Fc:generateContent")
  })

  it("goes to Google's models below the location, at Vertex", () => {
    const vertex = { vertex: true }
    assert.strictEqual(pathOf("gemini-x", vertex), "/publishers/google/models/gemini-x:generateContent")
    assert.strictEqual(
      pathOf("publishers/meta/models/m", vertex, true),
      "/publishers/meta/models/m:streamGenerateContent?alt=sse"
    )
  })

  it("takes thoughts with another provider's proof out of a body that passes through, and nothing else", () => {
    const through = (contents: string, model = "gemini-2.5-pro") => {
      const text = `{"contents":${contents},"n":1.0}`
      return protocol.passThrough(text, Json.parseObject(text)!, context(model)).body
    }
    const body = (contents: string) => `{"contents":${contents},"n":1.0}`
    const model = (...parts: ReadonlyArray<string>) => `{"role":"model","parts":[${parts.join(",")}]}`
    const user = '{"role" : "user","parts":[{"text":"b3JlbHNl"}]}'
    const thought = (signature: string) => `{"text":"","thought":true,"thoughtSignature":"${signature}"}`
    const signed = thought(Proof.write({ signature: "SIG" })!)
    const hidden = thought(Proof.write({ redacted: "RED" })!).replace("thoughtSignature", "thought_signature")
    const call = '{"functionCall":{"name":"f","args":{"n":1.0}}}'
    const answered = `[${user},${model(signed, thought("c2ln"), hidden, call)}]`
    assert.strictEqual(through(answered), body(`[${user},${model(thought("c2ln"), call)}]`))
    assert.strictEqual(through(`[${user},${model(hidden)},${user}]`), body(`[${user},${user}]`))
    const moved = '{"text":"a","thoughtSignature":"b3JlbHNlOnNpZ25hdHVyZTpT"}'
    assert.strictEqual(through(`[${model(moved)}]`), body(`[${model('{"text":"a"}')}]`))
    const usual = `[ ${user}, ${model(thought("c2ln"), call)} ]`
    assert.strictEqual(through(usual), body(usual))
  })

  it("gives Google's own word for the missing proof of a call to the models that demand one, in a body that passes through", () => {
    const through = (model: string, ...parts: ReadonlyArray<Json.Json>) => {
      const text = JSON.stringify({ contents: [{ role: "model", parts }] })
      const sent = protocol.passThrough(text, Json.parseObject(text)!, context(model)).body
      return Json.at(Json.parse(sent), "contents", 0, "parts")
    }
    const call = { functionCall: { name: "f", args: {} } }
    const skipped = { ...call, thoughtSignature: "skip_thought_signature_validator" }
    const own = { ...call, thoughtSignature: "c2ln" }
    assert.deepStrictEqual(through("gemini-3-pro", { text: "a" }, call, call), [{ text: "a" }, skipped, call])
    assert.deepStrictEqual(through("gemini-3-pro", own, call), [own, call])
    assert.deepStrictEqual(through("gemini-2.5-pro", call), [call])
  })

  it("passes each kind of body through to what answers it", () => {
    const through = (body: Json.JsonObject, quirks = {}) => {
      const written = protocol.passThrough(JSON.stringify(body), body, context("gemini-x", quirks))
      return [written.path, Json.parse(written.body)]
    }
    const content = { parts: [{ text: "a" }] }
    assert.deepStrictEqual(through({ contents: [content], model: "models/theirs" }), [
      "/v1beta/models/gemini-x:generateContent",
      { contents: [content], model: "models/gemini-x" }
    ])
    assert.deepStrictEqual(through({ contents: [content], model: "models/theirs" }, { vertex: true }), [
      "/publishers/google/models/gemini-x:generateContent",
      { contents: [content] }
    ])
    assert.deepStrictEqual(through({ content, model: "models/theirs" }), [
      "/v1beta/models/gemini-x:embedContent",
      { content, model: "models/gemini-x" }
    ])
    assert.deepStrictEqual(through({ requests: [{ model: "models/theirs", content }, { content }] }), [
      "/v1beta/models/gemini-x:batchEmbedContents",
      {
        requests: [
          { model: "models/gemini-x", content },
          { content, model: "models/gemini-x" }
        ]
      }
    ])
  })
})

describe("gemini, as it writes requests", () => {
  it("joins system messages into the instruction, and leaves out empty texts and messages", () => {
    const system = (text: string) => ({ role: "system" as const, content: [words(text)] })
    const empty = { role: "assistant" as const, content: [words("")] }
    const body = encoded({ messages: [system("one"), ...asked.messages, empty, system("two")] })
    assert.deepStrictEqual(body["systemInstruction"], { parts: [{ text: "one" }, { text: "two" }] })
    assert.deepStrictEqual(body["contents"], [{ role: "user", parts: [{ text: "hi" }] }])
  })

  it("puts the results of one turn into one content, each with the name of its function", () => {
    const body = encoded({ ...turn(result("a", "1"), result("b", "2"), ...asked.messages) })
    assert.deepStrictEqual(Json.array(body["contents"]).slice(2), [
      {
        role: "user",
        parts: [
          { functionResponse: { id: "a", name: "f", response: { output: "1" } } },
          { functionResponse: { id: "b", name: "g", response: { output: "2" } } }
        ]
      },
      { role: "user", parts: [{ text: "hi" }] }
    ])
  })

  it("gives a result that is an object as that object, and everything else under a name of Google's", () => {
    const response = (text: string, more = {}) => Json.at(responses(turn(result("a", text, more)))[0], "response")
    assert.deepStrictEqual(response('{"temp":5}'), { temp: 5 })
    assert.deepStrictEqual(response('{"temp": 5}'), { output: '{"temp": 5}' })
    assert.deepStrictEqual(response('{"output":5}'), { output: '{"output":5}' })
    assert.deepStrictEqual(response("broken", { isError: true }), { error: "broken" })
    assert.deepStrictEqual(response("", { content: [] }), {})
    assert.deepStrictEqual(response("", { content: [words("a"), words("b")] }), { output: ["a", "b"] })
  })

  it("puts pictures into a result where the model takes them there, else beside it", () => {
    const picture = { type: "image" as const, mediaType: "image/png", data: "AAAA" }
    const request = turn(result("a", "see", { content: [words("see"), picture] }))
    const inlineData = { mimeType: "image/png", data: "AAAA" }
    assert.deepStrictEqual(responses(request), [
      { id: "a", name: "f", response: { output: "see" }, parts: [{ inlineData }] }
    ])
    assert.deepStrictEqual(responses(request, "gemini-2.5-flash"), [
      { id: "a", name: "f", response: { output: "see" } },
      { inlineData }
    ])
  })

  it("signs the first call of a turn that another model made, where the model demands it", () => {
    const calls = (model: string) =>
      Json.array(Json.at(encoded(turn(), model), "contents", 1, "parts")).map((part) =>
        Json.at(part, "thoughtSignature")
      )
    for (const model of ["gemini-3-flash", "gemini-pro-latest", "gemini-flash-latest"])
      assert.deepStrictEqual(calls(model), ["skip_thought_signature_validator", undefined], model)
    for (const model of ["gemini-2.5-flash", "gemini-pro"])
      assert.deepStrictEqual(calls(model), [undefined, undefined], model)
    const own = { type: "toolCall" as const, id: "a", name: "f", arguments: "{}", signature: "c2ln" }
    const body = encoded({ messages: [{ role: "assistant", content: [own] }] })
    assert.strictEqual(Json.at(body, "contents", 0, "parts", 0, "thoughtSignature"), "c2ln")
  })

  it("gives back Gemini's own thoughts and leaves out those of others, whose proof is none to Google", () => {
    const thoughts = (part: Json.JsonObject) =>
      Json.at(
        encoded({
          messages: [
            { role: "assistant", content: [{ type: "reasoning", text: "hm", ...part }, words("yes")] }
          ] as never
        }),
        "contents",
        0,
        "parts"
      )
    assert.deepStrictEqual(thoughts({ signature: "anthropic's" }), [{ text: "yes" }])
    assert.deepStrictEqual(thoughts({ extra: { gemini: { thoughtSignature: "c2ln" } } }), [
      { text: "hm", thought: true, thoughtSignature: "c2ln" },
      { text: "yes" }
    ])
  })

  it("declares functions with JSON Schema, and says which may or must be called", () => {
    const tools = [{ name: "f", description: "d", parameters: { type: "object", additionalProperties: false } }]
    assert.deepStrictEqual(encoded({ ...asked, tools })["tools"], [
      {
        functionDeclarations: [
          { name: "f", description: "d", parametersJsonSchema: { type: "object", additionalProperties: false } }
        ]
      }
    ])
    const config = (toolChoice: Request["toolChoice"]) =>
      Json.at(encoded({ ...asked, tools, ...Json.compact({ toolChoice }) }), "toolConfig", "functionCallingConfig")
    assert.deepStrictEqual(config("required"), { mode: "ANY" })
    assert.deepStrictEqual(config("none"), { mode: "NONE" })
    assert.deepStrictEqual(config({ name: "f" }), { mode: "ANY", allowedFunctionNames: ["f"] })
    assert.isUndefined(config(undefined))
  })

  it("asks for JSON with a schema or without", () => {
    const schema = { type: "object" }
    assert.deepStrictEqual(encoded({ ...asked, responseFormat: { type: "jsonSchema", schema } })["generationConfig"], {
      responseMimeType: "application/json",
      responseJsonSchema: schema
    })
    assert.deepStrictEqual(encoded({ ...asked, responseFormat: { type: "json" } })["generationConfig"], {
      responseMimeType: "application/json"
    })
  })

  it("thinks by word or by budget, as the model is told, and never by both", () => {
    const thinking = (reasoning: Request["reasoning"], model: string) =>
      Json.at(encoded({ ...asked, ...Json.compact({ reasoning }) }, model), "generationConfig", "thinkingConfig")
    const high = { enabled: true, effort: "high" }
    assert.deepStrictEqual(thinking(high, "gemini-3-flash"), { includeThoughts: true, thinkingLevel: "HIGH" })
    assert.deepStrictEqual(thinking(high, "gemini-2.5-pro"), { includeThoughts: true, thinkingBudget: 24_576 })
    assert.isUndefined(thinking(high, "gemini-2.0-flash"))
    assert.deepStrictEqual(thinking({ effort: "constructor" }, "gemini-3-flash"), { thinkingLevel: "HIGH" })
    assert.deepStrictEqual(thinking({ budgetTokens: 2048 }, "gemini-3-pro"), {
      includeThoughts: true,
      thinkingBudget: 2048
    })
    // A budget is a 400 at Gemini 4: ai.google.dev "What's new in Gemini 4 Argon", read 2026-11.
    for (const [budgetTokens, thinkingLevel] of [
      [1024, "LOW"],
      [8192, "MEDIUM"],
      [32_000, "HIGH"]
    ] as const)
      assert.deepStrictEqual(thinking({ budgetTokens }, "gemini-4-argon"), { includeThoughts: true, thinkingLevel })
    const off = { enabled: false }
    assert.deepStrictEqual(thinking(off, "gemini-4-argon"), { includeThoughts: false, thinkingLevel: "LOW" })
    assert.deepStrictEqual(thinking(off, "gemini-2.5-flash"), { includeThoughts: false, thinkingBudget: 0 })
    assert.deepStrictEqual(thinking(off, "gemini-2.5-pro"), { includeThoughts: false, thinkingBudget: 128 })
    assert.deepStrictEqual(thinking(off, "gemini-3-flash"), { includeThoughts: false, thinkingLevel: "MINIMAL" })
    assert.deepStrictEqual(thinking(off, "gemini-3-pro"), { includeThoughts: false, thinkingLevel: "LOW" })
    assert.deepStrictEqual(thinking(off, "gemini-3.8-flash"), { includeThoughts: false, thinkingLevel: "LOW" })
  })

  /** `Penalty is not enabled for this model` (google-gemini/cookbook/issues/1290, vercel/ai/issues/8943), read 2026-11. */
  it("leaves penalties out for models that refuse them, which are all from 2.5 on", () => {
    const penalties = (model: string) => {
      const request: Request = { ...asked, topP: 0.9, frequencyPenalty: 0.5, presencePenalty: 0.25 }
      return encoded(request, model)["generationConfig"]
    }
    for (const model of [
      "gemini-2.5-flash",
      "gemini-2.5-pro",
      "gemini-3.8-flash",
      "gemini-4-argon",
      "gemini-pro-latest"
    ])
      assert.deepStrictEqual(penalties(model), { topP: 0.9 }, model)
    assert.deepStrictEqual(penalties("gemini-2.0-flash"), { topP: 0.9, frequencyPenalty: 0.5, presencePenalty: 0.25 })
  })

  it.each([
    ["gemini-3-pro-preview", "LOW LOW LOW HIGH HIGH"],
    ["gemini-3.1-pro-preview", "LOW LOW MEDIUM HIGH HIGH"],
    ["gemini-3-flash-preview", "MINIMAL LOW MEDIUM HIGH HIGH"],
    ["gemini-3.5-flash", "MINIMAL LOW MEDIUM HIGH HIGH"],
    ["gemini-3.5-flash-lite", "MINIMAL LOW MEDIUM HIGH HIGH"],
    ["gemini-3.7-flash", "LOW LOW MEDIUM HIGH HIGH"],
    ["gemini-3.8-flash", "LOW LOW MEDIUM HIGH HIGH"],
    ["gemini-flash-latest", "LOW LOW MEDIUM HIGH HIGH"],
    ["gemini-4-argon", "LOW LOW MEDIUM HIGH HIGH"],
    ["gemini-3.1-flash-lite-image", "MINIMAL MINIMAL MINIMAL HIGH HIGH"]
  ])("tells %s how much to think only in the words that it takes: %s", (model, words) => {
    const levels = ["minimal", "low", "medium", "high", "xhigh"].map((effort) =>
      Json.at(
        encoded({ ...asked, reasoning: { effort } }, model),
        "generationConfig",
        "thinkingConfig",
        "thinkingLevel"
      )
    )
    assert.deepStrictEqual(levels, words.split(" "))
  })

  it("names the media type of a file, by its URL where nobody said it, and a document only to Vertex", () => {
    const part = (part: Extract<Message, { role: "user" }>["content"][number], quirks = {}) =>
      Json.at(
        encoded({ messages: [{ role: "user", content: [part] }] }, "gemini-3-flash", quirks),
        "contents",
        0,
        "parts",
        0
      )
    const fileData = (mimeType: string, fileUri: string) => ({ fileData: { mimeType, fileUri } })
    const png = "https://example.org/a.PNG?x=1"
    assert.deepStrictEqual(part({ type: "image", url: png }), fileData("image/png", png))
    const odd = "https://example.org/picture"
    assert.deepStrictEqual(part({ type: "image", url: odd }), fileData("image/jpeg", odd))
    assert.deepStrictEqual(part({ type: "document", url: odd }), fileData("application/pdf", odd))
    assert.deepStrictEqual(part({ type: "document", fileId: "gs://b/a.txt" }), fileData("text/plain", "gs://b/a.txt"))
    const named = { type: "document" as const, mediaType: "application/pdf", data: "AAAA", name: "a.pdf" }
    const inlineData = { mimeType: "application/pdf", data: "AAAA" }
    assert.deepStrictEqual(part(named), { inlineData })
    assert.deepStrictEqual(part(named, { vertex: true }), { inlineData: { ...inlineData, displayName: "a.pdf" } })
  })

  it("names each feature that it refuses", () => {
    const image = { type: "image" as const, fileId: "file-openai" }
    assert.strictEqual(refusal({ messages: [{ role: "user", content: [image] }] }), "images by file id")
    const call = { type: "toolCall" as const, id: "a", name: "f", arguments: "{oops" }
    assert.strictEqual(
      refusal({ messages: [{ role: "assistant", content: [call] }] }),
      "tool arguments that are no JSON object"
    )
    assert.strictEqual(refusal({ ...asked, n: 2 }), "several answers")
    assert.strictEqual(
      refusal({ ...asked, extra: { "anthropic-messages": { container: "c" } } }),
      "anthropic-messages's container"
    )
  })

  it("carries its own fields where they stood", () => {
    const body = encoded({
      ...asked,
      tools: [{ name: "f", extra: { gemini: { behavior: "BLOCKING" } } }],
      toolChoice: "auto",
      temperature: 0.5,
      extra: {
        gemini: {
          safetySettings: [],
          tools: [{ googleSearch: {} }],
          toolConfig: { retrievalConfig: { languageCode: "de" } },
          generationConfig: { mediaResolution: "LOW" },
          responseModalities: ["IMAGE"]
        }
      }
    })
    assert.deepStrictEqual(body["tools"], [
      { functionDeclarations: [{ name: "f", behavior: "BLOCKING" }] },
      { googleSearch: {} }
    ])
    assert.deepStrictEqual(body["toolConfig"], {
      retrievalConfig: { languageCode: "de" },
      functionCallingConfig: { mode: "AUTO" }
    })
    assert.deepStrictEqual(body["generationConfig"], {
      temperature: 0.5,
      responseModalities: ["IMAGE"],
      mediaResolution: "LOW"
    })
    assert.deepStrictEqual(body["safetySettings"], [])
  })
})

describe("gemini's embeddings", () => {
  const { decode, encode } = protocol.embeddings!
  const written = (input: ReadonlyArray<string>, quirks = {}) => {
    const request = { input, dimensions: 64, extra: { gemini: { taskType: "RETRIEVAL_QUERY" } } }
    const result = encode(request, context("embed-x", quirks))
    if (Result.isFailure(result)) throw new Error(result.failure.message)
    return [result.success.path, Json.parse(result.success.body)]
  }

  it("are asked for in one batch", () => {
    const one = (text: string) => ({
      model: "models/embed-x",
      content: { parts: [{ text }] },
      outputDimensionality: 64,
      taskType: "RETRIEVAL_QUERY"
    })
    assert.deepStrictEqual(written(["a", "b"]), [
      "/v1beta/models/embed-x:batchEmbedContents",
      { requests: [one("a"), one("b")] }
    ])
  })

  it("are asked for as predictions at Vertex", () => {
    assert.deepStrictEqual(written(["a"], { vertex: true }), [
      "/publishers/google/models/embed-x:predict",
      { instances: [{ content: "a", task_type: "RETRIEVAL_QUERY" }], parameters: { outputDimensionality: 64 } }
    ])
  })

  it("are refused for tokens", () => {
    const refused = encode({ input: [[1, 2]] }, context("embed-x"))
    assert.strictEqual(Result.isFailure(refused) ? refused.failure.feature : "", "embeddings of tokens")
  })

  it("are read from a batch, from one and from predictions, with their tokens", () => {
    assert.deepStrictEqual(decode({ embeddings: [{ values: [1, 2] }, { values: [3] }] }), { embeddings: [[1, 2], [3]] })
    assert.deepStrictEqual(decode({ embedding: { values: [1] }, usageMetadata: { promptTokenCount: 4 } }), {
      embeddings: [[1]],
      usage: { inputTokens: 4 }
    })
    const prediction = (values: ReadonlyArray<number>, token_count: number) => ({
      embeddings: { values, statistics: { token_count, truncated: false } }
    })
    assert.deepStrictEqual(decode({ predictions: [prediction([1], 2), prediction([2], 3)] }), {
      embeddings: [[1], [2]],
      usage: { inputTokens: 5 }
    })
    assert.isUndefined(decode({ embeddings: [{ values: ["x"] }] }))
    assert.isUndefined(decode({}))
  })
})

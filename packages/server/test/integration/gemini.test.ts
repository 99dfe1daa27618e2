/**
 * Google's own SDK against the gateway, with each protocol behind it.
 */
import { ApiError, type Content, FunctionCallingConfigMode, GoogleGenAI } from "@google/genai"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import OpenAI from "openai"
import { answer, geminiAnswer, geminiChunks, refusal, type Said } from "../support/Answers.ts"
import * as Gateway from "../support/gateway.ts"
import * as ScriptedServer from "../support/ScriptedServer.ts"
import { json, sse } from "../support/Step.ts"

/** One server as many providers: the model says what happens. */
const configuration = (url: string) => `
providers:
  open: { protocol: openai-chat, url: ${url}/v1, keys: [sk-open-secret] }
  anth: { protocol: anthropic-messages, url: ${url}, keys: [sk-ant-secret] }
  goog: { protocol: gemini, url: ${url}, keys: [goog-secret] }
  vertex: { url: "${url}/v1/projects/p/locations/l", keys: [token] }
policies:
  once: { from: recommended, retry: { others: 0, last: 0 }, deadline: 5s }
routes:
  slow: { try: [open/limited], policy: once }
`

const toolCalls: Said["toolCalls"] = [
  { id: "call_1", name: "weather", arguments: '{"city":"Köln"}' },
  { id: "call_2", name: "weather", arguments: '{"city":"Oslo"}' }
]

const usage = { input: 20, output: 7, cached: 4 }

const weather = {
  functionDeclarations: [
    {
      name: "weather",
      description: "Says the weather.",
      parametersJsonSchema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] }
    }
  ]
}

const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

describe("Google's SDK against the gateway", () => {
  let server: ScriptedServer.ScriptedServer
  let gateway: Gateway.TestGateway
  let client: GoogleGenAI

  beforeAll(async () => {
    server = await ScriptedServer.start()
    gateway = await Gateway.start(configuration(server.url))
    client = new GoogleGenAI({ apiKey: "caller", httpOptions: { baseUrl: gateway.url } })
    server.use(
      ScriptedServer.byModel({
        good: answer({ texts: ["Grüße", ", ", "世界 👋"], usage }),
        tools: answer({ texts: ["Both."], toolCalls, usage }),
        limited: refusal(429, "slow down"),
        breaking: answer({ texts: ["one", "two"], cutAfter: 1, ending: "error", error: { message: "it broke" } }),
        array: json([geminiAnswer("all at once", { usage })]),
        vectors: json({ predictions: [{ embeddings: { values: [0.5, -1], statistics: { token_count: 3 } } }] }),
        pieces: sse(geminiChunks(["one", "two"], { usage }))
      })
    )
  })
  afterAll(async () => {
    await gateway.close()
    await server.close()
  })

  const post = (path: string, body: unknown) =>
    fetch(`${gateway.url}${path}`, { method: "POST", body: JSON.stringify(body) })

  const lastRequest = () => JSON.stringify(server.requests.at(-1)?.json)

  it("refuses several candidates where only one could be given back, and passes them through to Google", async () => {
    const ask = (model: string) =>
      client.models.generateContent({ model, contents: "hello", config: { candidateCount: 2 } })
    for (const model of ["open/good", "anth/good"]) {
      const before = server.requests.length
      const error = await ask(model).catch((error: unknown) => error)
      assert.instanceOf(error, ApiError)
      assert.strictEqual(error.status, 400)
      assert.include(error.message, "several answers")
      assert.strictEqual(server.requests.length, before)
    }
    assert.strictEqual((await ask("goog/good")).text, "Grüße, 世界 👋")
  })

  for (const provider of ["open", "anth", "goog"]) {
    it(`reads a whole answer and a stream of ${provider}, with its usage`, async () => {
      const asked = { model: `${provider}/good`, contents: "hello" }
      const whole = await client.models.generateContent(asked)
      assert.strictEqual(whole.text, "Grüße, 世界 👋")
      assert.strictEqual(whole.candidates?.[0]?.finishReason, "STOP")
      assert.strictEqual(whole.usageMetadata?.candidatesTokenCount, usage.output)
      let text = ""
      let finish: string | undefined
      let tokens: number | undefined
      for await (const chunk of await client.models.generateContentStream(asked)) {
        text += chunk.text ?? ""
        finish = chunk.candidates?.[0]?.finishReason ?? finish
        tokens = chunk.usageMetadata?.candidatesTokenCount ?? tokens
      }
      assert.deepStrictEqual([text, finish, tokens], [whole.text, "STOP", usage.output])
    })

    it(`gets parallel calls of ${provider}, whole and streamed, and gives their results back`, async () => {
      const contents: Array<Content> = [{ role: "user", parts: [{ text: "weather?" }] }]
      const config = {
        tools: [weather],
        toolConfig: { functionCallingConfig: { mode: FunctionCallingConfigMode.ANY } }
      }
      const whole = await client.models.generateContent({ model: `${provider}/tools`, contents, config })
      const seen = (calls: typeof whole.functionCalls) => calls?.map(({ args, name }) => [name, args])
      const expected = [
        ["weather", { city: "Köln" }],
        ["weather", { city: "Oslo" }]
      ]
      assert.deepEqual(seen(whole.functionCalls), expected)
      const streamed: NonNullable<typeof whole.functionCalls> = []
      for await (const chunk of await client.models.generateContentStream({
        model: `${provider}/tools`,
        contents,
        config
      }))
        streamed.push(...(chunk.functionCalls ?? []))
      assert.deepEqual(seen(streamed), expected)
      const results = (whole.functionCalls ?? []).map((call, at) => ({
        functionResponse: {
          ...(call.id === undefined ? {} : { id: call.id }),
          name: call.name!,
          response: { temp: at }
        }
      }))
      contents.push(whole.candidates![0]!.content!, { role: "user", parts: results })
      const answered = await client.models.generateContent({ model: `${provider}/good`, contents, config })
      assert.strictEqual(answered.text, "Grüße, 世界 👋")
      const sent = lastRequest()
      for (const needle of ["Köln", "Oslo"]) assert.include(sent, needle)
      assert.isTrue(/temp[^0-9]+0/.test(sent) && /temp[^0-9]+1/.test(sent), sent)
    })

    it(`sends a picture, a system instruction and a schema to ${provider}`, async () => {
      const config = {
        systemInstruction: "Be brief.",
        maxOutputTokens: 321,
        ...(provider === "anth"
          ? {}
          : {
              responseMimeType: "application/json",
              responseSchema: { type: "OBJECT" as never, properties: { a: { type: "STRING" as never } } }
            })
      }
      const parts = [{ text: "what is it?" }, { inlineData: { mimeType: "image/png", data: pixel } }]
      await client.models.generateContent({ model: `${provider}/good`, contents: [{ role: "user", parts }], config })
      const sent = lastRequest()
      for (const needle of ["Be brief.", "what is it?", pixel, "321"]) assert.include(sent, needle)
    })

    it(`raises an error in the middle of a stream of ${provider}`, async () => {
      let text = ""
      const error = await (async () => {
        const stream = await client.models.generateContentStream({ model: `${provider}/breaking`, contents: "hi" })
        for await (const chunk of stream) text += chunk.text ?? ""
      })().catch((cause: unknown) => cause)
      assert.instanceOf(error, ApiError)
      assert.strictEqual(text, "one")
      assert.include(error.message, "it broke")
    })

    it(`gives ${provider}'s stream as one array to a caller without alt=sse`, async () => {
      const response = await post(`/v1beta/models/${provider}/good:streamGenerateContent`, {
        contents: [{ parts: [{ text: "hi" }] }]
      })
      assert.match(response.headers.get("content-type") ?? "", /^application\/json/)
      const chunks = (await response.json()) as ReadonlyArray<ReturnType<typeof geminiAnswer>>
      assert.isTrue(Array.isArray(chunks) && chunks.length > 1)
      assert.include(JSON.stringify(chunks.at(-1)), '"finishReason":"STOP"')
      assert.include(JSON.stringify(chunks), "世界 👋")
    })
  }

  it("keeps a chat's history, so that a stream was valid to the SDK", async () => {
    const chat = client.chats.create({ model: "open/good" })
    for await (const _ of await chat.sendMessageStream({ message: "hello" }));
    assert.isAbove(chat.getHistory(true).length, 1)
    assert.include(JSON.stringify(chat.getHistory(true)), "世界")
  })

  it("passes a body on byte for byte, and answers with the provider's own bytes", async () => {
    server.forget()
    const body = `{"contents" :[{"parts":[{"text":"hi"}]}],  "unknown_field":{"b":12345678901234567890,"a":2}}`
    const response = await fetch(`${gateway.url}/v1beta/models/goog%2Fpieces:streamGenerateContent?alt=sse`, {
      method: "POST",
      body
    })
    assert.strictEqual(await response.text(), geminiChunks(["one", "two"], { usage }).join(""))
    assert.strictEqual(server.requests[0]?.body, body)
    assert.strictEqual(server.requests[0]?.path, "/v1beta/models/pieces:streamGenerateContent?alt=sse")
    assert.strictEqual(server.requests[0]?.headers["x-goog-api-key"], "goog-secret")
  })

  it("gives events to who asked for them, where the provider answers with an array", async () => {
    let text = ""
    for await (const chunk of await client.models.generateContentStream({ model: "goog/array", contents: "hi" }))
      text += chunk.text ?? ""
    assert.strictEqual(text, "all at once")
  })

  it("raises what a provider refuses, with Google's words for it", async () => {
    const error = await client.models
      .generateContent({ model: "slow", contents: "hi" })
      .catch((cause: unknown) => cause)
    assert.instanceOf(error, ApiError)
    assert.strictEqual(error.status, 429)
    const { error: said } = JSON.parse(error.message) as { readonly error: { readonly status: string; code: number } }
    assert.deepStrictEqual([said.status, said.code], ["RESOURCE_EXHAUSTED", 429])
  })

  it("says in Google's form which model there is not, and which field is wrong", async () => {
    const error = await client.models
      .generateContent({ model: "slwo", contents: "hi" })
      .catch((cause: unknown) => cause)
    assert.instanceOf(error, ApiError)
    assert.strictEqual(error.status, 404)
    assert.include(error.message, "slow")
    const wrong = await post("/v1beta/models/open/good:generateContent", { contents: [{ parts: [{ text: 5 }] }] })
    assert.strictEqual(wrong.status, 400)
    const body = (await wrong.json()) as { readonly error: { readonly status: string; readonly message: string } }
    assert.strictEqual(body.error.status, "INVALID_ARGUMENT")
    assert.include(body.error.message, "contents[0].parts[0].text must be a string")
    assert.strictEqual((await post("/v1beta/models/open/good:explode", {})).status, 404)
  })

  it("calls Vertex below its location, with a bearer token, and reads its predictions", async () => {
    server.forget()
    const whole = await client.models.generateContent({ model: "vertex/good", contents: "hi" })
    assert.strictEqual(whole.text, "Grüße, 世界 👋")
    const [request] = server.requests
    assert.strictEqual(request?.path, "/v1/projects/p/locations/l/publishers/google/models/good:generateContent")
    assert.strictEqual(request?.headers.authorization, "Bearer token")
    assert.isUndefined(request?.headers["x-goog-api-key"])
    const openai = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: "caller", maxRetries: 0 })
    const { data, usage: tokens } = await openai.embeddings.create({ model: "vertex/vectors", input: ["a"] })
    assert.deepStrictEqual(data[0]?.embedding, [0.5, -1])
    assert.strictEqual(tokens.prompt_tokens, 3)
    assert.match(server.requests.at(-1)?.path ?? "", /models\/vectors:predict$/)
  })

  it("takes Vertex's addresses and snake case", async () => {
    const body = {
      system_instruction: { parts: { text: "Be brief." } },
      contents: { parts: { text: "hi" } },
      generation_config: { max_output_tokens: 77 }
    }
    const path = "/v1/projects/p/locations/l/publishers/google/models/open%2Fgood:generateContent"
    assert.strictEqual((await post(path, body)).status, 200)
    for (const needle of ["Be brief.", "77"]) assert.include(lastRequest(), needle)
  })

  it("embeds texts through a provider of another protocol, one and many", async () => {
    const many = await client.models.embedContent({ model: "open/good", contents: ["a", "b"] })
    assert.deepStrictEqual(
      many.embeddings?.map((one) => one.values),
      [
        [0.25, -0.5, 0],
        [0.25, -0.5, 1]
      ]
    )
    const one = await post("/v1beta/models/open/good:embedContent", { content: { parts: [{ text: "a" }] } })
    assert.deepStrictEqual((await one.json()) as unknown, {
      embedding: { values: [0.25, -0.5, 0] },
      usageMetadata: { promptTokenCount: 12 }
    })
  })

  it("counts tokens, and lists models", async () => {
    const short = await client.models.countTokens({ model: "open/good", contents: "hello there" })
    const long = await client.models.countTokens({ model: "open/good", contents: "hello there ".repeat(100) })
    assert.isAbove(short.totalTokens ?? 0, 1)
    assert.isAbove(long.totalTokens ?? 0, 250)
    const listed: Array<string> = []
    for await (const model of await client.models.list({ config: { queryBase: true } })) listed.push(model.name ?? "")
    assert.include(listed, "models/slow")
    assert.strictEqual((await client.models.get({ model: "slow" })).displayName, "slow")
    const beta = (await (await fetch(`${gateway.url}/v1beta/models`)).json()) as {
      readonly models: ReadonlyArray<unknown>
    }
    assert.lengthOf(beta.models, listed.length)
    const openai = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: "caller", maxRetries: 0 })
    assert.strictEqual((await openai.models.retrieve("slow")).object, "model")
    assert.lengthOf((await openai.models.list()).data, listed.length)
    assert.strictEqual((await fetch(`${gateway.url}/v1beta/models/none`)).status, 404)
  })

  it("counts tokens of an Anthropic request", async () => {
    const response = await post("/v1/messages/count_tokens", {
      model: "anth/good",
      messages: [{ role: "user", content: "hello there" }]
    })
    const { input_tokens } = (await response.json()) as { readonly input_tokens: number }
    assert.isTrue(input_tokens > 1 && input_tokens < 20)
    assert.strictEqual(response.headers.get("x-orelse-estimated"), "true")
  })
})

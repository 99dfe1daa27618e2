/**
 * Vectors for OpenAI's and Google's clients from every protocol that has them, over sockets; and a fall-back away from those that have none.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import OpenAI from "openai"
import { answer } from "../support/Answers.ts"
import * as Gateway from "../support/gateway.ts"
import * as ScriptedServer from "../support/ScriptedServer.ts"
import type { RecordedRequest } from "../support/ScriptedServer.ts"
import { json } from "../support/Step.ts"

const vectors = [
  [0.25, -0.5, 0],
  [0.25, -0.5, 1]
]

/** Paths that are called, and what is said there to two texts. */
const said: ReadonlyArray<readonly [path: string, body: object]> = [
  ["/api/embed", { model: "m", embeddings: vectors, prompt_eval_count: 12 }],
  ["/v2/embed", { embeddings: { float: vectors }, meta: { billed_units: { input_tokens: 12 } } }],
  [
    ":batchEmbedContents",
    { embeddings: vectors.map((values) => ({ values })), usageMetadata: { promptTokenCount: 12 } }
  ]
]

/** Says of the first of two texts nothing. */
const partial = JSON.stringify({ data: [{ index: 1, embedding: [0.5] }], usage: { prompt_tokens: 3 } })

const embed = (request: RecordedRequest) => {
  if (request.path.startsWith("/partial/")) return json(partial)
  const found = said.find(([path]) => request.path.endsWith(path))
  return found === undefined ? answer()(request) : json(JSON.stringify(found[1]))
}

const configuration = (url: string) => `
providers:
  open: { protocol: openai-chat, url: "${url}/v1", keys: [k] }
  partial: { protocol: openai-chat, url: "${url}/partial/v1", keys: [k] }
  mistral: { protocol: openai-chat, family: mistral, url: "${url}/v1", keys: [k] }
  azure: { protocol: azure-openai, url: "${url}", keys: [k] }
  gemini: { protocol: gemini, url: "${url}", keys: [k] }
  ollama: { protocol: ollama, url: "${url}", keys: [] }
  cohere: { protocol: cohere, url: "${url}", keys: [k] }
  claude: { protocol: anthropic-messages, url: "${url}", keys: [k] }
routes:
  onwards: { try: [claude/m, cohere/m] }
  whole: { try: [partial/m, cohere/m] }
  sized: { try: [open/m, cohere/m, gemini/m] }
`

/** Where each provider is asked. */
const paths = {
  open: "/v1/embeddings",
  mistral: "/v1/embeddings",
  azure: "/openai/deployments/m/embeddings?api-version=2024-10-21",
  gemini: "/v1beta/models/m:batchEmbedContents",
  ollama: "/api/embed",
  cohere: "/v2/embed"
}

describe("embeddings through the gateway", () => {
  let server: ScriptedServer.ScriptedServer
  let gateway: Gateway.TestGateway
  let openai: OpenAI

  beforeAll(async () => {
    server = await ScriptedServer.start({ script: embed })
    gateway = await Gateway.start(configuration(server.url))
    openai = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: "caller", maxRetries: 0 })
  })
  afterAll(async () => {
    await gateway.close()
    await server.close()
  })

  for (const [provider, path] of Object.entries(paths)) {
    it(`come from ${provider} to the openai client, with what they took`, async () => {
      const { data, usage } = await openai.embeddings.create({
        model: `${provider}/m`,
        input: ["one", "two"],
        encoding_format: "float"
      })
      assert.deepStrictEqual(
        data.map((row) => row.embedding),
        vectors
      )
      assert.strictEqual(usage.prompt_tokens, 12)
      const request = server.requests.at(-1)
      assert.strictEqual(request?.path, path)
      assert.isTrue(request?.body.includes("one") && request.body.includes("two"))
    })
  }

  for (const provider of ["gemini", "ollama", "cohere"]) {
    it(`are packed for a client that wants them so, from ${provider}, which does not pack`, async () => {
      const { data } = await openai.embeddings.create({ model: `${provider}/m`, input: ["one", "two"] })
      assert.deepStrictEqual(
        data.map((row) => row.embedding),
        vectors
      )
    })
  }

  describe("of two sizes in one batch of Gemini's", () => {
    const requests = [256, 768].map((outputDimensionality, at) => ({
      model: "models/m",
      content: { parts: [{ text: `text ${at}` }] },
      outputDimensionality
    }))
    const batch = (model: string, sent = requests) =>
      fetch(`${gateway.url}/v1beta/models/${model}:batchEmbedContents`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-goog-api-key": "caller" },
        body: JSON.stringify({ requests: sent })
      })

    it("pass through to Gemini as they are", async () => {
      const response = await batch("gemini/m")
      assert.strictEqual(response.status, 200)
      const sent = JSON.parse(server.requests.at(-1)?.body ?? "{}") as { readonly requests: typeof requests }
      assert.deepStrictEqual(
        sent.requests.map((one) => one.outputDimensionality),
        [256, 768]
      )
    })

    it("are refused where another provider would give both one size", async () => {
      const before = server.requests.length
      const response = await batch("open/m")
      const { error } = (await response.json()) as { readonly error: { readonly message: string } }
      assert.strictEqual(response.status, 400)
      assert.include(error.message, "open (openai-chat) gives all vectors of a request one size")
      assert.strictEqual(server.requests.length, before)
    })

    it("come from Gemini behind providers that cannot give them", async () => {
      const before = server.requests.length
      const response = await batch("sized")
      assert.strictEqual(response.status, 200)
      assert.strictEqual(response.headers.get("x-orelse-provider"), "gemini")
      assert.strictEqual(server.requests.length, before + 1)
    })

    it("are counted: two for three texts are none", async () => {
      const response = await batch("gemini/m", [...requests, { ...requests[0]!, outputDimensionality: 512 }])
      assert.strictEqual(response.status, 502)
      assert.include(await response.text(), "2 vectors came for 3 texts")
    })
  })

  it("are found at the next target where the first has none", async () => {
    const body = { model: "onwards", input: ["one", "two"], encoding_format: "float" as const }
    const { data, response } = await openai.embeddings.create(body).withResponse()
    assert.strictEqual(data.data.length, 2)
    assert.strictEqual(response.headers.get("x-orelse-provider"), "cohere")
    assert.strictEqual(response.headers.get("x-orelse-fell-back"), "true")
  })

  it("are found at the next target where the first says nothing of one of the texts: nobody could tell whose vector came", async () => {
    const before = server.requests.length
    const body = { model: "whole", input: ["one", "two"], encoding_format: "float" as const }
    const { data, response } = await openai.embeddings.create(body).withResponse()
    assert.deepStrictEqual(
      data.data.map((row) => row.embedding),
      vectors
    )
    assert.strictEqual(response.headers.get("x-orelse-provider"), "cohere")
    assert.isTrue(server.requests.slice(before).some(({ path }) => path.startsWith("/partial/")))
  })
})

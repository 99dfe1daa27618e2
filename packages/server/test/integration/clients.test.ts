/**
 * Real clients against the gateway, each with every provider protocol behind it: text, a tool and its result, an image and an error, whole
 * and streamed. What reached the provider is looked at as well as what the client heard.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { answer, refusal } from "../support/Answers.ts"
import * as AiSdk from "../support/clients/ai.ts"
import * as AnthropicSdk from "../support/clients/anthropic.ts"
import { toolName, type Client } from "../support/clients/Client.ts"
import * as GoogleSdk from "../support/clients/google.ts"
import * as LangChain from "../support/clients/langchain.ts"
import * as OpenAiSdk from "../support/clients/openai.ts"
import * as Gateway from "../support/gateway.ts"
import * as ScriptedServer from "../support/ScriptedServer.ts"
import type { RecordedRequest } from "../support/ScriptedServer.ts"

const clients: ReadonlyArray<Client> = [
  OpenAiSdk.chat,
  OpenAiSdk.responses,
  AnthropicSdk.messages,
  GoogleSdk.generate,
  AiSdk.openaiChat,
  AiSdk.openaiResponses,
  AiSdk.anthropic,
  LangChain.chat
]

const protocols = [
  "openai-chat",
  "openai-responses",
  "anthropic-messages",
  "gemini",
  "azure-openai",
  "bedrock-converse",
  "ollama",
  "cohere"
]

/** A provider for each protocol at one server, and a route to it by the protocol's name. */
const configuration = (url: string) => `
providers:
${protocols.map((id) => `  p-${id}: { protocol: ${id}, url: "${url}${id.startsWith("openai") ? "/v1" : ""}", keys: [k] }`).join("\n")}
policies:
  once: { from: recommended, attempts: 1, deadline: 10s }
routes:
${protocols.map((id) => `  r-${id}: { try: [p-${id}/m], policy: once }`).join("\n")}
`

const said = "Grüße, 世界 👋"
const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
const call = { id: "call_12345", name: toolName, arguments: '{"city":"Köln"}' }
const result = "rainy, 17 degrees"

/** A model that calls the tool it is offered once, fails when asked to, and else greets. */
const model = (request: RecordedRequest) => {
  if (request.body.includes("Fail, please.")) {
    const type = request.path.includes("enerateContent") ? "INVALID_ARGUMENT" : "invalid_request_error"
    return refusal(400, "temperature is too high", { type })(request)
  }
  const calls = request.body.includes(toolName) && !request.body.includes(result)
  return calls
    ? answer({ texts: [], toolCalls: [call], finish: "tool" })(request)
    : answer({ texts: ["Grüße, ", "世界 👋"] })(request)
}

describe("real clients through the gateway", () => {
  let server: ScriptedServer.ScriptedServer
  let gateway: Gateway.TestGateway

  beforeAll(async () => {
    server = await ScriptedServer.start({ script: model })
    gateway = await Gateway.start(configuration(server.url))
  })
  afterAll(async () => {
    await gateway.close()
    await server.close()
  })

  const lastBody = () => server.requests.at(-1)?.body ?? ""

  for (const client of clients) {
    for (const protocol of protocols) {
      for (const stream of [false, true]) {
        const title = `${client.name} through ${protocol}, ${stream ? "streamed" : "whole"}`
        const ask = (more: Partial<Parameters<Client["ask"]>[0]>) =>
          client.ask({ url: gateway.url, model: `r-${protocol}`, stream, text: "Hello.", ...more })

        it(`${title}: text`, async () => {
          assert.deepStrictEqual(await ask({}), { text: said, calls: [] })
          assert.isTrue(lastBody().includes("Hello."))
        })

        it(`${title}: a tool, and its result`, async () => {
          const heard = await ask({ offersTool: true })
          assert.strictEqual(heard.calls.length, 1)
          const [first] = heard.calls
          assert.deepStrictEqual([first?.name, first?.arguments], [toolName, { city: "Köln" }])
          const answered = { id: first?.id ?? "", city: "Köln", result }
          assert.deepStrictEqual(await ask({ offersTool: true, answered }), { text: said, calls: [] })
          assert.isTrue(lastBody().includes(result))
          assert.isTrue(lastBody().includes("Köln"))
        })

        it(`${title}: an image`, async () => {
          assert.strictEqual((await ask({ image: pixel })).text, said)
          assert.isTrue(lastBody().includes(pixel))
        })

        it(`${title}: an error`, async () => {
          let raised: unknown
          try {
            await ask({ text: "Fail, please." })
          } catch (error) {
            raised = error
          }
          assert.instanceOf(raised, Error)
          const { message, status, statusCode } = raised as Error & { status?: number; statusCode?: number }
          assert.strictEqual(status ?? statusCode, 400)
          assert.include(message, "temperature is too high")
        })
      }
    }
  }
})

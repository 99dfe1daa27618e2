/**
 * Tools whose names a provider refuses: it is asked by others, and the caller hears its own.
 */
import Anthropic from "@anthropic-ai/sdk"
import { GoogleGenAI } from "@google/genai"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Json from "@orelse/core/domain/Json"
import { answer } from "../support/Answers.ts"
import * as Gateway from "../support/gateway.ts"
import * as ScriptedServer from "../support/ScriptedServer.ts"

const long = "mcp__plugin_chrome-devtools-mcp_chrome-devtools__get_console_message"
const protocols = ["openai-chat", "openai-responses", "gemini", "bedrock-converse", "cohere", "azure-openai"]

const configuration = (url: string) => `
providers:
${protocols.map((id) => `  p-${id}: { protocol: ${id}, url: "${url}${id.startsWith("openai") ? "/v1" : ""}", keys: [k] }`).join("\n")}
routes:
${protocols.map((id) => `  r-${id}: { try: [p-${id}/m] }`).join("\n")}
`

/** The name of the first tool, wherever the format has it. */
const firstName = (value: unknown): string | undefined => {
  const object = Json.object(value)
  const inner = object === undefined ? Json.array(value) : Object.values(object)
  const named = Json.string(object?.["name"])
  return named ?? inner.map(firstName).find((name) => name !== undefined)
}

describe("a tool whose name is too long or too odd for a provider", () => {
  let server: ScriptedServer.ScriptedServer
  let gateway: Gateway.TestGateway

  beforeAll(async () => {
    server = await ScriptedServer.start({
      script: (request) => {
        const { toolConfig, tools } = request.json
        const call = { id: "call_1", name: firstName(tools ?? toolConfig) ?? "", arguments: "{}" }
        return request.body.includes("the result")
          ? answer({ texts: ["done"] })(request)
          : answer({ texts: [], toolCalls: [call], finish: "tool" })(request)
      }
    })
    gateway = await Gateway.start(configuration(server.url))
  })
  afterAll(async () => {
    await gateway.close()
    await server.close()
  })

  const lastBody = () => server.requests.at(-1)?.body ?? ""

  for (const protocol of protocols) {
    for (const stream of [false, true]) {
      it(`is called by ${protocol} and answered, ${stream ? "streamed" : "whole"}`, async () => {
        const client = new Anthropic({ baseURL: gateway.url, apiKey: "caller", maxRetries: 0 })
        const messages: Array<Anthropic.MessageParam> = [{ role: "user", content: "hi" }]
        const ask = async () => {
          const body = {
            model: `r-${protocol}`,
            max_tokens: 100,
            messages,
            tools: [{ name: long, input_schema: { type: "object" as const } }]
          }
          return stream ? client.messages.stream(body).finalMessage() : client.messages.create(body)
        }
        const { content } = await ask()
        const call = content.find((block) => block.type === "tool_use")
        assert.strictEqual(call?.name, long)
        assert.notInclude(lastBody(), long)
        messages.push({ role: "assistant", content })
        messages.push({
          role: "user",
          content: [{ type: "tool_result", tool_use_id: call?.id ?? "", content: "the result" }]
        })
        assert.deepInclude((await ask()).content[0], { text: "done" })
        assert.notInclude(lastBody(), long)
      })
    }

    it(`keeps Google's names apart for ${protocol}`, async () => {
      const client = new GoogleGenAI({ apiKey: "caller", httpOptions: { baseUrl: gateway.url } })
      const tools = [{ functionDeclarations: [{ name: "a.b:c" }, { name: "a_b_c" }] }]
      const answered = await client.models.generateContent({
        model: `r-${protocol}`,
        contents: "hi",
        config: { tools }
      })
      assert.strictEqual(answered.functionCalls?.[0]?.name, "a.b:c")
    })
  }
})

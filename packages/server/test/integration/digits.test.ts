/**
 * Integers that no number of JavaScript holds, in the arguments of a tool's call and in its schema: written anew in another dialect they keep
 * all their digits, both ways.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { answer } from "../support/Answers.ts"
import * as Gateway from "../support/gateway.ts"
import * as ScriptedServer from "../support/ScriptedServer.ts"

const protocols = [
  "openai-chat",
  "openai-responses",
  "anthropic-messages",
  "gemini",
  "bedrock-converse",
  "ollama",
  "cohere"
]

const configuration = (url: string) => `
providers:
${protocols.map((id) => `  p-${id}: { protocol: ${id}, url: "${url}${id.startsWith("openai") ? "/v1" : ""}", keys: [k] }`).join("\n")}
routes:
${protocols.map((id) => `  r-${id}: { try: [p-${id}/m] }`).join("\n")}
`

/** In what was called before, in what is called now, and in a schema; and the second as JavaScript has it. */
const [before, now, limit] = ["12345678901234567891", "-9223372036854775807", "9223372036854775807"]
const lost = JSON.stringify(Number(now))

const schema = `{"type":"object","properties":{"id":{"type":"integer","maximum":${limit}}}}`
const written = `"{\\"id\\":${before}}"`

/** What each dialect's caller sends: a tool, a call of it, and its result. */
const callers: Readonly<Record<string, (model: string, stream: boolean) => readonly [path: string, body: string]>> = {
  "openai-chat": (model, stream) => [
    "/v1/chat/completions",
    `{"model":"${model}","stream":${stream},"tools":[{"type":"function","function":{"name":"look","parameters":${schema}}}],"messages":[
      {"role":"user","content":"hi"},
      {"role":"assistant","tool_calls":[{"id":"c1","type":"function","function":{"name":"look","arguments":${written}}}]},
      {"role":"tool","tool_call_id":"c1","content":"found"}]}`
  ],
  "openai-responses": (model, stream) => [
    "/v1/responses",
    `{"model":"${model}","stream":${stream},"store":false,"tools":[{"type":"function","name":"look","parameters":${schema}}],"input":[
      {"role":"user","content":"hi"},
      {"type":"function_call","call_id":"c1","name":"look","arguments":${written}},
      {"type":"function_call_output","call_id":"c1","output":"found"}]}`
  ],
  "anthropic-messages": (model, stream) => [
    "/v1/messages",
    `{"model":"${model}","stream":${stream},"max_tokens":100,"tools":[{"name":"look","input_schema":${schema}}],"messages":[
      {"role":"user","content":"hi"},
      {"role":"assistant","content":[{"type":"tool_use","id":"c1","name":"look","input":{"id":${before}}}]},
      {"role":"user","content":[{"type":"tool_result","tool_use_id":"c1","content":"found"}]}]}`
  ],
  gemini: (model, stream) => [
    `/v1beta/models/${model}:${stream ? "streamGenerateContent?alt=sse" : "generateContent"}`,
    `{"tools":[{"functionDeclarations":[{"name":"look","parametersJsonSchema":${schema}}]}],"contents":[
      {"role":"user","parts":[{"text":"hi"}]},
      {"role":"model","parts":[{"functionCall":{"name":"look","args":{"id":${before}}}}]},
      {"role":"user","parts":[{"functionResponse":{"name":"look","response":{"output":"found"}}}]}]}`
  ]
}

describe("an integer that is larger than a number holds", () => {
  let server: ScriptedServer.ScriptedServer
  let gateway: Gateway.TestGateway

  beforeAll(async () => {
    const call = { id: "call_1", name: "look", arguments: `{"id":${now}}` }
    server = await ScriptedServer.start({
      script: (request) => {
        const step = answer({ texts: [], toolCalls: [call], finish: "tool" })(request)
        const pieces = step.pieces?.map((piece) => (typeof piece === "string" ? piece.replaceAll(lost, now) : piece))
        return { ...step, ...(pieces && { pieces }) }
      }
    })
    gateway = await Gateway.start(configuration(server.url))
  })
  afterAll(async () => {
    await gateway.close()
    await server.close()
  })

  const ask = async (caller: string, protocol: string, stream: boolean) => {
    const [path, body] = callers[caller]!(`r-${protocol}`, stream)
    const response = await fetch(`${gateway.url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body
    })
    const text = await response.text()
    assert.strictEqual(response.status, 200, text)
    const sent = server.requests.at(-1)?.body ?? ""
    assert.include(sent, before)
    assert.include(sent, limit)
    return text
  }

  for (const caller of Object.keys(callers)) {
    for (const protocol of protocols)
      it(`keeps its digits between a caller of ${caller} and a provider of ${protocol}`, async () => {
        assert.include(await ask(caller, protocol, false), now)
      })

    // Others stream arguments as pieces of a text.
    for (const protocol of ["gemini", "ollama"])
      it(`keeps its digits in a stream of ${protocol} to a caller of ${caller}`, async () => {
        assert.include(await ask(caller, protocol, true), now)
      })
  }

  it("is taken as JavaScript has it where it is to be a number", async () => {
    const messages = [{ role: "user", content: "hi" }]
    const body = JSON.stringify({ model: "r-cohere", messages, seed: 0 }).replace('"seed":0', `"seed":${limit}`)
    const response = await fetch(`${gateway.url}/v1/chat/completions`, { method: "POST", body })
    assert.strictEqual(response.status, 200, await response.text())
    assert.include(server.requests.at(-1)?.body, `"seed":${JSON.stringify(Number(limit))}`)
  })
})

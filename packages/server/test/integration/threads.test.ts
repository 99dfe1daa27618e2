/**
 * Anthropic's SDK lets the provider hold a conversation (its tool runner does so unasked) and sends new messages alone from then on. Nobody else
 * holds any: the SDK must hear so in the words by which it sends the whole conversation again.
 */
import Anthropic from "@anthropic-ai/sdk"
import { afterAll, assert, beforeAll, beforeEach, describe, it } from "@effect/vitest"
import { anthropicError, answer } from "../support/Answers.ts"
import * as Gateway from "../support/gateway.ts"
import type { RecordedRequest } from "../support/ScriptedServer.ts"
import * as ScriptedServer from "../support/ScriptedServer.ts"
import { failure } from "../support/Step.ts"

const call = { id: "call_1", name: "get_weather", arguments: '{"city":"Köln"}' }
const lost = {
  type: "error",
  error: { type: "not_found_error", message: "No usable thread", details: { error_code: "thread_not_found" } }
}
const isAnthropic = (request: RecordedRequest) => request.path.startsWith("/v1/messages")

const configuration = (url: string) => `
providers:
  first: { protocol: anthropic-messages, url: "${url}", keys: [k] }
  second: { protocol: openai-chat, url: "${url}/v1", keys: [k] }
routes:
  chat: { try: [second/gpt-4.1] }
  both: { try: [first/claude-sonnet-4-5, second/gpt-4.1] }
`

describe("threads of Anthropic's SDK", () => {
  let server: ScriptedServer.ScriptedServer
  let gateway: Gateway.TestGateway
  let client: Anthropic

  beforeAll(async () => {
    server = await ScriptedServer.start({ script: answer() })
    gateway = await Gateway.start(configuration(server.url))
    client = new Anthropic({ baseURL: gateway.url, apiKey: "caller", maxRetries: 0 })
  })
  afterAll(async () => {
    await gateway.close()
    await server.close()
  })
  beforeEach(() => server.forget())

  for (const stream of [false, true]) {
    it(`has its tool runner work through a provider of another format, ${stream ? "streamed" : "whole"}`, async () => {
      server.use((request) =>
        request.body.includes("rainy")
          ? answer({ texts: ["It rains."] })(request)
          : answer({ texts: [], toolCalls: [call], finish: "tool" })(request)
      )
      const runner = client.beta.messages.toolRunner({
        model: "chat",
        max_tokens: 1000,
        stream,
        messages: [{ role: "user", content: "And in Köln?" }],
        tools: [
          {
            type: "custom",
            name: "get_weather",
            input_schema: { type: "object", properties: { city: { type: "string" } } },
            parse: (input: unknown) => input as { city: string },
            run: ({ city }: { city: string }) => `rainy in ${city}`
          }
        ]
      })
      const { content } = await runner.runUntilDone()
      assert.deepStrictEqual(
        content.flatMap((block) => (block.type === "text" ? [block.text] : [])),
        ["It rains."]
      )
      const last = server.requests.at(-1)?.body ?? ""
      for (const needle of ["And in Köln?", "rainy in Köln", '"tools":']) assert.include(last, needle)
      assert.strictEqual(server.requests.length, 2)
    })
  }

  it("goes on elsewhere with all that was said where Anthropic cannot, and comes back so", async () => {
    let state: "well" | "down" | "forgetful" = "well"
    server.use((request) => {
      if (!isAnthropic(request) || state === "well") return answer({ texts: ["yes"] })(request)
      if (state === "down") return failure(529, anthropicError("Overloaded", "overloaded_error"))
      return request.body.includes("previous_message_id") ? failure(404, lost) : answer({ texts: ["again"] })(request)
    })
    const thread = client.beta.messages.thread({ model: "both", max_tokens: 1000 })
    const ask = async (content: string) => (await thread.send({ role: "user", content })).content[0]
    assert.deepInclude(await ask("one"), { text: "yes" })
    state = "down"
    assert.deepInclude(await ask("two"), { text: "yes" })
    const elsewhere = server.requests.at(-1)
    assert.isTrue(elsewhere !== undefined && !isAnthropic(elsewhere))
    for (const said of ["one", "two"]) assert.include(elsewhere?.body, said)
    state = "forgetful"
    gateway.health.reset("first", "claude-sonnet-4-5")
    assert.deepInclude(await ask("three"), { text: "again" })
    for (const said of ["one", "two", "three"]) assert.include(server.requests.at(-1)?.body, said)
  })
})

/**
 * Clients that speak Responses without OpenAI's SDK (Vercel's `ai`) or on top of it (LangChain), through the gateway to each kind of
 * provider: a loop with tools, streamed and not, and an error.
 */
import { createOpenAI } from "@ai-sdk/openai"
import { afterAll, assert, beforeAll, beforeEach, describe, it } from "@effect/vitest"
import { ChatOpenAI } from "@langchain/openai"
import { generateText, isStepCount, jsonSchema, streamText, tool } from "ai"
import { answer } from "../support/Answers.ts"
import * as Gateway from "../support/gateway.ts"
import * as ScriptedServer from "../support/ScriptedServer.ts"

const configuration = (url: string) => `
providers:
  same: { protocol: openai-responses, url: ${url}/v1, keys: [a] }
  chat: { protocol: openai-chat, url: ${url}/v1, keys: [b] }
  anth: { protocol: anthropic-messages, url: ${url}, keys: [c] }
`

const schema = { type: "object", properties: { city: { type: "string" } }, required: ["city"] } as const

const tools = {
  get_weather: tool({
    description: "Says the weather.",
    inputSchema: jsonSchema<{ readonly city: string }>({ ...schema, required: ["city"] }),
    execute: ({ city }) => `rain in ${city}`
  })
}

/** First both calls, then an answer. */
const loop: ScriptedServer.Script = [
  answer({
    texts: ["I look."],
    reasoning: "Two cities.",
    toolCalls: [
      { id: "call_1", name: "get_weather", arguments: '{"city":"Köln"}' },
      { id: "call_2", name: "get_weather", arguments: '{"city":"Oslo"}' }
    ],
    finish: "tool"
  }),
  answer({ texts: ["It rains ", "in both."], usage: { input: 100, output: 20 } })
]

describe("other clients that speak Responses", () => {
  let server: ScriptedServer.ScriptedServer
  let gateway: Gateway.TestGateway

  beforeAll(async () => {
    globalThis.AI_SDK_LOG_WARNINGS = false
    server = await ScriptedServer.start()
    gateway = await Gateway.start(configuration(server.url))
  })
  beforeEach(() => server.forget())
  afterAll(async () => {
    await gateway.close()
    await server.close()
  })

  const vercel = (model: string) => createOpenAI({ baseURL: `${gateway.url}/v1`, apiKey: "caller" })(model)
  /** Nothing is kept for them: they are to send their items whole. */
  const providerOptions = { openai: { store: false } }
  const question = { prompt: "Where does it rain?", maxRetries: 0, providerOptions }

  const sentBoth = () => {
    const sent = server.requests[1]!.body
    for (const needle of ["Where does it rain?", "I look.", "Köln", "Oslo", "rain in Köln", "rain in Oslo"])
      assert.isTrue(sent.includes(needle), `sends ${needle}`)
  }

  for (const provider of ["same", "chat", "anth"]) {
    it(`ai runs its tools through ${provider}, whole`, async () => {
      server.use(loop)
      const model = vercel(`${provider}/m`)
      const result = await generateText({ ...question, model, tools, stopWhen: isStepCount(3) })
      assert.strictEqual(result.text, "It rains in both.")
      assert.strictEqual(result.finishReason, "stop")
      // Of both steps: 12 and 34 are the scripted server's usual tokens.
      assert.deepStrictEqual([result.usage.inputTokens, result.usage.outputTokens], [12 + 100, 34 + 20])
      assert.strictEqual(result.steps[0]?.reasoningText, "Two cities.")
      sentBoth()
    })

    it(`ai runs its tools through ${provider}, streamed`, async () => {
      server.use(loop)
      const model = vercel(`${provider}/m`)
      const result = streamText({ ...question, model, tools, stopWhen: isStepCount(3) })
      let text = ""
      for await (const delta of result.textStream) text += delta
      assert.strictEqual(text, "I look.It rains in both.")
      assert.strictEqual(await result.finishReason, "stop")
      assert.strictEqual((await result.steps)[0]?.toolCalls.length, 2)
      sentBoth()
    })

    it(`ai sees the error that ends a stream through ${provider}`, async () => {
      server.use(answer({ texts: ["a", "b", "c"], cutAfter: 2, ending: "error" }))
      const errors: Array<unknown> = []
      const onError = ({ error }: { readonly error: unknown }) => void errors.push(error)
      const result = streamText({ ...question, model: vercel(`${provider}/m`), onError })
      let text = ""
      for await (const delta of result.textStream) text += delta
      assert.strictEqual(text, "ab")
      assert.isNotEmpty(errors)
    })

    it(`LangChain calls a tool through ${provider}, whole and streamed`, async () => {
      const client = new ChatOpenAI({
        model: `${provider}/m`,
        apiKey: "caller",
        useResponsesApi: true,
        maxRetries: 0,
        configuration: { baseURL: `${gateway.url}/v1` }
      }).bindTools([{ type: "function", function: { name: "get_weather", parameters: schema } }])
      server.use(loop[0]!)
      const messages = "Where does it rain?"
      const whole = await client.invoke(messages)
      assert.deepStrictEqual(
        whole.tool_calls?.map(({ args, id }) => [id, args]),
        [
          ["call_1", { city: "Köln" }],
          ["call_2", { city: "Oslo" }]
        ]
      )
      server.use(loop[1]!)
      let text = ""
      for await (const chunk of await client.stream(messages)) text += chunk.text
      assert.strictEqual(text, "It rains in both.")
    })
  }
})

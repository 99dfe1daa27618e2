/**
 * The official `openai` client, speaking Responses, through the gateway: to a provider that speaks them too, to one of OpenAI's chat and to
 * one of Anthropic's, whole and streamed, with tools, images, reasoning and errors.
 */
import Anthropic from "@anthropic-ai/sdk"
import { afterAll, assert, beforeAll, beforeEach, describe, it } from "@effect/vitest"
import OpenAI, { APIError } from "openai"
import { answer, refusal, type Said } from "../support/Answers.ts"
import * as Gateway from "../support/gateway.ts"
import * as ScriptedServer from "../support/ScriptedServer.ts"

const configuration = (url: string) => `
providers:
  same: { protocol: openai-responses, url: ${url}/v1, keys: [a] }
  chat: { protocol: openai-chat, url: ${url}/v1, keys: [b] }
  anth: { protocol: anthropic-messages, url: ${url}, keys: [c] }
policies:
  once: { from: recommended, retry: { others: 0, last: 0 }, deadline: 5s }
routes:
  same: { try: [same/m], policy: once }
  chat: { try: [chat/m], policy: once }
  anth: { try: [anth/m], policy: once }
  back: { try: [same/first, anth/second], policy: once }
  kept: { try: [chat/m, same/m], policy: once }
`

const weather: OpenAI.Responses.FunctionTool = {
  type: "function",
  name: "get_weather",
  parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  strict: false
}

const calls = [
  { id: "call_1", name: "get_weather", arguments: '{"city":"Köln"}' },
  { id: "call_2", name: "get_weather", arguments: '{"city":"Oslo"}' }
]

const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

const callsIn = (response: OpenAI.Responses.Response) =>
  response.output.flatMap((item) =>
    item.type === "function_call" ? [{ id: item.call_id, name: item.name, arguments: item.arguments }] : []
  )

const reasoningIn = (response: OpenAI.Responses.Response): string =>
  response.output.flatMap((item) => (item.type === "reasoning" ? item.summary.map((part) => part.text) : [])).join("")

const raised = async (run: () => Promise<unknown>): Promise<APIError> => {
  try {
    await run()
  } catch (error) {
    assert.instanceOf(error, APIError)
    return error
  }
  return assert.fail("nothing was raised")
}

describe("the openai client, speaking Responses", () => {
  let server: ScriptedServer.ScriptedServer
  let gateway: Gateway.TestGateway
  let openai: OpenAI

  beforeAll(async () => {
    server = await ScriptedServer.start()
    gateway = await Gateway.start(configuration(server.url))
    openai = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: "caller", maxRetries: 0 })
  })
  beforeEach(() => server.forget())
  afterAll(async () => {
    await gateway.close()
    await server.close()
  })

  const says = (said: Said) => server.use(answer(said))
  /** The answer, whole or put together from its stream by the SDK. */
  const ask = (stream: boolean, request: Omit<OpenAI.Responses.ResponseCreateParamsNonStreaming, "stream">) =>
    stream ? openai.responses.stream(request).finalResponse() : openai.responses.create(request)

  for (const model of ["same", "chat", "anth"]) {
    for (const stream of [false, true]) {
      const how = `through ${model}, ${stream ? "streamed" : "whole"}`

      it(`reads text, usage and how it ended, ${how}`, async () => {
        says({ texts: ["Grüße, ", "世界 👋"], usage: { input: 100, output: 20 } })
        const response = await ask(stream, { model, input: "hi", instructions: "Be brief." })
        assert.strictEqual(response.output_text, "Grüße, 世界 👋")
        assert.strictEqual(response.status, "completed")
        assert.deepStrictEqual([response.usage?.input_tokens, response.usage?.output_tokens], [100, 20])
        assert.isTrue(server.requests[0]!.body.includes("Be brief."))
      })

      it(`calls tools in parallel and gets their results across, ${how}`, async () => {
        says({ texts: [], toolCalls: calls, finish: "tool" })
        const first = await ask(stream, { model, input: "Where does it rain?", tools: [weather] })
        assert.deepStrictEqual(callsIn(first), calls)
        says({ texts: ["In Köln."] })
        const results = calls.map((call) => ({
          type: "function_call_output" as const,
          call_id: call.id,
          output: `rain-${call.id}`
        }))
        const input = [{ role: "user" as const, content: "Where does it rain?" }, ...first.output, ...results]
        const second = await ask(stream, { model, input: input as OpenAI.Responses.ResponseInput, tools: [weather] })
        assert.strictEqual(second.output_text, "In Köln.")
        const sent = server.requests[1]!.body
        for (const needle of ["Where does it rain?", "Köln", "Oslo", "rain-call_1", "rain-call_2"])
          assert.isTrue(sent.includes(needle), `sends ${needle}`)
      })

      it(`shows an image, ${how}`, async () => {
        says({ texts: ["A pixel."] })
        const image_url = `data:image/png;base64,${pixel}`
        const content = [
          { type: "input_text" as const, text: "What is it?" },
          { type: "input_image" as const, image_url, detail: "auto" as const }
        ]
        const response = await ask(stream, { model, input: [{ role: "user", content }] })
        assert.strictEqual(response.output_text, "A pixel.")
        assert.isTrue(server.requests[0]!.body.includes(pixel))
      })

      it(`sees reasoning, ${how}`, async () => {
        says({ texts: ["42"], reasoning: "Let me think." })
        const response = await ask(stream, { model, input: "?", reasoning: { effort: "low", summary: "auto" } })
        assert.deepStrictEqual([reasoningIn(response), response.output_text], ["Let me think.", "42"])
      })

      it(`sees that an answer was cut at its limit, ${how}`, async () => {
        says({ texts: ["cut o"], finish: "length" })
        const response = await ask(stream, { model, input: "?", max_output_tokens: 16 })
        assert.deepStrictEqual(
          [response.status, response.incomplete_details?.reason],
          ["incomplete", "max_output_tokens"]
        )
      })

      it(`raises the provider's refusal with its words, ${how}`, async () => {
        server.use(refusal(400, "temperature must be at most 2", { type: "invalid_request_error" }))
        const error = await raised(() => ask(stream, { model, input: "?" }))
        assert.strictEqual(error.status, 400)
        assert.include(error.message, "temperature must be at most 2")
      })
    }

    it(`raises an error in mid-stream through ${model}, and gets no end that looks well`, async () => {
      server.use(answer({ texts: ["a", "b", "c", "d"], cutAfter: 2, ending: "error" }))
      const types: Array<string> = []
      let text = ""
      await raised(async () => {
        for await (const event of await openai.responses.create({ model, input: "?", stream: true })) {
          types.push(event.type)
          if (event.type === "response.output_text.delta") text += event.delta
        }
      })
      assert.strictEqual(text, "ab")
      assert.notInclude(types, "response.completed")
    })

    it(`gets the error in mid-stream through ${model} as the last but one of numbered events`, async () => {
      server.use(answer({ texts: ["a", "b", "c", "d"], cutAfter: 2, ending: "error" }))
      const body = JSON.stringify({ model, input: "?", stream: true })
      const text = await (await fetch(`${gateway.url}/v1/responses`, { method: "POST", body })).text()
      const numbers = [...text.matchAll(/"sequence_number":(\d+)/g)].map(([, number]) => Number(number))
      assert.deepStrictEqual(
        numbers,
        numbers.map((_, at) => at)
      )
      const types = [...text.matchAll(/^event: (.*)$/gm)].map(([, type]) => type)
      assert.deepStrictEqual(types.slice(-2), ["error", "response.failed"])
      assert.strictEqual(types.length, numbers.length)
      assert.strictEqual(new Set(text.match(/"resp_[^"]+"/g)).size, 1)
    })
  }

  it("refuses a reference to an item that Orelse gave, where the provider speaks Responses", async () => {
    says({ texts: ["fine"] })
    const input = [{ type: "item_reference" as const, id: "msg_orelse_0" }]
    const error = await raised(() => openai.responses.create({ model: "same", input }))
    assert.strictEqual(error.status, 400)
    assert.include(error.message, "send items whole, with store: false")
    assert.strictEqual(server.requests.length, 0)
  })

  it("goes on at the first provider with what another one answered", async () => {
    const ask = (input: OpenAI.Responses.ResponseInput) => openai.responses.create({ model: "back", input })
    server.use(
      ScriptedServer.byModel({
        first: [refusal(500, "not now"), answer({ texts: ["again"] })],
        second: answer({ texts: ["I look."], reasoning: "Hm.", toolCalls: calls, finish: "tool" })
      })
    )
    const { output } = await ask([{ role: "user", content: "?" }])
    const outputs = calls.map(({ id }) => ({ type: "function_call_output" as const, call_id: id, output: "rain" }))
    assert.strictEqual(
      (await ask([{ role: "user", content: "?" }, ...(output as OpenAI.Responses.ResponseInput), ...outputs]))
        .output_text,
      "again"
    )
    const sent = server.requests.at(-1)!.body
    assert.notInclude(sent, "orelse")
    for (const { id } of calls) assert.include(sent, `"type":"function_call","call_id":"${id}"`)
  })

  it("passes bodies through byte for byte, but for the model, where the provider speaks Responses", async () => {
    says({ texts: ["fine"] })
    const body = `{"input" :"hi",  "seed":12345678901234567890,"model":"same/m", "unknown_field":{"b":1,"a":2}}`
    const response = await fetch(`${gateway.url}/v1/responses`, { method: "POST", body })
    await response.text()
    assert.strictEqual(server.requests[0]?.body, body.replace("same/m", "m"))
    assert.strictEqual(server.requests[0]?.path, "/v1/responses")
  })

  it("leaves a kept conversation to a target that keeps it, and says why no other can take it", async () => {
    says({ texts: ["and then"] })
    const request = { input: "go on", previous_response_id: "resp_1" }
    const response = await openai.responses.create({ ...request, model: "kept" })
    assert.strictEqual(response.output_text, "and then")
    assert.deepStrictEqual(
      server.requests.map((seen) => [seen.path, seen.json["previous_response_id"]]),
      [["/v1/responses", "resp_1"]]
    )
    server.forget()
    const error = await raised(() => openai.responses.create({ ...request, model: "chat" }))
    assert.include(error.message, "previous_response_id")
    assert.include(error.message, "send the whole conversation as input")
    assert.strictEqual(error.status, 400)
    assert.strictEqual(server.requests.length, 0)
  })

  for (const stream of [false, true]) {
    const how = stream ? "streamed" : "whole"

    it(`serves the chat client from a provider of Responses, with tools, an image and reasoning, ${how}`, async () => {
      says({ texts: ["I look."], reasoning: "Two cities.", toolCalls: calls, finish: "tool" })
      const { name, parameters, type } = weather
      const image = { type: "image_url" as const, image_url: { url: `data:image/png;base64,${pixel}` } }
      const request: OpenAI.ChatCompletionCreateParamsNonStreaming = {
        model: "same",
        messages: [{ role: "user", content: [image] }],
        tools: [{ type, function: { name, parameters: parameters ?? {} } }],
        reasoning_effort: "low"
      }
      const answered = stream
        ? await openai.chat.completions.stream({ ...request, stream: true }).finalChatCompletion()
        : await openai.chat.completions.create(request)
      const [choice] = answered.choices
      assert.strictEqual(choice?.message.content, "I look.")
      assert.strictEqual(choice?.finish_reason, "tool_calls")
      assert.deepStrictEqual(
        choice?.message.tool_calls?.map((call) => (call.type === "function" ? call.function.arguments : "")),
        calls.map((call) => call.arguments)
      )
      assert.isTrue(server.requests[0]!.body.includes(pixel))
      assert.deepStrictEqual(server.requests[0]!.json["include"], ["reasoning.encrypted_content"])
    })

    it(`serves the Anthropic client from a provider of Responses, with tools and reasoning, ${how}`, async () => {
      says({ texts: ["I look."], reasoning: "Two cities.", toolCalls: calls, finish: "tool" })
      const anthropic = new Anthropic({ baseURL: gateway.url, apiKey: "caller", maxRetries: 0 })
      const request = {
        model: "same",
        max_tokens: 100,
        messages: [{ role: "user" as const, content: "Where does it rain?" }],
        tools: [{ name: "get_weather", input_schema: { type: "object" as const } }]
      }
      const message = stream
        ? await anthropic.messages.stream(request).finalMessage()
        : await anthropic.messages.create(request)
      assert.deepStrictEqual(
        message.content.map((block) => block.type),
        ["thinking", "text", "tool_use", "tool_use"]
      )
      assert.strictEqual(message.stop_reason, "tool_use")
    })
  }

  it("asks for nothing to be kept at a provider, on behalf of callers of another dialect", async () => {
    says({ texts: ["fine"] })
    const messages = [{ role: "user" as const, content: "hi" }]
    const completion = await openai.chat.completions.create({ model: "same", messages })
    assert.strictEqual(completion.choices[0]?.message.content, "fine")
    assert.strictEqual(server.requests[0]?.json["store"], false)
  })
})

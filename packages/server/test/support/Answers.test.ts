/** The official clients read what the scripted server writes: the proof that its shapes are the providers'. */
import Anthropic from "@anthropic-ai/sdk"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { GoogleGenAI } from "@google/genai"
import OpenAI from "openai"
import { answer } from "./Answers.ts"
import type { Said } from "./Answers.ts"
import * as ScriptedServer from "./ScriptedServer.ts"

let server: ScriptedServer.ScriptedServer
beforeAll(async () => {
  server = await ScriptedServer.start()
})
afterAll(() => server.close())

const say = (said: Said): void => server.use(answer(said))
const openai = () => new OpenAI({ apiKey: "sk-test", baseURL: `${server.url}/v1`, maxRetries: 0 })
const anthropic = () => new Anthropic({ apiKey: "sk-test", baseURL: server.url, maxRetries: 0 })
const gemini = () => new GoogleGenAI({ apiKey: "test", httpOptions: { baseUrl: server.url } })

const call = { id: "call_1", name: "weather", arguments: '{"city":"Paris"}' }
const usage = { input: 20, output: 7, cached: 4, reasoning: 2 }
const user = { role: "user" as const, content: "hi" }
const failed = (run: () => Promise<unknown>): Promise<boolean> =>
  run().then(
    () => false,
    () => true
  )

describe("Answers, read by the openai client", () => {
  it("reads a whole chat completion with a tool call and usage", async () => {
    say({ texts: ["Hel", "lo"], toolCalls: [call], usage })
    const completion = await openai().chat.completions.create({ model: "gpt-x", messages: [user] })
    const choice = completion.choices[0]
    assert.strictEqual(completion.model, "gpt-x")
    assert.strictEqual(choice?.message.content, "Hello")
    assert.strictEqual(choice?.finish_reason, "tool_calls")
    assert.deepInclude(choice?.message.tool_calls?.[0], { id: "call_1", type: "function" })
    assert.strictEqual(completion.usage?.prompt_tokens_details?.cached_tokens, 4)
  })

  it("reads a streamed chat completion to its end", async () => {
    say({ texts: ["Hel", "lo"], toolCalls: [call], usage })
    const stream = openai().chat.completions.stream({ model: "gpt-x", messages: [user] })
    const completion = await stream.finalChatCompletion()
    assert.strictEqual(completion.choices[0]?.message.content, "Hello")
    const tool = completion.choices[0]?.message.tool_calls?.[0]
    assert.strictEqual(tool?.type === "function" ? tool.function.arguments : "", call.arguments)
    assert.strictEqual(completion.usage?.total_tokens, 27)
  })

  it("reads a whole and a streamed response", async () => {
    say({ texts: ["Hel", "lo"], reasoning: "think", toolCalls: [call], usage })
    const whole = await openai().responses.create({ model: "gpt-x", input: "hi" })
    const streamed = await openai().responses.stream({ model: "gpt-x", input: "hi" }).finalResponse()
    for (const response of [whole, streamed]) {
      assert.strictEqual(response.output_text, "Hello")
      assert.deepStrictEqual(
        response.output.map((item) => item.type),
        ["reasoning", "message", "function_call"]
      )
      assert.strictEqual(response.usage?.output_tokens_details.reasoning_tokens, 2)
    }
  })

  it("reads embeddings, one vector an input", async () => {
    say({})
    const embeddings = await openai().embeddings.create({ model: "e", input: ["a", "b"], encoding_format: "float" })
    assert.deepStrictEqual(
      embeddings.data.map((one) => one.index),
      [0, 1]
    )
  })

  it("raises on an error event in mid-stream and on a reset", async () => {
    for (const ending of ["error", "reset"] as const) {
      say({ texts: ["a", "b"], cutAfter: 1, ending })
      const run = () =>
        openai()
          .chat.completions.stream({ model: "m", messages: [user] })
          .finalChatCompletion()
      assert.isTrue(await failed(run), ending)
    }
  })
})

describe("Answers, read by the @anthropic-ai/sdk client", () => {
  const request = { model: "claude-x", max_tokens: 100, messages: [user] }

  it("reads a whole and a streamed message with thinking and a tool call", async () => {
    say({ texts: ["Hel", "lo"], reasoning: "think", toolCalls: [call], usage })
    const whole = await anthropic().messages.create(request)
    const streamed = await anthropic().messages.stream(request).finalMessage()
    for (const message of [whole, streamed]) {
      assert.deepStrictEqual(
        message.content.map((block) => block.type),
        ["thinking", "text", "tool_use"]
      )
      assert.strictEqual(message.content[1]?.type === "text" ? message.content[1].text : "", "Hello")
      assert.deepStrictEqual(message.content[2]?.type === "tool_use" ? message.content[2].input : {}, { city: "Paris" })
      assert.strictEqual(message.stop_reason, "tool_use")
      assert.strictEqual(message.usage.output_tokens, 7)
    }
  })

  it("raises on an error event, first or in mid-stream", async () => {
    for (const cutAfter of [-1, 1]) {
      say({ texts: ["a"], cutAfter, ending: "error", error: { message: "Overloaded", type: "overloaded_error" } })
      assert.isTrue(await failed(() => anthropic().messages.stream(request).finalMessage()), `after ${cutAfter}`)
    }
  })
})

describe("Answers, read by the @google/genai client", () => {
  it("reads a whole and a streamed answer", async () => {
    say({ texts: ["Hel", "lo"], usage })
    const whole = await gemini().models.generateContent({ model: "gemini-x", contents: "hi" })
    assert.strictEqual(whole.text, "Hello")
    assert.strictEqual(whole.candidates?.[0]?.finishReason, "STOP")
    let text = ""
    for await (const chunk of await gemini().models.generateContentStream({ model: "gemini-x", contents: "hi" })) {
      text += chunk.text ?? ""
      assert.strictEqual(chunk.usageMetadata?.promptTokenCount, 20)
    }
    assert.strictEqual(text, "Hello")
  })
})

describe("Answers, for Ollama", () => {
  it("streams lines of JSON unless told not to, the last one done", async () => {
    say({ texts: ["Hel", "lo"] })
    const ask = async (body: object) =>
      (await fetch(`${server.url}/api/chat`, { method: "POST", body: JSON.stringify(body) })).text()
    const lines = (await ask({ model: "q" }))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { done: boolean })
    assert.deepStrictEqual(
      lines.map((line) => line.done),
      [false, false, true]
    )
    assert.include(await ask({ model: "q", stream: false }), '"content":"Hello"')
  })
})

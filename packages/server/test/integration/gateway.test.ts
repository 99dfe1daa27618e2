import Anthropic, { APIError as AnthropicError, NotFoundError } from "@anthropic-ai/sdk"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import OpenAI, { APIError } from "openai"
import { chatError } from "../support/answers/OpenAiChat.ts"
import { answer } from "../support/Answers.ts"
import * as Gateway from "../support/gateway.ts"
import * as ScriptedServer from "../support/ScriptedServer.ts"
import { closedBeforeHeaders, failure, json, resetBeforeHeaders, silent } from "../support/Step.ts"

/** One server as many providers: the model says what happens. */
const configuration = (url: string) => `
providers:
  open: { protocol: openai-chat, url: ${url}/v1, keys: [sk-open-secret] }
  anth: { protocol: anthropic-messages, url: ${url}, keys: [sk-ant-secret] }
  gone: { protocol: openai-chat, url: "http://127.0.0.1:9/v1", keys: [x] }
policies:
  quick: { from: recommended, deadline: 3s, timeouts: { firstContent: 300ms, connect: 500ms }, retry: { others: 0, last: 1 }, backoff: { initial: 10ms } }
routes:
  busy: { try: [open/busy, open/good], policy: quick }
  silent: { try: [open/silent, open/good], policy: quick }
  reset: { try: [open/reset, open/good], policy: quick }
  closed: { try: [open/closed, open/good], policy: quick }
  refused: { try: [gone/x, open/good], policy: quick }
  down: { try: [open/busy], policy: quick }
`

/** A streamed question answered with one whole body. */
const atOnce = {
  id: "chatcmpl-1",
  object: "chat.completion",
  choices: [{ index: 0, message: { role: "assistant", content: "all at once" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 }
}
const messageAtOnce = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "m",
  content: [{ type: "text", text: "all at once" }],
  stop_reason: "end_turn",
  usage: { input_tokens: 3, output_tokens: 4 }
}

/** An answer whose text is no ASCII, and in one place not even UTF-8. */
const odd = (count: number): Buffer => {
  const message = { role: "assistant", content: `${"Zoë 模型 🦊 ".repeat(count)}!` }
  const bytes = Buffer.from(JSON.stringify({ ...atOnce, choices: [{ index: 0, message, finish_reason: "stop" }] }))
  bytes[bytes.indexOf("!")] = 0xff
  return bytes
}

const tools = [
  {
    type: "function" as const,
    function: {
      name: "weather",
      parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] }
    }
  }
]

describe("the gateway", () => {
  let server: ScriptedServer.ScriptedServer
  let gateway: Gateway.TestGateway
  let openai: OpenAI
  let anthropic: Anthropic

  beforeAll(async () => {
    server = await ScriptedServer.start()
    gateway = await Gateway.start(configuration(server.url))
    openai = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: "caller", maxRetries: 0 })
    anthropic = new Anthropic({ baseURL: gateway.url, apiKey: "caller", maxRetries: 0 })
    server.use(
      ScriptedServer.byModel({
        good: answer(),
        busy: failure(503, chatError("overloaded")),
        silent,
        reset: resetBeforeHeaders,
        closed: closedBeforeHeaders,
        "at-once": json(atOnce),
        "odd-short": { ...json(""), pieces: [odd(1)] },
        "odd-long": { ...json(""), pieces: [odd(3000)] },
        "message-at-once": json(messageAtOnce)
      })
    )
  })
  afterAll(async () => {
    await gateway.close()
    await server.close()
  })

  for (const model of ["open/good", "anth/good", "demo/echo"]) {
    it(`answers the openai client through ${model}, whole and streamed, with a tool`, async () => {
      const messages = [{ role: "user" as const, content: "hello there" }]
      const whole = await openai.chat.completions.create({ model, messages })
      assert.isTrue((whole.choices[0]?.message.content ?? "").length > 0)
      assert.isTrue((whole.usage?.total_tokens ?? 0) > 0)
      let streamed = ""
      let finish: string | null = null
      for await (const chunk of await openai.chat.completions.create({ model, messages, stream: true })) {
        streamed += chunk.choices[0]?.delta.content ?? ""
        finish = chunk.choices[0]?.finish_reason ?? finish
      }
      assert.strictEqual(streamed, whole.choices[0]?.message.content)
      assert.strictEqual(finish, "stop")
      const called = await openai.chat.completions.create({ model: "demo/echo", messages, tools })
      assert.strictEqual(called.choices[0]?.finish_reason, "tool_calls")
    })

    it(`answers the anthropic client through ${model}, whole and streamed`, async () => {
      const body = { model, max_tokens: 100, messages: [{ role: "user" as const, content: "hello there" }] }
      const whole = await anthropic.messages.create(body)
      const text = whole.content[0]?.type === "text" ? whole.content[0].text : ""
      assert.isTrue(text.length > 0)
      assert.strictEqual(whole.stop_reason, "end_turn")
      const streamed = await anthropic.messages.stream(body).finalMessage()
      assert.deepStrictEqual(streamed.content[0]?.type === "text" ? streamed.content[0].text : "", text)
    })
  }

  for (const route of ["busy", "silent", "reset", "closed", "refused"]) {
    for (const stream of [false, true]) {
      it(`falls back when the first target is ${route}, ${stream ? "streamed" : "whole"}, and says so`, async () => {
        const response = await fetch(`${gateway.url}/v1/chat/completions`, {
          method: "POST",
          body: JSON.stringify({ model: route, stream, messages: [{ role: "user", content: "hi" }] })
        })
        await response.text()
        assert.strictEqual(response.status, 200)
        assert.strictEqual(response.headers.get("x-orelse-fell-back"), "true")
        assert.strictEqual(response.headers.get("x-orelse-model"), "good")
        assert.strictEqual(response.headers.get("x-orelse-attempts"), "2")
        const id = response.headers.get("x-orelse-call-id")
        const row = (await gateway.calls()).find(({ call }) => call.id === id)
        assert.strictEqual(row?.call.outcome, "answered")
        assert.deepStrictEqual(
          row?.attempts.map((attempt) => attempt.outcome),
          ["failed", "answered"]
        )
      })
    }
  }

  it("answers with the provider's kind of error when all fail, and keeps SDKs from multiplying attempts", async () => {
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: "POST",
      body: JSON.stringify({ model: "down", messages: [{ role: "user", content: "hi" }] })
    })
    const body: unknown = await response.json()
    assert.strictEqual(response.status, 503)
    assert.strictEqual(response.headers.get("x-should-retry"), "false")
    assert.isTrue(JSON.stringify(body).includes('"attempts":[{"provider":"open"'))
    assert.isFalse(JSON.stringify(body).includes("sk-open-secret"))
  })

  it("names the call to the SDKs as their own API names it, whole, streamed and failed", async () => {
    const messages = [{ role: "user" as const, content: "hi" }]
    const inLedger = async (id: string | null | undefined) =>
      assert.isTrue((await gateway.calls()).some(({ call }) => call.id === id))
    for (const model of ["open/good", "anth/good"]) {
      await inLedger((await openai.chat.completions.create({ model, messages }))._request_id)
      await inLedger((await openai.responses.create({ model, input: "hi" }))._request_id)
      await inLedger((await anthropic.messages.create({ model, max_tokens: 9, messages }))._request_id)
      const chat = await openai.chat.completions.create({ model, messages, stream: true }).withResponse()
      for await (const chunk of chat.data) void chunk
      await inLedger(chat.request_id)
      const message = anthropic.messages.stream({ model, max_tokens: 9, messages })
      await message.finalMessage()
      await inLedger(message.request_id)
    }
    const counted = await anthropic.messages.countTokens({ model: "open/good", messages })
    assert.isString(counted._request_id)
    const failed = (error: unknown) => error
    const chat = await openai.chat.completions.create({ model: "down", messages }).catch(failed)
    assert.instanceOf(chat, APIError)
    await inLedger(chat.requestID)
    const message = await anthropic.messages.create({ model: "down", max_tokens: 9, messages }).catch(failed)
    assert.instanceOf(message, AnthropicError)
    await inLedger(message.requestID)
  })

  it("passes a body on byte for byte but for the model", async () => {
    server.forget()
    const body = `{"messages" :[{"role":"user","content":"hi"}],  "seed":12345678901234567890,"model":"open/good", "unknown_field":{"b":1,"a":2}}`
    await (await fetch(`${gateway.url}/v1/chat/completions`, { method: "POST", body })).text()
    assert.strictEqual(server.requests[0]?.body, body.replace("open/good", "good"))
  })

  for (const [length, bytes] of Object.entries({ short: odd(1), long: odd(3000) })) {
    it(`passes a ${length} answer back byte for byte`, async () => {
      const body = JSON.stringify({ model: `open/odd-${length}`, messages: [{ role: "user", content: "hi" }] })
      const response = await fetch(`${gateway.url}/v1/chat/completions`, { method: "POST", body })
      assert.strictEqual(response.headers.get("content-length"), String(bytes.length))
      assert.isTrue(bytes.equals(Buffer.from(await response.arrayBuffer())))
    })
  }

  const bad: ReadonlyArray<readonly [string, string, number]> = [
    ["nothing", "", 400],
    ["text that is not JSON", "{", 400],
    ["an array", "[]", 400],
    ["no model", "{}", 400],
    ["an unknown model", JSON.stringify({ model: "bussy", messages: [] }), 404]
  ]
  for (const [what, body, status] of bad) {
    for (const path of ["/v1/chat/completions", "/v1/messages"]) {
      it(`refuses ${what} at ${path} with ${status} in the caller's dialect`, async () => {
        const response = await fetch(gateway.url + path, { method: "POST", body })
        const refused = (await response.json()) as {
          readonly error: { readonly message: string }
          readonly type?: string
        }
        assert.strictEqual(response.status, status)
        assert.isTrue(refused.error.message.length > 10)
        assert.strictEqual(refused.type, path === "/v1/messages" ? "error" : undefined)
        if (status === 404) assert.include(refused.error.message, '"busy"')
      })
    }
  }

  for (const path of ["/v1/chat/completions", "/v1/messages", "/v1/responses"]) {
    it(`refuses a stream at ${path} that is neither true nor false, and names the field in the caller's dialect`, async () => {
      const ask = (stream: unknown) => {
        const said = [{ role: "user", content: "hi" }]
        const body = JSON.stringify({ model: "open/good", stream, max_tokens: 9, messages: said, input: said })
        return fetch(gateway.url + path, { method: "POST", body })
      }
      const before = server.requests.length
      const response = await ask("true")
      const { error, type } = (await response.json()) as {
        readonly error: Readonly<Record<string, unknown>>
        readonly type?: string
      }
      assert.deepStrictEqual([response.status, error["type"]], [400, "invalid_request_error"])
      assert.strictEqual(error["message"], 'stream must be true or false, got "true"')
      if (path === "/v1/messages") assert.strictEqual(type, "error")
      else assert.strictEqual(error["param"], "stream")
      assert.strictEqual(server.requests.length, before)
      const whole = await ask(null)
      assert.deepStrictEqual([whole.status, whole.headers.get("content-type")], [200, "application/json"])
      await whole.text()
    })
  }

  it("refuses a body past maxBodySize with 413 and goes on serving", async () => {
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: "POST",
      body: Buffer.alloc(33 * 1024 * 1024, 0x20)
    }).catch(() => undefined)
    assert.isTrue(response === undefined || response.status === 413)
    assert.strictEqual((await fetch(`${gateway.url}/health/ready`)).status, 200)
  })

  it("streams to a caller of the same dialect what its provider answered with one whole body", async () => {
    const messages = [{ role: "user" as const, content: "hello there" }]
    const chat = openai.chat.completions.stream({ model: "open/at-once", messages })
    const { choices } = await chat.finalChatCompletion()
    assert.deepStrictEqual([choices[0]?.message.content, choices[0]?.finish_reason], ["all at once", "stop"])
    const message = await anthropic.messages
      .stream({ model: "anth/message-at-once", max_tokens: 9, messages })
      .finalMessage()
    assert.deepInclude(message.content[0], { type: "text", text: "all at once" })
    assert.deepStrictEqual([message.stop_reason, message.usage.output_tokens], ["end_turn", 4])
  })

  it("lists models to Anthropic's SDK in Anthropic's words, and says in them that there is no such model", async () => {
    const { data, has_more: more } = await anthropic.models.list()
    const busy = data.find((model) => model.id === "busy")
    assert.deepInclude(busy, { type: "model", display_name: "busy", created_at: "1970-01-01T00:00:00Z" })
    assert.isFalse(more)
    const ids: Array<string> = []
    for await (const model of anthropic.models.list({ limit: 1 })) ids.push(model.id)
    assert.deepStrictEqual(
      ids,
      data.map((model) => model.id)
    )
    assert.strictEqual((await anthropic.models.retrieve("busy")).type, "model")
    const missing = await anthropic.models.retrieve("nothing").catch((error: unknown) => error)
    assert.instanceOf(missing, NotFoundError)
    assert.strictEqual(missing.type, "not_found_error")
  })

  it("lists routes and targets as models, and says live, ready and its metrics", async () => {
    const ids = (await openai.models.list()).data.map((model) => model.id)
    assert.includeMembers(ids, ["busy", "demo/echo"])
    assert.strictEqual((await fetch(`${gateway.url}/health/live`)).status, 200)
    assert.include(await (await fetch(`${gateway.url}/metrics`)).text(), "orelse_calls_total")
  })
})

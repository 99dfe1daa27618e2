import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Json from "@orelse/core/domain/Json"
import { chatError } from "../support/answers/OpenAiChat.ts"
import { answer } from "../support/Answers.ts"
import * as Gateway from "../support/gateway.ts"
import * as ScriptedServer from "../support/ScriptedServer.ts"
import { failure } from "../support/Step.ts"

const configuration = (url: string) => `
providers:
  open: { protocol: openai-chat, url: ${url}/v1, keys: [x] }
  other: { protocol: openai-chat, url: ${url}/v1, keys: [x] }
policies:
  mending: { from: recommended, on: { ContextWindowExceeded: ["repair:truncateHistory", abort], Unsupported: ["repair:describeTools", nextTarget] } }
routes:
  long: { try: [open/m], policy: mending }
  toolless: { try: [open/m], policy: mending }
  pictures: { try: [open/m], repair: moveImages }
  refused: { try: [open/m] }
  second: { try: [{ try: [open/m], repair: describeTools }, other/m] }
`

const noRoom = failure(
  400,
  chatError(
    "max_tokens is too large: 9000. This model supports at most 4096 completion tokens.",
    "invalid_request_error",
    "invalid_value"
  )
)
const full = failure(
  400,
  chatError(
    "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens.",
    "invalid_request_error",
    "context_length_exceeded"
  )
)
const toolless = failure(400, chatError("tools is not supported in this model.", "invalid_request_error"))

const tools = [{ type: "function", function: { name: "weather", parameters: { type: "object" } } }]
const history = ["one", "two", "three"].flatMap((content) => [
  { role: "user", content },
  { role: "assistant", content: `${content} again` }
])
const question = { role: "user", content: "and now?" }

describe("a repair through the gateway", () => {
  let server: ScriptedServer.ScriptedServer
  let gateway: Gateway.TestGateway
  beforeAll(async () => {
    server = await ScriptedServer.start()
    gateway = await Gateway.start(configuration(server.url))
  })
  afterAll(async () => {
    await gateway.close()
    await server.close()
  })

  /** The answer's headers, and the bodies that providers got. */
  const ask = async (script: ScriptedServer.Script, body: object) => {
    server.forget()
    server.use(script)
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body)
    })
    await response.text()
    const { headers, status } = response
    const sent = server.requests.map((request) => request.json)
    return {
      sent,
      told: [
        status,
        headers.get("x-orelse-repairs"),
        headers.get("x-orelse-attempts"),
        headers.get("x-orelse-fell-back")
      ]
    }
  }

  for (const stream of [false, true]) {
    const kind = stream ? "streamed" : "whole"
    it(`lowers max_tokens to the ceiling that was named, and says so with the answer, ${kind}`, async () => {
      const { sent, told } = await ask([noRoom, answer()], {
        model: "open/m",
        messages: [question],
        max_tokens: 9000,
        stream
      })
      assert.deepStrictEqual(told, [200, "clampMaxTokens", "2", "false"])
      assert.deepStrictEqual(
        sent.map((body) => Json.at(body, "max_tokens")),
        [9000, 4096]
      )
    })

    it(`cuts the older half of a conversation where the policy allows it, ${kind}`, async () => {
      const { sent, told } = await ask([full, answer()], { model: "long", messages: [...history, question], stream })
      assert.deepStrictEqual(told, [200, "truncateHistory", "2", "false"])
      assert.deepStrictEqual(
        sent.map((body) => Json.array(Json.at(body, "messages")).length),
        [7, 3]
      )
      assert.deepStrictEqual(Json.at(sent[1], "messages", 0, "content"), "three")
    })

    it(`describes tools in the prompt where the policy allows it, ${kind}`, async () => {
      const { sent, told } = await ask([toolless, answer()], { model: "toolless", messages: [question], tools, stream })
      assert.deepStrictEqual(told, [200, "describeTools", "2", "false"])
      assert.deepStrictEqual(
        sent.map((body) => Json.array(Json.at(body, "tools")).length),
        [1, 0]
      )
      assert.include(JSON.stringify(Json.at(sent[1], "messages", 0)), "weather")
    })
  }

  it("moves images of tool results behind them where the route allows it, and refuses them where it does not", async () => {
    const source = { type: "base64", media_type: "image/png", data: "AAAA" }
    const body = (model: string) => ({
      model,
      max_tokens: 9,
      messages: [
        { role: "user", content: "look" },
        { role: "assistant", content: [{ type: "tool_use", id: "t1", name: "look", input: {} }] },
        {
          role: "user",
          content: [{ type: "tool_result", tool_use_id: "t1", content: [{ type: "image", source }] }]
        }
      ]
    })
    const post = (model: string) =>
      fetch(`${gateway.url}/v1/messages`, { method: "POST", body: JSON.stringify(body(model)) })
    server.forget()
    server.use(answer())
    const moved = await post("pictures")
    assert.strictEqual(moved.status, 200, await moved.text())
    assert.strictEqual(moved.headers.get("x-orelse-repairs"), "moveImages")
    const sent = server.requests.map((request) => Json.array(Json.at(request.json, "messages")))
    assert.deepStrictEqual(
      sent.map((messages) => messages.map((message) => Json.at(message, "role"))),
      [["user", "assistant", "tool", "user"]]
    )
    assert.strictEqual(Json.at(sent[0]?.[3], "content", 1, "image_url", "url"), "data:image/png;base64,AAAA")
    const refused = await post("refused")
    assert.strictEqual(refused.status, 400)
    assert.include(await refused.text(), "repair: moveImages")
  })

  it("says nothing of a repair that helped nobody, and sends the next target the request as it came", async () => {
    const { sent, told } = await ask([toolless, toolless, answer()], { model: "second", messages: [question], tools })
    assert.deepStrictEqual(told, [200, null, "3", "true"])
    assert.deepStrictEqual(
      sent.map((body) => Json.array(Json.at(body, "tools")).length),
      [1, 0, 1]
    )
  })

  it("cuts nothing where nobody allowed it", async () => {
    const { sent, told } = await ask([full], { model: "open/m", messages: [...history, question] })
    assert.deepStrictEqual([told[0], told[1], sent.length], [400, null, 1])
  })
})

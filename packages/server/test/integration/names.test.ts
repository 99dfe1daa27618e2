import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Json from "@orelse/core/domain/Json"
import * as Gateway from "../support/gateway.ts"

describe("names of models that callers make up", () => {
  let gateway: Gateway.TestGateway
  beforeAll(async () => {
    gateway = await Gateway.start("routes: { first: [demo/echo] }")
  })
  afterAll(() => gateway.close())

  const ask = async (model: string, more: object = {}) => {
    const messages = [{ role: "user", content: "hi" }]
    const body = JSON.stringify({ model, messages, ...more })
    const response = await fetch(`${gateway.url}/v1/chat/completions`, { method: "POST", body })
    return { status: response.status, headers: response.headers, text: await response.text() }
  }

  it.each([
    ["模型", "%E6%A8%A1%E5%9E%8B"],
    ["é 1", "%C3%A9 1"],
    ["\ud800", "%EF%BF%BD"]
  ])("are answered where they are not ASCII (%s), and stand percent-encoded in the header", async (name, inHeader) => {
    for (const stream of [false, true]) {
      const { headers, status, text } = await ask(`demo/${name}`, { stream })
      assert.strictEqual(status, 200, text)
      assert.strictEqual(headers.get("x-orelse-model"), inHeader)
    }
  })

  it.each(["a\r\nx-injected: 1", "\u0000", "a\u0085", "\u007f"])(
    "are refused where they hold control characters: %j",
    async (name) => {
      const { status, text } = await ask(`demo/${name}`)
      assert.strictEqual(status, 400)
      assert.strictEqual(Json.at(Json.parse(text), "error", "code"), "invalid_model")
      const listed = await ask("first", { orelse: { models: [`demo/${name}`] } })
      assert.strictEqual(listed.status, 400, listed.text)
    }
  )

  it("are named where a caller's own list has one that is none", async () => {
    const { status, text } = await ask("first", { orelse: { models: ["first", "frist"] } })
    assert.strictEqual(status, 404)
    assert.strictEqual(
      Json.at(Json.parse(text), "error", "message"),
      'No route, target or model "frist"; did you mean "first"?'
    )
  })
})

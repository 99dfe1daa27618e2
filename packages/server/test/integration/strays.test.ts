import Anthropic, { NotFoundError } from "@anthropic-ai/sdk"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Json from "@orelse/core/domain/Json"
import { once } from "node:events"
import { request, type IncomingMessage } from "node:http"
import { text } from "node:stream/consumers"
import OpenAI, { NotFoundError as OpenAiNotFoundError } from "openai"
import * as Gateway from "../support/gateway.ts"

describe("requests that no endpoint is for", () => {
  let gateway: Gateway.TestGateway
  beforeAll(async () => {
    gateway = await Gateway.start("routes: { first: [demo/echo] }")
  })
  afterAll(() => gateway.close())

  it("are answered in the dialect of their address or header", async () => {
    const error = async (path: string, headers: Record<string, string> = {}) =>
      Json.parse(await (await fetch(gateway.url + path, { method: "POST", headers, body: "{}" })).text())
    assert.strictEqual(Json.at(await error("/v1/messages/batches"), "error", "type"), "not_found_error")
    assert.strictEqual(Json.at(await error("/x", { "anthropic-version": "2023-06-01" }), "type"), "error")
    assert.strictEqual(Json.at(await error("/v1beta/files"), "error", "status"), "NOT_FOUND")
    assert.strictEqual(Json.at(await error("/v1/files"), "error", "code"), "not_found")
  })

  it("say which methods an address takes", async () => {
    const response = await fetch(`${gateway.url}/v1/chat/completions`)
    assert.strictEqual(response.status, 405)
    assert.strictEqual(response.headers.get("allow"), "POST")
    assert.include(await response.text(), "/v1/chat/completions takes POST, not GET")
  })

  /** What `fetch` does not send. */
  const ask = async (method: string, path: string, headers: Record<string, string> = {}, setHost = true) => {
    const { hostname, port } = new URL(gateway.url)
    const asked = request({ hostname, port, method, path, headers, setHost })
    asked.end()
    const [response] = (await once(asked, "response")) as [IncomingMessage]
    return { response, body: Json.parse(await text(response)) }
  }

  it.each([
    ["TRACE", "/v1/chat/completions", 405, "method_not_allowed"],
    ["PROPFIND", "/v1/chat/completions", 405, "method_not_allowed"],
    ["PROPFIND", "/", 404, "not_found"],
    ["M-SEARCH", "*", 404, "not_found"],
    ["OPTIONS", "*", 404, "not_found"],
    ["GET", "/%zz", 400, "malformed_path"],
    ["GET", "/v1/models/%zz", 400, "malformed_path"],
    ["GET", "/v1/models/%ff?x=1", 400, "malformed_path"],
    ["POST", "/%", 400, "malformed_path"]
  ])("say what is wrong, whatever their method and their address: %s %s", async (method, path, status, code) => {
    const { body, response } = await ask(method, path)
    assert.strictEqual(response.statusCode, status)
    assert.strictEqual(Json.at(body, "error", "code"), code)
    assert.strictEqual(response.headers.allow, status === 405 ? "POST" : undefined)
    assert.strictEqual(response.headers["x-orelse-call-id"], Json.at(body, "orelse", "callId"))
    assert.strictEqual(response.headers["x-request-id"], Json.at(body, "orelse", "callId"))
  })

  it("are none where a name in their address is long", async () => {
    const { body, response } = await ask("GET", `/admin/routes/${"x".repeat(512)}`)
    assert.strictEqual(response.statusCode, 404)
    assert.include(Json.string(Json.at(body, "error", "message")) ?? "", 'no route "xxx')
  })

  it("say so in the dialect of their address, too, where it cannot be read", async () => {
    const gemini = await ask("POST", "/v1beta/models/%zz:generateContent")
    assert.strictEqual(gemini.response.statusCode, 400)
    assert.strictEqual(Json.at(gemini.body, "error", "status"), "INVALID_ARGUMENT")
    const anthropic = await ask("TRACE", "/v1/messages/%zz")
    assert.strictEqual(Json.at(anthropic.body, "error", "type"), "invalid_request_error")
  })

  it.each([
    ["no host", {}, false, 400, "missing_host"],
    ["an expectation that nobody meets", { expect: "x-wonders" }, true, 417, "expectation_failed"]
  ])("are those with %s, and end their connection", async (_, headers, setHost, status, code) => {
    const openai = await ask("POST", "/v1/chat/completions", headers, setHost)
    assert.strictEqual(openai.response.statusCode, status)
    assert.strictEqual(openai.response.headers.connection, "close")
    assert.strictEqual(Json.at(openai.body, "error", "code"), code)
    const anthropic = await ask("GET", "/v1/messages", headers, setHost)
    assert.strictEqual(anthropic.response.statusCode, status)
    assert.strictEqual(Json.at(anthropic.body, "error", "type"), "invalid_request_error")
  })

  it.each(["/health/live", "/health/ready", "/metrics", "/v1/models", "/docs", "/admin/targets"])(
    "are not HEAD ones: %s answers them as GET, without a body",
    async (path) => {
      const response = await fetch(gateway.url + path, { method: "HEAD" })
      assert.strictEqual(response.status, 200)
      assert.strictEqual(await response.text(), "")
    }
  )

  it.each([
    ["/admin/targets/a/m/reset", 200, "m"],
    ["/admin/targets/a/org/m:free/reset", 200, "org/m:free"],
    ["/admin/targets/a/org%2Fm/reset", 200, "org/m"],
    ["/admin/targets/a/reset/reset", 200, "reset"],
    ["/admin/targets/a/reset", 404, undefined],
    ["/admin/targets/a//reset", 404, undefined],
    ["/admin/targets/a/m", 404, undefined]
  ] as const)("reset a target, whatever slashes its model has, or nothing: %s", async (path, status, model) => {
    const response = await fetch(gateway.url + path, { method: "POST" })
    const body = Json.parse(await response.text())
    assert.deepStrictEqual([response.status, Json.at(body, "model")], [status, model])
    assert.strictEqual(Json.at(body, "error", "code"), model === undefined ? "not_found" : undefined)
  })

  it("ask the ledger for what does not exist: a 400 that says what does", async () => {
    for (const [query, said] of [
      ["outcome=answred", "outcome must be one of answered, failed"],
      ["cursor=zzz", '"zzz" is no cursor']
    ] as const) {
      const response = await fetch(`${gateway.url}/admin/calls?${query}`)
      assert.strictEqual(response.status, 400)
      assert.include(Json.string(Json.at(Json.parse(await response.text()), "error", "message")) ?? "", said)
    }
  })

  it("raise the SDKs' own errors, and say what is wrong with the base URL", async () => {
    const settings = { apiKey: "none", maxRetries: 0 }
    const messages = [{ role: "user" as const, content: "hi" }]
    const openai = new OpenAI({ baseURL: gateway.url, ...settings })
    const wrong = await openai.chat.completions.create({ model: "first", messages }).catch((error: unknown) => error)
    assert.instanceOf(wrong, OpenAiNotFoundError)
    assert.include(wrong.message, "did you mean POST /v1/chat/completions?")
    const anthropic = new Anthropic({ baseURL: `${gateway.url}/v1`, ...settings })
    const asked = anthropic.messages.create({ model: "first", max_tokens: 9, messages })
    const other = await asked.then(
      () => undefined,
      (error: unknown) => error
    )
    assert.instanceOf(other, NotFoundError)
    assert.include(other.message, "did you mean POST /v1/messages?")
  })
})

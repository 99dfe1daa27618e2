import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Json from "@orelse/core/domain/Json"
import * as Schema from "effect/Schema"
import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { endpoints } from "../../src/http/openapi/Endpoints.ts"
import * as Gateway from "../support/gateway.ts"

const configuration = `
routes:
  first: { try: [demo/down, demo/echo] }
`

describe("the gateway's own description", () => {
  let gateway: Gateway.TestGateway
  let document: Json.JsonObject
  let callId = ""

  const ask = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(gateway.url + path, {
      method: method.toUpperCase(),
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    const text = await response.text()
    return { status: response.status, json: Json.parse(text), id: response.headers.get("x-orelse-call-id") ?? "" }
  }
  const chat = { model: "first", messages: [{ role: "user", content: "hi" }] }

  beforeAll(async () => {
    gateway = await Gateway.start(configuration)
    document = Json.object((await ask("get", "/openapi.json")).json) ?? {}
    callId = (await ask("post", "/v1/chat/completions", chat)).id
    await gateway.calls()
  })
  afterAll(() => gateway.close())

  it("is an OpenAPI 3.1 document whose references all lead somewhere, and whose operations have names of their own", () => {
    assert.strictEqual(document["openapi"], "3.1.0")
    const schemas = Object.keys(Json.object(Json.at(document, "components", "schemas")) ?? {})
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)]
    assert.isAbove(references.length, 30)
    assert.includeMembers(
      schemas,
      references.map(([, name = ""]) => name)
    )
    const ids = [...JSON.stringify(document).matchAll(/"operationId":"([^"]+)"/g)].map(([, id]) => id)
    assert.strictEqual(new Set(ids).size, endpoints.length)
  })

  /** The row of a path as it is asked for. */
  const endpointOf = (method: string, asked: string) => {
    const [path = ""] = asked.split("?")
    const fits = (pattern: string) =>
      new RegExp(`^${pattern.replaceAll(/\{\w+\}/g, "[^/]+").replaceAll(/[.]/g, "\\.")}$`).test(path)
    const found = endpoints.filter((one) => one.method === method && fits(one.path))
    return found.find((one) => one.path === path) ?? found.at(-1)
  }

  const filled = (path: string): string =>
    path
      .replace("{id}", callId)
      .replace("{name}", "first")
      .replace("{provider}", "demo")
      .replace("{model}", path.includes("admin") ? "echo" : "first")

  it("names only what is there", async () => {
    for (const { method, path } of endpoints) {
      const { json, status } = await ask(method, filled(path), method === "post" ? {} : undefined)
      assert.notStrictEqual(Json.at(json, "error", "code"), "not_found", `${method} ${path}: ${status}`)
    }
  })

  it("tells the truth: what is answered fits the schema of its status", async () => {
    for (const { answers, method, path } of endpoints) {
      const isCall = path.startsWith("/v1")
      const bodies = method === "get" ? [undefined] : isCall ? [{}, chat] : [{}]
      for (const body of bodies) {
        const { json, status } = await ask(method, filled(path), body)
        const described = answers.find((answer) => answer.status === status)
        assert.isDefined(described, `${method} ${path} answers ${status}`)
        if (described?.schema === undefined) continue
        const fits = Schema.is(described.schema)(json)
        assert.isTrue(fits, `${method} ${path} ${status}: ${JSON.stringify(json).slice(0, 300)}`)
      }
    }
  })

  it("tells the truth of refusals too: strangers, wrong filters, bodies that nobody reads, what a provider says", async () => {
    const provider = createServer((request, response) => {
      request.resume().on("end", () => {
        const status = /\/(\d+)\//.exec(request.url ?? "")?.[1] ?? "500"
        response.writeHead(Number(status), { "content-type": "application/json" })
        response.end('{"error":{"message":"no","type":"invalid_request_error","param":null,"code":null}}')
      })
    }).listen(0, "127.0.0.1")
    await once(provider, "listening")
    const { port } = provider.address() as AddressInfo
    const url = (status: number) => `{ protocol: openai-chat, url: "http://127.0.0.1:${port}/${status}/v1", keys: [] }`
    const closed = await Gateway.start(`
server: { maxBodySize: 1KiB, adminKey: admin-key }
providers: { conflict: ${url(409)}, strict: ${url(422)} }
callers: [{ name: a, key: key-a }]`)
    const key = { authorization: "Bearer key-a" }
    const admin = { authorization: "Bearer admin-key" }
    const zipped = { ...key, "content-encoding": "zstd" }
    const failing = (model: string) => ({ ...chat, model, orelse: { attempts: 1 } })
    const large = { ...chat, more: "x".repeat(2048) }
    type Case = readonly [method: string, path: string, headers: Readonly<Record<string, string>>, body?: unknown]
    const cases: ReadonlyArray<Case> = [
      ...endpoints.flatMap(({ method, path }): ReadonlyArray<Case> => {
        const body = method === "post" ? chat : undefined
        return [{}, { authorization: "Bearer unknown" }].map(
          (headers) => [method, filled(path), headers, body] as const
        )
      }),
      ...["conflict/m", "strict/m"].map((model): Case => ["post", "/v1/chat/completions", key, failing(model)]),
      ...["/v1/chat/completions", "/v1/messages", "/v1/events"].flatMap((path): ReadonlyArray<Case> => [
        ["post", path, key, large],
        ["post", path, zipped, chat]
      ]),
      ["post", "/v1/events", key, { type: "run:start" }],
      ["post", "/v1/messages/count_tokens", key, { model: "demo/echo", messages: chat.messages }],
      [
        "post",
        "/v1beta/models/demo%2Fecho:countTokens",
        key,
        { generateContentRequest: { contents: [{ parts: [{ text: "hi" }] }] } }
      ],
      ["get", "/v1/models/none", { ...key, "anthropic-version": "2023-06-01" }],
      ["post", "/v1beta/models/demo%2Fecho:streamGenerateContent", key, { contents: [{ parts: [{ text: "hi" }] }] }],
      ...["/admin/calls?limit=0", "/admin/failures?limit=0", "/admin/calls/none"].map((path): Case => [
        "get",
        path,
        admin
      ])
    ]
    const statuses = new Set<number>()
    for (const [method, path, headers, body] of cases) {
      const asked = {
        method: method.toUpperCase(),
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) })
      }
      const response = await fetch(closed.url + path, asked)
      const text = await response.text()
      statuses.add(response.status)
      const endpoint = endpointOf(method, path)
      const described = endpoint?.answers.find(({ status }) => status === response.status)
      if (response.ok && endpoint?.request !== undefined)
        assert.isTrue(Schema.is(endpoint.request)(body), `${method} ${path} takes ${JSON.stringify(body)}`)
      assert.isDefined(described, `${method} ${path} answers ${response.status}: ${text.slice(0, 200)}`)
      if (described?.schema !== undefined)
        assert.isTrue(Schema.is(described.schema)(Json.parse(text)), `${method} ${path} ${response.status}: ${text}`)
    }
    assert.includeMembers([...statuses], [200, 202, 400, 401, 403, 404, 409, 413, 415, 422])
    await closed.close()
    provider.close()
  })

  it("tells the limits of what a caller says to the gateway itself, and those are kept", async () => {
    const options = Json.at(document, "components", "schemas", "CallOptions", "properties")
    assert.deepInclude(Json.at(options, "timeout"), { exclusiveMinimum: 0 })
    assert.deepInclude(Json.at(options, "attempts"), { minimum: 1 })
    assert.deepInclude(Json.at(options, "models"), { minItems: 1, maxItems: 64 })
    const statusOf = async (orelse: Json.JsonObject) =>
      (await ask("post", "/v1/chat/completions", { ...chat, orelse })).status
    const names = (count: number) => Array.from({ length: count }, () => "demo/echo")
    for (const good of [{ timeout: 5_000.5 }, { attempts: 1 }, { models: names(64) }])
      assert.strictEqual(await statusOf(good), 200, JSON.stringify(good))
    for (const bad of [{ timeout: 0 }, { attempts: 0 }, { models: [] }, { models: names(65) }])
      assert.strictEqual(await statusOf(bad), 400, JSON.stringify(bad))
  })

  it("is a page for people too, which loads nothing from elsewhere and runs nothing", async () => {
    const response = await fetch(`${gateway.url}/docs`)
    const page = await response.text()
    assert.strictEqual(response.status, 200)
    assert.match(response.headers.get("content-type") ?? "", /^text\/html/)
    assert.include(response.headers.get("content-security-policy") ?? "", "default-src 'none'")
    for (const { path } of endpoints) assert.include(page, `<code>${path}</code>`)
    assert.notMatch(page, /<script|src=|https?:\/\//)
    // A link opens what it leads to: browsers open the `details` around an anchor, and not one that is the anchor.
    for (const [, id] of page.matchAll(/href="#(\w+)"/g)) assert.include(page, `</summary><div id="${id}">`)
  })
})

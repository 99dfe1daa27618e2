import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Json from "@orelse/core/domain/Json"
import * as Schema from "effect/Schema"
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

  it("is a page for people too, which loads nothing from elsewhere and runs nothing", async () => {
    const response = await fetch(`${gateway.url}/docs`)
    const page = await response.text()
    assert.strictEqual(response.status, 200)
    assert.match(response.headers.get("content-type") ?? "", /^text\/html/)
    assert.include(response.headers.get("content-security-policy") ?? "", "default-src 'none'")
    for (const { path } of endpoints) assert.include(page, `<code>${path}</code>`)
    assert.notMatch(page, /<script|src=|https?:\/\//)
  })
})

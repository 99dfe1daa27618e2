import { afterEach, assert, describe, it } from "@effect/vitest"
import { once } from "node:events"
import { request, type IncomingMessage } from "node:http"
import * as Gateway from "../support/gateway.ts"

const page = "https://app.example"

describe("CORS", () => {
  let gateway: Gateway.TestGateway | undefined
  afterEach(() => gateway?.close())

  const ask = async (cors: string, method: string, origin = page) => {
    gateway = await Gateway.start(`server: { cors: ${cors} }`)
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method,
      headers: {
        origin,
        ...(method === "OPTIONS"
          ? {
              "access-control-request-method": "POST",
              "access-control-request-headers": "authorization, x-orelse-tags"
            }
          : {})
      },
      ...(method === "POST"
        ? { body: JSON.stringify({ model: "demo/echo", messages: [{ role: "user", content: "hi" }] }) }
        : {})
    })
    await response.text()
    return response
  }

  it("is off by default: neither a preflight nor an answer allows any origin", async () => {
    const preflight = await ask("[]", "OPTIONS")
    assert.strictEqual(preflight.status, 405)
    assert.isNull(preflight.headers.get("access-control-allow-origin"))
    await gateway?.close()
    const answer = await ask("[]", "POST")
    assert.strictEqual(answer.status, 200)
    assert.isNull(answer.headers.get("access-control-allow-origin"))
  })

  it("lets a listed origin send its key and read what the answer says of itself", async () => {
    const preflight = await ask(`["${page}"]`, "OPTIONS")
    assert.strictEqual(preflight.status, 204)
    assert.strictEqual(preflight.headers.get("access-control-allow-origin"), page)
    assert.strictEqual(preflight.headers.get("access-control-allow-headers"), "authorization, x-orelse-tags")
    assert.isNull(preflight.headers.get("access-control-allow-credentials"))
    await gateway?.close()
    const answer = await ask(`["${page}"]`, "POST")
    assert.strictEqual(answer.headers.get("access-control-allow-origin"), page)
    assert.include(answer.headers.get("access-control-expose-headers") ?? "", "x-orelse-call-id")
    assert.include(answer.headers.get("vary") ?? "", "origin")
  })

  it("is told to who asks first whether its body is wanted, too", async () => {
    gateway = await Gateway.start(`server: { cors: ["${page}"] }`)
    const headers = { origin: page, expect: "100-continue" }
    const asked = request(`${gateway.url}/v1/chat/completions`, { method: "POST", headers })
    asked.once("continue", () => asked.end("{}"))
    asked.flushHeaders()
    const [answer] = (await once(asked, "response")) as [IncomingMessage]
    answer.resume()
    assert.strictEqual(answer.headers["access-control-allow-origin"], page)
  })

  it("tells another origin nothing", async () => {
    const preflight = await ask(`["${page}"]`, "OPTIONS", "https://evil.example")
    assert.isNull(preflight.headers.get("access-control-allow-origin"))
    assert.strictEqual(preflight.status, 405)
  })

  it("allows every origin where that is asked for, and never with credentials", async () => {
    const answer = await ask('["*"]', "POST", "https://any.example")
    assert.strictEqual(answer.headers.get("access-control-allow-origin"), "*")
    assert.isNull(answer.headers.get("access-control-allow-credentials"))
  })
})

import { assert, describe, it } from "@effect/vitest"
import { endpoints } from "../../src/http/openapi/Endpoints.ts"
import * as Strays from "../../src/http/Strays.ts"

const of = (method: string, url: string) => Strays.of(method, url, endpoints)

describe("an address that nobody answers", () => {
  it.each([
    ["/chat/completions", "POST /v1/chat/completions"],
    ["/v1/v1/messages", "POST /v1/messages"],
    ["/v1/chat/completions/", "POST /v1/chat/completions"],
    ["/v1/chat/completion?x=1", "POST /v1/chat/completions"],
    ["/models", "GET /v1/models"],
    ["/health/liv", "GET /health/live"]
  ])("is a 404 that names the nearest one: %s", (url, meant) => {
    const wrong = of("POST", url)
    assert.strictEqual(wrong.status, 404)
    assert.include(wrong.message, `did you mean ${meant}?`)
  })

  it("lists what there is where nothing is near, and says no more of it than 200 characters", () => {
    const wrong = of("GET", `/${"x".repeat(5_000)}?key=secret`)
    assert.strictEqual(wrong.code, "not_found")
    assert.include(wrong.message, "POST /v1/chat/completions")
    assert.notInclude(wrong.message, "secret")
    assert.isBelow(wrong.message.length, 500)
  })

  it.each([
    ["GET", "/v1/chat/completions", "POST"],
    ["PUT", "/v1beta/models/a/b:generateContent?alt=sse", "POST"],
    ["DELETE", "/admin/calls/01a", "GET, HEAD"],
    ["POST", "/health/live", "GET, HEAD"]
  ])("is a 405 that says which methods it takes: %s %s", (method, url, allowed) => {
    const wrong = of(method, url)
    assert.strictEqual(wrong.status, 405)
    assert.strictEqual(wrong.allowed, allowed)
    assert.include(wrong.message, `not ${method}`)
  })

  it.each(["/%zz", "/v1/models/%", "/v1/models/%ff?x=1"])("is a 400 where it cannot be read: %s", (url) => {
    const wrong = of("GET", url)
    assert.strictEqual(wrong.status, 400)
    assert.strictEqual(wrong.code, "malformed_path")
    assert.strictEqual(wrong.allowed, "")
  })

  it.each([
    ["/v1/models?x=%zz", 405],
    ["/v1/messages/%7Bid%7D", 404]
  ])("is no 400 where its path can be read: %s", (url, status) => {
    assert.strictEqual(of("DELETE", url).status, status)
  })
})

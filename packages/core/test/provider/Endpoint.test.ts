import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as RequestOf from "../../src/domain/Request.ts"
import * as Endpoint from "../../src/provider/Endpoint.ts"
import { builtIn } from "../../src/provider/protocols/builtIn.ts"

const path = (url: string, written: string) => Endpoint.make(url)?.path(written)

describe("Endpoint", () => {
  it("puts a protocol's path behind the url's own, whether that ends in a slash or not", () => {
    assert.strictEqual(path("https://host/base/", "/chat"), "/base/chat")
    assert.strictEqual(path("https://host/base", "/chat?a=1"), "/base/chat?a=1")
    assert.strictEqual(path("https://host", "/chat"), "/chat")
  })

  it("keeps the url's query beside the protocol's", () => {
    assert.strictEqual(path("https://host/base?key=x", "/chat"), "/base/chat?key=x")
    assert.strictEqual(path("https://host/base?key=x", "/chat?alt=sse"), "/base/chat?alt=sse&key=x")
  })

  it("lets the url's query go before the protocol's where both name the same", () => {
    assert.strictEqual(
      path("https://host?api-version=2025-01-01", "/chat?api-version=2024-10-21&alt=sse"),
      "/chat?alt=sse&api-version=2025-01-01"
    )
  })

  it("reads no url but of http and https", () => {
    assert.isUndefined(Endpoint.make("ftp://host"))
    assert.isUndefined(Endpoint.make("nowhere"))
  })

  it.each(["gemini", "azure-openai", "bedrock-converse"] as const)(
    "has a place for every name of a model in the paths of %s, also for one that is cut within a character",
    (protocol) => {
      const written = builtIn[protocol]?.encode(RequestOf.text("hi"), { model: "a ?\ud83d", stream: false, quirks: {} })
      assert.include(written === undefined ? "" : Result.getOrThrow(written).path, "/a%20%3F%EF%BF%BD")
    }
  )
})

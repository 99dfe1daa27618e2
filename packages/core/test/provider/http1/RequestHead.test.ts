import { assert, describe, it } from "@effect/vitest"
import * as RequestHead from "../../../src/provider/http1/RequestHead.ts"

const make = RequestHead.make("api.test:8080")

describe("RequestHead.make", () => {
  it("writes line, host, headers in their order, and length", () => {
    const text = make("/v1?a=b", ["x-a", "1", "X-B", "\xe9\t2"], 12)
    assert.strictEqual(
      text,
      "POST /v1?a=b HTTP/1.1\r\nhost: api.test:8080\r\nconnection: keep-alive\r\nx-a: 1\r\nX-B: \xe9\t2\r\ncontent-length: 12\r\n\r\n"
    )
  })

  it("lets a signature say the host, and writes the same headers for another request", () => {
    const headers = ["Host", "signed.test", "x-a", "1"]
    const rest = "HTTP/1.1\r\nhost: signed.test\r\nconnection: keep-alive\r\nx-a: 1\r\ncontent-length:"
    assert.strictEqual(make("/", headers, 0), `POST / ${rest} 0\r\n\r\n`)
    assert.strictEqual(make("/b", headers, 1), `POST /b ${rest} 1\r\n\r\n`)
  })

  it("writes nothing that would begin a line, or end the request elsewhere", () => {
    const wrong = [
      ["a", "b\r\nc: d"],
      ["a", "b\n"],
      ["a", "\0"],
      ["a", "\u0100"],
      ["a b", "c"],
      ["", "c"],
      ["a:", "c"],
      ["Content-Length", "1"]
    ]
    for (const headers of [...wrong, ["Transfer-Encoding", "chunked"], ["connection", "close"]])
      assert.throws(() => make("/", headers, 0), /invalid .*header/, JSON.stringify(headers))
    for (const path of ["/a b", "/\r\n", "/\u0100"]) assert.throws(() => make(path, [], 0), /invalid request path/)
  })
})

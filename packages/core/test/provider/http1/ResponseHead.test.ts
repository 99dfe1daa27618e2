import { assert, describe, it } from "@effect/vitest"
import * as ResponseHead from "../../../src/provider/http1/ResponseHead.ts"

const read = (...lines: ReadonlyArray<string>) => ResponseHead.read(["HTTP/1.1 200 OK", ...lines].join("\r\n"))

describe("ResponseHead.read", () => {
  it("gives the status, and the headers by lower-cased names without blanks around their values", () => {
    const head = ResponseHead.read(
      "HTTP/1.1 429\r\nX-A:1\r\nx-b: \tb c\t \r\nX-a: 2\r\nx-A: \xe9\r\nconstructor: own\r\nempty:"
    )
    assert.strictEqual(head.status, 429)
    assert.deepStrictEqual(head.headers, { "x-a": ["1", "2", "\xe9"], "x-b": "b c", constructor: "own", empty: "" })
  })

  it("knows what ends the body", () => {
    const body = (...lines: ReadonlyArray<string>) => read(...lines).body
    assert.strictEqual(body(), "close")
    assert.strictEqual(body("content-length: 007"), 7)
    assert.strictEqual(body("transfer-encoding: gzip, Chunked"), "chunks")
    assert.strictEqual(body("transfer-encoding: chunked, gzip"), "close")
    for (const status of [103, 204, 304])
      assert.strictEqual(ResponseHead.read(`HTTP/1.1 ${status} None\r\ncontent-length: 3`).body, 0)
  })

  it("knows whether the connection goes on, and for how long", () => {
    const length = "content-length: 0"
    assert.isTrue(read(length).stays)
    assert.isFalse(read(length, "connection: x, Close").stays)
    assert.isFalse(read().stays)
    assert.isFalse(ResponseHead.read(`HTTP/1.0 200 OK\r\n${length}`).stays)
    assert.isTrue(ResponseHead.read(`HTTP/1.0 200 OK\r\n${length}\r\nconnection: Keep-Alive`).stays)
    assert.isUndefined(read(length).idleMs)
    assert.strictEqual(read(length, "keep-alive: max=3, timeout=5").idleMs, 5000)
  })

  it("refuses a head before the answer's own on a connection that ends with it", () => {
    for (const text of ["HTTP/1.0 103 Early Hints", "HTTP/1.1 103 Early Hints\r\nconnection: close"])
      assert.throws(() => ResponseHead.read(text), /HTTP\/1.1 protocol/, text)
  })

  it("refuses what could be taken for another answer", () => {
    const wrong = [
      ["content-length: 1", "transfer-encoding: chunked"],
      ["content-length: 1", "content-length: 1"],
      ...["", "-1", "+1", "1x", "1,1", "9".repeat(16)].map((length) => [`content-length: ${length}`]),
      ...["a : 1", " a: 1", "a", ": 1", "a: 1\nb: 2", "a: \0", "a: \x7f", "a\xe9: 1", "a: 1\rb: 2"].map((line) => [
        line
      ])
    ]
    for (const lines of wrong) assert.throws(() => read(...lines), /HTTP\/1.1 protocol/, JSON.stringify(lines))
    for (const line of [
      "HTTP/2.0 200 OK",
      "HTTP/1.1 99 No",
      "HTTP/1.1 099 No",
      "HTTP/1.1 2000",
      "HTTP/1.1  200",
      "HTTP/1.1 200 O\nK",
      "HTTP/1.1 200 O\rK\na: 1",
      "ICY 200 OK"
    ])
      assert.throws(() => ResponseHead.read(line), /Invalid status line/, line)
  })
})

describe("ResponseHead.expect", () => {
  it("throws as soon as it can be no head", () => {
    for (const begun of ["", "H", "HTTP/1.", "HTTP/1.1 200 OK\r\na: 1\r"]) ResponseHead.expect(begun)
    for (const begun of ["S", "SSH-2.0", "HTTP/2", "HTTP/1.1 200 OK\n"])
      assert.throws(() => ResponseHead.expect(begun), /Invalid head/, begun)
  })
})

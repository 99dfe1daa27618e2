import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Json from "@orelse/core/domain/Json"
import { connect } from "node:net"
import * as Gateway from "../support/gateway.ts"

describe("what comes over the wire", () => {
  let gateway: Gateway.TestGateway
  beforeAll(async () => {
    gateway = await Gateway.start(
      "server: { headersTimeout: 200ms, requestTimeout: 400ms }\nroutes: { first: [demo/echo] }"
    )
  })
  afterAll(() => gateway.close())

  /** Sends bytes, and more of them once something came back; what came back until the connection was closed. */
  const send = (text: string, then = "", url = gateway.url): Promise<string> =>
    new Promise((done) => {
      const socket = connect(Number(new URL(url).port), "127.0.0.1", () => socket.write(text))
      const pieces: Array<Buffer> = []
      socket.on("data", (piece) => pieces.push(piece))
      socket.once("data", () => socket.write(then))
      socket.on("error", () => undefined)
      socket.on("close", () => done(Buffer.concat(pieces).toString()))
    })

  const body = JSON.stringify({ model: "first", messages: [{ role: "user", content: "hi" }] })
  const head = "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\n"

  it.each([
    ["connection: Upgrade, HTTP2-Settings, close\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__\r\n"],
    ["connection: upgrade, close\r\nupgrade: websocket\r\nsec-websocket-key: x\r\nsec-websocket-version: 13\r\n"]
  ])("is answered over HTTP/1.1 where it asks for an upgrade, as Java's client does: %j", async (headers) => {
    const text = await send(`${head}${headers}content-length: ${body.length}\r\n\r\n${body}`)
    assert.match(text, /^HTTP\/1\.1 200 OK\r\n/)
    assert.include(text, "You said: hi")
  })

  it.each([
    ["headers above 32 KiB", `${head}x-a: ${"a".repeat(65_536)}\r\n\r\n`, 431, "headers_too_large"],
    ["no HTTP", "\x16\x03\x01\x02\x00\x01\r\n\r\n", 400, "malformed_http"],
    ["two lengths", `${head}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}`, 400, "malformed_http"],
    ["a body that does not end", `${head}content-length: 9\r\n\r\n{}`, 408, "request_timeout"],
    ["headers that do not end", `${head}x-a: `, 408, "request_timeout"],
    ["two hosts", `${head}Host: y\r\ncontent-length: ${body.length}\r\n\r\n${body}`, 400, "several_hosts"],
    ["two hosts of one name", `${head}host: x\r\ncontent-length: 2\r\n\r\n{}`, 400, "several_hosts"],
    ["CONNECT", "CONNECT example.com:443 HTTP/1.1\r\nhost: example.com:443\r\n\r\n", 405, "method_not_allowed"],
    ["CONNECT, and TLS at once", "CONNECT a:443 HTTP/1.1\r\nhost: a\r\n\r\n\x16\x03\x01", 405, "method_not_allowed"],
    ["CONNECT to an endpoint", `${head.replace("POST", "CONNECT")}\r\n`, 405, "method_not_allowed"]
  ])("is refused with what is wrong: %s", async (_, text, status, code) => {
    const answer = await send(text)
    assert.strictEqual(Number(answer.split(" ")[1]), status)
    assert.strictEqual(Json.at(Json.parse(answer.slice(answer.indexOf("\r\n\r\n") + 4)), "error", "code"), code)
  })

  it.each(["x y", "x/y", "u@x", "x:port", "x:1:2", "[::1", "[::1]x", "h%zz", "höst", '"x"', "http://x"])(
    "is refused where its host is none: %s",
    async (host) => {
      const answer = await send(`GET /v1/models HTTP/1.1\r\nhost: ${host}\r\n\r\n`)
      assert.match(answer, /^HTTP\/1\.1 400 /)
      const said = Json.parse(answer.slice(answer.indexOf("\r\n\r\n") + 4))
      assert.strictEqual(Json.at(said, "error", "code"), "malformed_host")
    }
  )

  it.each(["", "x", "X_1.example.:8080", "127.0.0.1:", "[::1]:80", "[fe80::1%25en0]", "a-b~c!$&'()*+,;=%C3%B6"])(
    "is answered whatever valid host it names: %j",
    async (host) => {
      const answer = await send(`GET /health/live HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`)
      assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/)
    }
  )

  it("says in its caller's dialect what a host is", async () => {
    const answer = await send("POST /v1/messages HTTP/1.1\r\nhost: a b\r\ncontent-length: 2\r\n\r\n{}")
    const said = Json.parse(answer.slice(answer.indexOf("\r\n\r\n") + 4))
    assert.strictEqual(Json.at(said, "type"), "error")
    assert.match(Json.string(Json.at(said, "error", "message")) ?? "", /header host.*send/)
    assert.match(answer, /\r\nconnection: close\r\n/i)
  })

  it("says of CONNECT what it takes, and who sends that", async () => {
    const answer = await send("CONNECT example.com:443 HTTP/1.1\r\nhost: example.com:443\r\n\r\n")
    assert.include(answer, "\r\nallow: GET, HEAD, POST\r\n")
    assert.include(answer, "Orelse is no proxy")
    assert.include(answer, "HTTPS_PROXY")
  })

  it("cuts whoever sends CONNECT into an answer that is under way, and goes on serving others", async () => {
    const stream = JSON.stringify({ ...Json.object(Json.parse(body)), stream: true, model: "demo/slow" })
    const asked = `${head}content-length: ${stream.length}\r\n\r\n${stream}`
    const answer = await send(asked, "CONNECT a:443 HTTP/1.1\r\nhost: a\r\n\r\n")
    assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/)
    assert.notInclude(answer, "Orelse is no proxy")
    assert.strictEqual((await fetch(`${gateway.url}/health/live`)).status, 200)
  })

  const expecting = `${head}expect: 100-continue\r\nconnection: close\r\n`

  it("is asked for where a client waits for that before it sends its body", async () => {
    const text = await send(`${expecting}content-length: ${body.length}\r\n\r\n`, body)
    assert.match(text, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/)
    assert.include(text, "You said: hi")
  })

  it("is asked for once where a client does not wait for it, and answered", async () => {
    const text = await send(`${expecting}content-length: ${body.length}\r\n\r\n${body}`)
    assert.match(text, /^(HTTP\/1\.1 100 Continue\r\n\r\n)?HTTP\/1\.1 200 OK\r\n/)
  })

  it("is asked for where events are told, too", async () => {
    const event = JSON.stringify({ type: "step" })
    const text = await send(
      `${expecting.replace("/v1/chat/completions", "/v1/events")}content-length: ${event.length}\r\n\r\n`,
      event
    )
    assert.match(text, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 202 /)
  })

  it.each([
    ["a declared length above maxBodySize", `content-length: ${64 * 1024 * 1024}`, 413],
    ["an encoding that is not supported", "content-length: 9\r\ncontent-encoding: br", 415],
    ["a transfer coding that is not supported", "transfer-encoding: gzip, chunked", 400],
    ["the same in two lines", "transfer-encoding: gzip\r\ntransfer-encoding: chunked", 400]
  ])("is refused before it is asked for, and its connection ends: %s", async (_, headers, status) => {
    const text = await send(`${expecting.replace("connection: close\r\n", "")}${headers}\r\n\r\n`)
    assert.strictEqual(Number(text.split(" ")[1]), status)
    assert.match(text, /\r\nconnection: close\r\n/i)
  })

  it.each(["/v1/chat/completions", "/v1/events"])(
    "is not taken for what it is not where it is compressed for its way here: %s",
    async (path) => {
      const sent = JSON.stringify({ ...JSON.parse(body), type: "step" })
      const text = await send(
        `${head.replace("/v1/chat/completions", path)}connection: close\r\ntransfer-encoding: gzip, chunked\r\n\r\n${sent.length.toString(16)}\r\n${sent}\r\n0\r\n\r\n`
      )
      assert.match(text, /^HTTP\/1\.1 400 /)
      assert.include(text, 'transfer-encoding \\"gzip, chunked\\"')
    }
  )

  it("is read where its transfer coding is written in capitals", async () => {
    const text = await send(
      `${head}connection: close\r\ntransfer-encoding: Chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`
    )
    assert.match(text, /^HTTP\/1\.1 200 OK\r\n/)
  })

  it("is not asked for where its caller has no key", async () => {
    const closed = await Gateway.start("callers: [{ name: a, key: caller-key }]")
    const text = await send(`${expecting}content-length: ${body.length}\r\n\r\n`, "", closed.url)
    await closed.close()
    assert.match(text, /^HTTP\/1\.1 401 /)
  })

  it("needs neither a host nor an expectation that is met where it is HTTP/1.0", async () => {
    const text = await send("GET /health/live HTTP/1.0\r\nexpect: x-wonders\r\n\r\n")
    assert.match(text, /^HTTP\/1\.1 200 OK\r\n/)
  })

  it("ends an answer that is under way without a word where garbage follows its request", async () => {
    const slow = JSON.stringify({
      model: "demo/slow",
      stream: true,
      messages: [{ role: "user", content: "one two three" }]
    })
    const text = await send(`${head}content-length: ${slow.length}\r\n\r\n${slow}`, "GARBAGE\r\n\r\n")
    assert.match(text, /^HTTP\/1\.1 200 OK/)
    assert.notInclude(text, "malformed_http")
  })
})

import { afterAll, assert, beforeAll, beforeEach, describe, it } from "@effect/vitest"
import { answer } from "../support/Answers.ts"
import * as Attacks from "../support/attacks.ts"
import * as Gateway from "../support/gateway.ts"
import * as ScriptedServer from "../support/ScriptedServer.ts"

const configuration = (url: string) => `
providers:
  open: { protocol: openai-chat, url: ${url}/v1, keys: [sk-open-secret], headers: { x-team: research } }
  anth: { protocol: anthropic-messages, url: ${url}, keys: [sk-ant-secret] }
  gem: { protocol: gemini, url: ${url}, keys: [gem-secret] }
policies:
  once: { from: recommended, retry: { others: 0, last: 0 } }
routes:
  once: { try: [open/once], policy: once }
`
const messages = [{ role: "user", content: "hi" }]

describe("a gateway whose caller or provider is hostile", () => {
  let server: ScriptedServer.ScriptedServer
  let evil: ScriptedServer.ScriptedServer
  let gateway: Gateway.TestGateway
  beforeAll(async () => {
    server = await ScriptedServer.start()
    evil = await ScriptedServer.start({ script: answer() })
    gateway = await Gateway.start(configuration(server.url))
  })
  beforeEach(() => {
    server.use(answer())
    server.forget()
    evil.forget()
  })
  afterAll(async () => {
    await gateway.close()
    await server.close()
    await evil.close()
  })

  const post = (body: unknown, headers: Readonly<Record<string, string>> = {}, path = "/v1/chat/completions") =>
    fetch(gateway.url + path, { method: "POST", headers, body: JSON.stringify(body) })

  for (const status of [301, 302, 303, 307, 308]) {
    for (const stream of [false, true]) {
      it(`does not follow a ${status} of a provider, ${stream ? "streamed" : "whole"}: no key and no prompt goes there`, async () => {
        server.use({ status, headers: { location: `${evil.url}/v1/chat/completions` }, pieces: [""] })
        const response = await post({ model: "once", stream, messages })
        const text = await response.text()
        assert.strictEqual(response.status, 502, text)
        assert.strictEqual(server.requests.length, 1)
        assert.strictEqual(evil.connections.length, 0)
        assert.isNull(response.headers.get("location"))
      })
    }
  }

  const steers: ReadonlyArray<readonly [string, object, Readonly<Record<string, string>>]> = [
    ["fields that name a url", { url: "EVIL", base_url: "EVIL/v1", api_base: "EVIL/v1", endpoint: "EVIL" }, {}],
    ["options that name a url", { orelse: { url: "EVIL", baseUrl: "EVIL", provider: "EVIL" } }, {}],
    ["a host header", {}, { "x-forwarded-host": "EVIL", "x-original-url": "EVIL", "x-rewrite-url": "EVIL" }],
    ["headers that name a url", {}, { "x-orelse-url": "EVIL", "x-base-url": "EVIL", "openai-base-url": "EVIL" }]
  ]
  for (const [what, body, headers] of steers) {
    it(`asks the configured host whatever ${what} say`, async () => {
      const put = <A extends object>(value: A): A => JSON.parse(JSON.stringify(value).replaceAll("EVIL", evil.url)) as A
      await (await post({ model: "open/m", messages, ...put(body) }, put(headers))).text()
      assert.strictEqual(evil.connections.length, 0)
      for (const request of server.requests) {
        assert.strictEqual(request.path, "/v1/chat/completions")
        assert.strictEqual(request.headers["host"], new URL(server.url).host)
      }
    })
  }

  it("asks the configured host where the request line itself names another", async () => {
    const body = JSON.stringify({ model: "open/m", messages })
    const head = `POST ${evil.url}/v1/chat/completions HTTP/1.1\r\nhost: ${new URL(evil.url).host}\r\n`
    await Attacks.garbage(
      gateway.url,
      `${head}connection: close\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      3_000
    )
    assert.strictEqual(evil.connections.length, 0)
  })

  const models = [
    "gem/../../../evil",
    "gem/x?key=stolen&alt=sse",
    "gem/x#fragment",
    "gem/x/../../files",
    "gem/@evil.example/x",
    "gem/x\r\nx-injected: 1",
    "gem/\u0000\u2028",
    "gem/%2e%2e%2f"
  ]
  for (const model of models) {
    it(`puts the model ${JSON.stringify(model)} into the path as one name, or refuses it`, async () => {
      await (await post({ model, messages })).text()
      assert.strictEqual(evil.connections.length, 0)
      for (const request of server.requests) {
        assert.match(request.path, /^\/v1beta\/models\/[^?#]+:generateContent$/)
        assert.strictEqual(new URL(request.path, server.url).pathname, request.path)
        assert.notProperty(request.headers, "x-injected")
      }
    })
  }

  it("lets no header of a caller over but the short allow-list, and sends the provider's own key", async () => {
    const headers = {
      authorization: "Bearer callers-own-key",
      "x-api-key": "callers-own-key",
      "x-goog-api-key": "callers-own-key",
      "proxy-authorization": "Basic callers-own-key",
      cookie: "session=callers-own-key",
      "x-forwarded-for": "192.0.2.1",
      "x-forwarded-host": "callers-own-host",
      "x-real-ip": "192.0.2.1",
      forwarded: "for=192.0.2.1",
      via: "1.1 callers-own-proxy",
      "sec-fetch-mode": "cors",
      origin: "https://callers-own-site",
      referer: "https://callers-own-site/secret",
      "user-agent": "callers-own-agent",
      traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
      baggage: "secret=callers-own-baggage",
      "x-orelse-tags": "callers-own-tag",
      "x-anything": "callers-own-thing",
      "anthropic-beta": "some-beta"
    }
    for (const path of ["/v1/chat/completions", "/v1/messages"]) {
      for (const model of ["open/m", "anth/m"])
        await (await post({ model, max_tokens: 5, messages }, headers, path)).text()
    }
    assert.strictEqual(server.requests.length, 4)
    const strangers = new Set(Object.keys(headers).filter((name) => name !== "anthropic-beta"))
    for (const request of server.requests) {
      assert.notInclude(JSON.stringify(request), "callers-own")
      const own = new Set(["authorization", "x-api-key", "user-agent"])
      assert.deepStrictEqual(
        Object.keys(request.headers).filter((name) => strangers.has(name) && !own.has(name)),
        []
      )
      const key = String(request.headers["authorization"] ?? request.headers["x-api-key"])
      assert.match(key, /^(Bearer sk-open|sk-ant)-secret$/)
    }
  })

  it("lets a caller's features over to the providers that have them, and its version of the API with its own words alone", async () => {
    const headers = {
      "anthropic-version": "2023-01-01",
      "anthropic-beta": "context-1m-2025-08-07,files-api-2025-04-14",
      "openai-beta": "assistants=v2"
    }
    const asked = async (path: string, model: string) => {
      await (await post({ model, max_tokens: 5, messages }, headers, path)).text()
      const sent = server.requests.at(-1)?.headers ?? {}
      return Object.keys(headers).map((name) => sent[name])
    }
    const { "anthropic-beta": beta, "anthropic-version": version, "openai-beta": openai } = headers
    assert.deepStrictEqual(await asked("/v1/messages", "anth/m"), [version, beta, undefined])
    assert.deepStrictEqual(await asked("/v1/chat/completions", "anth/m"), ["2023-06-01", beta, undefined])
    assert.deepStrictEqual(await asked("/v1/messages", "open/m"), [undefined, undefined, openai])
    assert.deepStrictEqual(await asked("/v1/chat/completions", "open/m"), [undefined, undefined, openai])
  })

  it("takes headers that are of one connection alone no further, and neither those that `connection` names so", async () => {
    const body = JSON.stringify({ model: "open/m", messages })
    const headers = {
      connection: "close, anthropic-beta, x-of-this-hop",
      te: "trailers",
      trailer: "x-later",
      "keep-alive": "timeout=99",
      "proxy-connection": "keep-alive",
      "proxy-authenticate": "Basic",
      "x-of-this-hop": "callers-own",
      "content-length": String(body.length)
    }
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: gateway\r\n${lines.join("")}\r\n`
    assert.match(await Attacks.garbage(gateway.url, head + body, 3_000), /^HTTP\/1\.1 200 /)
    assert.strictEqual(server.requests.length, 1)
    for (const request of server.requests) {
      assert.notMatch(JSON.stringify(request), /callers-own|trailers|x-later|timeout=99/)
      for (const name of ["te", "trailer", "proxy-connection", "proxy-authenticate", "x-of-this-hop"])
        assert.notProperty(request.headers, name)
    }
  })

  it("lets no header of a provider over", async () => {
    const headers = {
      "set-cookie": "__cf_bm=providers-own; path=/",
      server: "providers-own",
      "openai-organization": "providers-own",
      "x-request-id": "providers-own",
      "x-ratelimit-remaining-requests": "7",
      "access-control-allow-origin": "*",
      "strict-transport-security": "max-age=1",
      "alt-svc": 'h3=":443"',
      link: "<providers-own>",
      "www-authenticate": "Bearer realm=providers-own"
    }
    for (const stream of [false, true]) {
      for (const status of [200, 401]) {
        server.use(status === 200 ? answer({}, { headers }) : { status, headers, pieces: ["{}"] })
        const response = await post({ model: "once", stream, messages })
        await response.text()
        const names = [...response.headers.keys()].filter((name) => !name.startsWith("x-orelse-"))
        const ours = ["connection", "content-length", "content-type", "cache-control", "date", "keep-alive"]
        const own = [...ours, "transfer-encoding", "x-should-retry", "x-request-id"]
        assert.deepStrictEqual(
          names.filter((name) => !own.includes(name)),
          []
        )
        assert.strictEqual(response.headers.get("x-request-id"), response.headers.get("x-orelse-call-id"))
      }
    }
  })

  it("says that a whole answer is JSON, as which it was read, whatever its provider calls it: no browser takes it for a page", async () => {
    for (const type of ["text/html", "text/plain; charset=latin1", "multipart/mixed; boundary=x"]) {
      server.use(answer({}, { headers: { "content-type": type } }))
      const response = await post({ model: "once", messages })
      assert.strictEqual(response.headers.get("content-type"), "application/json")
      assert.strictEqual(response.status, 200, await response.text())
    }
  })
})

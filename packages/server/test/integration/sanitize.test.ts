import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { answer } from "../support/Answers.ts"
import { chatError } from "../support/answers/OpenAiChat.ts"
import * as Gateway from "../support/gateway.ts"
import * as ScriptedServer from "../support/ScriptedServer.ts"
import { failure } from "../support/Step.ts"

/** Every name by which a caller could tell who answered, and under what account. */
const identities = [
  "secretprov",
  "secretmodel",
  "secretkey",
  "org-secret",
  "fp_86f87dc6f1",
  "duldcoxu",
  "insufficient",
  "current quota",
  "127.0.0.1"
]

const configuration = (url: string) => `
server: { sanitize: true }
providers:
  secretprov: { protocol: openai-chat, url: ${url}/v1, keys: [{ name: secretkey, value: sk-x }], models: { secretmodel-good: {} } }
  secretprovant: { protocol: anthropic-messages, url: ${url}, keys: [{ name: secretkey, value: sk-y }] }
policies:
  once: { from: recommended, retry: { others: 0, last: 0 }, deadline: 20s }
  hurried: { from: once, timeouts: { firstContent: 300ms } }
routes:
  good: { try: [secretprov/secretmodel-good], policy: once }
  anth: { try: [secretprovant/secretmodel-good], policy: once }
  cut: { try: [secretprov/secretmodel-cut], policy: once }
  limited: { try: [secretprov/secretmodel-limited], policy: once }
  quotas: { try: [secretprov/secretmodel-quota], policy: once }
  unauthorized: { try: [secretprov/secretmodel-unauthorized], policy: once }
  invalid: { try: [secretprov/secretmodel-invalid], policy: once }
  silent: { try: [secretprov/secretmodel-silent], policy: hurried }
`

describe("a gateway with sanitize", () => {
  let server: ScriptedServer.ScriptedServer
  let gateway: Gateway.TestGateway
  beforeAll(async () => {
    const said = (status: number, text: string, type?: string) =>
      failure(status, chatError(`secretprov (org-secret): ${text}`, type), { "x-request-id": "org-secret" })
    server = await ScriptedServer.start({
      script: ScriptedServer.byModel({
        "secretmodel-good": answer({ model: "secretmodel-good" }),
        "secretmodel-cut": answer({ model: "secretmodel-cut", cutAfter: 2, ending: "reset" }),
        "secretmodel-limited": said(429, "slow down"),
        "secretmodel-quota": said(429, "You exceeded your current quota", "insufficient_quota"),
        "secretmodel-unauthorized": said(401, "Incorrect API key provided: sk-x"),
        "secretmodel-invalid": said(400, "temperature must be below 2", "invalid_request_error"),
        "secretmodel-silent": { fault: { kind: "stall", after: "request" } }
      })
    })
    gateway = await Gateway.start(configuration(server.url))
  })
  afterAll(async () => {
    await gateway.close()
    await server.close()
  })

  const ask = async (path: string, model: string, stream: boolean) => {
    const body = JSON.stringify({ model, stream, max_tokens: 10, messages: [{ role: "user", content: "hi" }] })
    const response = await fetch(gateway.url + path, { method: "POST", body })
    const text = await response.text()
    return { status: response.status, text, all: text + JSON.stringify([...response.headers]) }
  }

  const assertNobodyNamed = (text: string) => {
    for (const identity of identities) assert.notInclude(text.toLowerCase(), identity)
  }

  for (const path of ["/v1/chat/completions", "/v1/messages"]) {
    for (const stream of [false, true]) {
      for (const model of ["good", "anth"]) {
        it(`answers ${path} through ${model}, ${stream ? "streamed" : "whole"}, under the name that was asked for`, async () => {
          const { all, status, text } = await ask(path, model, stream)
          assert.strictEqual(status, 200)
          assert.include(text, "Hello")
          assert.include(text, `"model":"${model}"`)
          assert.include(all, "x-orelse-call-id")
          assertNobodyNamed(all)
        })
      }

      for (const [model, wanted] of [
        ["limited", 429],
        ["quotas", 429],
        ["unauthorized", 502],
        ["invalid", 400],
        ["silent", 504],
        ["goood", 404]
      ] as const) {
        it(`says ${wanted} of ${model} at ${path}, ${stream ? "streamed" : "whole"}, and not of whom`, async () => {
          const { all, status, text } = await ask(path, model, stream)
          assert.strictEqual(status, wanted)
          assert.isAbove((JSON.parse(text) as { error: { message: string } }).error.message.length, 10)
          assertNobodyNamed(all)
        })
      }
    }

    it(`ends a stream of ${path} that was cut with an error that names nobody`, async () => {
      const { all, text } = await ask(path, "cut", true)
      assert.include(text, "was cut off")
      assert.notInclude(text, "[DONE]")
      assertNobodyNamed(all)
    })
  }

  it("refuses to ask for several answers where it would give the first alone", async () => {
    const messages = [{ role: "user", content: "hi" }]
    const contents = [{ role: "user", parts: [{ text: "hi" }] }]
    const post = (path: string, body: unknown) =>
      fetch(gateway.url + path, { method: "POST", body: JSON.stringify(body) })
    const before = server.requests.length
    for (const stream of [false, true]) {
      for (const model of ["good", "anth"]) {
        const { status } = await post("/v1/chat/completions", { model, messages, stream, n: 2 })
        assert.strictEqual(status, 400)
      }
    }
    const generationConfig = { candidateCount: 2 }
    const { status } = await post("/v1beta/models/good:generateContent", { contents, generationConfig })
    assert.strictEqual(status, 400)
    assert.strictEqual(server.requests.length, before)
    assert.strictEqual((await post("/v1/chat/completions", { model: "good", messages, n: 1 })).status, 200)
  })

  it("names no target beside a model whose tokens it cannot count", async () => {
    const body = { model: "secretpro/secretmodel-good", messages: [{ role: "user", content: "hi" }] }
    for (const path of ["/v1/messages/count_tokens", "/v1beta/models/secretpro/secretmodel-good:countTokens"]) {
      const response = await fetch(`${gateway.url}${path}`, { method: "POST", body: JSON.stringify(body) })
      assert.strictEqual(response.status, 404)
      assert.notInclude(await response.text(), "secretprov")
    }
  })

  it("lists routes alone, and keeps metrics for operators", async () => {
    const models = await (await fetch(`${gateway.url}/v1/models`)).text()
    assert.include(models, '"good"')
    assertNobodyNamed(models)
    const afar = await fetch(`${gateway.url}/metrics`, { headers: { "x-forwarded-for": "192.0.2.1" } })
    assert.strictEqual(afar.status, 403)
    assertNobodyNamed(await afar.text())
    assert.include(await (await fetch(`${gateway.url}/metrics`)).text(), "secretprov")
  })

  it("keeps the whole story on record", async () => {
    const rows = await gateway.calls()
    const failed = rows.find(({ call }) => call.route === "unauthorized")
    assert.strictEqual(failed?.attempts[0]?.reason, "Unauthenticated")
    assert.strictEqual(failed?.call.status, 502)
    assert.include(failed?.attempts[0]?.message, "org-secret")
  })
})

describe("a gateway with sanitize and callers", () => {
  it("says 403 of what a caller may not use, and not by whose names it may use others", async () => {
    const gateway = await Gateway.start(
      `${configuration("http://127.0.0.1:1")}callers: [{ name: a, key: caller-key-a, routes: [secretprov/*, good] }]\n`
    )
    for (const path of ["/v1/chat/completions", "/v1/messages/count_tokens"]) {
      const response = await fetch(gateway.url + path, {
        method: "POST",
        headers: { authorization: "Bearer caller-key-a" },
        body: JSON.stringify({ model: "anth", messages: [{ role: "user", content: "hi" }] })
      })
      assert.strictEqual(response.status, 403)
      const text = await response.text()
      assert.include(text, "may not use")
      for (const identity of identities) assert.notInclude(text, identity)
    }
    await gateway.close()
  })
})

import Anthropic, { PermissionDeniedError as AnthropicDenied } from "@anthropic-ai/sdk"
import { ApiError, GoogleGenAI } from "@google/genai"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import OpenAI, { PermissionDeniedError as OpenAIDenied } from "openai"
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { answer } from "../support/Answers.ts"
import * as Gateway from "../support/gateway.ts"
import * as ScriptedServer from "../support/ScriptedServer.ts"

const configuration = (url: string, ledger: string) => `
providers:
  mine: { protocol: openai-chat, url: ${url}/v1, keys: [sk-provider-secret], models: { good: {}, other: {} } }
routes:
  smart: { try: [mine/good] }
  cheap: { try: [mine/other], orElse: smart }
  hidden: { try: [mine/good] }
callers:
  - { name: team-a, key: caller-key-a, routes: [smart, cheap] }
  - { name: team-b, key: "\${KEY_B}", routes: [mine/good, demo/*] }
  - { name: team-c, key: caller-key-c }
  - { name: team-d, key: "\${UNSET}" }
ledger: { store: sqlite, path: ${ledger} }
`

const messages = [{ role: "user" as const, content: "hi" }]

describe("a gateway with callers", () => {
  let folder: string
  let server: ScriptedServer.ScriptedServer
  let gateway: Gateway.TestGateway
  const openai = (apiKey: string) => new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey, maxRetries: 0 })
  const anthropic = (apiKey: string) => new Anthropic({ baseURL: gateway.url, apiKey, maxRetries: 0 })
  const post = (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
    fetch(`${gateway.url}${path}`, { method: "POST", body: JSON.stringify(body), headers })
  const failureOf = (call: Promise<unknown>) =>
    call.then(
      () => assert.fail("it was answered"),
      (error: unknown) => error
    )

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "orelse-callers-"))
    server = await ScriptedServer.start()
    server.use(answer())
    gateway = await Gateway.start(configuration(server.url, join(folder, "orelse.db")), { KEY_B: "caller-key-b" })
  })
  afterAll(async () => {
    await gateway.close()
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it("answers 401 where no key is shown, in each dialect's form, and asks no provider", async () => {
    const before = server.requests.length
    const chat = await post("/v1/chat/completions", { model: "smart", messages })
    assert.strictEqual(chat.status, 401)
    assert.strictEqual(chat.headers.get("www-authenticate"), "Bearer")
    const { error } = (await chat.json()) as { readonly error: Record<string, unknown> }
    assert.strictEqual(error["type"], "authentication_error")
    assert.strictEqual(error["code"], "missing_api_key")
    const claude = await post("/v1/messages", { model: "smart", max_tokens: 9, messages })
    assert.strictEqual(claude.status, 401)
    const body = (await claude.json()) as { readonly type: string; readonly error: { readonly type: string } }
    assert.deepStrictEqual([body.type, body.error.type], ["error", "authentication_error"])
    for (const path of ["/v1/models", "/v1/models?key="])
      assert.strictEqual((await fetch(gateway.url + path)).status, 401)
    assert.strictEqual((await post("/v1/events", { type: "run:start" })).status, 401)
    assert.strictEqual(server.requests.length, before)
  })

  it("answers 401 to a stranger's huge body without reading it", async () => {
    const response = await post("/v1/chat/completions", {
      model: "smart",
      messages,
      filler: "x".repeat(2 * 1024 * 1024)
    })
    assert.strictEqual(response.status, 401)
    assert.strictEqual(response.headers.get("connection"), "close")
  })

  it("answers 403 to a wrong key, as the SDKs expect it", async () => {
    for (const key of ["wrong", "caller-key-", "sk-provider-secret", "${UNSET}"]) {
      const chat = await failureOf(openai(key).chat.completions.create({ model: "smart", messages }))
      assert.instanceOf(chat, OpenAIDenied)
      assert.strictEqual(chat.code, "invalid_api_key")
      const claude = await failureOf(anthropic(key).messages.create({ model: "smart", max_tokens: 9, messages }))
      assert.instanceOf(claude, AnthropicDenied)
      assert.notInclude(JSON.stringify([chat, claude]), "caller-key-a")
    }
  })

  it("takes the key wherever an SDK puts it", async () => {
    await openai("caller-key-a").chat.completions.create({ model: "smart", messages })
    await anthropic("caller-key-a").messages.create({ model: "smart", max_tokens: 9, messages })
    const bearer = new Anthropic({ baseURL: gateway.url, apiKey: null, authToken: "caller-key-a", maxRetries: 0 })
    await bearer.messages.create({ model: "smart", max_tokens: 9, messages })
    const body = { model: "smart", messages }
    const google = await post("/v1/chat/completions", body, { "x-goog-api-key": "caller-key-b" })
    assert.strictEqual(google.status, 403)
    const query = await post("/v1/chat/completions?key=caller-key-c", body)
    assert.strictEqual(query.status, 200)
  })

  it("lets each caller use its routes only, also where it lists models itself", async () => {
    const a = openai("caller-key-a")
    await a.chat.completions.create({ model: "cheap", messages })
    for (const model of ["hidden", "mine/good", "demo/echo"]) {
      const error = await failureOf(a.chat.completions.create({ model, messages }))
      assert.instanceOf(error, OpenAIDenied)
      assert.strictEqual(error.code, "model_not_allowed")
      assert.include(error.message, `Caller "team-a" may not use "${model}"; it may use smart, cheap`)
    }
    const listed = await post(
      "/v1/chat/completions",
      { model: "smart", messages, orelse: { models: ["smart", "hidden"] } },
      { authorization: "Bearer caller-key-a" }
    )
    assert.strictEqual(listed.status, 403)
    const b = openai("caller-key-b")
    await b.chat.completions.create({ model: "mine/good", messages })
    await b.chat.completions.create({ model: "demo/echo", messages })
    assert.instanceOf(await failureOf(b.chat.completions.create({ model: "smart", messages })), OpenAIDenied)
    await openai("caller-key-c").chat.completions.create({ model: "hidden", messages })
  })

  it("names no route that a caller may not use as the nearest one", async () => {
    const near = async (key: string) =>
      String(await failureOf(openai(key).chat.completions.create({ model: "hiden", messages })))
    assert.include(await near("caller-key-c"), 'did you mean "hidden"?')
    assert.notInclude(await near("caller-key-a"), "hidden")
  })

  it("lists for each caller what it may send as model", async () => {
    const list = async (key: string) => {
      const ids: Array<string> = []
      for await (const model of openai(key).models.list()) ids.push(model.id)
      return ids
    }
    assert.deepStrictEqual(await list("caller-key-a"), ["smart", "cheap"])
    assert.deepStrictEqual(
      (await list("caller-key-b")).filter((id) => !id.startsWith("demo/")),
      ["mine/good"]
    )
    assert.includeMembers([...(await list("caller-key-c"))], ["smart", "cheap", "hidden", "mine/good", "mine/other"])
    assert.instanceOf(await failureOf(list("wrong")), OpenAIDenied)
  })

  it("knows callers of Gemini's dialect, by Google's SDK and by the key in the address", async () => {
    const google = (apiKey: string) => new GoogleGenAI({ apiKey, httpOptions: { baseUrl: gateway.url } })
    const ask = (key: string, model = "smart") => google(key).models.generateContent({ model, contents: "hi" })
    assert.isNotEmpty((await ask("caller-key-a")).text)
    const wrong = await failureOf(ask("wrong"))
    assert.instanceOf(wrong, ApiError)
    assert.strictEqual(wrong.status, 403)
    assert.include(wrong.message, "PERMISSION_DENIED")
    assert.strictEqual(((await failureOf(ask("caller-key-a", "hidden"))) as ApiError).status, 403)
    const body = { contents: [{ parts: [{ text: "hi" }] }] }
    assert.strictEqual((await post("/v1beta/models/smart:generateContent?key=caller-key-a", body)).status, 200)
    const missing = await post("/v1beta/models/smart:generateContent", body)
    const { error } = (await missing.json()) as { readonly error: { readonly code: number; readonly status: string } }
    assert.deepStrictEqual([missing.status, error.code, error.status], [401, 401, "UNAUTHENTICATED"])
    const listed: Array<string | undefined> = []
    for await (const model of await google("caller-key-a").models.list()) listed.push(model.name)
    assert.deepStrictEqual(listed, ["models/smart", "models/cheap"])
  })

  it("lets nobody count, look at or ask for what is not theirs by another address", async () => {
    const key = { authorization: "Bearer caller-key-a" }
    const asked = { model: "hidden", max_tokens: 9, messages, input: "hi" }
    for (const path of [
      "/v1/responses",
      "/v1/embeddings",
      "/v1/messages/count_tokens",
      "/v1beta/models/hidden:countTokens"
    ]) {
      assert.strictEqual((await post(path, asked)).status, 401, path)
      assert.strictEqual((await post(path, asked, key)).status, 403, path)
    }
    assert.strictEqual((await fetch(`${gateway.url}/v1/models/smart`, { headers: key })).status, 200)
    assert.notStrictEqual((await fetch(`${gateway.url}/v1/models/hidden`, { headers: key })).status, 200)
    assert.strictEqual((await fetch(`${gateway.url}/v1beta/models/smart`)).status, 401)
  })

  it("takes no key for the name of a model, and keeps it out of events", async () => {
    const headers = { authorization: "Bearer caller-key-c" }
    for (const asked of [
      { model: "mine/caller-key-c" },
      { model: "smart", orelse: { models: ["mine/caller-key-c"] } }
    ]) {
      const refused = await post("/v1/chat/completions", { ...asked, messages }, headers)
      assert.strictEqual(refused.status, 400)
      assert.notInclude(await refused.text(), "caller-key-")
    }
    const path = "/v1beta/models/mine%2Fcaller-key-c:generateContent?key=caller-key-c"
    assert.strictEqual((await post(path, { contents: [] })).status, 400)
    const event = { type: "caller-key-c", id: "caller-key-c", run: "caller-key-c" }
    assert.strictEqual((await post("/v1/events", event, headers)).status, 202)
  })

  it("keeps health and metrics open, and puts no limit's headers where there is none", async () => {
    for (const path of ["/health/live", "/health/ready", "/metrics"])
      assert.strictEqual((await fetch(gateway.url + path)).status, 200)
    const response = await post("/v1/chat/completions", { model: "smart", messages }, { "x-api-key": "caller-key-a" })
    assert.strictEqual(response.status, 200)
    assert.deepStrictEqual(
      [...response.headers.keys()].filter((name) => name.startsWith("x-ratelimit")),
      []
    )
  })

  it("counts who was turned away, and why", async () => {
    const text = await (await fetch(`${gateway.url}/metrics`)).text()
    assert.match(text, /^orelse_callers_refused_total\{reason="missing"\} [1-9]/m)
    assert.match(text, /^orelse_callers_refused_total\{reason="wrong"\} [1-9]/m)
    assert.match(text, /^orelse_callers_refused_total\{caller="team-a",reason="notAllowed"\} [1-9]/m)
  })

  it("records the caller's name with each call, and a key nowhere", async () => {
    const rows = await gateway.calls()
    assert.sameMembers([...new Set(rows.map(({ call }) => call.caller))], ["team-a", "team-b", "team-c"])
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    assert.isNotEmpty(files)
    for (const file of files) assert.notInclude(readFileSync(join(file.parentPath, file.name), "latin1"), "caller-key-")
    assert.notInclude(JSON.stringify(rows), "caller-key-")
    assert.notInclude(await (await fetch(`${gateway.url}/metrics`)).text(), "caller-key-")
    for (const request of server.requests) assert.notInclude(JSON.stringify(request.headers), "caller-key-")
  })
})

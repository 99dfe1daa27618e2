import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as KeyHash from "@orelse/core/layer/config/KeyHash"
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { vi } from "vitest"
import { answer } from "../support/Answers.ts"
import { chatError } from "../support/answers/OpenAiChat.ts"
import * as Collector from "../support/collector.ts"
import * as Gateway from "../support/gateway.ts"
import type { RecordedRequest } from "../support/Recorded.ts"
import * as ScriptedServer from "../support/ScriptedServer.ts"
import { failure, type Step } from "../support/Step.ts"

/** None has the shape of a key: nothing but knowing them keeps them back. */
const planted = {
  provider: "planted-provider",
  anthropic: "planted-anthropic",
  caller: "planted-caller",
  other: "planted-other-caller",
  hashed: "planted-hashed-caller",
  admin: "planted-admin",
  collector: "planted-collector",
  stranger: "planted-stranger",
  prompt: "planted prompt of the caller",
  ownHeader: "planted-own-header"
}

const configuration = (url: string, otlp: string, path: string) => `
server: { adminKey: ${planted.admin} }
providers:
  open: { protocol: openai-chat, url: ${url}/v1, keys: [{ name: main, value: ${planted.provider} }], headers: { x-own: ${planted.ownHeader} } }
  anth: { protocol: anthropic-messages, url: ${url}, keys: [{ name: main, value: ${planted.anthropic} }] }
policies:
  once: { from: recommended, retry: { others: 0, last: 0 }, timeouts: { firstContent: 1s } }
routes:
  open: { try: [open/m], policy: once }
  anth: { try: [anth/m], policy: once }
callers:
  - { name: team, key: ${planted.caller} }
  - { name: others, key: ${planted.other} }
  - { name: hashed, key: "${KeyHash.make(planted.hashed)}" }
telemetry: { otlp: ${otlp}, headers: { x-key: ${planted.collector} } }
ledger: { path: ${path} }
`

/** Everything that the provider was sent, as text: what a careless one puts into its errors. */
const echoOf = ({ body, headers }: RecordedRequest): string => `${JSON.stringify(headers)} ${body}`
const keyOf = ({ headers }: RecordedRequest): string =>
  String(headers["authorization"] ?? headers["x-api-key"]).replace("Bearer ", "")

/** Every way in which a provider can give away what it was sent. */
const leaks: Readonly<Record<string, (request: RecordedRequest) => Step>> = {
  "the key in a message": (request) => failure(401, chatError(`Incorrect API key provided: ${keyOf(request)}.`)),
  "the key in the middle of a sentence": (request) => failure(403, chatError(`${keyOf(request)} is not allowed here`)),
  "the key as a code": (request) =>
    failure(400, { error: { message: "no", code: keyOf(request), type: keyOf(request) } }),
  "the key as a parameter": (request) => failure(400, { error: { message: "no", param: keyOf(request) } }),
  "the key as its request id": (request) =>
    failure(500, chatError("broken"), { "x-request-id": keyOf(request), "request-id": keyOf(request) }),
  "all headers and the body as a message": (request) => failure(500, chatError(echoOf(request))),
  "all headers and the body as a page": (request) => ({
    status: 502,
    headers: { "content-type": "text/html" },
    pieces: [`<html><title>${keyOf(request)}</title><pre>${echoOf(request)}</pre></html>`]
  }),
  "the prompt in a message": () => failure(400, chatError(`Invalid content: "${planted.prompt}"`)),
  "the key in an error within a stream": (request) =>
    answer({ cutAfter: 0, ending: "error", error: { message: `key ${keyOf(request)} was revoked` } })({
      path: request.path,
      json: { ...request.json, stream: true }
    }),
  "the key in an answer that is no answer": (request) => ({ pieces: [`{"note":"${keyOf(request)}"`] }),
  "the key as the reason of a rate limit": (request) =>
    failure(429, chatError(`Rate limit reached for ${keyOf(request)}`), { "retry-after": "1" })
}

describe("what must stay secret", () => {
  let server: ScriptedServer.ScriptedServer
  let collector: Collector.Collector
  let gateway: Gateway.TestGateway
  const folder = mkdtempSync(join(tmpdir(), "orelse-secrets-"))
  const lines: Array<string> = []
  const printed: Array<string> = []

  beforeAll(async () => {
    for (const stream of [process.stdout, process.stderr])
      vi.spyOn(stream, "write").mockImplementation((chunk) => printed.push(String(chunk)) > 0)
    for (const level of ["log", "info", "warn", "error", "debug"] as const)
      vi.spyOn(console, level).mockImplementation((...args) => void printed.push(args.map(String).join(" ")))
    collector = await Collector.start()
    server = await ScriptedServer.start({ script: answer() })
    const yaml = configuration(server.url, collector.url, join(folder, "orelse.db"))
    gateway = await Gateway.start(yaml, {}, (text) => void lines.push(text))
  })
  afterAll(async () => {
    vi.restoreAllMocks()
    await gateway.close()
    await server.close()
    await collector.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const ask = async (path: string, model: string, stream: boolean, key = planted.caller) => {
    const response = await fetch(gateway.url + path, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, cookie: `session=${planted.stranger}` },
      body: JSON.stringify({ model, stream, max_tokens: 9, messages: [{ role: "user", content: planted.prompt }] })
    })
    return { text: await response.text(), headers: JSON.stringify([...response.headers]) }
  }

  /** Which of them a text holds. */
  const heldBy = (text: string): ReadonlyArray<string> =>
    Object.entries(planted).flatMap(([what, secret]) =>
      text.includes(secret) ? [`${what}: ${text.slice(0, 2_000)}`] : []
    )

  for (const [what, leak] of Object.entries(leaks)) {
    it(`is in no error where a provider gives away ${what}`, async () => {
      server.use(leak)
      for (const path of ["/v1/chat/completions", "/v1/messages"])
        for (const model of ["open", "anth"])
          for (const stream of [false, true]) {
            const { headers, text } = await ask(path, model, stream)
            assert.deepStrictEqual(heldBy(text + headers), [], `the error of ${model} at ${path}`)
          }
    })
  }

  it("is in no refusal of a stranger, and in no answer's headers", async () => {
    server.use(answer())
    const stranger = await ask("/v1/chat/completions", "open", false, planted.stranger)
    assert.deepStrictEqual(heldBy(stranger.text + stranger.headers), [], "the refusal")
    assert.deepStrictEqual(heldBy((await ask("/v1/chat/completions", "open", true)).headers), [], "the headers")
  })

  it("is taken out of what callers say of their calls and runs", async () => {
    server.use(answer())
    const shaped = ["sk-proj", "SHAPED0123456789abcdef"].join("-")
    const headers = { authorization: `Bearer ${planted.caller}`, "x-orelse-tags": planted.caller }
    const post = (path: string, body: unknown) =>
      fetch(gateway.url + path, { method: "POST", headers, body: JSON.stringify(body) })
    const metadata = {
      run: "r-secret",
      user: planted.caller,
      note: `with ${shaped}`,
      [shaped]: 1,
      session: "a".repeat(64)
    }
    const messages = [{ role: "user", content: planted.prompt }]
    assert.strictEqual(
      (await post("/v1/chat/completions", { model: "open", messages, orelse: { metadata } })).status,
      200
    )
    const told = {
      type: "step:end",
      run: "r-secret",
      note: planted.caller,
      data: { deep: [`Bearer ${planted.caller}`, shaped] }
    }
    assert.strictEqual((await post("/v1/events", told)).status, 202)
    const [story] = (await gateway.stories()).filter(({ call }) => call.metadata?.["run"] === "r-secret")
    const text = JSON.stringify(story)
    assert.deepStrictEqual(heldBy(text), [])
    assert.notInclude(text, shaped)
    assert.include(text, "step:end")
    assert.include(text, metadata.session)
  })

  for (const [whose, secret] of Object.entries({
    "another caller": planted.other,
    "a caller known by its hash": planted.hashed,
    "a provider": planted.provider,
    "the collector": planted.collector,
    "the admin": planted.admin
  }))
    it(`is taken out of what callers say where it is the key of ${whose}, and is no model's name`, async () => {
      server.use(answer())
      const run = `r-${Object.values(planted).indexOf(secret)}`
      const post = (path: string, body: unknown) =>
        fetch(gateway.url + path, {
          method: "POST",
          headers: { authorization: `Bearer ${planted.caller}` },
          body: JSON.stringify(body)
        })
      const messages = [{ role: "user", content: planted.prompt }]
      const orelse = { metadata: { run, user: secret, [secret]: 1 }, tags: [`key=${secret}`] }
      assert.strictEqual((await post("/v1/chat/completions", { model: "open", messages, orelse })).status, 200)
      assert.strictEqual((await post("/v1/events", { type: "step:end", run, data: { deep: [secret] } })).status, 202)
      for (const model of [secret, `open/${secret}`])
        for (const named of [{ model }, { model: "open", orelse: { models: [model] } }]) {
          const refused = await post("/v1/chat/completions", { ...named, messages })
          assert.strictEqual(refused.status, 400)
          assert.include(await refused.text(), "invalid_model")
        }
      const stories = (await gateway.stories()).filter(({ call }) => call.metadata?.["run"] === run)
      assert.strictEqual(stories.length, 1)
      assert.deepStrictEqual(heldBy(JSON.stringify(stories)), [])
    })

  it("is in no admin answer, no metric and no health", async () => {
    const admin = async (path: string, key = planted.admin): Promise<string> => {
      const headers = { authorization: `Bearer ${key}` }
      const response = await fetch(gateway.url + path, { headers })
      assert.strictEqual(response.status, 200, path)
      return response.text()
    }
    const [first] = await gateway.calls()
    const paths = ["routes", "routes/open", "targets", "calls?limit=1000", `calls/${first?.call.id}`]
    for (const path of paths) assert.deepStrictEqual(heldBy(await admin(`/admin/${path}`)), [], path)
    for (const path of ["/metrics", "/health/ready", "/openapi.json", "/docs"])
      assert.deepStrictEqual(heldBy(await admin(path)), [], path)
  })

  it("is in no list of models", async () => {
    const response = await fetch(`${gateway.url}/v1/models`, { headers: { authorization: `Bearer ${planted.caller}` } })
    assert.strictEqual(response.status, 200)
    assert.deepStrictEqual(heldBy(await response.text()), [])
  })

  it("is in no row, no file of the ledger, no line of the log, no span and nothing printed", async () => {
    const stories = await gateway.stories()
    assert.isAbove(stories.length, 80)
    assert.isAbove(lines.length, 0)
    assert.deepStrictEqual(heldBy(JSON.stringify(stories)), [], "the ledger")
    // Closing writes out what waits.
    await gateway.close()
    for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
      const file = join(folder, name)
      if (statSync(file).isFile()) assert.deepStrictEqual(heldBy(readFileSync(file, "latin1")), [], name)
    }
    assert.isAbove(collector.spans().length, 80)
    assert.deepStrictEqual(heldBy(collector.text()), [], "the spans and metrics")
    assert.deepStrictEqual(heldBy(lines.join("")), [], "the log")
    assert.deepStrictEqual(heldBy(printed.join("")), [], "what was printed")
  })
})

import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Redacted from "effect/Redacted"
import * as Config from "../../../src/layer/config/Config.ts"
import * as RetryPolicy from "../../../src/policy/RetryPolicy.ts"
import { decoded } from "./helpers.ts"

const millis = (duration: Duration.Duration | undefined) => duration && Duration.toMillis(duration)

describe("Config.decode", () => {
  it("gives every part its default where the file says nothing", () => {
    const config = decoded("{}")
    assert.strictEqual(config.server.host, "127.0.0.1")
    assert.strictEqual(config.server.port, 4100)
    assert.strictEqual(config.server.maxBodySize, 32 * 1024 * 1024)
    assert.strictEqual(millis(config.server.drainTimeout), 30_000)
    assert.deepStrictEqual([...config.providers.keys()], ["demo"])
    assert.deepStrictEqual([...config.routes.keys()], [])
    assert.deepStrictEqual(config.policies.get("recommended"), RetryPolicy.recommended)
    assert.deepStrictEqual(config.callers, [])
    assert.deepStrictEqual([config.ledger.store, config.ledger.path], ["sqlite", "./orelse.db"])
    assert.deepStrictEqual([config.ledger.bodies, config.ledger.durability], ["none", "batched"])
    assert.strictEqual(config.state.store, "memory")
    assert.strictEqual(config.telemetry.otlp, undefined)
    assert.deepStrictEqual(config.notes, [])
  })

  it("switches off a key that no header takes, with the reason and without the key, and sends headers without their ends of line", () => {
    const text = 'providers: { openai: { keys: ["${A}", "${B}"], headers: { x-team: "${TEAM}" } }, groq: {} }'
    const config = decoded(text, { A: "sk-a\nsk-b", B: "sk-fine\n", TEAM: "research\n", GROQ_API_KEY: "ключ" })
    const openai = config.providers.get("openai")
    const why = "has line ends or characters that no key has"
    assert.deepStrictEqual(
      openai?.credentials.map(({ disabled, name, secret }) => [name, disabled, secret && Redacted.value(secret)]),
      [
        ["A", `A ${why}`, undefined],
        ["B", undefined, "sk-fine"]
      ]
    )
    assert.deepStrictEqual(openai?.headers, { "x-team": "research" })
    assert.strictEqual(config.providers.get("groq")?.disabled, `GROQ_API_KEY ${why}`)
    assert.include(JSON.stringify(config.notes), `A ${why}`)
  })

  it("takes the ends of line that files of secrets bring along for no part of any key", () => {
    const config = decoded(
      'server: { adminKey: "${A}" }\ncallers: [{ name: a, key: "${C}" }]\ntelemetry: { headers: { x: "${T}" } }',
      { A: "admin\n", C: "caller\r\n", T: "otlp\n" }
    )
    const keys = [config.server.adminKey, config.callers[0]?.key, config.telemetry.headers["x"]]
    assert.deepStrictEqual(
      keys.map((key) => key && Redacted.value(key)),
      ["admin", "caller", "otlp"]
    )
  })

  it("sends no key that is empty or blank, and says so", () => {
    const config = decoded('providers: { openai: { keys: [" ", "${K}"] }, groq: {} }', { K: "\n", GROQ_API_KEY: " " })
    const { credentials, disabled } = config.providers.get("openai") ?? {}
    assert.strictEqual(disabled, "key-1 is empty; K is not set")
    assert.isTrue(credentials?.every(({ secret }) => secret === undefined))
    assert.strictEqual(config.providers.get("groq")?.disabled, "GROQ_API_KEY is not set")
  })

  it("takes a section with nothing below it for absent, and a provider with nothing below it for its name alone", () => {
    const config = decoded("server:\nroutes:\nproviders:\n  openai:\n  anthropic: {}\n", { OPENAI_API_KEY: "k" })
    assert.strictEqual(config.server.port, 4100)
    assert.deepStrictEqual([...config.providers.keys()], ["openai", "anthropic", "demo"])
    assert.strictEqual(config.providers.get("openai")?.disabled, undefined)
  })

  it("reads JSON with tabs and YAML with anchors, aliases and merge keys alike", () => {
    assert.strictEqual(decoded('{\n\t"server": {\n\t\t"port": 1\n\t}\n}\n').server.port, 1)
    const config = decoded("policies:\n  a: &a { attempts: 3 }\n  b: { <<: *a, deadline: 5s }\n")
    assert.strictEqual(config.policies.get("b")?.attempts, 3)
    assert.strictEqual(millis(config.policies.get("b")?.deadline), 5000)
  })

  it("reads the units of durations, sizes and rates", () => {
    const config = decoded(`
server: { maxBodySize: 1.5KiB, drainTimeout: 250ms, keepAlive: 2m }
ledger: { retention: 30d }
providers:
  mine:
    protocol: openai-chat
    url: http://127.0.0.1:8000/v1
    limits: { requests: 10/s, tokens: 200000/min, concurrency: 64 }
  other: { protocol: openai-chat, url: "http://127.0.0.1:8001/v1/", limits: { requests: 5/h, tokens: 7/day } }
`)
    assert.strictEqual(config.server.maxBodySize, 1536)
    assert.strictEqual(millis(config.server.drainTimeout), 250)
    assert.strictEqual(millis(config.server.keepAlive), 120_000)
    assert.strictEqual(millis(config.ledger.retention), 30 * 86_400_000)
    const { limits } = config.providers.get("mine") ?? {}
    assert.deepStrictEqual(limits?.requests, { limit: 10, window: Duration.seconds(1) })
    assert.strictEqual(millis(limits?.tokens?.window), 60_000)
    assert.strictEqual(limits?.concurrency, 64)
    const other = config.providers.get("other")
    assert.strictEqual(millis(other?.limits?.requests?.window), 3_600_000)
    assert.strictEqual(millis(other?.limits?.tokens?.window), 86_400_000)
    assert.strictEqual(other?.url, "http://127.0.0.1:8001/v1")
  })

  it("keeps every key as Redacted, so that the printed configuration shows none", () => {
    const config = decoded(
      `
server: { adminKey: secret-admin }
providers: { openai: { keys: [secret-1, { name: main, value: secret-2 }, "\${KEY}"] } }
callers: [{ name: a, key: secret-caller }]
ledger: { store: postgres, url: "postgres://u:secret-db@h/d" }
state: { store: redis, url: "redis://:secret-redis@h" }
telemetry: { otlp: "http://h", headers: { authorization: secret-otlp } }
`,
      { KEY: "secret-env\n" }
    )
    const credentials = config.providers.get("openai")?.credentials ?? []
    assert.deepStrictEqual(
      credentials.map(({ name, secret }) => [name, secret && Redacted.value(secret)]),
      [
        ["key-1", "secret-1"],
        ["main", "secret-2"],
        ["KEY", "secret-env"]
      ]
    )
    const printed = JSON.stringify({ ...config, providers: [...config.providers], routes: [] })
    assert.notInclude(printed, "secret-")
    assert.strictEqual(config.callers[0]?.key && Redacted.value(config.callers[0].key), "secret-caller")
  })

  it("fills in what the profile of a known provider says, and leaves the rest to the file", () => {
    const config = decoded(
      "providers: { openai: { url: 'http://127.0.0.1:9/v1' }, anthropic: {}, mine: { protocol: gemini, url: 'http://h' } }",
      {
        OPENAI_API_KEY: "a",
        ANTHROPIC_API_KEY: "b"
      }
    )
    const openai = config.providers.get("openai")
    assert.deepStrictEqual(
      [openai?.protocol, openai?.url, openai?.family],
      ["openai-chat", "http://127.0.0.1:9/v1", "openai"]
    )
    const anthropic = config.providers.get("anthropic")
    assert.deepStrictEqual([anthropic?.protocol, anthropic?.url], ["anthropic-messages", "https://api.anthropic.com"])
    const mine = config.providers.get("mine")
    assert.deepStrictEqual([mine?.family, mine?.credentials], ["gemini", [{ name: "none", secret: undefined }]])
    assert.isTrue([...config.providers.values()].every((provider) => provider.disabled === undefined))
  })

  it("knows what Azure takes whatever a resource of it is called", () => {
    const config = decoded(`
providers:
  azure-openai: { url: "https://a.example" }
  azure-eu: { protocol: azure-openai, url: "https://b.example" }
  openai: { protocol: azure-openai, url: "https://c.example" }
  ollama: { protocol: ollama, url: "http://h" }`)
    const switches = (id: string) => config.providers.get(id)?.quirks
    assert.isDefined(switches("azure-openai")?.["historyFields"])
    assert.deepStrictEqual(switches("azure-eu"), switches("azure-openai"))
    assert.deepStrictEqual(switches("openai"), switches("azure-openai"))
    assert.deepStrictEqual(switches("ollama"), {})
  })

  it("takes address and key variables from a provider's own name alone, and only its ways from its family", () => {
    const env = { OPENAI_API_KEY: "own", MISTRAL_API_KEY: "mistral-key" }
    const config = decoded(
      `providers:
  openai: { family: mistral }
  mine: { family: mistral, url: "http://h/v1" }
  other: { family: anthropic, protocol: openai-chat, url: "http://h/v1" }`,
      env
    )
    const of = (id: string) => {
      const { auth, credentials, family, protocol, quirks, url } = config.providers.get(id) ?? assert.fail(id)
      const keys = credentials.map(({ secret }) => secret && Redacted.value(secret))
      return { auth, keys, family, protocol, url, isOld: quirks["oldMaxTokens"] === true }
    }
    const ways = { auth: { type: "bearer" }, family: "mistral", protocol: "openai-chat", isOld: true }
    assert.deepStrictEqual<unknown>(of("openai"), { ...ways, keys: ["own"], url: "https://api.openai.com/v1" })
    assert.deepStrictEqual<unknown>(of("mine"), { ...ways, keys: [undefined], url: "http://h/v1" })
    const other = { keys: [undefined], url: "http://h/v1", family: "anthropic", isOld: false }
    assert.deepStrictEqual<unknown>(of("other"), { ...ways, ...other })
  })

  it("configures a known provider by its name in a route alone", () => {
    const config = decoded("routes: { r: groq/llama-4 }", { GROQ_API_KEY: "k" })
    assert.deepStrictEqual([...config.providers.keys()], ["demo", "groq"])
    assert.strictEqual(config.providers.get("groq")?.disabled, undefined)
  })

  it("merges a policy into the one it comes from, field by field and row by row", () => {
    const { policies } = decoded(`
policies:
  base: { attempts: 10, retry: { last: 5 }, backoff: { growth: { list: [500ms, 2s] }, jitter: { added: 100ms } } }
  top: { from: base, deadline: 5m, on: { ContextWindowExceeded: ["repair:truncateHistory", abort], ToolSchemaRejected: ["retry:2"] } }
`)
    const top = policies.get("top") ?? RetryPolicy.recommended
    assert.strictEqual(top.name, "top")
    assert.strictEqual(top.attempts, 10)
    assert.strictEqual(millis(top.deadline), 300_000)
    assert.deepStrictEqual(top.retry, { last: 5, others: 1 })
    assert.deepStrictEqual(top.backoff.growth, { list: [Duration.millis(500), Duration.seconds(2)] })
    assert.deepStrictEqual(top.backoff.jitter, { added: Duration.millis(100) })
    assert.deepStrictEqual(top.on.ContextWindowExceeded, ["repair:truncateHistory", "abort"])
    assert.deepStrictEqual(top.on.ToolSchemaRejected, ["retry:2"])
    assert.deepStrictEqual(top.on.RateLimited, RetryPolicy.recommended.on.RateLimited)
  })
})

describe("callers", () => {
  it("are noted where a budget cannot hold over a restart, because there is no ledger", () => {
    const text = "callers: [{ name: a, budget: { usd: 1, per: day } }, { name: b }]\n"
    assert.deepStrictEqual(decoded(text).notes, [])
    assert.deepStrictEqual(
      decoded(`${text}ledger: { store: none }`).notes.map((note) => note.path),
      ["callers[0].budget"]
    )
  })
})

describe("failures.rules", () => {
  it("keeps the file's rules in their order", () => {
    const { failures } = decoded(
      "failures: { rules: [{ id: mine/full, when: { family: [mine], status: [503, 5xx], text: ['no room'] }, reason: Overloaded }] }"
    )
    assert.deepStrictEqual(failures.rules, [
      { id: "mine/full", when: { family: ["mine"], status: [503, "5xx"], text: ["no room"] }, reason: "Overloaded" }
    ])
    assert.deepStrictEqual(decoded("{}").failures.rules, [])
  })
})

describe("Config.embedded", () => {
  it("has every provider with a key variable, disabled with the reason where the variable is not set", () => {
    const { providers, file, routes } = Config.embedded({ GROQ_API_KEY: "k" })
    assert.strictEqual(file, undefined)
    assert.strictEqual(routes.size, 0)
    assert.strictEqual(providers.get("groq")?.disabled, undefined)
    assert.strictEqual(providers.get("openai")?.disabled, "OPENAI_API_KEY is not set")
    assert.strictEqual(providers.get("demo")?.disabled, undefined)
    assert.isFalse(providers.has("vllm"))
  })
})

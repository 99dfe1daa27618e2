import { decode, embedded } from "@orelse/core/layer/config/Decode"
import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Check from "../../src/render/check.ts"
import { firstModel, startup } from "../../src/render/startup.ts"
import { plain } from "../../src/render/text.ts"

const config = (text: string, env = {}) =>
  Result.getOrThrow(Result.mapError(decode(text, { file: "orelse.yaml", env }), (problems) => JSON.stringify(problems)))

const address = "http://127.0.0.1:4100"

describe("startup", () => {
  it("fits the embedded default on one screen: demo on, the others in one line, a request that works without a key", () => {
    const text = startup({ config: embedded({ OPENAI_API_KEY: "sk-secret" }), address, style: plain })
    assert.isBelow(text.split("\n").length, 30)
    assert.match(text, /^Orelse listens on http:\/\/127\.0\.0\.1:4100\nConfiguration: the embedded default/)
    assert.match(text, /^ {2}openai +on +openai-chat, https:\/\/api\.openai\.com\/v1, 1 key$/m)
    assert.match(text, /^ {2}demo +on +built in/m)
    assert.match(text, /^ {2}\d+ more providers off: set ANTHROPIC_API_KEY, GEMINI_API_KEY, /m)
    assert.include(text, `curl ${address}/v1/chat/completions`)
    assert.include(text, '"model":"demo/echo"')
    assert.include(text, `new OpenAI({ baseURL: "${address}/v1"`)
    assert.include(text, "orelse explain demo/echo")
    assert.notInclude(text, "sk-secret")
  })
  it("says which proxy a provider is reached through, without user and password", () => {
    const env = { HTTPS_PROXY: "http://team:planted@proxy.corp:3128" }
    const providers = "providers: { openai: { keys: [k] }, groq: { keys: [k], proxy: none } }"
    const text = startup({ config: config(providers, env), address, style: plain })
    assert.match(
      text,
      /^ {2}openai +on +openai-chat, https:\/\/api\.openai\.com\/v1 by proxy http:\/\/proxy\.corp:3128, 1 key$/m
    )
    assert.match(text, /^ {2}groq +on +openai-chat, https:\/\/api\.groq\.com\/openai\/v1, 1 key$/m)
    assert.notInclude(text, "planted")
  })
  it("shows a provider's url without its query, where keys may stand, and without a fragment", () => {
    const url = "http://h:8000/v1?key=planted&api-version=planted#planted"
    const text = startup({
      config: config(`providers: { mine: { protocol: openai-chat, url: "${url}" } }`),
      address,
      style: plain
    })
    assert.notInclude(text, "planted")
    assert.include(text, "openai-chat, http://h:8000/v1?…, no key")
  })
  it("tells to type what works where it was started: orelse, or npm run orelse from a checkout", () => {
    const start = { config: embedded({}), address, style: plain }
    assert.match(startup(start), /^ {2}orelse calls /m)
    const checkout = startup({ ...start, program: "npm run orelse --" })
    assert.match(checkout, /^ {2}npm run orelse -- explain demo\/echo /m)
    assert.match(checkout, /^ {2}npm run orelse -- calls /m)
  })
  it("shows the routes of a file, what is off with its reason, and a route that can answer", () => {
    const text = startup({
      config: config(
        `
providers: { openai: { keys: ["\${A}", "\${B}"] }, mine: { protocol: openai-chat, url: "http://127.0.0.1:8000/v1" } }
routes:
  off: { try: [anthropic/c, mine/m] }
  smart: { try: [mine/m, openai/g], policy: recommended, deadline: 5s }
  cheap: { balance: weighted, across: [mine/m, openai/g], orElse: smart }
callers: [{ name: a, key: "\${CALLER}" }]
telemetry: { otlp: "\${OTLP}" }
`,
        { B: "k" }
      ),
      address,
      style: plain
    })
    assert.match(text, /^ {2}smart +mine\/m, else openai\/g$/m)
    assert.match(text, /^ {2}cheap +weighted of \(mine\/m, openai\/g\), else smart$/m)
    assert.match(text, /^ {2}openai +on +openai-chat, .*, 1 key$/m)
    assert.match(text, /^ {2}mine +on +openai-chat, http:\/\/127\.0\.0\.1:8000\/v1, no key$/m)
    assert.match(text, /^ {2}anthropic +off +ANTHROPIC_API_KEY is not set$/m)
    assert.match(text, /^ {2}providers\.openai\.keys\[0\] +A is not set$/m)
    assert.match(text, /^ {2}callers\[0\] +CALLER is not set$/m)
    assert.match(text, /^ {2}telemetry +OTLP is not set: nothing is exported$/m)
    assert.include(text, '"model":"smart"')
    assert.include(text, "authorization: Bearer YOUR_KEY")
  })
})

describe("firstModel", () => {
  it("looks through names, balances and fallbacks for a target that is on", () => {
    assert.strictEqual(
      firstModel(config("routes: { a: openai/x, b: [c], c: { balance: random, across: [demo/x] } }")),
      "b"
    )
    assert.strictEqual(firstModel(config("routes: { a: openai/x }")), "demo/echo")
  })
})

describe("check", () => {
  const both = config(
    'providers: { openai: { keys: ["${A}"] } }\nroutes: { r: demo/a }\nstate: { store: redis, url: "${R}" }'
  )

  it("says in one line what there is, then what is off, each once", () => {
    assert.deepStrictEqual(Check.summary(both, plain).split("\n"), [
      "orelse.yaml is valid: 1 route, 2 providers (1 off)",
      "Off or reduced:",
      "  providers.openai          A is not set",
      "  providers.openai.keys[0]  A is not set",
      "  state                     R is not set: limits and cooldowns are of this process alone"
    ])
    assert.strictEqual(Check.summary(config("{}"), plain), "orelse.yaml is valid: 0 routes, 1 provider")
  })
  it("is the same for programs", () => {
    assert.deepStrictEqual(Check.valid(both), {
      valid: true,
      file: "orelse.yaml",
      routes: ["r"],
      providers: [
        { id: "openai", protocol: "openai-chat", enabled: false, disabled: "A is not set" },
        { id: "demo", protocol: "library", enabled: true }
      ],
      callers: [],
      notes: both.notes
    })
  })
  it("wants a key for the first request where there are only keys that the command line made", () => {
    const config = embedded({})
    const address = "http://127.0.0.1:4100"
    assert.notInclude(startup({ config, address, style: plain }), "YOUR_KEY")
    assert.notInclude(startup({ config, address, style: plain, hasKeys: false }), "YOUR_KEY")
    assert.include(startup({ config, address, style: plain, hasKeys: true }), "authorization: Bearer YOUR_KEY")
  })
})

import { assert, describe, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import * as Environment from "../../../src/layer/config/Environment.ts"
import { decoded, problem, problems } from "./helpers.ts"

describe("Environment.expand", () => {
  it("replaces references anywhere in a string, and defaults where a variable is not set or empty", () => {
    const value = { a: ["x${A}y${B:-z}", "${E:-d}", "${E}"], b: { c: "$${A} ${A:-}" } }
    const expanded = Environment.expand(value, { A: "1", E: "" })
    assert.deepStrictEqual(expanded.value, { a: ["x1yz", "d", "${E}"], b: { c: "${A} 1" } })
    assert.deepStrictEqual(expanded.unset, [{ path: ["a", 2], name: "E" }])
  })
  it("takes a variable of blanks for one that is not set", () => {
    const expanded = Environment.expand({ a: "${A}", b: "${A:-d}" }, { A: " \n" })
    assert.deepStrictEqual(expanded.value, { a: "${A}", b: "d" })
  })
  it("leaves out the line ends behind a value, and none within it", () => {
    const expanded = Environment.expand("${A}/${B}", { A: "demo\r", B: "a\nb\r\n" })
    assert.strictEqual(expanded.value, "demo/a\nb")
  })
  it("tells where a reference is begun and not written to its end", () => {
    const value = { a: "${A", b: ["x ${A}", "${1}"], c: "$${A", d: "${A:-${B}}" }
    assert.deepStrictEqual(Environment.expand(value, { A: "1" }).malformed, [["a"], ["b", 1], ["d"]])
  })
  it("does not expand what a variable holds", () => {
    assert.deepStrictEqual(Environment.expand("${A}", { A: "${B}", B: "x" }).value, "${B}")
  })
})

describe("a reference whose variable is set", () => {
  it("gives numbers, durations and switches as well as texts", () => {
    const config = decoded(
      'server: { port: "${PORT:-8080}", drainTimeout: "${DRAIN}", sanitize: "${HIDE}" }\npolicies: { p: { attempts: "${N}" } }',
      { DRAIN: "5s", HIDE: "true", N: "3" }
    )
    assert.strictEqual(config.server.port, 8080)
    assert.strictEqual(config.server.sanitize, true)
    assert.strictEqual(config.policies.get("p")?.attempts, 3)
  })
})

describe("a reference whose variable is not set", () => {
  it("disables its credential, and the provider only where no other is left", () => {
    const text = 'providers: { openai: { keys: ["${A}", { name: second, value: "${B}" }] } }'
    const one = decoded(text, { B: "k" })
    const provider = one.providers.get("openai")
    assert.strictEqual(provider?.disabled, undefined)
    assert.deepStrictEqual(
      provider?.credentials.map(({ name, disabled }) => [name, disabled]),
      [
        ["A", "A is not set"],
        ["second", undefined]
      ]
    )
    assert.deepStrictEqual(one.notes, [{ path: "providers.openai.keys[0]", reason: "A is not set" }])
    const none = decoded(text).providers.get("openai")
    assert.strictEqual(none?.disabled, "A is not set; B is not set")
    assert.isTrue(none?.credentials.every((credential) => credential.secret === undefined))
  })
  it("disables a known provider that lists no keys, and says which variable", () => {
    const config = decoded("routes: { r: anthropic/claude }")
    assert.strictEqual(config.providers.get("anthropic")?.disabled, "ANTHROPIC_API_KEY is not set")
    assert.strictEqual(config.routes.get("r")?.route.node._tag, "Target")
  })
  it("disables its provider where it stands in the url, a header, a limit or a price, whatever its type", () => {
    for (const part of [
      'url: "${X}"',
      'url: "http://h/${X}"',
      'url: "http://h", headers: { a: "${X}" }',
      'url: "http://h", limits: { requests: "${X}" }',
      'url: "http://h", timeouts: { idle: "${X}" }',
      'url: "http://h", models: { m: { inputPrice: "${X}" } }'
    ]) {
      const config = decoded(`providers: { mine: { protocol: openai-chat, ${part} } }`)
      assert.strictEqual(config.providers.get("mine")?.disabled, "X is not set", part)
      assert.deepStrictEqual(config.notes, [{ path: "providers.mine", reason: "X is not set" }], part)
    }
  })
  it("keeps its place in a route as a target that is never asked", () => {
    const config = decoded('routes: { r: { try: ["${TARGET}", demo/a] } }')
    const node = config.routes.get("r")?.route.node
    assert.strictEqual(node?._tag === "OrElse" && node.left.node._tag === "Target" && node.left.node.provider, "unset")
    assert.strictEqual(config.providers.get("unset")?.disabled, "TARGET is not set")
  })
  it("keeps its caller, as whom nobody can call", () => {
    const config = decoded('callers: [{ name: a, key: "${K}" }, { name: b, key: k }]')
    assert.deepStrictEqual(
      config.callers.map(({ name, key, disabled }) => [name, key && Redacted.value(key), disabled]),
      [
        ["a", undefined, "K is not set"],
        ["b", "k", undefined]
      ]
    )
  })
  it("switches ledger, shared state and telemetry off instead of sending them elsewhere", () => {
    const config = decoded(
      'ledger: { store: postgres, url: "${DB}" }\nstate: { store: redis, url: "${REDIS}" }\ntelemetry: { otlp: "${OTLP}" }'
    )
    assert.strictEqual(config.ledger.store, "none")
    assert.strictEqual(config.state.store, "memory")
    assert.strictEqual(config.telemetry.otlp, undefined)
    assert.deepStrictEqual(
      config.notes.map((note) => note.path),
      ["ledger", "state", "telemetry"]
    )
  })
  it("is a problem in server, policies and the numbers of routes, which nothing can stand in for", () => {
    const expected =
      "found a reference to X, which is not set; expected a variable that is set, or a default: ${X:-value}"
    assert.strictEqual(problem('server: { port: "${X}" }'), `orelse.yaml:1:17: server.port: ${expected}`)
    assert.strictEqual(problem('server: { host: "${X}" }'), `orelse.yaml:1:17: server.host: ${expected}`)
    assert.match(problem('policies: { p: { attempts: "${X}" } }'), /policies\.p\.attempts: found a reference to X/)
    assert.match(
      problem('routes: { r: { try: [demo/a], deadline: "${X}" } }'),
      /routes\.r\.deadline: found a reference to X/
    )
    for (const text of [
      "preset: chronicle, targets: [demo/a], options: { initialBackoff: '${X}' }",
      "preset: chronicle, targets: [demo/a], randomOrder: '${X}'",
      "try: [demo/a], policy: { backoff: { initial: '${X}' } }",
      "try: [demo/a], policy: { health: '${X}' }"
    ])
      assert.match(problem(`routes: { r: { ${text} } }`), /: found a reference to X, which is not set/, text)
    assert.match(
      problem('failures: { rules: [{ id: a, when: { text: ["${X}"] }, reason: Overloaded }] }'),
      /text\[0\]: found a reference to X, which is not set/
    )
  })
  it("leaves the admin endpoints to loopback where it is the admin key", () => {
    const config = decoded('server: { adminKey: "${X}" }')
    assert.strictEqual(config.server.adminKey, undefined)
    assert.deepStrictEqual(config.notes, [{ path: "server.adminKey", reason: "X is not set" }])
  })
})

describe("a reference with an empty default", () => {
  it("is as one without, where no empty text may be: what needs it is off, and the file is valid", () => {
    const config = decoded(`
server: { adminKey: "\${ADMIN:-}" }
providers: { openai: { keys: ["\${K:-}", { name: b, value: "\${B:-}" }] }, mine: { protocol: openai-chat, url: "\${URL:-}" } }
routes: { r: ["\${TARGET:-}", demo/a] }
callers: [{ name: a, key: "\${TEAM:-}" }]
state: { store: redis, url: "\${REDIS:-}" }
telemetry: { otlp: "\${OTLP:-}" }
`)
    assert.deepStrictEqual(
      config.notes.map(({ path, reason }) => `${path}: ${reason.replace(/:.*/, "")}`),
      [
        "providers.openai.keys[0]: K is not set",
        "providers.openai.keys[1]: B is not set",
        "providers.openai: K is not set; B is not set",
        "providers.mine: URL is not set",
        "routes.r[0]: TARGET is not set",
        "server.adminKey: ADMIN is not set",
        "callers[0]: TEAM is not set",
        "state: REDIS is not set",
        "telemetry: OTLP is not set"
      ]
    )
    assert.deepStrictEqual([config.callers[0]?.disabled, config.callers[0]?.key], ["TEAM is not set", undefined])
    assert.strictEqual(config.server.adminKey, undefined)
    assert.strictEqual(config.providers.get("unset")?.disabled, "TARGET is not set")
  })
  it("is an empty text where one may be, as in a header", () => {
    const config = decoded('providers: { openai: { keys: [k], headers: { x-team: "${TEAM:-}" } } }')
    assert.deepStrictEqual(config.providers.get("openai")?.headers, { "x-team": "" })
    assert.strictEqual(config.providers.get("openai")?.disabled, undefined)
  })
  it("is a problem where nothing can stand in, and others of the file are found with it", () => {
    const found = problems(
      'server: { port: "${PORT:-}", hots: x }\ncallers: [{ name: a, key: "${K:-}", routes: [nope] }]'
    )
    assert.strictEqual(found.length, 3)
    assert.match(found[0] ?? "", /server\.port: found a reference to PORT, which is not set/)
    assert.match(found[1] ?? "", /server\.hots: found the unknown key/)
    assert.match(found[2] ?? "", /callers\[0\]\.routes\[0\]: found "nope"/)
  })
})

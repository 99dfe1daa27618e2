/**
 * Providers behind a forward proxy: over TLS by a tunnel, without by requests with a whole URL; the proxy refuses, says nothing, is gone or goes,
 * and a caller hangs up while the tunnel is opened. The provider is `provider.test`, which only the proxy knows.
 */
import { afterAll, assert, beforeAll, beforeEach, describe, it } from "@effect/vitest"
import { createServer, type AddressInfo, type Server } from "node:net"
import { answer } from "../support/Answers.ts"
import { callers } from "../support/callers.ts"
import { trust } from "../support/certificate.ts"
import * as ForwardProxy from "../support/forwardProxy.ts"
import * as Gateway from "../support/gateway.ts"
import { ask, until } from "../support/leaving.ts"
import * as ScriptedServer from "../support/ScriptedServer.ts"
import * as Secure from "../support/secure.ts"

/** Held by no shape of a key: nothing but knowing it keeps it back. */
const password = "planted/p@ss word"
const login = `team:${password}`
const written = `team:${encodeURIComponent(password)}@`

const configuration = (proxy: string, gone: number, secure: number, second: string) => `
providers:
  inside: { protocol: openai-chat, url: "https://provider.test/v1", keys: [sk-inside], proxy: "${proxy}" }
  named: { protocol: openai-chat, url: "https://provider.test/v1", keys: [sk-inside], proxy: "${proxy.replace("//", `//${written}`)}" }
  stranger: { protocol: openai-chat, url: "https://other.test:8443/v1", keys: [sk-inside], proxy: "${proxy}" }
  mute: { protocol: openai-chat, url: "https://mute.test/v1", keys: [sk-inside], proxy: "${proxy.replace("//", `//${written}`)}" }
  plain: { protocol: openai-chat, url: "http://provider.test:8080/v1", keys: [sk-plain], proxy: "${proxy}" }
  plain-named: { protocol: openai-chat, url: "http://provider.test:8080/v1", keys: [sk-plain], proxy: "${proxy.replace("//", `//${written}`)}" }
  over-tls: { protocol: openai-chat, url: "https://provider.test/v1", keys: [sk-inside], proxy: "https://${written}localhost:${secure}" }
  plain-over-tls: { protocol: openai-chat, url: "http://provider.test:8080/v1", keys: [sk-plain], proxy: "https://${written}localhost:${secure}" }
  gone: { protocol: openai-chat, url: "https://provider.test/v1", keys: [sk-inside], proxy: "http://${written}127.0.0.1:${gone}" }
  second: { protocol: openai-chat, url: "${second}/v1", keys: [sk-second] }
policies:
  quick: { from: recommended, backoff: { initial: 5ms, jitter: none }, timeouts: { connect: 300ms } }
  patient: { from: recommended, deadline: 2h, timeouts: { connect: 30s, firstContent: 1h, idle: 1h, total: 2h } }
  brief: { from: recommended, deadline: 300ms, timeouts: { connect: 30s } }
routes:
${["inside", "named", "stranger", "mute", "plain", "plain-named", "gone"]
  .flatMap((name) => [
    `  ${name}: { try: [${name}/m, second/m], policy: quick }`,
    `  ${name}-patient: { try: [${name}/m, second/m], policy: patient }`,
    `  ${name}-brief: { try: [${name}/m, second/m], policy: brief }`
  ])
  .join("\n")}
`

const portOf = (server: Server): number => (server.address() as AddressInfo).port

describe("a provider behind a forward proxy", () => {
  let provider: ScriptedServer.ScriptedServer
  let second: ScriptedServer.ScriptedServer
  let proxy: ForwardProxy.ForwardProxy
  let front: Secure.Secure
  let secureProxy: Secure.Secure
  let mute: Server
  let gateway: Gateway.TestGateway
  const lines: Array<string> = []

  beforeAll(async () => {
    trust()
    ;[provider, second] = await Promise.all([ScriptedServer.start(), ScriptedServer.start()])
    front = await Secure.start(provider.port)
    mute = createServer((socket) => socket.on("error", () => {}).resume())
    await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve))
    const hosts = {
      "provider.test:443": front.port,
      "other.test:8443": front.port,
      "mute.test:443": portOf(mute),
      "provider.test:8080": provider.port
    }
    proxy = await ForwardProxy.start({ hosts, login })
    secureProxy = await Secure.start(proxy.port)
    const yaml = configuration(proxy.url, await unused(), secureProxy.port, second.url)
    gateway = await Gateway.start(yaml, {}, (text) => void lines.push(text))
  })
  beforeEach(() => {
    proxy.use("pass")
    provider.use(answer({ texts: ["in", "side"] }))
    second.use(answer({ texts: ["second"] }))
    for (const one of [proxy, provider, second]) one.forget()
    for (const name of ["inside", "named", "stranger", "mute", "plain", "plain-named", "gone"])
      gateway.health.reset(name, "m")
  })
  afterAll(async () => {
    await gateway.close()
    mute.close()
    await Promise.all([provider, second, proxy, front, secureProxy].map((one) => one.close()))
  })

  const complete = async (model: string, stream: boolean) => {
    if (stream) return callers[0]!.stream(gateway.url, model)
    const body = JSON.stringify({ model, messages: [{ role: "user", content: "hi" }] })
    const response = await fetch(`${gateway.url}/v1/chat/completions`, { method: "POST", body })
    const { choices, error } = (await response.json()) as {
      readonly choices?: ReadonlyArray<{ readonly message: { readonly content: string } }>
      readonly error?: object
    }
    return { text: choices?.[0]?.message.content ?? "", error, status: response.status }
  }
  const attempts = async () => (await gateway.stories())[0]?.attempts ?? []
  /** Of the last call: how each attempt ended, and why. */
  const ended = async () => (await attempts()).map(({ outcome, provider, reason }) => [provider, reason ?? outcome])

  for (const stream of [false, true]) {
    const kind = stream ? "streamed" : "whole"

    it(`answers through a tunnel, ${kind}, and takes the same one again; the login is for the proxy alone`, async () => {
      for (let turn = 0; turn < 3; turn++) assert.strictEqual((await complete("named/m", stream)).text, "inside")
      assert.isAtMost(proxy.asked.length, 1)
      for (const { headers, method, target } of proxy.asked) {
        assert.deepStrictEqual([method, target], ["CONNECT", "provider.test:443"])
        assert.strictEqual(headers["proxy-authorization"], `Basic ${Buffer.from(login).toString("base64")}`)
        assert.isUndefined(headers["authorization"])
      }
      for (const { headers, path } of provider.requests) {
        assert.strictEqual(path, "/v1/chat/completions")
        assert.deepStrictEqual([headers["host"], headers["authorization"]], ["provider.test", "Bearer sk-inside"])
        assert.isUndefined(headers["proxy-authorization"])
      }
      assert.deepStrictEqual(await ended(), [["named", "answered"]])
    })

    it(`hands a request for a provider without TLS to the proxy with its whole URL, ${kind}`, async () => {
      assert.strictEqual((await complete("plain-named/m", stream)).text, "inside")
      const [{ headers, method, target } = assert.fail("the proxy was not asked")] = proxy.asked
      assert.deepStrictEqual([method, target], ["POST", "http://provider.test:8080/v1/chat/completions"])
      assert.strictEqual(headers["proxy-authorization"], `Basic ${Buffer.from(login).toString("base64")}`)
      assert.strictEqual(provider.requests[0]?.headers["host"], "provider.test:8080")
      assert.strictEqual(provider.requests[0]?.headers["authorization"], "Bearer sk-plain")
    })

    it(`speaks TLS with a proxy that wants it, ${kind}`, async () => {
      for (const model of ["over-tls/m", "plain-over-tls/m"])
        assert.strictEqual((await complete(model, stream)).text, "inside")
    })

    it(`falls back where the proxy refuses the tunnel, and says so, ${kind}`, async () => {
      const says = {
        403: `the proxy ${proxy.url} refused the tunnel to provider.test:443 with status 403: it does not let it through; have it allowed there, or go around it (providers.named.proxy: none)`,
        407: `the proxy ${proxy.url} refused the tunnel to provider.test:443 with status 407: it does not take the user and the password of its URL (providers.named.proxy)`,
        502: `the proxy ${proxy.url} refused the tunnel to provider.test:443 with status 502: it does not reach that host itself; look there, or go around it (providers.named.proxy: none)`
      }
      // A tunnel of the test before this one is still there.
      await closeTunnels()
      for (const [status, message] of Object.entries(says)) {
        proxy.forget()
        proxy.use({ status: Number(status) })
        gateway.health.reset("named", "m")
        assert.strictEqual((await complete("named", stream)).text, "second")
        const [first, again, last] = await attempts()
        assert.deepStrictEqual(await ended(), [
          ["named", "ConnectionFailed"],
          ["named", "ConnectionFailed"],
          ["second", "answered"]
        ])
        assert.deepStrictEqual([first?.message, again?.message], [message, message])
        assert.isNotNull(last)
        assert.strictEqual(proxy.asked.length, 2)
        await until(() => proxy.open() === 0, "end of the connections to the proxy")
      }
      assert.strictEqual(provider.requests.length, 0)
    })

    it(`falls back where the proxy wants a login that nobody wrote, ${kind}`, async () => {
      assert.strictEqual((await complete("inside", stream)).text, "second")
      assert.match((await attempts())[0]?.message ?? "", /with status 407: it wants a user and a password; write them/)
      assert.strictEqual((await complete("plain", stream)).text, "second")
      assert.deepStrictEqual((await ended())[0], ["plain", "ConnectionFailed"])
      const message = `the proxy ${proxy.url} refused the request to http://provider.test:8080 with status 407`
      assert.include((await attempts())[0]?.message, message)
      assert.deepStrictEqual([provider.requests.length, proxy.asked.length], [0, 4])
    })

    it(`reads what a proxy answers in the place of a provider without TLS as an answer of that, ${kind}`, async () => {
      proxy.use({ status: 503 })
      assert.strictEqual((await complete("plain-named", stream)).text, "second")
      assert.strictEqual((await ended())[0]?.[0], "plain-named")
      assert.strictEqual(provider.requests.length, 0)
    })

    it(
      `falls back where the proxy says nothing, when the time to connect is over, and lets go of it, ${kind}`,
      { retry: 2 },
      async () => {
        await closeTunnels()
        proxy.use("silent")
        assert.strictEqual((await complete("named", stream)).text, "second")
        const [first] = await attempts()
        assert.strictEqual(first?.reason, "TimedOut")
        const message = `no connection within 300 ms through the proxy ${proxy.url} (providers.named.proxy)`
        assert.strictEqual(first?.message, message)
        assert.isBelow(first?.durationMs ?? 0, 950)
        await until(() => proxy.open() === 0, "end of the connection to the proxy")
      }
    )

    it(`keeps the deadline of the call while a tunnel is opened, ${kind}`, { retry: 2 }, async () => {
      await closeTunnels()
      proxy.use("silent")
      const startedAt = performance.now()
      assert.isDefined((await complete("named-brief", stream)).error)
      assert.isBelow(performance.now() - startedAt, 1_500)
      await until(() => proxy.open() === 0, "end of the connection to the proxy")
      assert.strictEqual(second.requests.length, 0)
    })

    it(`falls back where the proxy is gone, or closes the connection, ${kind}`, async () => {
      assert.strictEqual((await complete("gone", stream)).text, "second")
      assert.match(
        (await attempts())[0]?.message ?? "",
        /^no connection to provider\.test:443 through the proxy http:\/\/127\.0\.0\.1:\d+ \(providers\.gone\.proxy\): connect ECONNREFUSED/
      )
      await closeTunnels()
      proxy.use("close")
      assert.strictEqual((await complete("named", stream)).text, "second")
      assert.match(
        (await attempts())[0]?.message ?? "",
        /^no tunnel to provider\.test:443 through the proxy .*: socket hang up$/
      )
      assert.deepStrictEqual(await ended(), [
        ["named", "ConnectionFailed"],
        ["named", "ConnectionFailed"],
        ["second", "answered"]
      ])
    })

    it(`falls back where the tunnel ends before there is TLS, ${kind}`, async () => {
      await closeTunnels()
      proxy.use({ cutAfter: 0 })
      assert.strictEqual((await complete("named", stream)).text, "second")
      assert.deepStrictEqual((await ended())[0], ["named", "ConnectionFailed"])
      assert.match((await attempts())[0]?.message ?? "", /^no TLS with provider\.test:443 through the proxy/)
    })

    it(`trusts a certificate through the proxy no more than without: another's name is refused, ${kind}`, async () => {
      proxy.use("pass")
      gateway.health.reset("stranger", "m")
      const strict = await Gateway.start(
        `providers: { stranger: { protocol: openai-chat, url: "https://other.test:8443/v1", keys: [k], proxy: "${proxy.url.replace("//", `//${written}`)}" } }`
      )
      const body = JSON.stringify({ model: "stranger/m", stream, messages: [{ role: "user", content: "hi" }] })
      const response = await fetch(`${strict.url}/v1/chat/completions`, { method: "POST", body })
      assert.strictEqual(response.status, 502)
      assert.match(await response.text(), /no TLS with other\.test:8443 through the proxy/)
      assert.strictEqual(provider.requests.length, 0)
      await strict.close()
    })
  }

  it("ends a stream with an error where the tunnel ends in the middle of it, and asks nobody else", async () => {
    await closeTunnels()
    proxy.use({ cutAfter: 6_000 })
    const words = Array.from({ length: 400 }, (_, index) => `w${index} `)
    provider.use(answer({ texts: words }, { betweenMs: 1 }))
    const seen = await callers[0]!.stream(gateway.url, "named")
    assert.match(seen.text, /^w0 w1 /)
    assert.isDefined(seen.error)
    assert.isUndefined(seen.finish)
    assert.deepStrictEqual(await ended(), [["named", "StreamInterrupted"]])
    assert.strictEqual(second.requests.length, 0)
  })

  const stalling = answer({ texts: ["a ", "b ", "c "], cutAfter: 2, ending: "stall" })
  const phases: ReadonlyArray<readonly [string, string, () => unknown]> = [
    ["a tunnel is opened", "named-patient", () => proxy.use("silent")],
    ["a request is handed to it", "plain-named-patient", () => proxy.use("silent")],
    ["the provider behind it is silent", "mute-patient", () => undefined],
    ["an answer comes through a tunnel", "named-patient", () => provider.use(stalling)],
    ["an answer comes without one", "plain-named-patient", () => provider.use(stalling)]
  ]
  // A busy machine may itself take longer than 100 ms.
  for (const [says, model, prepare] of phases)
    for (const stream of [false, true])
      it(`is told when a caller hangs up while ${says}, ${stream ? "streamed" : "whole"}`, { retry: 2 }, async () => {
        await closeTunnels()
        prepare()
        const call = await ask(gateway.url, "openai-chat", model, { stream })
        const one = await until(() => proxy.asked[0], "request to the proxy")
        if (says.startsWith("an answer")) await until(() => provider.requests[0]?.piecesSent, "answer")
        const leftAt = call.leave()
        await until(() => one.endedAt !== undefined, "end of the connection to the proxy")
        assert.isAtMost((one.endedAt ?? 0) - leftAt, 100)
        const [row] = await until(async () => {
          const rows = await gateway.calls()
          return rows[0]?.call.outcome === "cancelled" && rows
        }, "call that is cancelled")
        assert.deepStrictEqual(
          row?.attempts.map(({ outcome }) => outcome),
          ["cancelled"]
        )
        assert.strictEqual(second.requests.length, 0)
      })

  it("has kept the proxy's password out of answers, logs and the record", async () => {
    proxy.use({ status: 500 })
    const said = await complete("plain-named/m", false)
    const all = [JSON.stringify(said), JSON.stringify(await gateway.stories()), ...lines].join("\n")
    assert.include(all, "proxy")
    for (const secret of [password, encodeURIComponent(password), Buffer.from(login).toString("base64")])
      assert.notInclude(all, secret)
  })

  /** Tunnels are kept alive; what is tried next shall open its own. */
  const closeTunnels = async () => {
    proxy.cutAll()
    await until(() => proxy.open() === 0, "end of the tunnels")
    proxy.forget()
  }
})

/** A port that nobody listens at. */
const unused = async (): Promise<number> => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const port = portOf(server)
  await new Promise<void>((resolve) => server.close(() => resolve()))
  return port
}

import { assert, describe, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import * as Config from "../../../src/layer/config/Config.ts"
import * as Proxies from "../../../src/layer/config/Proxies.ts"
import { decoded, problem } from "./helpers.ts"

const http = { HTTP_PROXY: "http://plain.proxy:3128", HTTPS_PROXY: "http://secure.proxy:3128" }
const urlOf = (env: Config.Environment, address: string) => Proxies.fromVariables(env, address).proxy?.url

describe("ALL_PROXY", () => {
  const notes = (env: Config.Environment) => decoded("{}", env).notes

  it("is noted as one that is not read, with what is, where nothing else is set for https", () => {
    for (const name of ["ALL_PROXY", "all_proxy"]) {
      const [note, ...others] = notes({ [name]: "socks5://planted-login:x@a.test:1080" })
      assert.strictEqual(note?.path, name)
      assert.include(note?.reason, "set HTTPS_PROXY")
      assert.notInclude(note?.reason, "planted")
      assert.deepStrictEqual(others, [])
    }
    assert.lengthOf(notes({ ALL_PROXY: "socks5://a.test", HTTP_PROXY: http.HTTP_PROXY }), 1)
    assert.strictEqual(Config.embedded({ ALL_PROXY: "socks5://a.test" }).notes[0]?.path, "ALL_PROXY")
  })

  it("is of no interest beside HTTPS_PROXY, or where it is blank", () => {
    assert.deepStrictEqual(notes({ ALL_PROXY: "socks5://a.test", https_proxy: http.HTTPS_PROXY }), [])
    assert.deepStrictEqual(notes({ ALL_PROXY: " " }), [])
  })
})

describe("Proxies.fromVariables", () => {
  it("takes the variable of the URL's scheme, and none for the other", () => {
    assert.strictEqual(urlOf(http, "https://a.test/v1"), "http://secure.proxy:3128")
    assert.strictEqual(urlOf(http, "http://a.test/v1"), "http://plain.proxy:3128")
    assert.isUndefined(urlOf({ HTTP_PROXY: http.HTTP_PROXY }, "https://a.test/v1"))
    assert.isUndefined(urlOf({ HTTPS_PROXY: http.HTTPS_PROXY, ALL_PROXY: http.HTTPS_PROXY }, "http://a.test/v1"))
    assert.deepStrictEqual(Proxies.fromVariables({}, "https://a.test"), {})
  })

  it("takes small letters before capitals, and one that is blank for none", () => {
    const both = { https_proxy: "http://small.proxy", HTTPS_PROXY: "http://large.proxy" }
    assert.deepInclude(Proxies.fromVariables(both, "https://a.test").proxy, {
      url: "http://small.proxy",
      from: "https_proxy"
    })
    assert.strictEqual(urlOf({ ...both, https_proxy: " " }, "https://a.test"), "http://large.proxy")
    assert.isUndefined(urlOf({ HTTPS_PROXY: "" }, "https://a.test"))
    assert.isUndefined(urlOf({ ...both, NO_PROXY: "b.test", no_proxy: "a.test" }, "https://a.test"))
    assert.strictEqual(
      urlOf({ ...both, NO_PROXY: "a.test", no_proxy: "b.test" }, "https://a.test"),
      "http://small.proxy"
    )
  })

  it("goes straight to what NO_PROXY names, and to this machine", () => {
    assert.isUndefined(urlOf({ ...http, NO_PROXY: "x.test,.corp" }, "https://llm.corp/v1"))
    for (const host of ["localhost:11434", "127.0.0.1:8000", "[::1]:8000"])
      assert.isUndefined(urlOf(http, `http://${host}/v1`))
  })

  it("switches off what it is for where it cannot be read, without any part of it", () => {
    for (const wrong of [
      "socks5://planted@h:1",
      "http://",
      "http://u:planted/word@h:1",
      "http://h:planted",
      "h:99999"
    ]) {
      const { disabled, proxy } = Proxies.fromVariables({ HTTPS_PROXY: wrong }, "https://a.test")
      assert.isUndefined(proxy)
      assert.match(disabled ?? "", /^HTTPS_PROXY holds .*; expected http:\/\/host:port or https:\/\/host:port/)
      assert.notInclude(disabled, "planted")
    }
  })
})

describe("a configuration with proxies", () => {
  const provider = (more: string, env: Config.Environment = http) =>
    decoded(
      `providers: { mine: { protocol: openai-chat, url: "https://a.test/v1", keys: [k]${more} } }`,
      env
    ).providers.get("mine")

  it("reaches a provider through the one that it names, with a login from the environment, whatever that says besides", () => {
    const env = { ...http, NO_PROXY: "*", WHO: "team", PASSWORD: "p%40ss\n" }
    const { disabled, proxy } = provider(', proxy: "http://${WHO}:${PASSWORD}@own.proxy:8080"', env) ?? {}
    assert.isUndefined(disabled)
    assert.deepInclude(proxy, { url: "http://own.proxy:8080", from: "providers.mine.proxy" })
    assert.strictEqual(proxy?.login && Redacted.value(proxy.login), "team:p@ss")
    assert.notInclude(JSON.stringify(proxy), "p@ss")
  })

  it("reaches it straight with none, and else as the environment says", () => {
    assert.isUndefined(provider(", proxy: none")?.proxy)
    assert.strictEqual(provider("")?.proxy?.url, "http://secure.proxy:3128")
    assert.isUndefined(provider("", {})?.proxy)
  })

  it("switches a provider off whose proxy's variable is not set, or cannot be read, with the reason", () => {
    assert.strictEqual(provider(', proxy: "${OUT}"')?.disabled, "OUT is not set")
    assert.isUndefined(provider(', proxy: "${OUT:-none}"')?.disabled)
    const config = decoded(
      'providers: { openai: { keys: [k] }, here: { protocol: openai-chat, url: "http://localhost:1/v1", keys: [] } }',
      {
        HTTPS_PROXY: "ftp://h"
      }
    )
    assert.match(config.providers.get("openai")?.disabled ?? "", /^HTTPS_PROXY holds the URL of a proxy that speaks/)
    assert.isUndefined(config.providers.get("here")?.disabled)
    assert.strictEqual(config.notes[0]?.path, "providers.openai")
    const embedded = Config.embedded({ OPENAI_API_KEY: "k", HTTPS_PROXY: "ftp://h" }).providers.get("openai")
    assert.match(embedded?.disabled ?? "", /^HTTPS_PROXY holds/)
  })

  it("refuses a proxy that cannot be read, at its place and without any part of it", () => {
    const text = (proxy: string) => `providers:\n  openai:\n    keys: [k]\n    proxy: "${proxy}"\n`
    for (const wrong of ["socks5://planted@h:1", "http://u:planted?word@h:1", "://planted"]) {
      const said = problem(text(wrong))
      assert.match(
        said,
        /^orelse\.yaml:4:\d+: providers\.openai\.proxy: found .*; expected none, or http:\/\/host:port/
      )
      assert.notInclude(said, "planted")
    }
    assert.include(problem(text("http://u:planted/word@h:1")), "is written %2F")
    assert.match(
      problem("providers: { openai: { proxy: false } }"),
      /found false; expected the URL of a proxy, or none$/
    )
    assert.include(problem("providers: { demo: { proxy: none } }"), '"proxy" of the built-in provider "demo"')
  })

  it("is another one where the proxy or its password is", () => {
    const config = (password: string) =>
      decoded('providers: { openai: { keys: [k], proxy: "http://u:${P}@h" } }', { P: password })
    assert.isTrue(Config.diff(config("one"), config("one")).same)
    assert.deepStrictEqual(Config.diff(config("one"), config("two")).providers.changed, ["openai"])
  })

  it("reaches the collector as the environment says, and exports nothing where that cannot be read", () => {
    const text = 'telemetry: { otlp: "http://collector.test:4318" }'
    assert.strictEqual(decoded(text, http).telemetry.proxy?.url, "http://plain.proxy:3128")
    assert.isUndefined(decoded(text, { ...http, NO_PROXY: "collector.test" }).telemetry.proxy)
    const { notes, telemetry } = decoded(text, { HTTP_PROXY: "ftp://h" })
    assert.isUndefined(telemetry.otlp)
    assert.match(notes[0]?.reason ?? "", /^HTTP_PROXY holds .*: nothing is exported$/)
  })
})

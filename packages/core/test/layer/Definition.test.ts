import { assert, describe, it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Definition from "../../src/layer/Definition.ts"
import * as Orelse from "../../src/layer/Orelse.ts"

describe("Definition.resolve", () => {
  it.effect("fills in a known provider, with the key of its variable", () =>
    Effect.gen(function* () {
      const config = yield* Definition.resolve("anthropic", {})
      assert.deepInclude(config, { protocol: "anthropic-messages", url: "https://api.anthropic.com" })
      assert.strictEqual(config.credentials[0]?.name, "ANTHROPIC_API_KEY")
      assert.strictEqual(Redacted.value(config.credentials[0]!.secret!), "sk-test")
      assert.isUndefined(config.disabled)
    }).pipe(Effect.provide(ConfigProvider.layer(ConfigProvider.fromUnknown({ ANTHROPIC_API_KEY: "sk-test" }))))
  )

  it.effect("takes a wire format, a url and named keys where the name is not known", () =>
    Effect.gen(function* () {
      const secret = yield* Config.Redacted("KEY")
      const config = yield* Definition.resolve("mine", {
        protocol: "openai-chat",
        url: "http://127.0.0.1:8000/v1/",
        keys: [{ name: "main", value: secret }, secret]
      })
      assert.strictEqual(config.url, "http://127.0.0.1:8000/v1")
      assert.deepStrictEqual(config.auth, { type: "bearer" })
      assert.deepStrictEqual(
        config.credentials.map((credential) => credential.name),
        ["main", "key-2"]
      )
    }).pipe(Effect.provide(ConfigProvider.layer(ConfigProvider.fromUnknown({ KEY: "sk-mine" }))))
  )

  it.effect("takes address and key variables from its own name alone, and only its ways from its family", () =>
    Effect.gen(function* () {
      const { credentials, family, quirks, url } = yield* Definition.resolve("openai", { family: "mistral" })
      assert.deepStrictEqual([family, quirks["oldMaxTokens"], url], ["mistral", true, "https://api.openai.com/v1"])
      assert.strictEqual(credentials[0]?.disabled, "OPENAI_API_KEY is not set")
      assert.throws(() => Definition.resolve("mine", { family: "groq" }), /"mine" must have a protocol and a url/)
      assert.throws(
        () => Definition.resolve("mine", { family: "nope", protocol: "openai-chat", url: "http://h/v1" }),
        /the family of provider "mine" must be a known provider, got "nope"/
      )
    }).pipe(Effect.provide(ConfigProvider.layer(ConfigProvider.fromUnknown({}))))
  )
  const mine = { protocol: "openai-chat", url: "http://127.0.0.1:8000/v1" } as const

  it.effect("goes through the proxy that it names, or that the environment does, and straight with none", () =>
    Effect.gen(function* () {
      const proxyOf = (definition: Definition.Definition) =>
        Effect.map(Definition.resolve("openai", definition), ({ proxy }) => proxy)
      assert.deepInclude(yield* proxyOf({}), { url: "http://env.proxy:3128", from: "HTTPS_PROXY" })
      assert.isUndefined(yield* proxyOf({ url: "https://inside.corp/v1" }))
      assert.isUndefined(yield* proxyOf({ proxy: "none" }))
      const own = yield* proxyOf({ proxy: Redacted.make("http://team:planted@own.proxy:8080") })
      assert.deepInclude(own, { url: "http://own.proxy:8080", from: "providers.openai.proxy" })
      assert.strictEqual(Redacted.value(own!.login!), "team:planted")
      assert.isUndefined((yield* Definition.resolve("mine", mine)).proxy)
      assert.throws(
        () => Definition.resolve("mine", { ...mine, proxy: "socks5://planted@h:1" }),
        /^Definition\.resolve: the proxy of provider "mine" must be http:\/\/host:port.*, got the URL of a proxy that speaks something else$/
      )
    }).pipe(
      Effect.provide(
        ConfigProvider.layer(
          ConfigProvider.fromUnknown({
            HTTPS_PROXY: "http://env.proxy:3128",
            HTTP_PROXY: "http://env.proxy:3128",
            NO_PROXY: ".corp"
          })
        )
      )
    )
  )

  it.effect(
    "reads keys under the rules of the configuration: no end of line, and none that is empty or cannot be sent",
    () =>
      Effect.gen(function* () {
        const keys = ["sk-one\n", "", "sk-\u00e4"].map((key) => Redacted.make(key))
        const { credentials, disabled } = yield* Definition.resolve("mine", { ...mine, keys })
        assert.deepStrictEqual(
          credentials.map(({ disabled, secret }) => disabled ?? Redacted.value(secret!)),
          ["sk-one", "key-2 is empty", "key-3 has line ends or characters that no key has"]
        )
        assert.isUndefined(disabled)
        const alone = yield* Definition.resolve("mine", {
          ...mine,
          keys: [{ name: "main", value: Redacted.make(" ") }]
        })
        assert.strictEqual(alone.disabled, "main is empty")
      })
  )

  it.effect("takes the ends of line from headers", () =>
    Effect.gen(function* () {
      const { headers } = yield* Definition.resolve("mine", { ...mine, headers: { "x-team": "research\n" } })
      assert.deepStrictEqual(headers, { "x-team": "research" })
    })
  )

  it("refuses two keys of one name, headers that cannot be sent, limits below 1 and times of nothing", () => {
    const key = Redacted.make("sk-one")
    const wrong: ReadonlyArray<readonly [Definition.Definition, string]> = [
      [
        { keys: [{ name: "key-2", value: key }, key] },
        'each key of provider "mine" must have its own name, got "key-2" twice'
      ],
      [{ headers: { "x team": "a" } }, 'the header "x team" of provider "mine" must be letters, digits and hyphens'],
      [{ headers: { "x-team": "a\nb" } }, 'the header "x-team" of provider "mine" must be ASCII without line ends'],
      [{ headers: { Host: "a" } }, "got a header that the exchange itself writes"],
      [{ auth: { type: "header", name: "x key" } }, 'the header of auth of provider "mine" must be letters'],
      [{ limits: { concurrency: 0 } }, 'limits.concurrency of provider "mine" must be at least 1, got 0'],
      [{ limits: { tokens: { limit: Number.NaN, window: Duration.minutes(1) } } }, "limits.tokens"],
      [
        { limits: { requests: { limit: 1, window: Duration.zero } } },
        'limits.requests.window of provider "mine" must be a Duration longer than 0, got 0'
      ],
      [
        { timeouts: { firstContent: Duration.zero } },
        'timeouts.firstContent of provider "mine" must be a Duration longer than 0, got 0'
      ],
      [{ timeouts: { idle: "1 minute" as never } }, "timeouts.idle of provider"]
    ]
    for (const [fields, message] of wrong) {
      assert.throws(() => Definition.resolve("mine", { ...mine, ...fields }), message)
      assert.throws(() => Orelse.layer({ providers: { mine: { ...mine, ...fields } } }), message)
    }
  })

  it("refuses an unknown name without protocol and url, naming it and what was probably meant", () => {
    assert.throws(
      () => Definition.resolve("mine", {}),
      /provider "mine" must have a protocol and a url, or a known name/
    )
    assert.throws(() => Definition.resolve("antropic", {}), /provider "antropic" .* \(did you mean "anthropic"\?\)$/)
    assert.throws(() => Definition.resolve("demo", {}), /provider "demo" .* \(the built-in demo is Demo\.make\(\)\)$/)
    assert.throws(() => Definition.resolve("a/b", {}), /must not be empty or hold "\/"/)
  })

  it("refuses a url that is none of http, and shows no login that stands in it", () => {
    for (const url of ["127.0.0.1:8000/v1", "ftp://me:planted@h/v1", "http//h"]) {
      assert.throws(
        () => Orelse.layer({ providers: { mine: { ...mine, url } } }),
        /^Definition\.resolve: the url of provider "mine" must be http\(s\):\/\/host…, got (?!.*planted)/
      )
    }
  })

  it("refuses keys that are not redacted, without showing them", () => {
    const named = [{ name: "main", value: "sk-planted" }]
    const wrong: ReadonlyArray<readonly [unknown, string]> = [
      [["sk-planted"], "keys[0]"],
      [[Redacted.make("sk-one"), undefined], "keys[1]"],
      [named, 'key "main"']
    ]
    for (const [keys, which] of wrong) {
      const message = `Definition.resolve: ${which} of provider "mine" must be Redacted, as Redacted.make(value) makes it`
      assert.throws(() => Definition.resolve("mine", { ...mine, keys: keys as never }), message)
    }
  })
})

import { assert, describe, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Proxy from "../../src/provider/Proxy.ts"

const made = (address: string) =>
  Result.getOrThrow(Result.mapError(Proxy.make(address, "HTTPS_PROXY"), ({ found }) => found))
const loginOf = (address: string) => {
  const { login } = made(address)
  return login && Redacted.value(login)
}

describe("Proxy.make", () => {
  it("reads addresses as people write them, and keeps user and password apart", () => {
    const urls = {
      "http://proxy:3128": "http://proxy:3128",
      " http://proxy:3128/ ": "http://proxy:3128",
      "proxy.corp:3128": "http://proxy.corp:3128",
      "team:secret@proxy:3128": "http://proxy:3128",
      "HTTPS://Team:Secret@Proxy.Corp": "https://proxy.corp",
      "10.0.0.1:8080": "http://10.0.0.1:8080",
      "http://[2001:db8::1]:8080": "http://[2001:db8::1]:8080"
    }
    for (const [address, url] of Object.entries(urls)) assert.strictEqual(made(address).url, url)
  })

  it("takes what is written with % in user and password for the sign that is meant", () => {
    assert.isUndefined(loginOf("http://proxy"))
    assert.strictEqual(loginOf("http://team@proxy"), "team:")
    assert.strictEqual(loginOf("http://:pw@proxy"), ":pw")
    assert.strictEqual(loginOf("http://team:a%2Fb%40c%25d%C3%A9@proxy"), "team:a/b@c%dé")
    assert.strictEqual(loginOf("http://team:100%@proxy"), "team:100%")
    assert.strictEqual(loginOf("http://team:a@b@proxy"), "team:a@b")
    assert.deepStrictEqual(Proxy.headers(made("http://team:pw@proxy")), { "proxy-authorization": "Basic dGVhbTpwdw==" })
    assert.deepStrictEqual(Proxy.headers(made("http://proxy")), {})
  })
})

describe("what is said of a proxy", () => {
  it("names it, the status and the next step, by where it is said, and never its login", () => {
    const env = made("http://team:planted@proxy:3128")
    const own = Result.getOrThrow(Proxy.make("http://proxy:3128", "providers.mine.proxy"))
    const says = (proxy: Proxy.Proxy, status: number) =>
      Proxy.refused(proxy, "the tunnel to a.test:443", status).message
    const head = "the proxy http://proxy:3128 refused the tunnel to a.test:443 with status"
    assert.strictEqual(
      says(env, 407),
      `${head} 407: it does not take the user and the password of its URL (HTTPS_PROXY)`
    )
    assert.strictEqual(
      says(own, 407),
      `${head} 407: it wants a user and a password; write them into its URL (providers.mine.proxy)`
    )
    assert.strictEqual(
      says(env, 403),
      `${head} 403: it does not let it through; have it allowed there, or go around it (NO_PROXY)`
    )
    assert.strictEqual(
      says(own, 502),
      `${head} 502: it does not reach that host itself; look there, or go around it (providers.mine.proxy: none)`
    )
  })

  it("says which logins it takes where Basic is none of them, and no other word of the proxy", () => {
    const proxy = made("http://proxy:3128")
    const says = (wants: string | ReadonlyArray<string>) => Proxy.refused(proxy, "it", 407, wants).message
    const only = "and only Basic is spoken here; name one that takes that (HTTPS_PROXY)"
    assert.include(says(["Negotiate", "NTLM"]), `it takes a login by Negotiate or NTLM, ${only}`)
    assert.include(says('Digest realm="planted", nonce="planted"'), `it takes a login by Digest, ${only}`)
    for (const wants of ['NTLM, Basic realm="planted"', "planted", ""])
      assert.include(says(wants), "it wants a user and a password")
    assert.notInclude(says("planted Digest"), "planted")
  })

  it("says what to trust where a certificate's authority is not known: the proxy may open TLS itself", () => {
    const of = (code: string) =>
      Proxy.failed(made("http://h"), "no TLS", Object.assign(new Error("no"), { code })).message
    assert.match(of("SELF_SIGNED_CERT_IN_CHAIN"), /: no; where the proxy opens TLS itself, .* NODE_EXTRA_CA_CERTS$/)
    assert.match(of("CERT_HAS_EXPIRED"), /: no$/)
  })

  it("keeps the code of what went wrong, and says what that was where there are no words for it", () => {
    const proxy = made("http://proxy:3128")
    const refused = Object.assign(new Error(""), { code: "ECONNREFUSED" })
    const failed = Proxy.failed(proxy, "no connection to a.test:443", refused)
    assert.strictEqual(failed.code, "ECONNREFUSED")
    assert.strictEqual(
      failed.message,
      "no connection to a.test:443 through the proxy http://proxy:3128 (HTTPS_PROXY): ECONNREFUSED"
    )
    assert.isFalse(failed.isRefusal)
    assert.isTrue(Proxy.refused(proxy, "it", 403).isRefusal)
    assert.strictEqual(Proxy.failed(proxy, "again", failed), failed)
  })
})

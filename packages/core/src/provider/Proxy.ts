/**
 * A forward proxy between here and a provider: its address as people write it, and what is said where it does not let a request through.
 *
 * `Tunnel.ts` opens connections through it, `Forward.ts` hands it requests. Which provider goes through which one is the configuration's.
 */
import { unescape } from "node:querystring"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"

/** A forward proxy that a provider is reached through. @stability experimental @category models @since 0.1.0 */
export interface Proxy {
  /** Scheme, host and port, without user and password. */
  readonly url: string
  /** `user:password`; absent where none is shown to it. */
  readonly login: Redacted.Redacted<string> | undefined
  /** Where it is said, for who must change it: `HTTPS_PROXY`, `providers.openai.proxy`. */
  readonly from: string
}

/** What is wrong with an address, without any part of it. @stability experimental @category models @since 0.1.0 */
export interface Unreadable {
  readonly found: string
  readonly expected: string
}

const expected = "http://host:port or https://host:port, with user:password@ before the host where it wants them"

const encoded = `${expected}; a "/", "?", "#" or "%" in user or password is written %2F, %3F, %23 or %25`

/**
 * Reads an address; without a scheme it is that of a proxy over HTTP, as most programs take it.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const make = (address: string, from: string): Result.Result<Proxy, Unreadable> => {
  const text = address.trim()
  const url = URL.parse(/^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`)
  if (url === null)
    return Result.fail({ found: "no URL of a proxy", expected: text.includes("@") ? encoded : expected })
  if (!/^https?:$/.test(url.protocol))
    return Result.fail({ found: "the URL of a proxy that speaks something else", expected })
  if (`${url.pathname}${url.search}${url.hash}` !== "/")
    return Result.fail({
      found: "the URL of a proxy with something behind its host",
      expected: encoded
    })
  const { password, username } = url
  const login = username === "" && password === "" ? undefined : `${unescape(username)}:${unescape(password)}`
  return Result.succeed({
    url: `${url.protocol}//${url.host}`,
    login: login === undefined ? undefined : Redacted.make(login, { label: from }),
    from
  })
}

/** What shows user and password to it. @stability experimental @category getters @since 0.1.0 */
export const headers = ({ login }: Proxy): Readonly<Record<string, string>> =>
  login === undefined ? {} : { "proxy-authorization": `Basic ${Buffer.from(Redacted.value(login)).toString("base64")}` }

/** What no message may hold: as it is written, and as it is sent. @stability experimental @category getters @since 0.1.0 */
export const secrets = (self: Proxy): ReadonlyArray<string> => {
  if (self.login === undefined) return []
  const login = Redacted.value(self.login)
  return [login, login.slice(login.indexOf(":") + 1), ...Object.values(headers(self)).map((value) => value.slice(6))]
}

/** For the end of a sentence; nothing where there is none. @stability experimental @category getters @since 0.1.0 */
export const through = (self: Proxy | undefined): string =>
  self === undefined ? "" : ` through the proxy ${self.url} (${self.from})`

/** Node's own word for it. */
const refusal = "ERR_PROXY_TUNNEL"

/** Why a connection through a proxy did not come about. @stability experimental @category errors @since 0.1.0 */
export class ProxyError extends Error {
  /** As Node calls it (`ECONNREFUSED`). */
  readonly code: string | undefined

  constructor(message: string, code: string | undefined, cause?: Error) {
    super(message, { cause })
    this.code = code
  }

  /** Whether the proxy itself said no: nothing went to the provider. */
  get isRefusal(): boolean {
    return this.code === refusal
  }
}

/**
 * It answered, and not by doing what it was asked to. `wants`: its `proxy-authenticate`.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const refused = (self: Proxy, what: string, status: number, wants?: Header): ProxyError =>
  new ProxyError(
    `the proxy ${self.url} refused ${what} with status ${status}: ${status === 407 ? login(self, wants) : remedy(self, status)}`,
    refusal
  )

type Header = string | ReadonlyArray<string> | undefined

const login = ({ from, login }: Proxy, wants: Header): string => {
  const schemes = [...new Set(String(wants ?? "").match(/\b(?:Basic|Bearer|Digest|Kerberos|Negotiate|NTLM)\b/gi))]
  if (schemes.length > 0 && !schemes.some((scheme) => /basic/i.test(scheme)))
    return `it takes a login by ${schemes.join(" or ")}, and only Basic is spoken here; name one that takes that (${from})`
  return login === undefined
    ? `it wants a user and a password; write them into its URL (${from})`
    : `it does not take the user and the password of its URL (${from})`
}

const remedy = ({ from }: Proxy, status: number): string => {
  if (status === 502 || status === 503 || status === 504)
    return `it does not reach that host itself; look there, or go around it (${around(from)})`
  return `it does not let it through; have it allowed there, or go around it (${around(from)})`
}

/** What is said by hand is changed there; a variable has exceptions. */
const around = (from: string): string => (from.startsWith("providers.") ? `${from}: none` : "NO_PROXY")

/** It was not reached, or what came through it was no connection. @stability experimental @category constructors @since 0.1.0 */
export const failed = (self: Proxy, what: string, error: NodeJS.ErrnoException): ProxyError =>
  error instanceof ProxyError
    ? error
    : new ProxyError(
        `${what}${through(self)}: ${error.message || (error.code ?? error.name)}${untrusted.has(error.code) ? trust : ""}`,
        error.code,
        error
      )

/** OpenSSL's words for an authority that is not known: mostly the proxy's own, where it opens TLS. */
const untrusted: ReadonlySet<string | undefined> = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE"
])

const trust = "; where the proxy opens TLS itself, name its authority in NODE_EXTRA_CA_CERTS"

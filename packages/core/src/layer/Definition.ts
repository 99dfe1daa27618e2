/**
 * A provider over HTTP as a program writes it: what the configuration's `providers:` says, in code.
 *
 * A known name fills in protocol, url, auth and the variable of its key (`provider/profiles.ts`); any other needs `protocol` and `url`.
 * It opens nothing: `Providers.ts` makes a provider of it.
 */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { ProtocolId } from "../domain/Dialect.ts"
import * as Nearest from "../domain/Nearest.ts"
import type { Scheme } from "../provider/Auth.ts"
import * as Endpoint from "../provider/Endpoint.ts"
import * as profiles from "../provider/profiles.ts"
import type { Limits, ModelInfo, Provider } from "../provider/Provider.ts"
import * as Proxy from "../provider/Proxy.ts"
import * as Credentials from "./config/Credentials.ts"
import * as Proxies from "./config/Proxies.ts"
import * as Sendable from "./config/Sendable.ts"
import type { CredentialConfig, ProviderConfig } from "./config/Types.ts"
import * as Known from "./Known.ts"
import * as Measures from "./Measures.ts"

/**
 * What is left out comes from the known provider of that name; its ways from that of `family`, where there is one.
 *
 * @stability stable
 * @category models
 * @since 0.1.0
 */
export interface Definition {
  readonly protocol?: ProtocolId | undefined
  /** What the provider's own SDK takes as its base URL. */
  readonly url?: string | undefined
  /** In turn; names default to `key-1`, `key-2` … Absent: the usual variable of a known name. `[]`: none is sent. */
  readonly keys?:
    | ReadonlyArray<Redacted.Redacted<string> | { readonly name: string; readonly value: Redacted.Redacted<string> }>
    | undefined
  readonly auth?: Scheme | undefined
  /** The known provider whose ways (error wording, switches) it follows; its own name by default. Address and key variable stay its own. */
  readonly family?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** URL of the forward proxy to reach it through, or `none`. Absent: what `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` say. */
  readonly proxy?: string | Redacted.Redacted<string> | undefined
  /** Of each key. */
  readonly limits?: Limits | undefined
  readonly timeouts?: NonNullable<Provider["timeouts"]> | undefined
  readonly models?: Readonly<Record<string, ModelInfo>> | undefined
  readonly quirks?: Readonly<Record<string, boolean | string | number>> | undefined
}

/**
 * The definition, filled in. Without `keys` the known name's variable is read through effect's `Config`, and so are the variables of a proxy
 * without `proxy`; where the key's is not set the provider is there, disabled with that reason, as it is where its keys are empty or cannot be
 * sent. Throws where the family is no known provider, where neither the name is known nor protocol and url are given, and where the url is none
 * of http(s), a key is not redacted, two keys have one name, a header cannot be sent, the proxy's URL cannot be read, a limit is below 1, or a
 * window or a timeout is not longer than 0.
 *
 * @stability stable
 * @category conversions
 * @since 0.1.0
 */
export const resolve = (id: string, self: Definition): Effect.Effect<ProviderConfig, Config.ConfigError> => {
  if (id === "" || id.includes("/")) {
    throw new Error(`Definition.resolve: a provider's id must not be empty or hold "/", got "${id}"`)
  }
  if (self.family !== undefined && profiles.find(self.family) === undefined) {
    throw new Error(`Definition.resolve: the family of provider "${id}" must be a known provider, got "${self.family}"`)
  }
  const known = Known.of(id, self)
  const url = (self.url ?? known?.url ?? "").replace(/\/+$/, "")
  if (known === undefined || url === "") {
    throw new Error(
      `Definition.resolve: provider "${id}" must have a protocol and a url, or a known name such as openai or anthropic${meant(id)}`
    )
  }
  if (Endpoint.make(url) === undefined)
    refuse(id, "the url", { expected: "http(s)://host…", found: "a text that is none" })
  if (self.auth?.type === "header") refuse(id, "the header of auth", Sendable.nameProblem(self.auth.name))
  Measures.check("Definition.resolve", { id, limits: self.limits, timeouts: self.timeouts })
  const headers = headersOf(id, self.headers)
  return Effect.map(Effect.all([keysOf(id, self, known.keys), proxyOf(id, self, url)]), ([credentials, proxied]) => {
    const disabled = credentials.every((credential) => credential.disabled !== undefined)
    return {
      ...proxied,
      id,
      protocol: known.protocol,
      url,
      family: known.family,
      auth: self.auth ?? known.auth,
      credentials,
      headers,
      limits: self.limits,
      timeouts: self.timeouts ?? {},
      models: self.models ?? {},
      quirks: { ...known.quirks, ...self.quirks },
      ...(disabled ? { disabled: credentials[0]?.disabled } : {})
    }
  })
}

const meant = (id: string): string => {
  if (id === "demo") return " (the built-in demo is Demo.make())"
  const nearest = Nearest.of(id, Object.keys(profiles.profiles))
  return nearest === undefined || nearest === id ? "" : ` (did you mean "${nearest}"?)`
}

/** Under the rules of the configuration's: what cannot be sent would fail with every call. */
const headersOf = (id: string, headers: Definition["headers"] = {}): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      refuse(id, `the header "${name}"`, Sendable.nameProblem(name) ?? Sendable.valueProblem(value))
      return [name, value.trim()]
    })
  )

const refuse = (id: string, what: string, problem: Sendable.Unsendable | undefined): void => {
  if (problem === undefined) return
  throw new Error(`Definition.resolve: ${what} of provider "${id}" must be ${problem.expected}, got ${problem.found}`)
}

const keysOf = (
  id: string,
  self: Definition,
  variables: ReadonlyArray<string>
): Effect.Effect<ReadonlyArray<CredentialConfig>, Config.ConfigError> => {
  const keys = self.keys
  if (keys === undefined) return fromVariables(variables)
  if (keys.length === 0) return Effect.succeed([Credentials.none])
  const credentials = keys.map((key, index) => {
    if (Redacted.isRedacted(key)) return Credentials.make(`key-${index + 1}`, Redacted.value(key))
    const named = typeof key === "object" && Redacted.isRedacted(key?.value)
    // Types say so; a program without them must not read its key in an error.
    if (!named) refuse(id, typeof key?.name === "string" ? `key "${key.name}"` : `keys[${index}]`, unredacted)
    return Credentials.make(key.name, Redacted.value(key.value))
  })
  const twice = credentials.find(({ name }, index) => credentials.findIndex((other) => other.name === name) < index)
  if (twice !== undefined)
    throw new Error(
      `Definition.resolve: each key of provider "${id}" must have its own name, got "${twice.name}" twice`
    )
  return Effect.succeed(credentials)
}

const unredacted = { expected: "Redacted, as Redacted.make(value) makes it", found: "something else" }

/** The same rules as the configuration's: the first variable that is set. */
const fromVariables = (names: ReadonlyArray<string>) =>
  Effect.map(environment(names), (env) => Credentials.fromVariables(env, names))

const environment = (names: ReadonlyArray<string>) =>
  Effect.map(
    Effect.forEach(names, (name) => Effect.map(Config.option(Config.String(name)), (value) => [name, value] as const)),
    (values) => Object.fromEntries(values.map(([name, value]) => [name, Option.getOrUndefined(value)]))
  )

const proxyOf = (id: string, { proxy }: Definition, url: string): Effect.Effect<Proxies.Found, Config.ConfigError> => {
  if (proxy === undefined) return Effect.map(environment(Proxies.variables), (env) => Proxies.fromVariables(env, url))
  const written = Redacted.isRedacted(proxy) ? Redacted.value(proxy) : proxy
  const made = written === Proxies.none ? undefined : Proxy.make(written, `providers.${id}.proxy`)
  if (made !== undefined && Result.isFailure(made)) refuse(id, "the proxy", made.failure)
  return Effect.succeed(made !== undefined && Result.isSuccess(made) ? { proxy: made.success } : {})
}

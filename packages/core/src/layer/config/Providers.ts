/**
 * `providers:` from the file to `ProviderConfig`: a known name fills in what is left out, and what is not set switches off what needs it.
 */
import * as Nearest from "../../domain/Nearest.ts"
import type { Scheme } from "../../provider/Auth.ts"
import * as profiles from "../../provider/profiles.ts"
import * as Known from "../Known.ts"
import * as BaseUrl from "./BaseUrl.ts"
import * as Credentials from "./Credentials.ts"
import type { Environment } from "./Environment.ts"
import type { Path } from "./Problem.ts"
import * as Proxies from "./Proxies.ts"
import { unsetAt, type Reader } from "./Reader.ts"
import type { Provider } from "./schema/Provider.ts"
import * as Sendable from "./Sendable.ts"
import type { CredentialConfig, ProviderConfig } from "./Types.ts"

/** The id of the built-in provider that answers by rule. @stability stable @category constants @since 0.1.0 */
export const demoId = "demo"

type Entry = typeof Provider.Type

/**
 * Every provider of the file, and `demo`.
 *
 * @stability experimental
 * @category decoding
 * @since 0.1.0
 */
export const read = (reader: Reader): Map<string, ProviderConfig> => {
  const entries = Object.entries(reader.file.providers ?? {})
  const providers = new Map<string, ProviderConfig>()
  for (const [id, entry] of entries) {
    const provider = id === demoId ? readDemo(reader, entry) : readOne(reader, id, entry)
    if (provider === undefined) continue
    if (provider.disabled !== undefined) reader.note(["providers", id], provider.disabled)
    providers.set(id, provider)
  }
  if (!providers.has(demoId)) providers.set(demoId, demo)
  return providers
}

/** Every name that needs no more than a key. @stability experimental @category constants @since 0.1.0 */
export const knownNames: ReadonlyArray<string> = Object.keys(profiles.profiles)

const base = {
  url: "",
  auth: { type: "none" },
  headers: {},
  limits: undefined,
  timeouts: {},
  models: {},
  quirks: {}
} as const

/** Needs no key and no network. @stability experimental @category constants @since 0.1.0 */
export const demo: ProviderConfig = {
  ...base,
  id: demoId,
  protocol: "library",
  family: demoId,
  credentials: [Credentials.none]
}

/**
 * A known provider as its profile row and the environment have it.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const fromProfile = (profile: profiles.Profile, env: Environment): ProviderConfig => {
  const { auth, name: id, protocol, quirks, url } = profile
  const credentials = Credentials.fromVariables(env, profile.keys)
  const { disabled: unreadable, ...proxied } = Proxies.fromVariables(env, url)
  const disabled =
    url === "" ? `it needs a url: write one under providers.${id}` : (allDisabled(credentials) ?? unreadable)
  const provider = { ...base, id, protocol, url, auth, quirks, family: id, credentials, ...proxied }
  return disabled === undefined ? provider : { ...provider, disabled }
}

const readDemo = (reader: Reader, entry: Entry): ProviderConfig => {
  for (const key of Object.keys(entry)) {
    if (key === "enabled" || key === "models" || key === "limits" || key === "timeouts") continue
    const found = `"${key}" of the built-in provider "demo"`
    reader.report({
      path: ["providers", demoId, key],
      at: "key",
      found,
      expected: "enabled, models, limits or timeouts"
    })
  }
  return { ...demo, ...common(entry), ...switchedOff(entry) }
}

const readOne = (reader: Reader, id: string, entry: Entry): ProviderConfig | undefined => {
  const path = ["providers", id]
  const known = Known.of(id, entry)
  if (id.includes("/")) {
    reader.report({
      path,
      at: "key",
      found: `"${id}"`,
      expected: `a name without "/", because "provider/model" is split there`
    })
  }
  if (entry.family !== undefined && unsetAt(reader, [...path, "family"]) === undefined)
    checkFamily(reader, [...path, "family"], entry.family)
  if (known === undefined) {
    reader.report({
      path,
      at: "key",
      found: `no protocol for "${id}", which is no known provider`,
      expected: `a protocol and a url, or a known name such as ${knownNames.slice(0, 12).join(", ")}`,
      nearest: Nearest.of(id, knownNames)
    })
    return undefined
  }
  const credentials =
    entry.keys === undefined
      ? Credentials.fromVariables(reader.env, known.keys)
      : Credentials.read(reader, [...path, "keys"], entry.keys)
  const url = BaseUrl.read(reader, id, entry.url ?? known.url, known.protocol)
  const proxied = Proxies.read(reader, [...path, "proxy"], entry.proxy, url)
  return {
    ...base,
    ...common(entry),
    ...proxied,
    id,
    protocol: known.protocol,
    url,
    family: known.family,
    credentials,
    auth: readAuth(reader, [...path, "auth"], entry.auth) ?? known.auth,
    headers: Sendable.headers(reader, [...path, "headers"], entry.headers),
    quirks: { ...known.quirks, ...entry.quirks },
    ...whyOff(reader, id, entry, credentials)
  }
}

const checkFamily = (reader: Reader, path: Path, family: string): void => {
  if (profiles.find(family) !== undefined) return
  reader.report({
    path,
    at: "value",
    found: `"${family}", which is no known provider`,
    expected: `a known name such as ${knownNames.slice(0, 12).join(", ")}`,
    nearest: Nearest.of(family, knownNames)
  })
}

const readAuth = (reader: Reader, path: Path, auth: Entry["auth"]): Scheme | undefined => {
  if (auth === undefined || unsetAt(reader, path) !== undefined) return undefined
  if (auth === "none" || auth === "bearer") return { type: auth }
  if (auth === "sigv4") return { type: "sigv4", service: "bedrock" }
  if ("header" in auth) {
    Sendable.headerName(reader, [...path, "header"], "value", auth.header)
    return { type: "header", name: auth.header }
  }
  if (!/^[\w.~-]+$/.test(auth.query)) {
    const expected = "letters, digits and hyphens"
    reader.report({ path: [...path, "query"], at: "value", found: "no name of a parameter", expected })
  }
  return { type: "query", name: auth.query }
}

const common = (entry: Entry) => ({
  limits: entry.limits,
  timeouts: entry.timeouts ?? {},
  models: entry.models ?? {}
})

const switchedOff = (entry: Entry) => (entry.enabled === false ? { disabled: "switched off in the configuration" } : {})

/** The first reason that there is: switched off, a part that is not set, no key that is. */
const whyOff = (
  reader: Reader,
  id: string,
  entry: Entry,
  credentials: ReadonlyArray<CredentialConfig>
): Pick<ProviderConfig, "disabled"> => {
  if (unsetAt(reader, ["providers", id, "enabled"]) === undefined && entry.enabled === false) return switchedOff(entry)
  const parts = reader.unset.filter(
    (one) => one.path[1] === id && one.path[0] === "providers" && one.path[2] !== "keys"
  )
  const part = parts[0] === undefined ? undefined : unsetAt({ unset: parts }, ["providers", id])
  const disabled = part ?? allDisabled(credentials)
  return disabled === undefined ? {} : { disabled }
}

const allDisabled = (credentials: ReadonlyArray<CredentialConfig>): string | undefined => {
  if (credentials.some((credential) => credential.disabled === undefined)) return undefined
  return [...new Set(credentials.map((credential) => credential.disabled))].join("; ")
}

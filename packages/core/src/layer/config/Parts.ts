/**
 * `server:`, `callers:`, `ledger:`, `state:` and `telemetry:` from the file, with their defaults.
 */
import * as Duration from "effect/Duration"
import * as Redacted from "effect/Redacted"
import { isIPv6 } from "node:net"
import * as KeyHash from "./KeyHash.ts"
import type { Path } from "./Problem.ts"
import * as Nearest from "../../domain/Nearest.ts"
import * as Redaction from "../../domain/Redaction.ts"
import * as Proxies from "./Proxies.ts"
import { unsetAt, type Reader } from "./Reader.ts"
import * as Sendable from "./Sendable.ts"
import * as StoreUrl from "./StoreUrl.ts"
import type { CallerConfig, FailuresConfig, LedgerConfig, ServerConfig, StateConfig, TelemetryConfig } from "./Types.ts"

/** @stability experimental @category decoding @since 0.1.0 */
export const server = (reader: Reader): ServerConfig => {
  const entry = reader.file.server ?? {}
  return {
    host: host(reader, entry.host ?? "127.0.0.1"),
    port: entry.port ?? 4100,
    maxBodySize: entry.maxBodySize ?? 32 * 1024 * 1024,
    drainTimeout: entry.drainTimeout ?? Duration.seconds(30),
    keepAlive: entry.keepAlive ?? Duration.seconds(15),
    headersTimeout: entry.headersTimeout ?? Duration.seconds(30),
    requestTimeout: entry.requestTimeout ?? Duration.minutes(2),
    adminKey: adminKey(reader, entry.adminKey),
    cors: entry.cors ?? [],
    sanitize: entry.sanitize ?? false
  }
}

/** What no machine has as its address is known without asking this one; a file may be checked elsewhere. */
const host = (reader: Reader, value: string): string => {
  if (/[\s/@[\]]/.test(value) || (value.includes(":") && !isIPv6(value)))
    reader.report({
      path: ["server", "host"],
      at: "value",
      found: JSON.stringify(Redaction.scrub(value)),
      expected: "an address of this machine alone, such as 127.0.0.1, ::1 or 0.0.0.0 for every one"
    })
  return value
}

const adminKey = (reader: Reader, value: string | undefined): Redacted.Redacted<string> | undefined => {
  const path = ["server", "adminKey"]
  const reason = unsetAt(reader, path)
  if (reason !== undefined) reader.note(path, reason)
  const key = Sendable.key(reader, path, value)
  return key === undefined ? undefined : Redacted.make(key)
}

/**
 * Callers; one whose key is not set stays, and nobody can call as it.
 *
 * @stability experimental
 * @category decoding
 * @since 0.1.0
 */
export const callers = (reader: Reader, isName: (name: string) => boolean, names: ReadonlyArray<string>) => {
  const taken = new Set<string>()
  const keys = new Set<string>()
  return (reader.file.callers ?? []).map((entry, index): CallerConfig => {
    const path = ["callers", index]
    if (taken.has(entry.name)) {
      const found = `a second caller named "${entry.name}"`
      reader.report({ path: [...path, "name"], at: "value", found, expected: "a name of its own" })
    }
    taken.add(entry.name)
    entry.routes?.forEach((route, at) => {
      if (isName(route)) return
      reader.report({
        path: [...path, "routes", at],
        at: "value",
        found: `"${route}", which is no route and no target`,
        expected: `one of ${names.join(", ")}, or "provider/model"`,
        nearest: Nearest.of(route, names)
      })
    })
    const disabled = unsetAt(reader, path)
    if (disabled !== undefined) reader.note(path, disabled)
    const key = disabled === undefined ? callerKey(reader, [...path, "key"], entry.key, keys) : undefined
    if (entry.budget !== undefined && reader.file.ledger?.store === "none")
      reader.note([...path, "budget"], "without a ledger, what was spent is forgotten with each start")
    return {
      name: entry.name,
      key: key === undefined ? undefined : Redacted.make(key, { label: entry.name }),
      routes: entry.routes,
      limits: entry.limits,
      budget: entry.budget,
      ...(disabled === undefined ? {} : { disabled })
    }
  })
}

/** A key that no other caller has, whether it is written as itself or as its hash. */
const callerKey = (reader: Reader, path: Path, value: string | undefined, taken: Set<string>): string | undefined => {
  const key = Sendable.key(reader, path, value)
  if (key === undefined) return undefined
  const wrong = (found: string, expected: string) => reader.report({ path, at: "value", found, expected })
  const hash = KeyHash.of(key)
  if (taken.has(hash)) wrong("a key that another caller has", "a key of its own")
  taken.add(hash)
  if (key.startsWith(KeyHash.scheme) && !KeyHash.is(key))
    wrong('"sha256:" and something that is no hash', "64 hex digits after it, or a key")
  return key
}

/** A store whose place is not set is off, and says so; it never becomes another one. @stability experimental @category decoding @since 0.1.0 */
export const ledger = (reader: Reader): LedgerConfig => {
  const entry = reader.file.ledger ?? {}
  const store = entry.store ?? "sqlite"
  const reason = unsetAt(reader, ["ledger"])
  if (reason !== undefined) reader.note(["ledger"], `${reason}: calls are not on record`)
  else if (store === "postgres") needsUrl(reader, "ledger", store, entry.url)
  return {
    store: reason === undefined ? store : "none",
    path: entry.path ?? "./orelse.db",
    url: secret(reader, ["ledger", "url"], entry.url),
    bodies: entry.bodies ?? "none",
    durability: entry.durability ?? "batched",
    retention: entry.retention ?? Duration.days(30)
  }
}

/** @stability experimental @category decoding @since 0.1.0 */
export const state = (reader: Reader): StateConfig => {
  const entry = reader.file.state ?? {}
  const reason = unsetAt(reader, ["state"])
  if (reason !== undefined) reader.note(["state"], `${reason}: limits and cooldowns are of this process alone`)
  else if (entry.store === "redis") needsUrl(reader, "state", entry.store, entry.url)
  return {
    store: reason === undefined ? (entry.store ?? "memory") : "memory",
    url: secret(reader, ["state", "url"], entry.url)
  }
}

/** @stability experimental @category decoding @since 0.1.0 */
export const telemetry = (reader: Reader): TelemetryConfig => {
  const entry = reader.file.telemetry ?? {}
  const reason = unsetAt(reader, ["telemetry"])
  if (reason !== undefined) reader.note(["telemetry"], `${reason}: nothing is exported`)
  else if (entry.otlp !== undefined && !/^https?:$/.test(URL.parse(entry.otlp)?.protocol ?? ""))
    reader.report({
      path: ["telemetry", "otlp"],
      at: "value",
      found: "no URL",
      expected: "the http:// or https:// URL of an OTLP collector, such as http://127.0.0.1:4318"
    })
  const { disabled, ...proxied } = Proxies.fromVariables(reader.env, reason === undefined ? (entry.otlp ?? "") : "")
  if (disabled !== undefined) reader.note(["telemetry"], `${disabled}: nothing is exported`)
  return {
    ...proxied,
    otlp: reason === undefined && disabled === undefined ? entry.otlp : undefined,
    serviceName: entry.serviceName ?? "orelse",
    headers: Object.fromEntries(
      Object.entries(Sendable.headers(reader, ["telemetry", "headers"], entry.headers)).map(
        ([name, value]) => [name, Redacted.make(value)] as const
      )
    )
  }
}

/** Rules with an id of their own. @stability experimental @category decoding @since 0.1.0 */
export const failures = (reader: Reader): FailuresConfig => {
  const rules = reader.file.failures?.rules ?? []
  rules.forEach((rule, index) => {
    if (rules.findIndex((other) => other.id === rule.id) === index) return
    const path = ["failures", "rules", index, "id"]
    reader.report({ path, at: "value", found: `a second rule "${rule.id}"`, expected: "an id of its own" })
  })
  return { rules }
}

const examples: Readonly<Record<StoreUrl.Store, string>> = {
  postgres: "postgres://user:password@host:5432/database",
  redis: "redis://host:6379"
}

/** What a store is reached by: as the gateway reads it when it starts. */
const needsUrl = (reader: Reader, part: string, store: StoreUrl.Store, url: string | undefined): void => {
  const expected = `a url, such as ${examples[store]}`
  if (url === undefined)
    return reader.report({ path: [part], at: "key", found: `"store: ${store}" without a url`, expected })
  const found = StoreUrl.wrong(store, url)
  if (found !== undefined) reader.report({ path: [part, "url"], at: "value", found, expected })
}

const secret = (reader: Reader, path: Path, value: string | undefined): Redacted.Redacted<string> | undefined =>
  value === undefined || unsetAt(reader, path) !== undefined ? undefined : Redacted.make(value)

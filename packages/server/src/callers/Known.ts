/**
 * The keys that the configuration in force holds: its providers', its callers', the admin key and the collector's. `domain/Redaction.ts` knows
 * keys by their shape; this knows them whatever they look like, for what people write that goes on record.
 *
 * A caller's key that the configuration has as a hash is found where it is a word of its own. Those of the keys file have a shape.
 */
import type { Config } from "@orelse/core/layer/config/Types"
import * as KeyHash from "@orelse/core/layer/config/KeyHash"
import { mark } from "@orelse/core/domain/Redaction"
import * as Redacted from "effect/Redacted"

/** @stability experimental @category models @since 0.1.0 */
export interface Known {
  /** The text without them; as it is where it holds none. */
  readonly without: (text: string) => string
}

/** What of a configuration holds keys, and the names that are none. @stability experimental @category models @since 0.1.0 */
export type Configured = Pick<Config, "callers" | "providers" | "routes" | "server" | "telemetry">

/** A shorter key may be a word: that of a provider which asks for none (`ollama`, `not-needed`). */
const shortest = 12

/** Headers that are secrets by name. */
const secretHeader = /auth|cookie|key|secret|token/i

/** @stability experimental @category constructors @since 0.1.0 */
export const make = (config: Configured): Known => {
  const { hashes, keys } = secretsOf(config)
  const hide = (word: string): string => (hashes.has(KeyHash.make(word)) ? mark : word)
  const least = Math.min(...keys.map((key) => key.length), hashes.size > 0 ? shortest : Number.POSITIVE_INFINITY)
  return {
    without: (text) => {
      if (text.length < least) return text
      let out = text
      for (const key of keys) if (key.length <= out.length && out.includes(key)) out = out.replaceAll(key, mark)
      return hashes.size === 0 ? out : out.replace(words, hide).replace(parts, hide)
    }
  }
}

/** Of a gateway that has none. @stability experimental @category constants @since 0.1.0 */
export const none: Known = { without: (text) => text }

/** No key known by its hash alone is longer. */
const words = /(?<![\w.~+/-])[\w.~+/-]{12,256}={0,2}(?![\w.~+/-])/g
/** The same within a path (`provider/model`) or at the end of a sentence. */
const parts = /(?<![\w~+-])[\w~+-]{12,256}(?![\w~+-])/g

interface Secrets {
  /** The longest first: one may begin as another. */
  readonly keys: ReadonlyArray<string>
  readonly hashes: ReadonlySet<string>
}

const secretsOf = ({ callers, providers, routes, server, telemetry }: Configured): Secrets => {
  const given = [server.adminKey, ...Object.values(telemetry.headers), ...callers.map(({ key }) => key)]
  const shown: Array<string> = []
  for (const { credentials, headers } of providers.values()) {
    for (const { secret } of credentials) if (secret !== undefined) shown.push(...partsOf(Redacted.value(secret)))
    for (const [name, value] of Object.entries(headers)) if (secretHeader.test(name)) shown.push(value)
  }
  for (const secret of given) if (secret !== undefined) shown.push(Redacted.value(secret))
  const isKey = (text: string) => text.length >= shortest && !providers.has(text) && !routes.has(text)
  const keys = new Set(shown.filter((text) => !KeyHash.is(text) && isKey(text)))
  return {
    keys: [...keys].toSorted((one, other) => other.length - one.length),
    hashes: new Set(shown.filter(KeyHash.is).map(KeyHash.of))
  }
}

/** A credential of AWS is several secrets in one. */
const partsOf = (secret: string): ReadonlyArray<string> => [secret, ...secret.split(":")]

/**
 * The keys of one provider: named, redacted at once, and each disabled with its reason where its variable is not set.
 */
import * as Redacted from "effect/Redacted"
import * as Json from "../../domain/Json.ts"
import type { Environment } from "./Environment.ts"
import * as Environments from "./Environment.ts"
import type { Path } from "./Problem.ts"
import { unsetAt, type Reader } from "./Reader.ts"
import type { CredentialConfig } from "./Types.ts"

/** What is used where no key is sent. @stability experimental @category constants @since 0.1.0 */
export const none: CredentialConfig = { name: "none", secret: undefined }

type Entry = string | { readonly name: string; readonly value: string }

/**
 * The credentials of a `keys:` list. An empty list is one credential that sends nothing.
 *
 * @stability experimental
 * @category decoding
 * @since 0.1.0
 */
export const read = (reader: Reader, path: Path, keys: ReadonlyArray<Entry>): ReadonlyArray<CredentialConfig> => {
  if (keys.length === 0) return [none]
  const taken = new Set<string>()
  return keys.map((key, index) => {
    const here = [...path, index]
    const name = typeof key === "string" ? unnamed(Json.at(reader.raw, ...here), index) : key.name
    if (taken.has(name)) {
      const at = typeof key === "string" ? here : [...here, "name"]
      reader.report({ path: at, at: "value", found: `a second key named "${name}"`, expected: "a name of its own" })
    }
    taken.add(name)
    const reason = unsetAt(reader, here)
    const made =
      reason === undefined
        ? make(name, typeof key === "string" ? key : key.value)
        : { name, secret: undefined, disabled: reason }
    if (made.disabled !== undefined) reader.note(here, made.disabled)
    return made
  })
}

/**
 * The credentials of a known provider that lists no keys: one a variable that is set, else one that says which is missing.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const fromVariables = (env: Environment, variables: ReadonlyArray<string>): ReadonlyArray<CredentialConfig> => {
  if (variables.length === 0) return [none]
  for (const name of variables) {
    const value = Environments.valueOf(env, name)
    if (value !== undefined) return [make(name, value)]
  }
  const disabled = variables.length === 1 ? Environments.reason(variables) : `none of ${variables.join(", ")} is set`
  return [{ name: variables[0] ?? "key-1", secret: undefined, disabled }]
}

/**
 * A key as given; the end of line that files of secrets bring along is not part of it. Disabled where it cannot be sent.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const make = (name: string, secret: string): CredentialConfig => {
  const key = secret.trim()
  const off = (reason: string): CredentialConfig => ({ name, secret: undefined, disabled: `${name} ${reason}` })
  if (key === "") return off("is empty")
  if (unsendable.test(key)) return off("has line ends or characters that no key has")
  return { name, secret: Redacted.make(key, { label: name }) }
}

/** What is no plain ASCII: no header takes a line end, and no provider the rest. */
const unsendable = /[^\x20-\x7e]/

/** Named after its variable, where it is just that; else by its place. */
const unnamed = (raw: unknown, index: number): string =>
  /^\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-[^}]*)?\}$/.exec(String(raw))?.[1] ?? `key-${index + 1}`

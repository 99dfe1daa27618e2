/**
 * What the names that a file gives may hold: they stand in records and on screens, and callers send them. A control character would steer the
 * terminal of who reads it, and a route or target of such a name could not be called.
 */
import * as Redaction from "../../domain/Redaction.ts"
import type { Path } from "./Problem.ts"
import type { Reader } from "./Reader.ts"

/**
 * Reports the names of providers, keys, models, policies, routes and callers that nobody can say.
 *
 * @stability experimental
 * @category decoding
 * @since 0.1.0
 */
export const report = (reader: Reader): void => {
  const { callers = [], policies = {}, providers = {}, routes = {} } = reader.file
  for (const [section, entries] of Object.entries({ providers, policies, routes }))
    for (const name of Object.keys(entries)) check(reader, [section, name], "key", name)
  for (const [id, { keys = [], models = {} }] of Object.entries(providers)) {
    keys.forEach((key, index) => {
      if (typeof key === "object") check(reader, ["providers", id, "keys", index, "name"], "value", key.name)
    })
    for (const model of Object.keys(models)) check(reader, ["providers", id, "models", model], "key", model)
  }
  callers.forEach(({ name }, index) => check(reader, ["callers", index, "name"], "value", name))
}

/** Reports this name where it is none. @stability experimental @category decoding @since 0.1.0 */
export const check = (reader: Reader, path: Path, at: "key" | "value", name: string): void => {
  if (!/\p{Cc}/u.test(name)) return
  const expected = "a name without line ends and other control characters"
  reader.report({ path, at, found: JSON.stringify(Redaction.scrub(name).slice(0, 60)), expected })
}

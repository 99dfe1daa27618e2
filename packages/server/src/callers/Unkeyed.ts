/**
 * What callers tell of their calls and runs (metadata, tags, events), without keys: it stands in the ledger and in front of operators.
 *
 * Two kinds are taken out: the keys that the request itself shows, and what is a key beyond doubt by its shape. Names and ids of any other
 * kind stay as they are, for they are what calls are found by.
 */
import * as Json from "@orelse/core/domain/Json"
import * as Redaction from "@orelse/core/domain/Redaction"

/** A shorter one may be a word. */
const shortestShown = 6

/** The text without keys. @stability experimental @category combinators @since 0.1.0 */
export const text = (value: string, shown: ReadonlyArray<string>): string =>
  shown
    .filter((key) => key.length >= shortestShown)
    .reduce((rest, key) => rest.replaceAll(key, Redaction.mark), Redaction.keys(value))

/** All texts of a value, and the names of its fields. @stability experimental @category combinators @since 0.1.0 */
export const json = <A extends Json.Json>(value: A, shown: ReadonlyArray<string>): A =>
  walk(value, (found) => text(found, shown)) as A

const walk = (value: Json.Json, clean: (found: string) => string): Json.Json => {
  if (typeof value === "string") return clean(value)
  if (Array.isArray(value)) return Json.array(value).map((item) => walk(item, clean))
  const object = Json.object(value)
  if (object === undefined) return value
  return Object.fromEntries(
    Object.entries(object).map(([name, item]) => [clean(name), item === undefined ? item : walk(item, clean)])
  )
}

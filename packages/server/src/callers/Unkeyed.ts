/**
 * What callers tell of their calls and runs (metadata, tags, events), without keys: it stands in the ledger and in front of operators.
 *
 * Three kinds are taken out: the keys that the request itself shows, those that the gateway knows (`Known.ts`), and what is a key beyond doubt
 * by its shape. Names and ids of any other kind stay as they are, for they are what calls are found by.
 */
import * as Json from "@orelse/core/domain/Json"
import * as Redaction from "@orelse/core/domain/Redaction"
import * as Known from "./Known.ts"

/** Keys that have no place on record, whatever they look like. @stability experimental @category models @since 0.1.0 */
export interface Keys {
  /** Those of the request. */
  readonly shown: ReadonlyArray<string>
  readonly known: Known.Known
}

/** @stability experimental @category constants @since 0.1.0 */
export const noKeys: Keys = { shown: [], known: Known.none }

/** A shorter one may be a word. */
const shortestShown = 6

/** The text without keys. @stability experimental @category combinators @since 0.1.0 */
export const text = (value: string, keys: Keys): string => Redaction.keys(body(value, keys))

/** The text without keys that are known: one that has been searched, or will be, for what is a secret by its shape. @stability experimental @category combinators @since 0.1.0 */
export const body = (value: string, { known, shown }: Keys): string =>
  shown
    .filter((key) => key.length >= shortestShown)
    .reduce((rest, key) => rest.replaceAll(key, Redaction.mark), known.without(value))

/** Whether a name holds a key of the request. @stability experimental @category predicates @since 0.1.0 */
export const shows = (name: string, shown: ReadonlyArray<string>): boolean =>
  shown.some((key) => key.length >= shortestShown && name.includes(key))

/** All texts of a value, and the names of its fields. @stability experimental @category combinators @since 0.1.0 */
export const json = <A extends Json.Json>(value: A, keys: Keys): A => walk(value, (found) => text(found, keys)) as A

const walk = (value: Json.Json, clean: (found: string) => string): Json.Json => {
  if (typeof value === "string") return clean(value)
  if (Array.isArray(value)) return Json.array(value).map((item) => walk(item, clean))
  const object = Json.object(value)
  if (object === undefined) return value
  return Object.fromEntries(
    Object.entries(object).map(([name, item]) => [clean(name), item === undefined ? item : walk(item, clean)])
  )
}

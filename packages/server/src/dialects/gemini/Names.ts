/**
 * Google takes the names of fields in camel case and in snake case, and a single item in the place of a list; both are made one here.
 *
 * What callers own (arguments, results, schemas, labels) is left as it stands.
 */
import * as Json from "@orelse/core/domain/Json"

const opaque: ReadonlySet<string> = new Set([
  "args",
  "response",
  "parameters",
  "parametersJsonSchema",
  "responseSchema",
  "responseJsonSchema",
  "_responseJsonSchema",
  "labels",
  "partMetadata",
  "orelse"
])

const lists: ReadonlySet<string> = new Set(["contents", "parts", "tools", "functionDeclarations", "stopSequences"])

/** The body with names in camel case and lists where lists are meant. */
export const normalize = (body: Json.JsonObject): Json.JsonObject => {
  const out: Record<string, Json.Json | undefined> = {}
  for (const key of Object.keys(body)) {
    const name = camel(key)
    if (name !== key && body[name] !== undefined) continue
    const value = body[key]
    out[name] = opaque.has(name) ? value : valueOf(name, value)
  }
  return out
}

const valueOf = (name: string, value: Json.Json | undefined): Json.Json | undefined => {
  const list = lists.has(name) && Json.object(value) !== undefined ? [value as Json.Json] : value
  return list === undefined ? undefined : deep(list)
}

const deep = (value: Json.Json): Json.Json => {
  if (Array.isArray(value)) return (value as ReadonlyArray<Json.Json>).map(deep)
  const object = Json.object(value)
  return object === undefined ? value : normalize(object)
}

const camel = (key: string): string =>
  /^[a-z]+(?:_[a-z0-9]+)+$/.test(key) ? key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()) : key

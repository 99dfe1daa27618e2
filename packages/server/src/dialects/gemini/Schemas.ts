/**
 * Google's own schemas (a part of OpenAPI 3.0, types in capitals) as JSON Schema.
 *
 * Source: ai.google.dev "API reference: Schema", read 2026-11. Numbers of items and letters come as text there; what JSON Schema knows under
 * the same name stays.
 */
import * as Json from "@orelse/core/domain/Json"

/** The schema as JSON Schema. */
export const toJsonSchema = (schema: Json.JsonObject): Json.JsonObject => {
  const out: Record<string, Json.Json | undefined> = {}
  for (const key of Object.keys(schema)) {
    const name = names.get(key) ?? key
    const value = schema[key]
    if (value === undefined || value === null || name === "nullable" || name === "propertyOrdering") continue
    out[name] = member(name, value)
  }
  return schema["nullable"] === true ? nullable(out) : out
}

/** Google's names in snake case, as it takes them too. */
const names: ReadonlyMap<string, string> = new Map([
  ["any_of", "anyOf"],
  ["max_items", "maxItems"],
  ["min_items", "minItems"],
  ["max_length", "maxLength"],
  ["min_length", "minLength"],
  ["max_properties", "maxProperties"],
  ["min_properties", "minProperties"],
  ["property_ordering", "propertyOrdering"]
])

const counts: ReadonlySet<string> = new Set([
  "maxItems",
  "minItems",
  "maxLength",
  "minLength",
  "maxProperties",
  "minProperties"
])

const member = (name: string, value: Json.Json): Json.Json => {
  if (name === "type") return typeof value === "string" ? value.toLowerCase() : value
  if (name === "properties" || name === "$defs" || name === "defs") return each(value)
  if (counts.has(name)) return typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value
  if (name === "items" || name === "additionalProperties") return inner(value)
  return name === "anyOf" ? Json.array(value).map(inner) : value
}

const inner = (value: Json.Json): Json.Json => {
  const object = Json.object(value)
  return object === undefined ? value : toJsonSchema(object)
}

const each = (value: Json.Json): Json.Json => {
  const object = Json.object(value)
  if (object === undefined) return value
  return Object.fromEntries(Object.entries(object).map(([key, schema]) => [key, inner(schema ?? null)]))
}

const nullable = (schema: Json.JsonObject): Json.JsonObject => {
  const { type } = schema
  if (typeof type === "string") return { ...schema, type: [type, "null"] }
  const alternatives = Json.array(schema["anyOf"])
  return alternatives.length === 0 ? schema : { ...schema, anyOf: [...alternatives, { type: "null" }] }
}

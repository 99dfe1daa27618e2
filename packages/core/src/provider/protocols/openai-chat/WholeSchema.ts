/**
 * Schemas as OpenAI wants them: an object says its members, be they none, and a list its items, be they anything.
 *
 * JSON Schema lets both go unsaid, and tools of MCP servers without parameters do; OpenAI refuses the whole request over one (`object schema missing
 * properties`, `array schema missing items`, read 2026-11). A schema that says both is handed on as it is.
 */
import * as Json from "../../../domain/Json.ts"

/** The schema, with what goes without saying said. @stability experimental @category combinators @since 0.1.0 */
export const of = (schema: Json.JsonObject): Json.JsonObject => {
  let out = schema
  for (const name in schema) {
    const value = schema[name]
    const whole = typeof value === "object" && value !== null ? inner(name, value) : value
    if (whole !== value) out = { ...out, [name]: whole }
  }
  if (out["properties"] === undefined && isOf("object", out)) out = { ...out, properties: {} }
  return out["items"] === undefined && out["prefixItems"] === undefined && isOf("array", out)
    ? { ...out, items: {} }
    : out
}

const isOf = (type: string, schema: Json.JsonObject): boolean =>
  schema["type"] === type || (Array.isArray(schema["type"]) && Json.array(schema["type"]).includes(type))

const maps: ReadonlySet<string> = new Set(["properties", "$defs", "definitions"])
const schemas: ReadonlySet<string> = new Set(["items", "anyOf", "oneOf", "allOf", "additionalProperties"])

/** What holds schemas, with each of them whole; itself where all were. */
const inner = (name: string, value: Json.JsonObject | ReadonlyArray<Json.Json>): Json.Json => {
  if (maps.has(name)) return members(value as Json.JsonObject)
  if (!schemas.has(name)) return value
  if (!Array.isArray(value)) return of(value as Json.JsonObject)
  const list = Json.array(value)
  const whole = list.map((one) => (Json.object(one) === undefined ? one : of(one as Json.JsonObject)))
  return whole.some((one, at) => one !== list[at]) ? whole : value
}

const members = (map: Json.JsonObject): Json.JsonObject => {
  let out = map
  for (const key in map) {
    const schema = Json.object(map[key])
    const whole = schema === undefined ? undefined : of(schema)
    if (whole !== schema) out = { ...out, [key]: whole }
  }
  return out
}

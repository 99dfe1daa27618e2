/**
 * Schemas that an answer is bound to, in the part of JSON Schema that Anthropic and Bedrock bind one to.
 *
 * Both refuse the whole request over a limit (`minimum`, `maxLength`, `maxItems`, `pattern`), over an object that is not closed, and over a list of
 * values whose `type` is a list itself. A limit is said in the description instead, as their SDKs do; an object is closed, where it names its
 * members; `oneOf` becomes `anyOf`. What cannot be said so (free members, a schema within itself) is not bound at all.
 *
 * Sources: platform.claude.com "Structured outputs: JSON Schema limitations", docs.aws.amazon.com "Structured outputs", and the errors
 * `For 'object' type, 'additionalProperties' must be explicitly set to false`, `For 'integer' type, property 'minimum' is not supported`,
 * `Enum value 'low' does not match declared type '['string', 'null']'`, read 2026-11.
 */
import * as Result from "effect/Result"
import * as Json from "../../../domain/Json.ts"
import type { Unsupported } from "../../../domain/Reason.ts"
import type { Tool } from "../../../domain/Request.ts"
import * as Foreign from "../Foreign.ts"
import * as FunctionTool from "../FunctionTool.ts"

type Schema = Json.JsonObject

/**
 * The schema as it can be bound; one that is within the limits comes out as it was.
 *
 * @param dialect who is to be named where it cannot
 * @stability experimental
 * @category combinators
 * @since 0.1.0
 */
export const of = (schema: Schema, dialect: string): Result.Result<Schema, Unsupported> => {
  if (isWithinItself(schema)) return refused(dialect, "a schema that holds itself")
  return hasFreeMembers(schema)
    ? refused(dialect, "an object whose members are not named")
    : Result.succeed(bound(schema))
}

/** What all strict tools of a request may hold together; more is a 400 (`Too many strict tools`, platform.claude.com as above). */
const most = { tools: 20, optional: 24, unions: 16 }

/**
 * The schemas by which tools are bound, in the order of the tools; `undefined` for one that is not strict, or cannot be bound, and for all of them where
 * together they are more than one request may hold: their arguments are checked where they are used.
 *
 * @stability experimental
 * @category combinators
 * @since 0.1.0
 */
export const ofTools = (tools: ReadonlyArray<Tool>, dialect: string): ReadonlyArray<Schema | undefined> => {
  const schemas = tools.map((tool) =>
    tool.strict === true ? Result.getOrUndefined(of(FunctionTool.parametersOf(tool), dialect)) : undefined
  )
  const strict = schemas.filter((schema) => schema !== undefined)
  const isTooMuch =
    strict.length > most.tools || total(strict, optionalIn) > most.optional || total(strict, unionsIn) > most.unions
  return isTooMuch ? tools.map(() => undefined) : schemas
}

const total = (schemas: ReadonlyArray<Schema>, count: (schema: Schema) => number): number =>
  schemas.reduce((sum, schema) => sum + count(schema) + total(innerOf(schema), count), 0)

const optionalIn = ({ properties, required }: Schema): number => {
  const names = Object.keys(Json.object(properties) ?? {})
  return names.filter((name) => !Json.array(required).includes(name)).length
}

const unionsIn = ({ anyOf, type }: Schema): number => (anyOf !== undefined || Array.isArray(type) ? 1 : 0)

const refused = (dialect: string, what: string) =>
  Result.fail(Foreign.unsupported(`${what} in JSON schema output`, `${dialect} cannot bind an answer to ${what}`))

/** What is taken as it stands. */
const plain: ReadonlySet<string> = new Set([
  "$ref",
  "type",
  "title",
  "description",
  "enum",
  "const",
  "default",
  "required"
])
/** Says nothing of the answer. */
const silent: ReadonlySet<string> = new Set(["$schema", "$id", "$comment"])
const formats: ReadonlySet<unknown> = new Set(
  "date-time time date duration email hostname uri ipv4 ipv6 uuid".split(" ")
)

const bound = (schema: Schema): Schema => {
  const out: Record<string, Json.Json | undefined> = {}
  const limits: Array<string> = []
  for (const [name, value] of Object.entries(schema)) {
    if (value === undefined || silent.has(name) || name === "additionalProperties") continue
    const kept = isTaken(name, value) ? value : inner(name, value)
    if (kept !== undefined) out[name === "oneOf" ? "anyOf" : name] = kept
    else limits.push(`${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`)
  }
  if (Array.isArray(out["type"]) && (out["enum"] !== undefined || out["const"] !== undefined)) delete out["type"]
  if (isCombined(schema)) delete out["type"]
  else if (isObject(schema)) Object.assign(out, { properties: out["properties"] ?? {}, additionalProperties: false })
  if (limits.length > 0)
    out["description"] = [Json.string(out["description"]), limits.join("; ")].filter(Boolean).join("\n")
  return out
}

const isTaken = (name: string, value: Json.Json): boolean =>
  plain.has(name) || (name === "format" && formats.has(value)) || (name === "minItems" && (value === 0 || value === 1))

/** Schemas within a schema, by name, in a list, or alone; `undefined` for what holds none. */
const inner = (name: string, value: Json.Json): Json.Json | undefined => {
  if (lists.includes(name)) return Json.array(value).map(one)
  if (!maps.includes(name)) return name === "items" && !Array.isArray(value) ? one(value) : undefined
  const members = Object.entries(Json.object(value) ?? {})
  return Object.fromEntries(members.map(([key, member]) => [key, one(member ?? null)]))
}

const one = (value: Json.Json): Json.Json => {
  const schema = Json.object(value)
  return schema === undefined ? value : bound(schema)
}

const isObject = ({ properties, type }: Schema): boolean =>
  type === "object" || Json.array(type).includes("object") || (type === undefined && properties !== undefined)

/** An object that is said by its alternatives alone: they are closed, and it is not. */
const isCombined = (schema: Schema): boolean =>
  isObject(schema) && schema["properties"] === undefined && lists.some((name) => schema[name] !== undefined)

/** A closed object without members would always be empty. */
const hasFreeMembers = (schema: Schema): boolean => {
  const { additionalProperties: more, patternProperties: matching } = schema
  const isSaid = matching !== undefined || !isEmpty(more)
  const isFree = more !== false && isEmpty(schema["properties"]) && !isCombined(schema)
  return (isObject(schema) && (isSaid || isFree)) || innerOf(schema).some(hasFreeMembers)
}

const isEmpty = (value: Json.Json | undefined): boolean => Object.keys(Json.object(value) ?? {}).length === 0

const maps = ["properties", "$defs", "definitions"]
const lists = ["anyOf", "oneOf", "allOf"]

const innerOf = (schema: Schema): ReadonlyArray<Schema> => {
  const named = maps.flatMap((name) => Object.values(Json.object(schema[name]) ?? {}))
  const listed = lists.flatMap((name) => Json.array(schema[name]))
  return [...named, ...listed, schema["items"]].map(Json.object).filter((inner) => inner !== undefined)
}

/** Whether following its references leads back to where it began. */
const isWithinItself = (root: Schema): boolean => {
  const open = new Set<string>()
  const known = new Set<string>()
  const leadsBack = (schema: Schema): boolean => {
    const pointer = Json.string(schema["$ref"])
    if (pointer !== undefined && !known.has(pointer)) {
      if (open.has(pointer)) return true
      open.add(pointer)
      const target = Json.object(Json.at(root, ...stepsOf(pointer)))
      if (target !== undefined && leadsBack(target)) return true
      open.delete(pointer)
      known.add(pointer)
    }
    return innerOf(schema).some(leadsBack)
  }
  return leadsBack(root)
}

const stepsOf = (pointer: string): ReadonlyArray<string> =>
  pointer
    .replace(/^#\/?/, "")
    .split("/")
    .filter((step) => step !== "")
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"))

/**
 * The JSON Schema of the file, for editors: made from the Schema that decodes it, so that the two cannot differ.
 */
import * as Schema from "effect/Schema"
import * as Json from "../../domain/Json.ts"
import { File } from "./schema/File.ts"

/**
 * Draft 2020-12. Point an editor to it with `# yaml-language-server: $schema=…` or the key `$schema`.
 *
 * @stability stable
 * @category conversions
 * @since 0.1.0
 */
export const jsonSchema = (): object => {
  const document = Schema.toJsonSchemaDocument(File, { onExcessProperty: "error" })
  const sections = Object.entries(Json.object(document.schema["properties"] as Json.Json) ?? {})
  const empty = sections.map(([name, section]) => [name, mayBeEmpty(name === "providers" ? named(section) : section)])
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Orelse",
    ...document.schema,
    properties: withReferences(Object.fromEntries(empty)),
    $defs: withReferences(document.definitions as Json.JsonObject)
  }
}

/** References are replaced before the Schema is asked: where it wants one of some words, one of them may come from the environment. */
const withReferences = (schema: Json.Json): Json.Json => {
  if (Array.isArray(schema)) return Json.array(schema).map(withReferences)
  const object = Json.object(schema)
  if (object === undefined) return schema
  const entries = Object.entries(object).map(([key, value]) => [key, withReferences(value ?? null)])
  const { enum: words, type, ...rest } = Object.fromEntries(entries) as Json.JsonObject
  if (!Array.isArray(words)) return { ...rest, ...(type === undefined ? {} : { type }) }
  return { ...rest, type: "string", anyOf: [{ enum: words }, { pattern: "\\$\\{" }] }
}

/** What has nothing below it counts as absent; that is decided before the Schema is asked (`Decode.ts`). */
const mayBeEmpty = (schema: Json.Json | undefined): Json.JsonObject => {
  const one = Json.object(schema) ?? {}
  return { ...one, type: [one["type"] ?? "object", "null"] }
}

/** `openai:` alone is a provider. */
const named = (providers: Json.Json | undefined): Json.JsonObject => ({
  ...Json.object(providers),
  additionalProperties: mayBeEmpty(Json.at(providers, "additionalProperties"))
})

/**
 * The JSON Schema of the file, for editors: made from the Schema that decodes it, so that the two cannot differ.
 */
import * as Schema from "effect/Schema"
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
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Orelse",
    ...document.schema,
    $defs: document.definitions
  }
}

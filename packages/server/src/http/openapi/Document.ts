/**
 * The OpenAPI 3.1 document of the gateway, made from its endpoints and their schemas.
 */
import * as Json from "@orelse/core/domain/Json"
import * as Schema from "effect/Schema"
import { version } from "../../version.ts"
import { type Answer, type Endpoint, endpoints } from "./Endpoints.ts"

let made: Json.JsonObject | undefined

/** The document; made once, when first asked for. */
export const document = (): Json.JsonObject => (made ??= make())

const make = (): Json.JsonObject => {
  const schemas: Record<string, Json.Json> = {}
  const paths: Record<string, Record<string, Json.Json>> = {}
  const use = (schema: Schema.Constraint): Json.JsonObject => {
    const found = Schema.toJsonSchemaDocument(schema)
    const { definitions, root } = relocated({ definitions: found.definitions, root: found.schema })
    Object.assign(schemas, definitions)
    return root
  }
  for (const endpoint of endpoints) (paths[endpoint.path] ??= {})[endpoint.method] = operation(endpoint, use)
  return {
    openapi: "3.1.0",
    info: {
      title: "Orelse",
      version,
      description:
        "An LLM call answers, or else falls back. OpenAI's, Anthropic's and Gemini's API over every provider."
    },
    paths,
    components: {
      schemas,
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", description: "A caller's key, or the admin key" },
        apiKey: { type: "apiKey", in: "header", name: "x-api-key", description: "A caller's key" },
        googleKey: { type: "apiKey", in: "header", name: "x-goog-api-key", description: "A caller's key" },
        queryKey: { type: "apiKey", in: "query", name: "key", description: "A caller's key" }
      }
    }
  }
}

type Use = (schema: Schema.Constraint) => Json.JsonObject

const operation = (endpoint: Endpoint, use: Use): Json.Json => ({
  tags: [endpoint.group],
  operationId: idOf(endpoint),
  summary: endpoint.summary,
  parameters: parameters(endpoint),
  ...(endpoint.request === undefined
    ? {}
    : { requestBody: { required: true, content: { "application/json": { schema: use(endpoint.request) } } } }),
  responses: Object.fromEntries(endpoint.answers.map((answer) => [String(answer.status), response(answer, use)])),
  security: security[endpoint.group]
})

/** `{}`: without callers, and for the admin of this machine without an admin key, none is needed. */
const security: Readonly<Record<Endpoint["group"], ReadonlyArray<Json.JsonObject>>> = {
  Calls: [{}, { bearer: [] }, { apiKey: [] }, { googleKey: [] }, { queryKey: [] }],
  Operations: [],
  Admin: [{}, { bearer: [] }]
}

/** `post /v1/chat/completions` is `postV1ChatCompletions`. */
const idOf = ({ method, path }: Endpoint): string =>
  method +
  path
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== "")
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join("")

const parameters = ({ path, query }: Endpoint): ReadonlyArray<Json.Json> => [
  ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" }
  })),
  ...Object.entries(query ?? {}).map(([name, description]) => ({
    name,
    in: "query",
    required: false,
    description,
    schema: { type: "string" }
  }))
]

const response = ({ contentType, description, schema, streams }: Answer, use: Use): Json.Json => {
  const types: Record<string, Json.Json> = {}
  if (schema !== undefined) types["application/json"] = { schema: use(schema) }
  if (streams === true) types["text/event-stream"] = { schema: { type: "string" } }
  if (contentType !== undefined) types[contentType] = { schema: { type: "string" } }
  return { description, ...(Object.keys(types).length === 0 ? {} : { content: types }) }
}

/** Where OpenAPI keeps its schemas. */
const relocated = (value: { readonly definitions: object; readonly root: object }) => {
  const text = JSON.stringify(value).replaceAll("#/$defs/", "#/components/schemas/")
  const moved = Json.parseObject(text)
  return { definitions: Json.object(moved?.["definitions"]) ?? {}, root: Json.object(moved?.["root"]) ?? {} }
}

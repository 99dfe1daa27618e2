/**
 * `/docs`: the OpenAPI document for people. One page without scripts and without anything from elsewhere.
 */
import * as Json from "@orelse/core/domain/Json"

/** What the page may do: nothing but show itself. */
export const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

/** The document as HTML. */
export const render = (document: Json.JsonObject): string => {
  const paths = Object.entries(Json.object(document["paths"]) ?? {})
  const operations = paths.flatMap(([path, methods]) =>
    Object.entries(Json.object(methods) ?? {}).map(([method, operation]) => ({ path, method, operation }))
  )
  const groups = [...new Set(operations.map(({ operation }) => Json.string(Json.at(operation, "tags", 0)) ?? ""))]
  const body = groups.map((group) => {
    const own = operations.filter(({ operation }) => Json.at(operation, "tags", 0) === group)
    return `<h2>${escape(group)}</h2>\n${own.map(section).join("\n")}`
  })
  const schemas = Object.entries(Json.object(Json.at(document, "components", "schemas")) ?? {})
  return page(
    textAt(document, "info", "title"),
    `<p>${escape(textAt(document, "info", "description"))} Version ${escape(textAt(document, "info", "version"))}.
For programs: <a href="/openapi.json">/openapi.json</a>.</p>
${body.join("\n")}
<h2>Schemas</h2>
${schemas.map(([name, schema]) => `<details><summary>${escape(name)}</summary><div id="${escape(name)}">${code(schema)}</div></details>`).join("\n")}`
  )
}

interface Operation {
  readonly path: string
  readonly method: string
  readonly operation: Json.Json | undefined
}

const section = ({ method, operation, path }: Operation): string => {
  const parameters = Json.array(Json.at(operation, "parameters")).map(
    (one) => `<li><code>${escape(textAt(one, "name"))}</code> ${escape(textAt(one, "description"))}</li>`
  )
  const answers = Object.entries(Json.object(Json.at(operation, "responses")) ?? {}).map(
    ([status, answer]) =>
      `<li><code>${escape(status)}</code> ${escape(textAt(answer, "description"))}${reference(Json.at(answer, "content"))}</li>`
  )
  const request = reference(Json.at(operation, "requestBody", "content"))
  return `<details><summary><b>${escape(method.toUpperCase())}</b> <code>${escape(path)}</code> ${escape(textAt(operation, "summary"))}</summary>
${request === "" ? "" : `<p>Body${request}</p>`}
${parameters.length === 0 ? "" : `<ul>${parameters.join("")}</ul>`}
<ul>${answers.join("")}</ul></details>`
}

/** A link to the schema of a body. */
const reference = (content: unknown): string => {
  const target = Json.string(Json.at(content, "application/json", "schema", "$ref"))
  const name = target?.split("/").at(-1)
  return name === undefined ? "" : `: <a href="#${escape(name)}">${escape(name)}</a>`
}

const textAt = (value: unknown, ...path: ReadonlyArray<string>): string => Json.string(Json.at(value, ...path)) ?? ""

const code = (value: unknown): string => `<pre>${escape(JSON.stringify(value, null, 2))}</pre>`

const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;")

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(title)}</title>
<style>
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
details { border: 1px solid #8884; border-radius: 4px; margin: .4rem 0; padding: .4rem .8rem }
summary { cursor: pointer }
code { overflow-wrap: anywhere }
[id] { scroll-margin-top: 4rem }
pre { overflow: auto; font-size: 13px }
</style></head>
<body><main><h1>${escape(title)}</h1>
${body}
</main></body></html>
`

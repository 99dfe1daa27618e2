/**
 * What only the provider's format says of an answer (citations, ratings, timings, plans), for a caller of another dialect: it stands beside
 * the dialect's own fields, under the provider's own names.
 *
 * Parts of the content that one format alone knows, and events that have no like elsewhere, are not among it.
 */
import * as Json from "@orelse/core/domain/Json"
import type { Response, StreamPart } from "@orelse/core/domain/Response"

/** Names that mean something in a dialect, wherever they stand: what another format calls so is something else. */
const reserved: ReadonlySet<string> = new Set(
  (
    "error errors type object event id model role created created_at status choices candidates content output delta index " +
    "usage usageMetadata stop_reason"
  ).split(" ")
)

/** What a format says of the one answer or message inside its own is said of the answer. */
const inner = ["candidate", "message"]

/** An answer as the dialect writes it, with what other formats say of it. */
export const beside = (body: Json.JsonObject, { content, extra }: Response, dialect: string): Json.JsonObject => {
  const all: Record<string, Json.Json> = {}
  for (const [owner, fields] of Object.entries(extra ?? {})) if (owner !== dialect) take(fields, all)
  for (const part of content) {
    for (const [owner, fields] of Object.entries(part.extra ?? {})) {
      if (owner !== dialect) for (const name of sources) add(all, name, Json.array(fields[name]))
    }
  }
  return without(all, body)
}

/** The same for a stream: what its pieces said, to be written with the last of them. */
export class Gathered {
  readonly #dialect: string
  readonly #all: Record<string, Json.Json> = {}

  constructor(dialect: string) {
    this.#dialect = dialect
  }

  add({ dialect, fields }: StreamPart & { readonly type: "extra" }): void {
    if (dialect === this.#dialect) return
    const { annotation, delta } = fields
    const citation = Json.at(delta, "citation")
    if (citation !== undefined) add(this.#all, "citations", [citation])
    if (annotation !== undefined) add(this.#all, "annotations", [annotation])
    const isWhole = typeof fields["type"] === "string" || fields["part"] !== undefined || fields["item"] !== undefined
    if (!isWhole) take(fields, this.#all)
  }

  /** The last piece with what was gathered. */
  beside(body: Json.JsonObject): Json.JsonObject {
    return without(this.#all, body)
  }

  /** What was gathered, as fields behind those of an object (`,"name":value`). */
  text(): string {
    const written = JSON.stringify(this.#all)
    return written === "{}" ? "" : `,${written.slice(1, -1)}`
  }
}

/** Sources that a piece of the text names; they are said of the whole answer where texts have no place for them. */
const sources = ["citations", "annotations"]

const add = (all: Record<string, Json.Json>, name: string, more: ReadonlyArray<Json.Json>): void => {
  if (more.length > 0) all[name] = [...Json.array(all[name]), ...more]
}

const take = (fields: Json.JsonObject, into: Record<string, Json.Json>): void => {
  for (const [name, value] of Object.entries(fields)) {
    const nested = inner.includes(name) ? Json.object(value) : undefined
    if (nested !== undefined) take(nested, into)
    else if (value !== undefined && !reserved.has(name)) define(into, name, value)
  }
}

const define = (into: Record<string, Json.Json>, name: string, value: Json.Json): void => {
  Object.defineProperty(into, name, { value, enumerable: true, writable: true, configurable: true })
}

/** The dialect's own fields stand first, and win. */
const without = (all: Json.JsonObject, body: Json.JsonObject): Json.JsonObject => ({ ...body, ...all, ...body })

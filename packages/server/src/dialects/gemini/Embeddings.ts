/**
 * Embeddings as Gemini's callers ask for and get them: one content (`:embedContent`) or a batch (`:batchEmbedContents`).
 */
import * as Json from "@orelse/core/domain/Json"
import type { Embeddings } from "@orelse/core/domain/Request"
import type { EmbeddingsResponse } from "@orelse/core/domain/Response"
import type * as Result from "effect/Result"
import type { BadRequest } from "../Dialect.ts"
import { Fields } from "../Fields.ts"
import * as Names from "./Names.ts"

const dialect = "gemini"

/** Reads one content. */
export const readOne = (body: Json.JsonObject): Result.Result<Embeddings, BadRequest> =>
  Fields.read(Names.normalize(body), (fields) => {
    fields.raw("orelse")
    return embeddings([one(fields)])
  })

/** Reads a batch; what all its requests say alike is said of the whole. */
export const readBatch = (body: Json.JsonObject): Result.Result<Embeddings, BadRequest> =>
  Fields.read(Names.normalize(body), (fields) => {
    fields.raw("orelse")
    if (fields.raw("requests") === undefined) fields.problem("requests", "a list of requests", undefined)
    return embeddings(fields.each("requests").map(one))
  })

interface One {
  readonly text: string
  readonly dimensions: number | undefined
  readonly extra: Embeddings["extra"]
}

const one = (fields: Fields): One => {
  fields.raw("model")
  if (fields.raw("content") === undefined) fields.problem("content", "a content with parts", undefined)
  const parts = fields.inside("content")?.each("parts") ?? []
  const text = parts.map((part) => part.required("text")).join("")
  const dimensions = fields.number("outputDimensionality")
  return { text, dimensions, extra: fields.extra(dialect).extra }
}

const embeddings = (all: ReadonlyArray<One>): Embeddings => {
  const first = all[0]
  const isEven = all.every(({ dimensions }) => dimensions === first?.dimensions)
  return Json.compact({
    input: all.map(({ text }) => text),
    dimensions: isEven ? first?.dimensions : undefined,
    sizes: isEven ? undefined : all.map(({ dimensions }) => dimensions ?? null),
    extra: first?.extra
  })
}

/** The vector of one content. */
export const writeOne = (response: EmbeddingsResponse): Json.JsonObject => ({
  embedding: { values: response.embeddings[0] ?? [] },
  ...usageOf(response)
})

/** The vectors of a batch. */
export const writeBatch = (response: EmbeddingsResponse): Json.JsonObject => ({
  embeddings: response.embeddings.map((values) => ({ values })),
  ...usageOf(response)
})

const usageOf = ({ usage }: EmbeddingsResponse): Json.JsonObject =>
  usage?.inputTokens === undefined ? {} : { usageMetadata: { promptTokenCount: usage.inputTokens } }

/**
 * Embeddings in Gemini's format: AI Studio's `:batchEmbedContents`, Vertex's `:predict`; answers of `:embedContent` are read, too.
 *
 * Sources: ai.google.dev "Embeddings", cloud.google.com "Text embeddings API", read 2026-11.
 */
import * as Result from "effect/Result"
import * as Json from "../../../domain/Json.ts"
import type { Unsupported } from "../../../domain/Reason.ts"
import type { Embeddings } from "../../../domain/Request.ts"
import type { EmbeddingsResponse } from "../../../domain/Response.ts"
import { count, type Usage as Tokens } from "../../../domain/Usage.ts"
import type { Context, WireRequest } from "../../Protocol.ts"
import * as RequestHeaders from "../../RequestHeaders.ts"
import * as Foreign from "../Foreign.ts"
import * as Address from "./Address.ts"

/** Writes a request for vectors; refuses tokens. @stability stable @category combinators @since 0.1.0 */
export const encode = (request: Embeddings, context: Context): Result.Result<WireRequest, Unsupported> => {
  const texts = request.input.filter((input) => typeof input === "string")
  if (texts.length !== request.input.length)
    return Result.fail(Foreign.unsupported("embeddings of tokens", "gemini embeds texts, not tokens"))
  const own = Foreign.own(request, "gemini")
  return Result.succeed(
    Address.isVertex(context)
      ? {
          path: Address.of(context, "predict"),
          headers: RequestHeaders.none,
          body: JSON.stringify(predict(texts, request, own))
        }
      : {
          path: Address.of(context, "batchEmbedContents"),
          headers: RequestHeaders.none,
          body: batch(texts, request, own, context)
        }
  )
}

const batch = (texts: ReadonlyArray<string>, request: Embeddings, own: Json.JsonObject, context: Context): string =>
  JSON.stringify({
    requests: texts.map((text) => ({
      model: Address.resource(context.model),
      content: { parts: [{ text }] },
      ...Json.compact({ outputDimensionality: request.dimensions }),
      ...own
    }))
  })

const predict = (texts: ReadonlyArray<string>, request: Embeddings, own: Json.JsonObject): Json.JsonObject => {
  const { taskType, title, ...parameters } = own
  const instance = Json.compact({ task_type: taskType, title })
  const asked = Json.compact({ outputDimensionality: request.dimensions, ...parameters })
  return Json.compact({
    instances: texts.map((content) => ({ content, ...instance })),
    parameters: Json.unlessEmpty(asked)
  })
}

/** Reads the vectors; `undefined` where the body holds none. @stability stable @category getters @since 0.1.0 */
export const decode = (body: Json.JsonObject): EmbeddingsResponse | undefined => {
  const rows = rowsOf(body)
  if (rows === undefined) return undefined
  const embeddings = rows.flatMap((row) => {
    const vector = vectorOf(Json.at(row, "values"))
    return vector === undefined ? [] : [vector]
  })
  if (embeddings.length !== rows.length) return undefined
  return Json.compact({ embeddings, usage: usageOf(body, rows) })
}

const rowsOf = (body: Json.JsonObject): ReadonlyArray<Json.Json> | undefined => {
  if (Array.isArray(body["embeddings"])) return Json.array(body["embeddings"])
  if (Json.object(body["embedding"]) !== undefined) return [body["embedding"]!]
  if (!Array.isArray(body["predictions"])) return undefined
  return Json.array(body["predictions"]).map((prediction) => Json.at(prediction, "embeddings") ?? null)
}

const vectorOf = (value: Json.Json | undefined): ReadonlyArray<number> | undefined =>
  Array.isArray(value) && value.every((item) => typeof item === "number") ? value : undefined

/** Vertex counts tokens for each text. */
const usageOf = (body: Json.JsonObject, rows: ReadonlyArray<Json.Json>): Tokens | undefined => {
  const reported = count(Json.at(body, "usageMetadata", "promptTokenCount"))
  if (reported !== undefined) return { inputTokens: reported }
  const counts = rows.flatMap((row) => count(Json.at(row, "statistics", "token_count")) ?? [])
  return counts.length === 0 ? undefined : { inputTokens: counts.reduce((sum, one) => sum + one, 0) }
}

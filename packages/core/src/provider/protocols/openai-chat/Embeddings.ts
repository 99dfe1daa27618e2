/**
 * Embeddings in OpenAI's format.
 */
import * as Result from "effect/Result"
import * as Json from "../../../domain/Json.ts"
import type { Embeddings } from "../../../domain/Request.ts"
import type { EmbeddingsResponse } from "../../../domain/Response.ts"
import type { Context, WireRequest } from "../../Protocol.ts"
import * as RequestHeaders from "../../RequestHeaders.ts"
import * as Foreign from "../Foreign.ts"
import * as Usage from "./Usage.ts"
import * as User from "./User.ts"

/** Writes a request for vectors. @stability stable @category combinators @since 0.1.0 */
export const encode = (request: Embeddings, context: Context): Result.Result<WireRequest, never> =>
  Result.succeed({
    path: "/embeddings",
    headers: RequestHeaders.none,
    body: JSON.stringify({
      ...Foreign.own(request, "openai-chat"),
      model: context.model,
      input: request.input,
      ...Json.compact({ dimensions: request.dimensions, user: User.of(request) })
    })
  })

/** Reads the vectors, which may be packed as base64; `undefined` where the body holds none. @stability stable @category getters @since 0.1.0 */
export const decode = (body: Json.JsonObject): EmbeddingsResponse | undefined => {
  if (!Array.isArray(body["data"])) return undefined
  const rows = Json.array(body["data"]).map((row, at) => ({
    at: Json.number(Json.at(row, "index")) ?? at,
    vector: vectorOf(Json.at(row, "embedding"))
  }))
  const embeddings = rows
    .toSorted((one, other) => one.at - other.at)
    .flatMap((row) => (row.vector === undefined ? [] : [row.vector]))
  if (embeddings.length !== rows.length) return undefined
  return Json.compact({ model: Json.string(body["model"]), embeddings, usage: usageOf(body) })
}

/** Embeddings have no answer to count, and some servers say only the total. */
const usageOf = (body: Json.JsonObject) =>
  Usage.read(body["usage"]) ?? Usage.read({ prompt_tokens: Json.at(body, "usage", "total_tokens") })

const vectorOf = (value: Json.Json | undefined): ReadonlyArray<number> | undefined => {
  if (Array.isArray(value)) return value as ReadonlyArray<number>
  if (typeof value !== "string") return undefined
  const bytes = Buffer.from(value, "base64")
  return Array.from({ length: Math.floor(bytes.length / 4) }, (_, at) => bytes.readFloatLE(at * 4))
}

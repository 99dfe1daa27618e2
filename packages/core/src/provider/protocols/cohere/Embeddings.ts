/**
 * Embeddings of Cohere. It wants to know what the vectors are for (`input_type`): `search_document`, unless `extra.cohere` says else.
 */
import * as Result from "effect/Result"
import * as Json from "../../../domain/Json.ts"
import type { Unsupported } from "../../../domain/Reason.ts"
import type { Embeddings } from "../../../domain/Request.ts"
import type { EmbeddingsResponse } from "../../../domain/Response.ts"
import { count } from "../../../domain/Usage.ts"
import type { Context, WireRequest } from "../../Protocol.ts"
import * as RequestHeaders from "../../RequestHeaders.ts"
import * as Foreign from "../Foreign.ts"
import * as Vectors from "../Vectors.ts"

/** Writes a request for vectors of floats; texts only. @stability stable @category combinators @since 0.1.0 */
export const encode = (request: Embeddings, context: Context): Result.Result<WireRequest, Unsupported> =>
  Result.map(Vectors.texts(request, "cohere"), (texts) => ({
    path: "/v2/embed",
    headers: RequestHeaders.none,
    body: JSON.stringify({
      input_type: "search_document",
      ...Foreign.own(request, "cohere"),
      model: context.model,
      texts,
      embedding_types: ["float"],
      ...Json.compact({ output_dimension: request.dimensions })
    })
  }))

/** Reads the vectors; `undefined` where the body holds none. @stability stable @category getters @since 0.1.0 */
export const decode = (body: Json.JsonObject): EmbeddingsResponse | undefined => {
  const embeddings = Vectors.read(Json.at(body, "embeddings", "float") ?? body["embeddings"])
  if (embeddings === undefined) return undefined
  const inputTokens = count(Json.at(body, "meta", "billed_units", "input_tokens"))
  return Json.compact({ embeddings, usage: inputTokens === undefined ? undefined : { inputTokens } })
}

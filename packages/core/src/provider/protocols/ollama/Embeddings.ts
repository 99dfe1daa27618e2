/**
 * Embeddings of Ollama (`/api/embed`).
 */
import * as Result from "effect/Result"
import * as Json from "../../../domain/Json.ts"
import type { Unsupported } from "../../../domain/Reason.ts"
import type { Embeddings } from "../../../domain/Request.ts"
import type { EmbeddingsResponse } from "../../../domain/Response.ts"
import type { Context, WireRequest } from "../../Protocol.ts"
import * as RequestHeaders from "../../RequestHeaders.ts"
import * as Foreign from "../Foreign.ts"
import * as Vectors from "../Vectors.ts"
import * as Usage from "./Usage.ts"

/** Writes a request for vectors; texts only. @stability stable @category combinators @since 0.1.0 */
export const encode = (request: Embeddings, context: Context): Result.Result<WireRequest, Unsupported> =>
  Result.map(Vectors.texts(request, "ollama"), (input) => ({
    path: "/api/embed",
    headers: RequestHeaders.none,
    body: JSON.stringify({
      ...Foreign.own(request, "ollama"),
      model: context.model,
      input,
      ...Json.compact({ dimensions: request.dimensions })
    })
  }))

/** Reads the vectors; `undefined` where the body holds none. @stability stable @category getters @since 0.1.0 */
export const decode = (body: Json.JsonObject): EmbeddingsResponse | undefined => {
  const embeddings = Vectors.read(body["embeddings"])
  if (embeddings === undefined) return undefined
  return Json.compact({ model: Json.string(body["model"]), embeddings, usage: Usage.of(body) })
}

/**
 * `:countTokens`: the contents alone, or the whole request that would be made.
 */
import * as Json from "@orelse/core/domain/Json"
import type { Request as Neutral } from "@orelse/core/domain/Request"
import type * as Result from "effect/Result"
import type { BadRequest } from "../Dialect.ts"
import * as Names from "./Names.ts"
import * as Request from "./Request.ts"

/** What is to be counted. */
export const request = (body: Json.JsonObject): Result.Result<Neutral, BadRequest> =>
  Request.read(Json.object(Names.normalize(body)["generateContentRequest"]) ?? body)

/** The count, as Google gives it. */
export const answer = (tokens: number): Json.JsonObject => ({
  totalTokens: tokens,
  promptTokensDetails: [{ modality: "TEXT", tokenCount: tokens }]
})

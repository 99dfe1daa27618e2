/**
 * What the embeddings of several protocols share: texts in, lists of numbers out.
 */
import * as Result from "effect/Result"
import type { Call } from "../../domain/Call.ts"
import * as Json from "../../domain/Json.ts"
import type { Unsupported } from "../../domain/Reason.ts"
import type { Embeddings } from "../../domain/Request.ts"
import type { EmbeddingsResponse } from "../../domain/Response.ts"
import * as Foreign from "./Foreign.ts"

/**
 * The texts of a request; `Unsupported` where it holds texts already cut into tokens, which only OpenAI's format takes.
 *
 * @param protocol who is asked, for the message
 * @stability stable
 * @category getters
 * @since 0.1.0
 */
export const texts = (request: Embeddings, protocol: string): Result.Result<ReadonlyArray<string>, Unsupported> => {
  const out: Array<string> = []
  for (const text of request.input) {
    if (typeof text !== "string")
      return Result.fail(
        Foreign.unsupported(
          "embeddings of tokens",
          `${protocol} takes texts to embed, not texts already cut into tokens`
        )
      )
    out.push(text)
  }
  return Result.succeed(out)
}

/** A list of vectors; `undefined` where it is none. @stability stable @category getters @since 0.1.0 */
export const read = (value: unknown): ReadonlyArray<ReadonlyArray<number>> | undefined => {
  if (!Array.isArray(value)) return undefined
  const out: Array<ReadonlyArray<number>> = []
  for (const row of Json.array(value)) {
    const vector = Json.array(row)
    if (!Array.isArray(row) || !vector.every((number) => typeof number === "number")) return undefined
    out.push(vector)
  }
  return out
}

/**
 * What is wrong where the vectors are not one a text, for nobody could tell whose is missing; else `undefined`.
 *
 * @stability experimental
 * @category getters
 * @since 0.1.0
 */
export const miscount = (call: Call, { embeddings }: EmbeddingsResponse): string | undefined => {
  const asked = call.embeddings?.()
  if (asked === undefined || Result.isFailure(asked)) return undefined
  const texts = asked.success.input.length
  if (embeddings.length === texts) return undefined
  return `${counted(embeddings.length, "vector")} came for ${counted(texts, "text")}`
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`

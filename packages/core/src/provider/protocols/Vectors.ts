/**
 * What the embeddings of several protocols share: texts in, lists of numbers out.
 */
import * as Result from "effect/Result"
import * as Json from "../../domain/Json.ts"
import type { Unsupported } from "../../domain/Reason.ts"
import type { Embeddings } from "../../domain/Request.ts"
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

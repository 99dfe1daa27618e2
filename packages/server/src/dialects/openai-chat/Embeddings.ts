/**
 * Embeddings as OpenAI's callers ask for and get them.
 */
import * as Json from "@orelse/core/domain/Json"
import type { Embeddings } from "@orelse/core/domain/Request"
import type { EmbeddingsResponse } from "@orelse/core/domain/Response"
import type * as Result from "effect/Result"
import type { AnswerContext, BadRequest } from "../Dialect.ts"
import { Fields } from "../Fields.ts"

const dialect = "openai-chat"

/** Reads a request: one text, several, or tokens. */
export const read = (body: Json.JsonObject): Result.Result<Embeddings, BadRequest> =>
  Fields.read(body, (fields) => {
    fields.raw("orelse")
    return Json.compact({
      model: fields.string("model"),
      input: inputOf(fields),
      dimensions: fields.number("dimensions"),
      user: fields.string("user"),
      ...fields.extra(dialect)
    })
  })

const inputOf = (fields: Fields): Embeddings["input"] => {
  const input = fields.raw("input")
  if (typeof input === "string") return [input]
  if (isListOf("string", input)) return input as ReadonlyArray<string>
  if (isListOf("number", input)) return [input as ReadonlyArray<number>]
  if (Array.isArray(input) && input.length > 0 && input.every((item) => isListOf("number", item)))
    return input as ReadonlyArray<ReadonlyArray<number>>
  fields.problem("input", "a string, a list of strings, or lists of tokens", input)
  return []
}

const isListOf = (type: "string" | "number", value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === type)

/** Writes the vectors, packed as base64 where the caller asked for that (OpenAI's SDKs do). */
export const write = (response: EmbeddingsResponse, context: AnswerContext): Json.JsonObject => {
  const packed = Json.at(context.request(), "extra", dialect, "encoding_format") === "base64"
  return {
    object: "list",
    data: response.embeddings.map((vector, index) => ({
      object: "embedding",
      index,
      embedding: packed ? pack(vector) : vector
    })),
    model: context.model,
    usage: {
      prompt_tokens: response.usage?.inputTokens ?? 0,
      total_tokens: response.usage?.totalTokens ?? response.usage?.inputTokens ?? 0
    }
  }
}

const pack = (vector: ReadonlyArray<number>): string => {
  const bytes = Buffer.alloc(vector.length * 4)
  vector.forEach((number, at) => bytes.writeFloatLE(number, at * 4))
  return bytes.toString("base64")
}

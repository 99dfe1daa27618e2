/**
 * Writes pieces of content in OpenAI's Responses format: texts, images and files of a message or of a tool's result.
 */
import * as Result from "effect/Result"
import * as Json from "../../../domain/Json.ts"
import type { Unsupported } from "../../../domain/Reason.ts"
import type { UserPart } from "../../../domain/Request.ts"
import * as DataUrl from "../DataUrl.ts"
import * as Documents from "../Documents.ts"
import { each } from "../Each.ts"
import * as Foreign from "../Foreign.ts"

const dialect = "openai-responses"

type Encoded = Result.Result<Json.JsonObject, Unsupported>

/** The pieces in their order, or the first that the format cannot carry. @stability stable @category combinators @since 0.1.0 */
export const pieces = (parts: ReadonlyArray<UserPart>): Result.Result<ReadonlyArray<Json.JsonObject>, Unsupported> =>
  each(parts, pieceOf)

const pieceOf = (part: UserPart): Encoded => {
  switch (part.type) {
    case "text":
      return text(part)
    case "image":
      return image(part)
    case "document":
      return file(part)
    case "audio":
      return Result.fail(Foreign.unsupported("audio", `${dialect} takes no audio`))
  }
}

const text = (part: Extract<UserPart, { readonly type: "text" }>): Encoded => {
  const block = Foreign.blockOf(part, dialect)
  if (block === "foreign") return Result.fail(Foreign.unknownBlock(dialect))
  return Result.succeed(block ?? { type: "input_text", text: part.text, ...Foreign.own(part, dialect) })
}

const image = (part: Extract<UserPart, { readonly type: "image" }>): Encoded => {
  const url = DataUrl.ofImage(part)
  const fileId = fileIdOf(part)
  if (url === undefined && fileId === undefined) return Result.fail(foreignFile("images", part.fileId))
  return Result.succeed(
    Json.compact({
      type: "input_image",
      image_url: url,
      file_id: url === undefined ? fileId : undefined,
      detail: part.detail,
      ...Foreign.own(part, dialect)
    })
  )
}

const file = (part: Extract<UserPart, { readonly type: "document" }>): Encoded => {
  const data = DataUrl.ofDocument(part)
  const fileId = fileIdOf(part)
  if (data === undefined && part.url === undefined && fileId === undefined)
    return Result.fail(foreignFile("documents", part.fileId))
  return Result.succeed(
    Json.compact({
      type: "input_file",
      filename: data === undefined ? part.name : Documents.fileNameOf(part),
      file_data: data,
      file_url: data === undefined ? part.url : undefined,
      file_id: data === undefined && part.url === undefined ? fileId : undefined,
      ...Foreign.own(part, dialect)
    })
  )
}

const fileIdOf = (part: { readonly fileId?: string | undefined }): string | undefined =>
  part.fileId?.startsWith("file-") === true ? part.fileId : undefined

const foreignFile = (what: string, fileId: string | undefined): Unsupported =>
  Foreign.unsupported(`${what} by file id`, `${dialect} takes only ids of its own files, not ${fileId ?? "none"}`)

/** One plain text is written as a string: the form that every server takes. @stability stable @category combinators @since 0.1.0 */
export const plain = (content: ReadonlyArray<Json.JsonObject>): Json.Json => {
  const only = content[0]
  if (only === undefined) return ""
  const isText = only["type"] === "input_text" || only["type"] === "output_text"
  return content.length === 1 && isText && Object.keys(only).length === 2 ? (only["text"] ?? "") : content
}

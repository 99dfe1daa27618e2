/**
 * Images and documents for Converse: in line or in S3, each with a format by name.
 *
 * Source: docs.aws.amazon.com "ImageBlock", "DocumentBlock", read 2026-11. A document's name may hold letters, digits, single spaces, hyphens,
 * parentheses and square brackets.
 */
import * as Result from "effect/Result"
import type * as Json from "../../../domain/Json.ts"
import type { Unsupported } from "../../../domain/Reason.ts"
import type { UserPart } from "../../../domain/Request.ts"
import * as Foreign from "../Foreign.ts"

type Encoded = Result.Result<Json.JsonObject, Unsupported>
type Media = Extract<UserPart, { readonly type: "image" | "document" }>

const images: Readonly<Record<string, string>> = {
  "image/png": "png",
  "image/jpeg": "jpeg",
  "image/jpg": "jpeg",
  "image/gif": "gif",
  "image/webp": "webp"
}

const documents: Readonly<Record<string, string>> = {
  "application/pdf": "pdf",
  "text/plain": "txt",
  "text/markdown": "md",
  "text/html": "html",
  "text/csv": "csv",
  "application/msword": "doc",
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
  "application/vnd.ms-excel": "xls",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx"
}

/**
 * An image or a document as a block.
 *
 * @param number of the documents before it: a name for one that has none
 * @stability stable
 * @category combinators
 * @since 0.1.0
 */
export const encode = (part: Media, number: number): Encoded => {
  const formats = part.type === "image" ? images : documents
  const mediaType = part.mediaType ?? (part.type === "image" ? "image/png" : "application/pdf")
  const format = Object.hasOwn(formats, mediaType) ? formats[mediaType]! : undefined
  if (format === undefined)
    return refused(`${part.type}s of type ${mediaType}`, `takes no ${part.type}s of type ${mediaType}`)
  const source = sourceOf(part)
  if (source === undefined)
    return refused(`${part.type}s by reference`, `takes ${part.type}s in line or in S3, not by URL or file id`)
  return Result.succeed(
    part.type === "image"
      ? { image: { format, source } }
      : { document: { format, name: nameOf(part.name) ?? `document-${number + 1}`, source } }
  )
}

const refused = (feature: string, message: string): Encoded =>
  Result.fail(Foreign.unsupported(feature, `bedrock-converse ${message}`))

const sourceOf = (part: Media): Json.JsonObject | undefined => {
  if (part.data !== undefined) return { bytes: part.data }
  return part.url?.startsWith("s3://") === true ? { s3Location: { uri: part.url } } : undefined
}

/** Without its ending, and without the characters that Converse refuses. */
const nameOf = (name: string | undefined): string | undefined => {
  const plain = name
    ?.replace(/\.[A-Za-z0-9]{1,5}$/, "")
    .replace(/[^A-Za-z0-9\s\-()[\]]+/g, " ")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, 200)
  return plain === "" ? undefined : plain
}

/**
 * Reads `inlineData` and `fileData`: pictures, documents and sound; films stay whole, for only Gemini takes them.
 */
import * as Json from "@orelse/core/domain/Json"
import type { UserPart } from "@orelse/core/domain/Request"
import * as Foreign from "@orelse/core/provider/protocols/Foreign"
import * as Media from "@orelse/core/provider/protocols/gemini/Media"
import type { Fields } from "../Fields.ts"

const dialect = "gemini"

/** Bytes in line. */
export const inline = (part: Fields): UserPart => {
  const blob = part.inside("inlineData")
  if (blob === undefined) return Foreign.block(dialect, part.whole())
  const mediaType = blob.required("mimeType")
  const type = Media.kindOf(mediaType)
  const data = blob.required("data")
  if (type === undefined) return Foreign.block(dialect, part.whole())
  const name = type === "document" ? blob.string("displayName") : undefined
  return Json.compact({ type, mediaType, data, name, ...part.extra(dialect) }) as UserPart
}

/** A file by its URI: one that Google holds, or one that anyone may fetch. */
export const file = (part: Fields): UserPart => {
  const data = part.inside("fileData")
  if (data === undefined) return Foreign.block(dialect, part.whole())
  const uri = data.required("fileUri")
  const mimeType = data.string("mimeType") ?? Media.byUrl(uri)
  const type = mimeType === undefined ? undefined : Media.kindOf(mimeType)
  if (type === undefined) return Foreign.block(dialect, part.whole())
  const mediaType = mimeType === Media.guess(type, uri) ? undefined : mimeType
  const name = type === "document" ? data.string("displayName") : undefined
  const place = Media.isOwnFile(uri) ? { fileId: uri } : { url: uri }
  return Json.compact({ type, mediaType, ...place, name, ...part.extra(dialect) }) as UserPart
}

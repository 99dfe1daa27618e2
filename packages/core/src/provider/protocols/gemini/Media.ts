/**
 * Pictures, documents and sound in Gemini's parts: in line, or as a file that Google holds or fetches.
 *
 * A file needs its media type said; where the caller named none it is read off the URL, and a reader leaves out again what it would have
 * guessed (`guess`). Source: ai.google.dev "File input methods", read 2026-11.
 */
import * as Result from "effect/Result"
import * as Json from "../../../domain/Json.ts"
import type { Unsupported } from "../../../domain/Reason.ts"
import type { UserPart } from "../../../domain/Request.ts"
import * as Foreign from "../Foreign.ts"

type Media = Exclude<UserPart, { readonly type: "text" }>

const dialect = "gemini"

const byExtension: Readonly<Record<string, string>> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  webp: "image/webp",
  gif: "image/gif",
  heic: "image/heic",
  heif: "image/heif",
  pdf: "application/pdf",
  txt: "text/plain",
  md: "text/markdown",
  html: "text/html",
  csv: "text/csv",
  json: "application/json",
  mp3: "audio/mp3",
  wav: "audio/wav",
  ogg: "audio/ogg",
  flac: "audio/flac"
}

const byKind = { image: "image/jpeg", document: "application/pdf", audio: "audio/wav" } as const

/** The media type that a URL speaks of; `undefined` where it names none. @stability stable @category getters @since 0.1.0 */
export const byUrl = (url: string): string | undefined => {
  const extension = /\.([a-z0-9]{2,4})(?:[?#]|$)/i.exec(url)?.[1]?.toLowerCase() ?? ""
  return Object.hasOwn(byExtension, extension) ? byExtension[extension] : undefined
}

/** The media type that a URL speaks of, else the usual one of its kind. @stability stable @category getters @since 0.1.0 */
export const guess = (kind: Media["type"], url: string): string => {
  const found = byUrl(url)
  return found !== undefined && kindOf(found) === kind ? found : byKind[kind]
}

/** Which kind of part a media type is; `undefined` where no neutral part holds it (video). @stability stable @category getters @since 0.1.0 */
export const kindOf = (mediaType: string): Media["type"] | undefined => {
  if (mediaType.startsWith("image/")) return "image"
  if (mediaType.startsWith("audio/")) return "audio"
  return mediaType.startsWith("video/") ? undefined : "document"
}

/** Whether a URI names a file that Google itself holds. @stability stable @category predicates @since 0.1.0 */
export const isOwnFile = (uri: string): boolean =>
  uri.startsWith("https://generativelanguage.googleapis.com/") || uri.startsWith("gs://")

/** The part; refuses files that another provider holds. @stability stable @category combinators @since 0.1.0 */
export const encode = (part: Media, isVertex: boolean): Result.Result<Json.JsonObject, Unsupported> => {
  const own = Foreign.own(part, dialect)
  // AI Studio refuses a name.
  const displayName = isVertex && part.type === "document" ? part.name : undefined
  if (part.data !== undefined) {
    const mimeType = part.mediaType ?? (part.type === "audio" ? `audio/${part.format ?? "wav"}` : inLine[part.type])
    return Result.succeed({ inlineData: Json.compact({ mimeType, data: part.data, displayName }), ...own })
  }
  const uri = part.url ?? (part.fileId !== undefined && isOwnFile(part.fileId) ? part.fileId : undefined)
  if (uri === undefined)
    return Result.fail(
      Foreign.unsupported(`${part.type}s by file id`, `gemini takes only files that Google holds, not ${part.fileId}`)
    )
  const mimeType = part.mediaType ?? guess(part.type, uri)
  return Result.succeed({ fileData: Json.compact({ mimeType, fileUri: uri, displayName }), ...own })
}

const inLine = { image: "image/png", document: "application/pdf" } as const

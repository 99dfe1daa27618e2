/**
 * Pieces of an OpenAI chat message that whole answers and chunks share: content lists, signed reasoning, images, unknown fields.
 */
import * as Json from "../../../domain/Json.ts"

/** A piece of text or of thinking. */
export interface Piece {
  readonly type: "text" | "reasoning"
  readonly text: string
}

/** Text and thinking out of a content list (Mistral sends `{"type":"thinking","thinking":[{"type":"text"}]}`). */
export const pieces = (content: ReadonlyArray<Json.Json>): Array<Piece> =>
  content.flatMap((item): Array<Piece> => {
    const piece = Json.object(item)
    if (piece?.["type"] !== "thinking") return textOf("text", Json.string(piece?.["text"]))
    const thinking = piece["thinking"]
    if (typeof thinking === "string") return textOf("reasoning", thinking)
    return Json.array(thinking).flatMap((inner) => textOf("reasoning", Json.string(Json.at(inner, "text"))))
  })

const textOf = (type: Piece["type"], text: string | undefined): Array<Piece> =>
  text === undefined || text === "" ? [] : [{ type, text }]

/** What proves reasoning, out of OpenRouter's `reasoning_details` (openrouter.ai "Reasoning tokens", read 2026-11). */
export const signatures = (
  details: unknown
): ReadonlyArray<{ readonly signature?: string; readonly redacted?: string }> =>
  details === undefined
    ? none
    : Json.array(details).flatMap((item) => {
        const signature = Json.string(Json.at(item, "signature"))
        const redacted =
          Json.at(item, "type") === "reasoning.encrypted" ? Json.string(Json.at(item, "data")) : undefined
        return signature || redacted ? [Json.compact({ signature: signature || undefined, redacted })] : []
      })

const none: ReadonlyArray<never> = []

/** Images that a model made, as OpenRouter and others send them: `images: [{image_url: {url: "data:..."}}]`. */
export const images = (value: unknown): ReadonlyArray<{ readonly mediaType: string; readonly data: string }> =>
  value === undefined
    ? none
    : Json.array(value).flatMap((item) => {
        const data = dataUrl(Json.string(Json.at(item, "image_url", "url")) ?? "")
        return data === undefined ? [] : [data]
      })

/** Media type and base64 of a `data:` URL; `undefined` for every other URL. */
export const dataUrl = (url: string): { readonly mediaType: string; readonly data: string } | undefined => {
  if (!url.startsWith("data:")) return undefined
  const comma = url.indexOf(",")
  const head = url.slice(5, comma)
  if (comma < 0 || !head.endsWith(";base64")) return undefined
  return { mediaType: head.slice(0, -7).split(";")[0] || "application/octet-stream", data: url.slice(comma + 1) }
}

const known: ReadonlySet<string> = new Set([
  "id",
  "object",
  "created",
  "model",
  "choices",
  "usage",
  "error",
  "obfuscation"
])

/** The fields of a body or chunk that only its speaker knows; `undefined` where there are none. */
export const unknownFields = (body: Json.JsonObject): Json.JsonObject | undefined => {
  let fields: Record<string, Json.Json | undefined> | undefined
  for (const key in body) {
    if (known.has(key) || body[key] === null || body[key] === undefined) continue
    fields ??= {}
    fields[key] = body[key]
  }
  return fields
}

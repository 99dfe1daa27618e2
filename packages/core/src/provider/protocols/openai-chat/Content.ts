/**
 * Pieces of an OpenAI chat message that whole answers and chunks share: content lists, signed reasoning, images, unknown fields.
 */
import * as Json from "../../../domain/Json.ts"

/** The first answer; others (`n` above 1) have no neutral shape. */
export const choiceOf = (choices: ReadonlyArray<Json.Json>): Json.JsonObject | undefined =>
  choices.length === 0 ? undefined : Json.object(choices.find((choice) => (Json.at(choice, "index") ?? 0) === 0))

/** Text that stands as such; of spoken answers, the words. `undefined` where the content is no text. */
export const textOf = (message: Json.JsonObject): string | undefined => {
  const content = message["content"]
  if (typeof content === "string" && content !== "") return content
  return Json.string(Json.at(message, "audio", "transcript")) ?? Json.string(content)
}

/** A piece of text, of thinking or of a refusal. */
export interface Piece {
  readonly type: "text" | "reasoning" | "refusal"
  readonly text: string
  readonly signature?: string
}

/**
 * What a content list says: texts, refusals, and thinking, which Mistral sends as `{"type":"thinking","thinking":[{"type":"text"}]}` and
 * Databricks as `{"type":"reasoning","summary":[{"type":"summary_text","text","signature"}]}` (docs.databricks.com "Reasoning models", read 2026-11).
 */
export const pieces = (content: ReadonlyArray<Json.Json>): Array<Piece> =>
  content.flatMap((item): ReadonlyArray<Piece> => {
    const piece = Json.object(item)
    switch (piece?.["type"]) {
      case "thinking":
        return thoughts(piece["thinking"])
      case "reasoning":
        return thoughts(piece["summary"])
      case "refusal":
        return pieceOf("refusal", piece["refusal"])
      default:
        return pieceOf("text", piece?.["text"])
    }
  })

const thoughts = (said: Json.Json | undefined): ReadonlyArray<Piece> =>
  typeof said === "string"
    ? pieceOf("reasoning", said)
    : Json.array(said).flatMap((inner) =>
        pieceOf("reasoning", Json.at(inner, "text"), Json.string(Json.at(inner, "signature")) || undefined)
      )

const pieceOf = (type: Piece["type"], said: unknown, signature?: string): ReadonlyArray<Piece> => {
  const text = Json.string(said) ?? ""
  return text === "" && signature === undefined ? [] : [Json.compact({ type, text, signature })]
}

/** Names of the field that holds reasoning as plain text; GitHub Copilot has the last. */
const reasoningFields = ["reasoning_content", "reasoning", "reasoning_text"]

/** The reasoning of a message or of a piece of one, where it is plain text; `""` where there is none. */
export const reasoning = (message: Json.JsonObject): string => {
  for (const field of reasoningFields) {
    const text = message[field]
    if (typeof text === "string" && text !== "") return text
  }
  return ""
}

/** The text of `reasoning_details`, which mostly repeats the plain text; Snowflake and others send nothing else. */
export const detailedReasoning = (message: Json.JsonObject): string =>
  message["reasoning_details"] === undefined
    ? ""
    : Json.array(message["reasoning_details"])
        .map((detail) => Json.string(Json.at(detail, "text")) ?? Json.string(Json.at(detail, "summary")) ?? "")
        .join("")

/** A call's arguments as text: some send an object, and some models write `null` for a tool without parameters. */
export const argumentsOf = (call: unknown): string => {
  const written = Json.at(call, "function", "arguments") ?? Json.at(call, "custom", "input")
  if (typeof written === "string") return written === "null" ? "{}" : written
  return Json.object(written) === undefined ? "" : JSON.stringify(written)
}

/** Whether a custom tool is called, whose input is text. */
export const isCustom = (call: unknown): true | undefined => (Json.at(call, "custom") === undefined ? undefined : true)

/** The name of the tool that is called. */
export const nameOf = (call: unknown): string =>
  Json.string(Json.at(call, "function", "name")) || Json.string(Json.at(call, "custom", "name")) || ""

/** Google's proof of the reasoning behind a call, in the place that its OpenAI format has for it. */
export const thoughtSignature = (call: unknown): string | undefined =>
  Json.string(Json.at(call, "extra_content", "google", "thought_signature"))

/** The one call of answers that are older than tools; `undefined` where there is none (some send it empty). */
export const legacyCall = (message: Json.JsonObject): Json.JsonObject | undefined => {
  const called = Json.object(message["function_call"])
  return Json.string(called?.["name"]) || Json.string(called?.["arguments"]) ? called : undefined
}

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

/** An image that a model made, in line or by its address. */
export type Image = { readonly mediaType: string; readonly data: string } | { readonly url: string }

/** Images that a model made, as OpenRouter and others send them: `images: [{image_url: {url: "data:..."}}]`. Some give their address instead. */
export const images = (value: unknown): ReadonlyArray<Image> => {
  const list = Json.array(value)
  if (list.length === 0) return none
  return list.flatMap((item): ReadonlyArray<Image> => {
    const url = Json.string(Json.at(item, "image_url", "url")) ?? ""
    if (/^https?:\/\//.test(url)) return [{ url }]
    const data = dataUrl(url)
    return data === undefined ? [] : [data]
  })
}

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

/**
 * Reads a whole answer of OpenAI's Responses.
 */
import * as Json from "../../../domain/Json.ts"
import type { AssistantPart } from "../../../domain/Request.ts"
import type { Response } from "../../../domain/Response.ts"
import * as Foreign from "../Foreign.ts"
import * as Finish from "./Finish.ts"
import * as Proof from "./Proof.ts"
import * as Usage from "./Usage.ts"

const dialect = "openai-responses"

/** The answer, or `undefined` where the body is not a response. @stability stable @category getters @since 0.1.0 */
export const decode = (body: Json.JsonObject): Response | undefined => {
  if (!Array.isArray(body["output"])) return undefined
  const content = body["output"].flatMap((item) => partsOf(Json.object(item)))
  const finish = Finish.read(
    body,
    content.some((part) => part.type === "toolCall")
  )
  const fields = unknownFields(body)
  return Json.compact({
    id: Json.string(body["id"]) || undefined,
    model: Json.string(body["model"]) || undefined,
    created: Json.number(body["created_at"]) || undefined,
    content,
    finishReason: finish?.reason,
    rawFinishReason: finish?.raw,
    usage: Usage.of(body),
    logprobs: logprobsOf(body["output"]) as Response["logprobs"],
    extra: fields === undefined ? undefined : ({ [dialect]: fields } as NonNullable<Response["extra"]>)
  })
}

/**
 * The parts that an output item is; an item that only this format knows (a search, a program run) stays whole.
 *
 * @stability stable
 * @category getters
 * @since 0.1.0
 */
export const partsOf = (item: Json.JsonObject | undefined): ReadonlyArray<AssistantPart> => {
  if (item === undefined) return []
  switch (item["type"]) {
    case "message":
      return Json.array(item["content"]).flatMap((piece) => pieceOf(Json.object(piece)))
    case "reasoning":
      return reasoningOf(item)
    case "function_call":
      return [toolCallOf(item)]
    case "image_generation_call":
      return imageOf(item)
    default:
      return [Foreign.block(dialect, item)]
  }
}

const pieceOf = (piece: Json.JsonObject | undefined): ReadonlyArray<AssistantPart> => {
  if (piece === undefined) return []
  switch (piece["type"]) {
    case "output_text":
      return textOf(piece)
    case "refusal":
      return [{ type: "refusal", text: Json.string(piece["refusal"]) ?? "" }]
    default:
      return [Foreign.block(dialect, piece)]
  }
}

const textOf = (piece: Json.JsonObject): ReadonlyArray<AssistantPart> => {
  const text = Json.string(piece["text"]) ?? ""
  const annotations = Json.array(piece["annotations"])
  if (text === "" && annotations.length === 0) return []
  const part = { type: "text" as const, text }
  return annotations.length === 0
    ? [part]
    : [{ ...part, extra: { [dialect]: { annotations } } as NonNullable<AssistantPart["extra"]> }]
}

/** One part for each summary; the proof, which is the whole item's, stands with the last. */
const reasoningOf = (item: Json.JsonObject): ReadonlyArray<AssistantPart> => {
  const texts = reasoningTexts(item)
  const proof = Proof.read(Json.string(item["encrypted_content"]))
  const isProven = proof.signature !== undefined || proof.redacted !== undefined
  if (texts.length === 0) return isProven ? [{ type: "reasoning", text: "", ...proof }] : []
  return texts.map((text, at) => ({ type: "reasoning", text, ...(at === texts.length - 1 ? proof : {}) }))
}

/** The summaries of a reasoning item, or the reasoning itself where a server shows it. @stability stable @category getters @since 0.1.0 */
export const reasoningTexts = (item: Json.JsonObject): ReadonlyArray<string> => {
  const summaries = texts(item["summary"])
  return summaries.length > 0 ? summaries : texts(item["content"])
}

const texts = (list: unknown): ReadonlyArray<string> =>
  Json.array(list).flatMap((piece) => {
    const text = Json.string(Json.at(piece, "text")) ?? ""
    return text === "" ? [] : [text]
  })

const toolCallOf = (item: Json.JsonObject): AssistantPart => ({
  type: "toolCall",
  id: callIdOf(item),
  name: Json.string(item["name"]) ?? "",
  arguments: argumentsOf(item)
})

/** A call's arguments as text: some send an object. @stability stable @category getters @since 0.1.0 */
export const argumentsOf = (item: Json.JsonObject): string => {
  const written = item["arguments"] ?? ""
  return typeof written === "string" ? written : JSON.stringify(written)
}

/** The id that a tool's result must name. @stability stable @category getters @since 0.1.0 */
export const callIdOf = (item: Json.JsonObject): string =>
  Json.string(item["call_id"]) || Json.string(item["id"]) || "call_0"

const imageOf = (item: Json.JsonObject): ReadonlyArray<AssistantPart> => {
  const data = Json.string(item["result"]) ?? ""
  if (data === "") return [Foreign.block(dialect, item)]
  return [{ type: "image", mediaType: `image/${Json.string(item["output_format"]) ?? "png"}`, data }]
}

/** Log probabilities of all texts, in the one shape that OpenAI's chat has for them. */
const logprobsOf = (output: ReadonlyArray<Json.Json>): Json.JsonObject | undefined => {
  const pieces = output.flatMap((item) => Json.array(Json.at(item, "content")))
  return logprobs(pieces.flatMap((piece) => Json.array(Json.at(piece, "logprobs"))))
}

/** A list of log probabilities as OpenAI's chat wraps it; `undefined` where it is empty. @stability stable @category conversions @since 0.1.0 */
export const logprobs = (content: ReadonlyArray<Json.Json>): Json.JsonObject | undefined =>
  content.length === 0 ? undefined : { content, refusal: null }

/** What every response says: what was asked for, repeated, and what has a neutral name. */
const known: ReadonlySet<string> = new Set([
  "id",
  "object",
  "created_at",
  "completed_at",
  "status",
  "model",
  "output",
  "output_text",
  "usage",
  "error",
  "incomplete_details",
  "instructions",
  "max_output_tokens",
  "max_tool_calls",
  "parallel_tool_calls",
  "previous_response_id",
  "reasoning",
  "store",
  "temperature",
  "text",
  "tool_choice",
  "tools",
  "top_logprobs",
  "top_p",
  "truncation",
  "user",
  "metadata",
  "background",
  "presence_penalty",
  "frequency_penalty",
  "prompt",
  "prompt_cache_key",
  "prompt_cache_retention",
  "prompt_cache_options",
  "safety_identifier"
])

/** The fields of a response that only its speaker knows; `undefined` where there are none. @stability stable @category getters @since 0.1.0 */
export const unknownFields = (body: Json.JsonObject): Json.JsonObject | undefined => {
  const fields = Object.entries(body).filter(([key, value]) => !known.has(key) && value !== null)
  return fields.length === 0 ? undefined : Object.fromEntries(fields)
}

/**
 * Reads a whole answer of Gemini, and the parts that answers and chunks share. Only the first candidate has a neutral shape.
 */
import * as Json from "../../../domain/Json.ts"
import type { AssistantPart } from "../../../domain/Request.ts"
import type { Response } from "../../../domain/Response.ts"
import * as CallId from "../CallId.ts"
import * as Foreign from "../Foreign.ts"
import * as Finish from "./Finish.ts"
import * as Logprobs from "./Logprobs.ts"
import * as Usage from "./Usage.ts"

const dialect = "gemini"

type Extra = NonNullable<AssistantPart["extra"]>

/** The answer, or `undefined` where the body is none. @stability stable @category getters @since 0.1.0 */
export const decode = (body: Json.JsonObject): Response | undefined => {
  const blocked = blockReason(body)
  if (!Array.isArray(body["candidates"]) && blocked === undefined) return undefined
  const candidate = Json.object(candidateOf(body)) ?? {}
  const id = Json.string(body["responseId"])
  const content = contentOf(candidate, id)
  const raw = finishOf(candidate)
  const finishReason =
    raw === undefined
      ? blocked === undefined
        ? undefined
        : ("content_filter" as const)
      : Finish.read(raw, saidIn(content, body))
  const fields = unknownFields(body, candidate)
  return Json.compact({
    id,
    model: Json.string(body["modelVersion"]),
    created: createdOf(body),
    content,
    finishReason,
    rawFinishReason: raw,
    usage: Usage.of(body),
    logprobs: Logprobs.read(candidate["logprobsResult"]) as Response["logprobs"],
    extra: fields === undefined ? undefined : ({ [dialect]: fields } as Extra)
  })
}

const saidIn = (content: ReadonlyArray<AssistantPart>, body: Json.JsonObject): "calls" | "anything" | "nothing" => {
  if (content.some((part) => part.type === "toolCall")) return "calls"
  return content.length > 0 || Json.array(body["candidates"]).length > 1 ? "anything" : "nothing"
}

/** The first candidate, wherever it stands. @stability stable @category getters @since 0.1.0 */
export const candidateOf = (body: Json.JsonObject): Json.JsonObject | undefined =>
  Json.object(Json.array(body["candidates"]).find((candidate) => (Json.at(candidate, "index") ?? 0) === 0))

/** Why a prompt was refused before the model saw it. @stability stable @category getters @since 0.1.0 */
export const blockReason = (body: Json.JsonObject): string | undefined =>
  said(Json.at(body, "promptFeedback", "blockReason"))

/** Why the model stopped, in Google's word; `undefined` while it has not. @stability stable @category getters @since 0.1.0 */
export const finishOf = (candidate: Json.JsonObject | undefined): string | undefined =>
  said(numbered(candidate?.["finishReason"]))

/** Vertex gives numbers to those who ask for enums so; those on which it and AI Studio agree. */
const numbers = ["", "STOP", "MAX_TOKENS", "SAFETY", "RECITATION", "OTHER"]

const numbered = (reason: Json.Json | undefined): Json.Json | undefined =>
  typeof reason === "number" ? (numbers[reason] ?? String(reason)) : reason

/** A word of Google's; the one that stands for none is none. */
const said = (value: unknown): string | undefined => {
  const word = Json.string(value)
  return word === undefined || word === "" || word.endsWith("_UNSPECIFIED") ? undefined : word
}

/** When Vertex says that it answered, in epoch seconds. @stability stable @category getters @since 0.1.0 */
export const createdOf = (body: Json.JsonObject): number | undefined => {
  const at = Json.string(body["createTime"])
  const ms = at === undefined ? Number.NaN : Date.parse(at)
  return Number.isNaN(ms) ? undefined : Math.floor(ms / 1000)
}

const contentOf = (candidate: Json.JsonObject, id: string | undefined): ReadonlyArray<AssistantPart> => {
  let calls = 0
  let draft: AssistantPart | undefined
  const content: Array<AssistantPart> = []
  for (const item of Json.array(Json.at(candidate, "content", "parts"))) {
    const part = partOf(Json.object(item) ?? {}, id, calls)
    if (part === undefined) continue
    if (part.type === "toolCall") calls += 1
    if (isDraft(part, item)) draft = part
    else content.push(part)
  }
  if (draft !== undefined && !content.some((part) => part.type === "image")) content.push(draft)
  return content
}

/**
 * Whether a part is a picture that the model thought in. It is none of the answer's, but for the last one where the answer has no other:
 * that may be marked so, too (ai.google.dev "Image generation: thinking", vercel/ai#11461, read 2026-11).
 *
 * @param item the part as Google wrote it
 * @stability experimental
 * @category predicates
 * @since 0.1.0
 */
export const isDraft = (part: AssistantPart, item: Json.Json): boolean =>
  part.type === "image" && Json.at(item, "thought") === true

/**
 * A part of an answer; `undefined` where it says nothing. What only Gemini knows (code that it ran, files) stays whole.
 *
 * @param calls how many calls came before
 * @stability stable
 * @category getters
 * @since 0.1.0
 */
export const partOf = (
  part: Json.JsonObject,
  response: string | undefined,
  calls: number
): AssistantPart | undefined => {
  const signature = Json.string(part["thoughtSignature"]) || undefined
  const call = Json.object(part["functionCall"])
  if (call !== undefined)
    return Json.compact({
      type: "toolCall" as const,
      id: CallId.make(call["id"], response, calls),
      name: Json.string(call["name"]) ?? "",
      arguments: JSON.stringify(Json.object(call["args"]) ?? {}),
      signature
    })
  const text = Json.string(part["text"])
  if (text !== undefined) {
    if (text === "" && signature === undefined) return undefined
    const type = part["thought"] === true ? ("reasoning" as const) : ("text" as const)
    return signature === undefined
      ? { type, text }
      : { type, text, extra: { [dialect]: { thoughtSignature: signature } } }
  }
  const inline = Json.object(part["inlineData"])
  const mediaType = Json.string(inline?.["mimeType"]) ?? ""
  if (mediaType.startsWith("image/")) return { type: "image", mediaType, data: Json.string(inline?.["data"]) ?? "" }
  return Object.keys(part).length === 0 ? undefined : Foreign.block(dialect, part)
}

const knownInBody: ReadonlySet<string> = new Set([
  "candidates",
  "usageMetadata",
  "modelVersion",
  "responseId",
  "createTime"
])
const knownInCandidate: ReadonlySet<string> = new Set(["content", "finishReason", "index", "logprobsResult"])

/** What only Gemini says of an answer: its own fields, and under `candidate` those of the candidate. @stability stable @category getters @since 0.1.0 */
export const unknownFields = (body: Json.JsonObject, candidate: Json.JsonObject): Json.JsonObject | undefined => {
  const own = without(body, knownInBody)
  const inside = without(candidate, knownInCandidate)
  if (own === undefined && inside === undefined) return undefined
  return Json.compact({ ...own, candidate: inside })
}

const without = (object: Json.JsonObject, known: ReadonlySet<string>): Json.JsonObject | undefined => {
  const fields = Object.entries(object).filter(([key, value]) => !known.has(key) && value !== null)
  return fields.length === 0 ? undefined : Object.fromEntries(fields)
}

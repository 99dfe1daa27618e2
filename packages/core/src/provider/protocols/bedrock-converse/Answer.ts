/**
 * Reads a whole answer of Converse.
 */
import * as Json from "../../../domain/Json.ts"
import type { AssistantPart } from "../../../domain/Request.ts"
import type { Response } from "../../../domain/Response.ts"
import * as Anthropic from "../anthropic-messages/Answer.ts"
import * as Foreign from "../Foreign.ts"
import * as Finish from "./Finish.ts"
import * as Usage from "./Usage.ts"

const dialect = "bedrock-converse"

/** The answer, or `undefined` where the body is none. @stability stable @category getters @since 0.1.0 */
export const decode = (body: Json.JsonObject): Response | undefined => {
  const message = Json.object(Json.at(body, "output", "message"))
  // InvokeModel answers in the words of the model's maker.
  if (message === undefined) return body["type"] === "message" ? Anthropic.decode(body) : undefined
  const raw = Json.string(body["stopReason"]) || undefined
  const fields = unknownFields(body)
  return Json.compact({
    content: Json.array(message["content"]).flatMap((block) => partOf(Json.object(block))),
    finishReason: raw === undefined ? undefined : Finish.read(raw),
    rawFinishReason: raw,
    stopSequence: Finish.sequenceOf(body["additionalModelResponseFields"]),
    usage: Usage.of(body),
    extra: fields === undefined ? undefined : ({ [dialect]: fields } as NonNullable<Response["extra"]>)
  })
}

/** A block that no dialect shares stays whole. */
const partOf = (block: Json.JsonObject | undefined): ReadonlyArray<AssistantPart> => {
  if (block === undefined) return []
  const text = Json.string(block["text"])
  if (text !== undefined) return text === "" ? [] : [{ type: "text", text }]
  const call = Json.object(block["toolUse"])
  if (call !== undefined) return [toolCall(call)]
  const reasoning = Json.object(block["reasoningContent"])
  if (reasoning !== undefined) return [thought(reasoning)]
  const cited = Json.object(block["citationsContent"])
  return cited === undefined ? [Foreign.block(dialect, block)] : [citedText(cited)]
}

const toolCall = (call: Json.JsonObject): AssistantPart => ({
  type: "toolCall",
  id: Json.string(call["toolUseId"]) ?? "",
  name: Json.string(call["name"]) ?? "",
  arguments: JSON.stringify(call["input"] ?? {})
})

const thought = (reasoning: Json.JsonObject): AssistantPart => {
  const redacted = Json.string(reasoning["redactedContent"])
  if (redacted !== undefined) return { type: "reasoning", text: "", redacted }
  return Json.compact({
    type: "reasoning" as const,
    text: Json.string(Json.at(reasoning, "reasoningText", "text")) ?? "",
    signature: Json.string(Json.at(reasoning, "reasoningText", "signature")) || undefined
  })
}

const citedText = (cited: Json.JsonObject): AssistantPart => ({
  type: "text",
  text: Json.array(cited["content"])
    .map((piece) => Json.string(Json.at(piece, "text")) ?? "")
    .join(""),
  extra: { [dialect]: { citations: Json.array(cited["citations"]) } } as NonNullable<AssistantPart["extra"]>
})

const known: ReadonlySet<string> = new Set(["output", "stopReason", "usage", "p"])

/** The fields that only Bedrock knows (`metrics`, `trace`, …); `undefined` where there are none. @stability stable @category getters @since 0.1.0 */
export const unknownFields = (body: Json.JsonObject): Json.JsonObject | undefined => {
  const fields = Object.entries(body).filter(([key, value]) => !known.has(key) && value !== null)
  return fields.length === 0 ? undefined : Object.fromEntries(fields)
}

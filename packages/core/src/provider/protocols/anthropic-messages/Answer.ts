/**
 * Reads a whole answer of Anthropic's Messages.
 */
import * as Json from "../../../domain/Json.ts"
import type { AssistantPart } from "../../../domain/Request.ts"
import type { Response } from "../../../domain/Response.ts"
import * as Foreign from "../Foreign.ts"
import * as Finish from "./Finish.ts"
import * as Usage from "./Usage.ts"

const dialect = "anthropic-messages"

/** The answer, or `undefined` where the body is not a message. @stability stable @category getters @since 0.1.0 */
export const decode = (body: Json.JsonObject): Response | undefined => {
  if (!Array.isArray(body["content"])) return undefined
  const raw = Json.string(body["stop_reason"])
  const fields = unknownFields(body)
  return Json.compact({
    id: Json.string(body["id"]),
    model: Json.string(body["model"]),
    content: body["content"].flatMap((block) => partOf(Json.object(block))),
    finishReason: raw === undefined ? undefined : Finish.read(raw),
    rawFinishReason: raw,
    stopSequence: Json.string(body["stop_sequence"]),
    usage: Usage.of(body),
    extra: fields === undefined ? undefined : ({ [dialect]: fields } as NonNullable<Response["extra"]>)
  })
}

/**
 * The part that a block of an answer is; a block that only Anthropic knows (its own tools and their results) stays whole.
 *
 * @stability stable
 * @category getters
 * @since 0.1.0
 */
export const partOf = (block: Json.JsonObject | undefined): ReadonlyArray<AssistantPart> => {
  if (block === undefined) return []
  switch (block["type"]) {
    case "text":
      return [text(block)]
    case "thinking":
      return [
        Json.compact({
          type: "reasoning" as const,
          text: Json.string(block["thinking"]) ?? "",
          signature: Json.string(block["signature"]) || undefined
        })
      ]
    case "redacted_thinking":
      return [{ type: "reasoning", text: "", redacted: Json.string(block["data"]) ?? "" }]
    case "tool_use":
      return [
        {
          type: "toolCall",
          id: Json.string(block["id"]) ?? "",
          name: Json.string(block["name"]) ?? "",
          arguments: JSON.stringify(block["input"] ?? {})
        }
      ]
    default:
      return [Foreign.block(dialect, block)]
  }
}

const text = (block: Json.JsonObject): AssistantPart => {
  const citations = Json.array(block["citations"])
  const part = { type: "text" as const, text: Json.string(block["text"]) ?? "" }
  return citations.length === 0
    ? part
    : { ...part, extra: { [dialect]: { citations } } as NonNullable<AssistantPart["extra"]> }
}

const known: ReadonlySet<string> = new Set([
  "id",
  "type",
  "role",
  "model",
  "content",
  "stop_reason",
  "stop_sequence",
  "usage"
])

/** The fields of a message, or of its end in a stream, that only Anthropic knows. @stability experimental @category getters @since 0.1.0 */
export const unknownFields = (body: Json.JsonObject): Json.JsonObject | undefined => {
  const fields = Object.entries(body).filter(([key, value]) => !known.has(key) && value !== null)
  return fields.length === 0 ? undefined : Object.fromEntries(fields)
}

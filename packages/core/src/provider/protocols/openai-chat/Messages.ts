/**
 * Writes messages in OpenAI's chat format.
 */
import * as Result from "effect/Result"
import * as Json from "../../../domain/Json.ts"
import type { Unsupported } from "../../../domain/Reason.ts"
import type { Message, UserPart } from "../../../domain/Request.ts"
import type { Context } from "../../Protocol.ts"
import * as DataUrl from "../DataUrl.ts"
import * as Documents from "../Documents.ts"
import { each } from "../Each.ts"
import * as Foreign from "../Foreign.ts"
import * as ToolIds from "./ToolIds.ts"

const dialect = "openai-chat"

type Encoded = Result.Result<Json.JsonObject, Unsupported>
type Of<Role extends Message["role"]> = Extract<Message, { readonly role: Role }>

/**
 * One message, or the feature of it that the format cannot carry; `undefined` for a message of the assistant that says nothing to others, such as
 * one of thinking alone: OpenAI refuses it.
 *
 * @stability stable
 * @category combinators
 * @since 0.1.0
 */
export const encode = (
  message: Message,
  quirks: Context["quirks"]
): Result.Result<Json.JsonObject | undefined, Unsupported> => {
  switch (message.role) {
    case "system":
      return system(message, quirks)
    case "user":
      return Result.map(each(message.content, userPart), (content) =>
        written(message, { role: "user", content: plain(content) })
      )
    case "assistant":
      return assistant(message, quirks)
    case "tool":
      return tool(message, quirks)
  }
}

const system = (message: Of<"system">, quirks: Context["quirks"]): Encoded =>
  Result.map(each(message.content, userPart), (content) =>
    written(message, {
      role: message.developer === true && quirks["noDeveloperRole"] !== true ? "developer" : "system",
      content: plain(content)
    })
  )

const tool = (message: Of<"tool">, quirks: Context["quirks"]): Encoded =>
  Result.map(
    each(message.content, (part) =>
      part.type === "text" ? userPart(part) : Result.fail(Foreign.inToolResult("openai-chat", part.type))
    ),
    (content) =>
      written(message, { role: "tool", tool_call_id: idOf(message.toolCallId, quirks), content: plain(content) })
  )

const assistant = (message: Of<"assistant">, quirks: Context["quirks"]): ReturnType<typeof encode> => {
  const content: Array<Json.JsonObject> = []
  const calls: Array<Json.JsonObject> = []
  const reasoning: Array<Json.JsonObject> = []
  for (const part of message.content) {
    if (Foreign.isSilent(part, dialect)) continue
    if (part.type === "toolCall") calls.push(toolCall(part, quirks))
    else if (part.type === "reasoning") reasoning.push(reasoningFields(part, quirks))
    else if (part.type === "refusal") content.push({ type: "refusal", refusal: part.text })
    else if (part.type === "image") {
      return Result.fail(
        Foreign.unsupported("images of the assistant", "openai-chat takes no images in an assistant's message")
      )
    } else {
      const encoded = userPart(part)
      if (Result.isFailure(encoded)) return Result.fail(encoded.failure)
      content.push(encoded.success)
    }
  }
  const thoughts = joined(reasoning)
  const isSilent = content.length === 0 && calls.length === 0
  if (isSilent && isEmpty(thoughts) && isEmpty(Foreign.own(message, dialect))) return Result.succeed(undefined)
  const fields = Json.compact({
    ...thoughts,
    content: (content.length === 0 && !isSilent) || refusalAlone(content) ? null : plain(content),
    refusal: refusalAlone(content) ? content[0]!["refusal"] : undefined,
    tool_calls: calls.length === 0 ? undefined : calls
  })
  return Result.succeed(written(message, { role: "assistant", ...fields }))
}

const isEmpty = (fields: Json.JsonObject): boolean => Object.keys(fields).length === 0

const refusalAlone = (content: ReadonlyArray<Json.JsonObject>): boolean =>
  content.length === 1 && content[0]!["type"] === "refusal"

type AssistantPartOf<T> = Extract<Of<"assistant">["content"][number], { readonly type: T }>

const idOf = (id: string, quirks: Context["quirks"]): string =>
  quirks["shortToolIds"] === true ? ToolIds.short(id) : id

const toolCall = (part: AssistantPartOf<"toolCall">, quirks: Context["quirks"]): Json.JsonObject =>
  Json.compact({
    ...Foreign.own(part, dialect),
    id: idOf(part.id, quirks),
    type: "function",
    function: { name: part.name, arguments: part.arguments },
    extra_content:
      part.signature === undefined || quirks["callProofs"] !== true
        ? undefined
        : { google: { thought_signature: part.signature } }
  })

/**
 * Reasoning goes out under the field that the caller used for it, or that the provider asks for (quirk `reasoningField`); to other
 * providers it is left out, for they take none in. OpenRouter's `reasoning_details` carries signatures.
 */
const reasoningFields = (part: AssistantPartOf<"reasoning">, quirks: Context["quirks"]): Json.JsonObject => {
  const field = Foreign.own(part, dialect)["field"] ?? quirks["reasoningField"]
  if (typeof field !== "string") return {}
  if (field === "reasoning_details") return details(part)
  const isProven = part.signature !== undefined || part.redacted !== undefined
  return { ...(part.text === "" ? {} : { [field]: part.text }), ...(isProven ? details(part) : {}) }
}

const details = (part: AssistantPartOf<"reasoning">): Json.JsonObject => ({
  reasoning_details: [
    part.redacted === undefined
      ? Json.compact({ type: "reasoning.text", text: part.text, signature: part.signature })
      : { type: "reasoning.encrypted", data: part.redacted }
  ]
})

/** Several reasoning parts in one message: texts are joined, details listed. */
const joined = (all: ReadonlyArray<Json.JsonObject>): Json.JsonObject => {
  const out: Record<string, Json.Json | undefined> = {}
  for (const fields of all) {
    for (const key in fields) {
      const before = out[key]
      const value = fields[key]
      if (typeof before === "string" && typeof value === "string") out[key] = before + value
      else if (Array.isArray(before)) out[key] = [...(before as ReadonlyArray<Json.Json>), ...Json.array(value)]
      else out[key] = value
    }
  }
  return out
}

const userPart = (part: UserPart): Encoded => {
  switch (part.type) {
    case "text":
      return text(part)
    case "image":
      return image(part)
    case "document":
      return file(part)
    case "audio":
      if (part.data === undefined)
        return Result.fail(Foreign.unsupported("audio by reference", "openai-chat takes audio only in line"))
      return Result.succeed({
        ...Foreign.own(part, dialect),
        type: "input_audio",
        input_audio: { data: part.data, format: part.format ?? part.mediaType?.split("/")[1] ?? "wav" }
      })
  }
}

const text = (part: Extract<UserPart, { readonly type: "text" }>): Encoded => {
  const block = Foreign.blockOf(part, dialect)
  if (block === "foreign") return Result.fail(Foreign.unknownBlock(dialect))
  return Result.succeed(block ?? { ...Foreign.own(part, dialect), type: "text", text: part.text })
}

const image = (part: Extract<UserPart, { readonly type: "image" }>): Encoded => {
  const url = DataUrl.ofImage(part)
  if (url === undefined)
    return Result.fail(
      Foreign.unsupported("images by file id", "openai-chat takes images by URL or in line, not by file id")
    )
  return Result.succeed({
    ...Foreign.own(part, dialect),
    type: "image_url",
    image_url: Json.compact({ url, detail: part.detail })
  })
}

const file = (part: Extract<UserPart, { readonly type: "document" }>): Encoded => {
  const words = Documents.wordsOf(part)
  if (words !== undefined) return Result.succeed({ ...Foreign.own(part, dialect), type: "text", text: words })
  if (!Documents.isPdf(part))
    return Result.fail(
      Foreign.unsupported(
        `documents of type ${part.mediaType}`,
        `openai-chat takes PDFs and texts, not ${part.mediaType}`
      )
    )
  const inline = DataUrl.ofDocument(part)
  const fileId = part.fileId?.startsWith("file-") === true ? part.fileId : undefined
  if (inline === undefined && fileId === undefined) {
    return Result.fail(
      Foreign.unsupported(
        "documents by URL",
        "openai-chat takes documents in line or by an id of its own files, not by URL"
      )
    )
  }
  return Result.succeed({
    ...Foreign.own(part, dialect),
    type: "file",
    file: Json.compact({
      filename: inline === undefined ? part.name : Documents.fileNameOf(part),
      file_data: inline,
      file_id: fileId
    })
  })
}

/** One plain text is written as a string: the form that every server takes. */
const plain = (content: ReadonlyArray<Json.JsonObject>): Json.Json => {
  if (content.length === 0) return ""
  const only = content[0]!
  const isPlain = content.length === 1 && only["type"] === "text" && Object.keys(only).length === 2
  return isPlain ? (only["text"] ?? "") : content
}

const written = (message: Message, fields: Json.JsonObject): Json.JsonObject =>
  Json.compact({ ...fields, name: message.name, ...Foreign.own(message, dialect) })

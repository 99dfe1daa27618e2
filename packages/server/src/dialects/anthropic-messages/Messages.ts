/**
 * Reads the messages of an Anthropic request: blocks become parts, results of tools become messages of their own.
 */
import * as Json from "@orelse/core/domain/Json"
import type { AssistantPart, Message, TextPart, UserPart } from "@orelse/core/domain/Request"
import * as Foreign from "@orelse/core/provider/protocols/Foreign"
import type { Fields } from "../Fields.ts"

const dialect = "anthropic-messages"

type Text = typeof TextPart.Type
type Tool = Extract<Message, { readonly role: "tool" }>

/** The field `system`: a string or text blocks. */
export const system = (fields: Fields): ReadonlyArray<Message> => {
  const content = blocks(fields, "system", text)
  return content.length === 0 ? [] : [{ role: "system", content }]
}

/** One message; with results of tools in it, several. */
export const read = (fields: Fields): ReadonlyArray<Message> => {
  const role = fields.raw("role")
  switch (role) {
    case "user":
      return user(fields)
    case "assistant": {
      const content = blocks(fields, "content", assistantPart)
      return [Json.compact({ role, content, ...fields.extra(dialect) })]
    }
    case "system": {
      const content = blocks(fields, "content", text)
      return [Json.compact({ role, content, ...fields.extra(dialect) })]
    }
    default:
      fields.problem("role", `"user" or "assistant"`, role)
      return []
  }
}

const user = (fields: Fields): ReadonlyArray<Message> => {
  const results: Array<Tool> = []
  const content: Array<UserPart> = []
  for (const part of blocks(fields, "content", (block) =>
    block.raw("type") === "tool_result" ? toolResult(block) : userPart(block)
  )) {
    if ("role" in part) results.push(part)
    else content.push(part)
  }
  if (results.length > 0 && content.length === 0) return results
  return [...results, Json.compact({ role: "user", content, ...fields.extra(dialect) })]
}

/** A list of blocks, or a string that stands for one text. */
const blocks = <A>(fields: Fields, key: string, read: (block: Fields) => A): ReadonlyArray<A | Text> => {
  const content = fields.raw(key)
  if (content === undefined || content === "") return []
  if (typeof content === "string") return [{ type: "text", text: content }]
  if (!Array.isArray(content)) fields.problem(key, "a string or a list of blocks", content)
  return fields.each(key).map(read)
}

const text = (block: Fields): Text => {
  if (block.raw("type") !== "text") return Foreign.block(dialect, block.whole())
  return Json.compact({ type: "text", text: block.required("text"), ...block.extra(dialect) })
}

const userPart = (block: Fields): UserPart => {
  switch (block.raw("type")) {
    case "image":
      return media("image", block)
    case "document":
      return media("document", block)
    default:
      return text(block)
  }
}

const toolResult = (block: Fields): Tool => {
  const content = blocks(block, "content", resultPart)
  return Json.compact({
    role: "tool",
    toolCallId: block.required("tool_use_id"),
    content,
    isError: block.boolean("is_error"),
    ...block.extra(dialect)
  })
}

/** No neutral result of a tool holds audio, and neither does Anthropic's. */
const resultPart = (block: Fields): Tool["content"][number] => {
  const part = userPart(block)
  return part.type === "audio" ? Foreign.block(dialect, block.whole()) : part
}

/** A source that only Anthropic knows (content blocks as a document) keeps the block whole. */
const media = (type: "image" | "document", block: Fields): UserPart => {
  const source = block.inside("source")
  const found = source === undefined ? undefined : sourceOf(source)
  if (source === undefined) block.problem("source", "an object", block.raw("source"))
  if (found === undefined) return Foreign.block(dialect, block.whole())
  const name = type === "document" ? block.string("title") : undefined
  return Json.compact({ type, ...found, name, ...block.extra(dialect) })
}

const sourceOf = (source: Fields): Json.JsonObject | undefined => {
  switch (source.raw("type")) {
    case "url":
      return { url: source.required("url") }
    case "base64":
      return { mediaType: source.required("media_type"), data: source.required("data") }
    case "text":
      return { mediaType: "text/plain", data: Buffer.from(source.required("data")).toString("base64") }
    case "file":
      return { fileId: source.required("file_id") }
    default:
      return undefined
  }
}

const assistantPart = (block: Fields): AssistantPart => {
  switch (block.raw("type")) {
    case "thinking": {
      const part = {
        type: "reasoning" as const,
        text: block.required("thinking"),
        // Empty where the provider of the answer gave none (`Answer.ts`).
        signature: block.string("signature") || undefined
      }
      return Json.compact({ ...part, ...block.extra(dialect) })
    }
    case "redacted_thinking":
      return Json.compact({
        type: "reasoning",
        text: "",
        redacted: block.required("data"),
        ...block.extra(dialect)
      })
    case "tool_use": {
      const call = {
        type: "toolCall" as const,
        id: block.required("id"),
        name: block.required("name"),
        arguments: JSON.stringify(block.object("input") ?? {})
      }
      return Json.compact({ ...call, ...block.extra(dialect) })
    }
    default:
      return text(block)
  }
}

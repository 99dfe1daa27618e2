/**
 * Writes messages in Anthropic's format: system prompts in a field of their own, tool results as blocks of a user message.
 */
import * as Result from "effect/Result"
import * as Json from "../../../domain/Json.ts"
import type { Unsupported } from "../../../domain/Reason.ts"
import type { AssistantPart, Message, UserPart } from "../../../domain/Request.ts"
import * as Documents from "../Documents.ts"
import { each } from "../Each.ts"
import * as FittedIds from "../FittedIds.ts"
import * as Foreign from "../Foreign.ts"
import * as FunctionTool from "../FunctionTool.ts"
import { isOpenAi } from "../openai-responses/Proof.ts"

const dialect = "anthropic-messages"

type Encoded = Result.Result<Json.JsonObject | undefined, Unsupported>
type Of<Role extends Message["role"]> = Extract<Message, { readonly role: Role }>

/** What the conversation becomes. */
export interface Conversation {
  readonly system: Json.Json | undefined
  readonly messages: ReadonlyArray<Json.JsonObject>
}

/**
 * The conversation, or the feature of it that the format cannot carry. System messages are joined, wherever they stood. Results of tools
 * and the user's words after them go into one message, results first, as Anthropic demands.
 *
 * @stability stable
 * @category combinators
 * @since 0.1.0
 */
export const encode = (all: ReadonlyArray<Message>): Result.Result<Conversation, Unsupported> => {
  const system: Array<Json.JsonObject> = []
  const messages: Array<{
    readonly role: string
    readonly content: Array<Json.JsonObject>
    readonly extra: Json.JsonObject
    open: boolean
  }> = []
  for (const message of FittedIds.fit(all)) {
    const encoded = blocksOf(message)
    if (Result.isFailure(encoded)) return Result.fail(encoded.failure)
    const blocks = encoded.success
    if (message.role === "system") {
      system.push(...blocks)
      continue
    }
    const last = messages.at(-1)
    if (last?.open === true && (message.role === "tool" || message.role === "user")) {
      last.content.push(...blocks)
      last.open = message.role === "tool"
    } else if (blocks.length > 0) {
      messages.push({
        role: message.role === "assistant" ? "assistant" : "user",
        content: blocks,
        extra: message.role === "tool" ? {} : Foreign.own(message, dialect),
        open: message.role === "tool"
      })
    }
  }
  return Result.succeed({
    system: system.length === 0 ? undefined : plain(system),
    messages: messages.map(({ role, content, extra }) => ({ role, content: plain(content), ...extra }))
  })
}

const blocksOf = (message: Message): Result.Result<Array<Json.JsonObject>, Unsupported> => {
  switch (message.role) {
    case "system":
    case "user":
      return each(message.content, userBlock)
    case "assistant":
      return each(message.content, assistantBlock)
    case "tool":
      return Result.map(each(message.content, userBlock), (content) => [toolResult(message, content)])
  }
}

const toolResult = (message: Of<"tool">, content: ReadonlyArray<Json.JsonObject>): Json.JsonObject =>
  Json.compact({
    type: "tool_result",
    tool_use_id: message.toolCallId,
    content: content.length === 0 ? undefined : plain(content),
    is_error: message.isError,
    ...Foreign.own(message, dialect)
  })

const userBlock = (part: UserPart): Encoded => {
  switch (part.type) {
    case "text":
      return text(part)
    case "image":
      return media("image", part)
    case "document":
      return media("document", part)
    case "audio":
      return Result.fail(Foreign.unsupported("audio", "anthropic-messages takes no audio"))
  }
}

const assistantBlock = (part: AssistantPart): Encoded => {
  switch (part.type) {
    case "text":
      return text(part)
    case "refusal":
      return Result.succeed(isBlank(part) ? undefined : { type: "text", text: part.text })
    case "reasoning":
      return Result.succeed(reasoning(part))
    case "toolCall":
      return toolUse(part)
    case "image":
      return Result.fail(
        Foreign.unsupported("images of the assistant", "anthropic-messages takes no images in an assistant's message")
      )
  }
}

/** Anthropic refuses texts of white space alone (`text content blocks must contain non-whitespace text`): they are left out. */
const isBlank = (part: { readonly text: string }): boolean => part.text.trim() === ""

const text = (part: Extract<UserPart, { readonly type: "text" }>): Encoded => {
  const block = Foreign.blockOf(part, dialect)
  if (block === "foreign") return Result.fail(Foreign.unknownBlock(dialect))
  if (block !== undefined) return Result.succeed(block)
  return Result.succeed(isBlank(part) ? undefined : { type: "text", text: part.text, ...Foreign.own(part, dialect) })
}

/** Reasoning without proof is left out: Anthropic takes back only what it signed. */
const reasoning = (part: Extract<AssistantPart, { readonly type: "reasoning" }>): Json.JsonObject | undefined => {
  if (part.redacted !== undefined)
    return { type: "redacted_thinking", data: part.redacted, ...Foreign.own(part, dialect) }
  if (!part.signature || isOpenAi(part.signature)) return undefined
  return { type: "thinking", thinking: part.text, signature: part.signature, ...Foreign.own(part, dialect) }
}

const toolUse = (part: Extract<AssistantPart, { readonly type: "toolCall" }>): Encoded => {
  return Result.map(FunctionTool.argumentsOf(part, dialect), (input) => ({
    type: "tool_use",
    id: part.id,
    name: part.name,
    input,
    ...Foreign.own(part, dialect)
  }))
}

type Media = Extract<UserPart, { readonly type: "image" | "document" }>

const media = (type: Media["type"], part: Media): Encoded => {
  const source = sourceOf(part)
  if (source !== undefined && !isTaken(part))
    return Result.fail(
      Foreign.unsupported(
        `${type}s of type ${part.mediaType}`,
        type === "image"
          ? `anthropic-messages takes pictures as JPEG, PNG, GIF or WebP, not as ${part.mediaType}`
          : `anthropic-messages takes PDFs and texts, not ${part.mediaType}`
      )
    )
  if (source === undefined)
    return Result.fail(
      Foreign.unsupported(
        `${type}s by file id`,
        `anthropic-messages takes only ids of its own files, not ${part.fileId}`
      )
    )
  return Result.succeed(
    Json.compact({
      type,
      source,
      title: part.type === "document" ? part.name : undefined,
      ...Foreign.own(part, dialect)
    })
  )
}

const pictures: ReadonlySet<string> = new Set(["image/jpeg", "image/png", "image/gif", "image/webp"])

/** `image/jpg` is what many write for JPEG. */
const pictureType = (mediaType = "image/png"): string => (mediaType === "image/jpg" ? "image/jpeg" : mediaType)

/** Of what lies in line; what comes by reference is looked at by Anthropic alone. */
const isTaken = (part: Media): boolean => {
  if (part.url !== undefined || part.data === undefined) return true
  if (part.type === "image") return pictures.has(pictureType(part.mediaType))
  return Documents.isPdf(part) || Documents.textOf(part) !== undefined
}

const sourceOf = (part: Media): Json.JsonObject | undefined => {
  if (part.url !== undefined) return { type: "url", url: part.url }
  if (part.data !== undefined) {
    if (part.type === "image") return { type: "base64", media_type: pictureType(part.mediaType), data: part.data }
    const text = Documents.textOf(part)
    return text === undefined
      ? { type: "base64", media_type: "application/pdf", data: part.data }
      : { type: "text", media_type: "text/plain", data: text }
  }
  return part.fileId?.startsWith("file_") === true ? { type: "file", file_id: part.fileId } : undefined
}

/** One plain text is written as a string. */
const plain = (content: ReadonlyArray<Json.JsonObject>): Json.Json => {
  const only = content[0]
  const isPlain = content.length === 1 && only?.["type"] === "text" && Object.keys(only).length === 2
  return isPlain ? (only["text"] ?? "") : content
}

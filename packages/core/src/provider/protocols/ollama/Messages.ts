/**
 * Writes messages in Ollama's format: content is one text, images lie beside it in base64, tool arguments are objects.
 */
import * as Result from "effect/Result"
import * as Json from "../../../domain/Json.ts"
import type { Unsupported } from "../../../domain/Reason.ts"
import type { AssistantPart, Message, UserPart } from "../../../domain/Request.ts"
import * as Foreign from "../Foreign.ts"
import * as FunctionTool from "../FunctionTool.ts"

const dialect = "ollama"

type Of<Role extends Message["role"]> = Extract<Message, { readonly role: Role }>
type Encoded = Result.Result<Json.JsonObject, Unsupported>

/** All messages, or the first feature that the format cannot carry. @stability stable @category combinators @since 0.1.0 */
export const encode = (all: ReadonlyArray<Message>): Result.Result<ReadonlyArray<Json.JsonObject>, Unsupported> => {
  const out: Array<Json.JsonObject> = []
  /** Names of the tools by call, for results that do not say theirs. */
  const names = new Map<string, string>()
  for (const message of all) {
    const encoded = one(message, names)
    if (Result.isFailure(encoded)) return Result.fail(encoded.failure)
    out.push({ ...encoded.success, ...Foreign.own(message, dialect) })
  }
  return Result.succeed(out)
}

const one = (message: Message, names: Map<string, string>): Encoded => {
  switch (message.role) {
    case "system":
    case "user":
      return said(message.role, message.content)
    case "assistant":
      return assistant(message, names)
    case "tool":
      return tool(message, names)
  }
}

/** Texts stand on lines of their own; images go beside them. */
const said = (role: "system" | "user", parts: ReadonlyArray<UserPart>): Encoded => {
  const texts: Array<string> = []
  const images: Array<string> = []
  for (const part of parts) {
    const refused = refuse(part)
    if (refused !== undefined) return Result.fail(refused)
    if (part.type === "text") texts.push(part.text)
    else if (part.type === "image") images.push(part.data ?? "")
  }
  return Result.succeed(
    Json.compact({ role, content: texts.join("\n"), images: images.length === 0 ? undefined : images })
  )
}

/** Why a part cannot go out, if so. */
const refuse = (part: UserPart): Unsupported | undefined => {
  switch (part.type) {
    case "text":
      return Foreign.blockOf(part, dialect) === undefined ? undefined : foreign
    case "image":
      return part.data === undefined
        ? Foreign.unsupported("images by reference", "ollama takes images only in line, not by URL or file id")
        : undefined
    case "document":
      return Foreign.unsupported("documents", "ollama takes no documents")
    case "audio":
      return Foreign.unsupported("audio", "ollama takes no audio")
  }
}

const foreign = Foreign.unknownBlock(dialect)

const assistant = (message: Of<"assistant">, names: Map<string, string>): Encoded => {
  const texts: Array<string> = []
  const thoughts: Array<string> = []
  const calls: Array<Json.JsonObject> = []
  for (const part of message.content) {
    if (Foreign.isSilent(part, dialect)) continue
    if (part.type === "toolCall") {
      const call = toolCall(part)
      if (Result.isFailure(call)) return Result.fail(call.failure)
      names.set(part.id, part.name)
      calls.push(call.success)
    } else if (part.type === "reasoning") {
      if (part.text !== "") thoughts.push(part.text)
    } else if (part.type === "image") {
      return Result.fail(
        Foreign.unsupported("images of the assistant", "ollama takes no images in an assistant's message")
      )
    } else if (part.type === "text" && Foreign.blockOf(part, dialect) !== undefined) return Result.fail(foreign)
    else texts.push(part.text)
  }
  return Result.succeed(
    Json.compact({
      role: "assistant",
      content: texts.join("\n"),
      thinking: thoughts.length === 0 ? undefined : thoughts.join(""),
      tool_calls: calls.length === 0 ? undefined : calls
    })
  )
}

const toolCall = (part: Extract<AssistantPart, { readonly type: "toolCall" }>): Encoded => {
  return Result.map(FunctionTool.argumentsOf(part, dialect), (written) => ({
    id: part.id,
    function: { name: part.name, arguments: written }
  }))
}

const tool = (message: Of<"tool">, names: ReadonlyMap<string, string>): Encoded => {
  const texts: Array<string> = []
  for (const part of message.content) {
    if (part.type !== "text") {
      return Result.fail(Foreign.inToolResult("ollama", part.type))
    }
    if (Foreign.blockOf(part, dialect) !== undefined) return Result.fail(foreign)
    texts.push(part.text)
  }
  return Result.succeed(
    Json.compact({
      role: "tool",
      content: texts.join("\n"),
      tool_name: message.name ?? names.get(message.toolCallId),
      tool_call_id: message.toolCallId
    })
  )
}

/**
 * Writes messages in Cohere's format, which is near OpenAI's: images by URL or in line, thinking as content, a plan before tool calls.
 */
import * as Result from "effect/Result"
import * as Json from "../../../domain/Json.ts"
import type { Unsupported } from "../../../domain/Reason.ts"
import type { Message, UserPart } from "../../../domain/Request.ts"
import * as DataUrl from "../DataUrl.ts"
import { each } from "../Each.ts"
import * as Foreign from "../Foreign.ts"

const dialect = "cohere"

type Of<Role extends Message["role"]> = Extract<Message, { readonly role: Role }>
type Encoded = Result.Result<Json.JsonObject, Unsupported>

/** All messages, or the first feature that the format cannot carry. @stability stable @category combinators @since 0.1.0 */
export const encode = (all: ReadonlyArray<Message>): Result.Result<ReadonlyArray<Json.JsonObject>, Unsupported> =>
  each(all, (message) => Result.map(one(message), (fields) => ({ ...fields, ...Foreign.own(message, dialect) })))

const one = (message: Message): Encoded => {
  switch (message.role) {
    case "system":
    case "user":
      return Result.map(each(message.content, userPart), (content) => ({ role: message.role, content: plain(content) }))
    case "assistant":
      return assistant(message)
    case "tool":
      return tool(message)
  }
}

const userPart = (part: UserPart): Encoded => {
  switch (part.type) {
    case "text":
      return text(part)
    case "image":
      return image(part)
    case "document":
      return Result.fail(Foreign.unsupported("documents", "cohere takes no files, only texts to cite (documents)"))
    case "audio":
      return Result.fail(Foreign.unsupported("audio", "cohere takes no audio"))
  }
}

const text = (part: Extract<UserPart, { readonly type: "text" }>): Encoded => {
  const block = Foreign.blockOf(part, dialect)
  if (block === "foreign") return Result.fail(Foreign.unknownBlock(dialect))
  return Result.succeed(block ?? { type: "text", text: part.text })
}

const image = (part: Extract<UserPart, { readonly type: "image" }>): Encoded => {
  const url = DataUrl.ofImage(part)
  if (url === undefined)
    return Result.fail(
      Foreign.unsupported("images by file id", "cohere takes images by URL or in line, not by file id")
    )
  return Result.succeed({ type: "image_url", image_url: Json.compact({ url, detail: part.detail }) })
}

/** Beside tool calls, what the assistant said is its plan: Cohere's models say it there. */
const assistant = (message: Of<"assistant">): Encoded => {
  const thoughts: Array<Json.JsonObject> = []
  const said: Array<Json.JsonObject> = []
  const calls: Array<Json.JsonObject> = []
  for (const part of message.content) {
    if (Foreign.isSilent(part, dialect)) continue
    if (part.type === "toolCall") {
      calls.push({ id: part.id, type: "function", function: { name: part.name, arguments: part.arguments || "{}" } })
    } else if (part.type === "reasoning") {
      if (part.text !== "") thoughts.push({ type: "thinking", thinking: part.text })
    } else if (part.type === "refusal") said.push({ type: "text", text: part.text })
    else {
      const encoded = part.type === "text" ? text(part) : noImages
      if (Result.isFailure(encoded)) return Result.fail(encoded.failure)
      said.push(encoded.success)
    }
  }
  if (calls.length === 0) return Result.succeed({ role: "assistant", content: plain([...thoughts, ...said]) })
  const plan = said.map((piece) => Json.string(piece["text"]) ?? "").join("")
  return Result.succeed(
    Json.compact({
      role: "assistant",
      content: thoughts.length === 0 ? undefined : thoughts,
      tool_plan: plan === "" ? undefined : plan,
      tool_calls: calls
    })
  )
}

const noImages: Encoded = Result.fail(
  Foreign.unsupported("images of the assistant", "cohere takes no images in an assistant's message")
)

const tool = (message: Of<"tool">): Encoded =>
  Result.map(
    each(message.content, (part) =>
      part.type === "text" ? text(part) : Result.fail(Foreign.inToolResult("cohere", part.type))
    ),
    (content) => ({ role: "tool", tool_call_id: message.toolCallId, content: plain(content) })
  )

/** One plain text is written as a string. */
const plain = (content: ReadonlyArray<Json.JsonObject>): Json.Json => {
  if (content.length === 0) return ""
  const only = content[0]!
  return content.length === 1 && only["type"] === "text" ? (only["text"] ?? "") : content
}

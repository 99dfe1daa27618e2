/**
 * Writes messages as Gemini's contents: system prompts in a field of their own, results of tools as parts of a user's content.
 */
import * as Result from "effect/Result"
import * as Json from "../../../domain/Json.ts"
import type { Unsupported } from "../../../domain/Reason.ts"
import type { AssistantPart, Message, UserPart } from "../../../domain/Request.ts"
import * as Foreign from "../Foreign.ts"
import * as FunctionTool from "../FunctionTool.ts"
import * as Media from "./Media.ts"
import type { Model } from "./Models.ts"
import * as ToolResult from "./ToolResult.ts"

const dialect = "gemini"

type Parts = Result.Result<ReadonlyArray<Json.JsonObject>, Unsupported>

/** What the conversation becomes. */
export interface Conversation {
  readonly systemInstruction: Json.JsonObject | undefined
  readonly contents: ReadonlyArray<Json.JsonObject>
}

/** What the target takes. */
export interface Taker {
  readonly model: Model
  readonly isVertex: boolean
}

interface Content {
  readonly role: "user" | "model"
  readonly parts: Array<Json.JsonObject>
  readonly extra: Json.JsonObject
  readonly isResults: boolean
}

/**
 * The conversation, or the feature of it that the format cannot carry. System messages are joined, wherever they stood. The results of one
 * turn go into one content, for Gemini demands as many results in it as there were calls.
 *
 * @stability stable
 * @category combinators
 * @since 0.1.0
 */
export const encode = (all: ReadonlyArray<Message>, taker: Taker): Result.Result<Conversation, Unsupported> => {
  const system: Array<Json.JsonObject> = []
  const contents: Array<Content> = []
  const names = new Map<string, string>()
  for (const message of all) {
    const encoded = partsOf(message, taker, names)
    if (Result.isFailure(encoded)) return Result.fail(encoded.failure)
    const parts = encoded.success
    const isResults = message.role === "tool"
    const last = contents.at(-1)
    if (message.role === "system") system.push(...parts)
    else if (isResults && last?.isResults === true) last.parts.push(...parts)
    else if (parts.length > 0)
      contents.push({
        role: message.role === "assistant" ? "model" : "user",
        parts: [...parts],
        extra: isResults ? {} : Foreign.own(message, dialect),
        isResults
      })
  }
  return Result.succeed({
    systemInstruction: system.length === 0 ? undefined : { parts: system },
    contents: contents.map(({ extra, parts, role }) => ({ role, parts, ...extra }))
  })
}

const partsOf = (message: Message, taker: Taker, names: Map<string, string>): Parts => {
  switch (message.role) {
    case "system":
    case "user":
      return each(message.content, (part) => userPart(part, taker.isVertex))
    case "assistant": {
      for (const part of message.content) if (part.type === "toolCall") names.set(part.id, part.name)
      return Result.map(
        each(message.content, (part) => assistantPart(part, taker)),
        (parts) => (taker.model.signed ? signed(parts) : parts)
      )
    }
    case "tool": {
      const name = message.name ?? names.get(message.toolCallId) ?? message.toolCallId
      return ToolResult.encode(message, name, taker.model.thinking === "level", taker.isVertex)
    }
  }
}

/** What Google gives for calls that another model made: without a signature on the first of a turn the newest models refuse the turn. @stability stable @category constants @since 0.1.0 */
export const unsigned = "skip_thought_signature_validator"

const signed = (parts: ReadonlyArray<Json.JsonObject>): ReadonlyArray<Json.JsonObject> => {
  const first = parts.findIndex((part) => part["functionCall"] !== undefined)
  const call = parts[first]
  return call === undefined || call["thoughtSignature"] !== undefined
    ? parts
    : parts.with(first, { ...call, thoughtSignature: unsigned })
}

const none: Parts = Result.succeed([])
const one = (part: Json.JsonObject): Parts => Result.succeed([part])

const userPart = (part: UserPart, isVertex: boolean): Parts =>
  part.type === "text"
    ? text(part)
    : Result.map(Media.encode(part, isVertex), (encoded): ReadonlyArray<Json.JsonObject> => [encoded])

/** Empty texts are left out, for Gemini refuses them; but for one that carries a signature. */
const text = (part: Extract<UserPart, { readonly type: "text" }>): Parts => {
  const block = Foreign.blockOf(part, dialect)
  if (block === "foreign") return Result.fail(Foreign.unknownBlock(dialect))
  if (block !== undefined) return one(block)
  const own = Foreign.own(part, dialect)
  return part.text === "" && own["thoughtSignature"] === undefined ? none : one({ text: part.text, ...own })
}

const assistantPart = (part: AssistantPart, taker: Taker): Parts => {
  switch (part.type) {
    case "text":
      return text(part)
    case "refusal":
      return part.text === "" ? none : one({ text: part.text })
    case "reasoning":
      return reasoning(part)
    case "image":
      return userPart(part, taker.isVertex)
    case "toolCall":
      return toolCall(part)
  }
}

/** Only what Gemini itself thought goes back: the proof of another provider is none here. */
const reasoning = (part: Extract<AssistantPart, { readonly type: "reasoning" }>): Parts => {
  const own = Foreign.own(part, dialect)
  return Object.keys(own).length === 0 ? none : one({ text: part.text, thought: true, ...own })
}

const toolCall = (part: Extract<AssistantPart, { readonly type: "toolCall" }>): Parts => {
  const { id, name } = part
  return Result.map(FunctionTool.argumentsOf(part, dialect), (args) => [
    Json.compact({
      functionCall: Json.compact({ id: id === "" ? undefined : id, name, args }),
      thoughtSignature: part.signature,
      ...Foreign.own(part, dialect)
    })
  ])
}

const each = <A>(parts: ReadonlyArray<A>, encode: (part: A) => Parts): Parts => {
  const out: Array<Json.JsonObject> = []
  for (const part of parts) {
    const encoded = encode(part)
    if (Result.isFailure(encoded)) return encoded
    out.push(...encoded.success)
  }
  return Result.succeed(out)
}

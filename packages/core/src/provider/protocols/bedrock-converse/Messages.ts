/**
 * Writes messages for Converse: systems apart, turns that alternate, tool results in a user's turn, no blank texts (it refuses them).
 */
import * as Result from "effect/Result"
import * as Json from "../../../domain/Json.ts"
import type { Unsupported } from "../../../domain/Reason.ts"
import type { AssistantPart, Message, UserPart } from "../../../domain/Request.ts"
import * as FittedIds from "../FittedIds.ts"
import * as Foreign from "../Foreign.ts"
import * as FunctionTool from "../FunctionTool.ts"
import { isOpenAi } from "../openai-responses/Proof.ts"
import * as CachePoint from "./CachePoint.ts"
import * as Media from "./Media.ts"

const dialect = "bedrock-converse"

type Of<Role extends Message["role"]> = Extract<Message, { readonly role: Role }>
/** Nothing, where a part is left out. */
type Encoded = Result.Result<Json.JsonObject | undefined, Unsupported>

/** The conversation as Converse takes it. @stability stable @category models @since 0.1.0 */
export interface Conversation {
  readonly system: ReadonlyArray<Json.JsonObject> | undefined
  readonly messages: ReadonlyArray<Json.JsonObject>
}

/** All messages, or the first feature that the format cannot carry. @stability stable @category combinators @since 0.1.0 */
export const encode = (all: ReadonlyArray<Message>, model: string): Result.Result<Conversation, Unsupported> => {
  const system: Array<Json.JsonObject> = []
  const turns: Array<{ readonly role: string; readonly content: Array<Json.JsonObject> }> = []
  const target: Target = { model, documents: 0 }
  for (const message of FittedIds.fit(all)) {
    const encoded = blocksOf(message, target)
    if (Result.isFailure(encoded)) return Result.fail(encoded.failure)
    const blocks = encoded.success
    const role = message.role === "assistant" ? "assistant" : "user"
    const last = turns.at(-1)
    if (message.role === "system") system.push(...blocks)
    else if (last?.role === role) last.content.push(...blocks)
    else if (blocks.length > 0) turns.push({ role, content: blocks })
  }
  return Result.succeed({ system: system.length === 0 ? undefined : system, messages: turns })
}

/** Who is written to, and how many documents were: each has a name of its own. */
type Target = { readonly model: string; documents: number }

const blocksOf = (message: Message, target: Target): Result.Result<Array<Json.JsonObject>, Unsupported> => {
  const userBlock = (part: UserPart) => block(part, target)
  switch (message.role) {
    case "system":
    case "user":
      return each(message.content, target.model, userBlock)
    case "assistant":
      return each(message.content, target.model, assistantBlock)
    case "tool":
      return Result.map(each(message.content, target.model, userBlock), (content) => [
        toolResult(message, content),
        ...CachePoint.of(message, target.model)
      ])
  }
}

const toolResult = (message: Of<"tool">, content: ReadonlyArray<Json.JsonObject>): Json.JsonObject => ({
  toolResult: Json.compact({
    toolUseId: message.toolCallId,
    content: content.length === 0 ? [{ text: "(no output)" }] : content,
    status: message.isError === true ? "error" : undefined
  })
})

const block = (part: UserPart, target: Target): Encoded => {
  switch (part.type) {
    case "text":
      return text(part)
    case "image":
      return Media.encode(part, 0)
    case "document":
      return Media.encode(part, target.documents++)
    case "audio":
      return Result.fail(Foreign.unsupported("audio", "bedrock-converse takes no audio"))
  }
}

const assistantBlock = (part: AssistantPart): Encoded => {
  switch (part.type) {
    case "text":
      return text(part)
    case "refusal":
      return Result.succeed(part.text.trim() === "" ? undefined : { text: part.text })
    case "reasoning":
      return Result.succeed(reasoning(part))
    case "toolCall":
      return toolUse(part)
    case "image":
      return Media.encode(part, 0)
  }
}

const text = (part: Extract<UserPart, { readonly type: "text" }>): Encoded => {
  const block = Foreign.blockOf(part, dialect)
  if (block === "foreign") return Result.fail(Foreign.unknownBlock(dialect))
  return Result.succeed(block ?? (part.text.trim() === "" ? undefined : { text: part.text }))
}

/** Reasoning without proof is left out, as by the makers who demand one. */
const reasoning = (part: Extract<AssistantPart, { readonly type: "reasoning" }>): Json.JsonObject | undefined => {
  if (part.redacted !== undefined) return { reasoningContent: { redactedContent: part.redacted } }
  if (!part.signature || isOpenAi(part.signature)) return undefined
  return { reasoningContent: { reasoningText: { text: part.text, signature: part.signature } } }
}

const toolUse = (part: Extract<AssistantPart, { readonly type: "toolCall" }>): Encoded => {
  return Result.map(FunctionTool.argumentsOf(part, dialect), (input) => ({
    toolUse: { toolUseId: part.id, name: part.name, input }
  }))
}

const each = <A extends { readonly extra?: unknown }>(
  parts: ReadonlyArray<A>,
  model: string,
  encode: (part: A) => Encoded
): Result.Result<Array<Json.JsonObject>, Unsupported> => {
  const out: Array<Json.JsonObject> = []
  for (const part of parts) {
    const encoded = encode(part)
    if (Result.isFailure(encoded)) return Result.fail(encoded.failure)
    if (encoded.success !== undefined) out.push(encoded.success, ...CachePoint.of(part, model))
  }
  return Result.succeed(out)
}

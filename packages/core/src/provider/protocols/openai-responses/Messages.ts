/**
 * Writes a conversation as input items of OpenAI's Responses: messages, calls, results and reasoning stand side by side.
 */
import * as Result from "effect/Result"
import * as Json from "../../../domain/Json.ts"
import type { Unsupported } from "../../../domain/Reason.ts"
import type { Message } from "../../../domain/Request.ts"
import * as FittedIds from "../FittedIds.ts"
import * as Foreign from "../Foreign.ts"
import * as Content from "./Content.ts"
import * as Proof from "./Proof.ts"

const dialect = "openai-responses"

type Items = Result.Result<ReadonlyArray<Json.JsonObject>, Unsupported>
type Of<Role extends Message["role"]> = Extract<Message, { readonly role: Role }>
type AssistantPartOf<T> = Extract<Of<"assistant">["content"][number], { readonly type: T }>

/** What the conversation becomes. */
export interface Conversation {
  readonly instructions: string | undefined
  readonly input: ReadonlyArray<Json.JsonObject>
}

/**
 * The conversation, or the feature of it that the format cannot carry. A system message stays where it stood; one that came as
 * `instructions` goes back there.
 *
 * @stability stable
 * @category combinators
 * @since 0.1.0
 */
export const encode = (messages: ReadonlyArray<Message>): Result.Result<Conversation, Unsupported> => {
  const input: Array<Json.JsonObject> = []
  let instructions: string | undefined
  for (const message of FittedIds.fit(messages)) {
    if (message.role === "system" && Foreign.own(message, dialect)["field"] === "instructions") {
      const text = message.content.map((part) => part.text).join("\n\n")
      instructions = instructions === undefined ? text : `${instructions}\n\n${text}`
      continue
    }
    const items = itemsOf(message)
    if (Result.isFailure(items)) return Result.fail(items.failure)
    input.push(...items.success)
  }
  return Result.succeed({ instructions, input })
}

const itemsOf = (message: Message): Items => {
  switch (message.role) {
    case "system":
      return Result.map(Content.pieces(message.content), (content) => [
        said(message.developer === true ? "developer" : "system", content, message)
      ])
    case "user":
      return Result.map(Content.pieces(message.content), (content) => [said("user", content, message)])
    case "assistant":
      return new Turn().items(message)
    case "tool":
      return Result.map(Content.pieces(message.content), (output) => [
        {
          type: "function_call_output",
          call_id: message.toolCallId,
          output: Content.plain(output),
          ...Foreign.own(message, dialect)
        }
      ])
  }
}

const said = (role: string, content: ReadonlyArray<Json.JsonObject>, message: Message): Json.JsonObject => ({
  type: "message",
  role,
  content: Content.plain(content),
  ...Foreign.own(message, dialect)
})

/** One turn of the assistant: texts side by side are one message, and each call and each piece of reasoning is an item. */
class Turn {
  readonly #items: Array<Json.JsonObject> = []
  /** The message that is open: what its item says of itself, and its content. */
  #own: Json.JsonObject = {}
  #content: Array<Json.JsonObject> = []
  /** Summaries that wait for the proof of their item. */
  #summary: Array<Json.JsonObject> = []

  items(message: Of<"assistant">): Items {
    for (const part of message.content) {
      if (Foreign.isSilent(part, dialect)) continue
      if (part.type === "image") {
        return Result.fail(
          Foreign.unsupported("images of the assistant", `${dialect} takes no images in an assistant's message`)
        )
      }
      if (part.type === "reasoning") this.#reasoning(part)
      else if (part.type === "toolCall") this.#toolCall(part)
      else if (part.type === "refusal") this.#say({ type: "refusal", refusal: part.text }, Foreign.own(part, dialect))
      else {
        const block = Foreign.blockOf(part, dialect)
        if (block === "foreign") return Result.fail(Foreign.unknownBlock(dialect))
        if (block === undefined) this.#text(part)
        else this.#push(block)
      }
    }
    this.#close()
    return Result.succeed(this.#items)
  }

  #text(part: AssistantPartOf<"text">): void {
    const { item: _, ...own } = Foreign.own(part, dialect)
    this.#say({ type: "output_text", text: part.text, ...own }, Foreign.own(part, dialect))
  }

  /** Adds to the open message, or opens another where the item is another. */
  #say(piece: Json.JsonObject, own: Json.JsonObject): void {
    const item = Json.object(own["item"]) ?? {}
    if (this.#content.length > 0 && JSON.stringify(item) !== JSON.stringify(this.#own)) this.#close()
    this.#own = item
    this.#content.push(piece)
  }

  #push(item: Json.JsonObject): void {
    this.#close()
    this.#items.push(item)
  }

  #close(): void {
    if (this.#content.length > 0) {
      const content = Content.plain(this.#content)
      this.#items.push({ type: "message", role: "assistant", content, ...this.#own })
    }
    this.#content = []
    this.#summary = []
  }

  #toolCall(part: AssistantPartOf<"toolCall">): void {
    const { arguments: written, id, name } = part
    this.#push({ type: "function_call", call_id: id, name, arguments: written, ...Foreign.own(part, dialect) })
  }

  /**
   * Reasoning goes back where OpenAI can know it again: by its own proof, or by the id of an item that it keeps. Else it is left out, for
   * it would refuse the request.
   */
  #reasoning(part: AssistantPartOf<"reasoning">): void {
    if (this.#content.length > 0) this.#close()
    if (part.text !== "") this.#summary.push({ type: "summary_text", text: part.text })
    const item = Json.object(Foreign.own(part, dialect)["item"])
    const encrypted = Proof.own(part)
    const isForeign = encrypted === undefined && (part.signature !== undefined || part.redacted !== undefined)
    if (isForeign) this.#summary = []
    if (isForeign || (encrypted === undefined && item === undefined)) return
    const summary = this.#summary
    this.#push(Json.compact({ type: "reasoning", summary, ...item, encrypted_content: encrypted }))
  }
}

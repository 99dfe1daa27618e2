/**
 * Reads the contents of a Gemini request: parts become parts, results of functions become messages of their own.
 *
 * Calls and results need no ids here. A call without one gets its number in the conversation, and a result without one belongs to the first
 * unanswered call of its name.
 */
import * as Json from "@orelse/core/domain/Json"
import type { AssistantPart, Message, TextPart, UserPart } from "@orelse/core/domain/Request"
import * as Foreign from "@orelse/core/provider/protocols/Foreign"
import { unsigned } from "@orelse/core/provider/protocols/gemini/Messages"
import * as Proof from "@orelse/core/provider/protocols/gemini/Proof"
import * as ToolResult from "@orelse/core/provider/protocols/gemini/ToolResult"
import type { Fields } from "../Fields.ts"
import * as Media from "./Media.ts"
import { Turn } from "./Turn.ts"
import { Unanswered } from "./Unanswered.ts"

const dialect = "gemini"

type Text = typeof TextPart.Type
type Tool = Extract<Message, { readonly role: "tool" }>

/** The field `systemInstruction`: a content, or its text alone. */
export const system = (fields: Fields): ReadonlyArray<Message> => {
  const value = fields.raw("systemInstruction")
  if (typeof value === "string") return [{ role: "system", content: [{ type: "text", text: value }] }]
  const content = fields.inside("systemInstruction")?.each("parts").map(text) ?? []
  return content.length === 0 ? [] : [{ role: "system", content }]
}

/** All messages of a request. Contents of the model side by side are one turn. */
export const read = (contents: ReadonlyArray<Fields>): ReadonlyArray<Message> => {
  const conversation = new Conversation()
  return contents.flatMap((content) => conversation.read(content)).concat(conversation.end())
}

class Conversation {
  #count = 0
  readonly #unanswered = new Unanswered()
  readonly #names = new Map<string, string>()
  #turn: Turn | undefined
  #turnExtra: ReturnType<Fields["extra"]> = {}

  /** The messages that are whole with this content. */
  read(content: Fields): ReadonlyArray<Message> {
    const role = content.string("role") ?? "user"
    const parts = content.each("parts")
    if (role === "model") {
      this.#turn ??= new Turn()
      for (const part of parts) this.#turn.add(this.#assistantPart(part))
      this.#turnExtra = { ...this.#turnExtra, ...content.extra(dialect) }
      return []
    }
    const before = this.end()
    if (role === "system") return [...before, { role: "system", content: parts.map(text) }]
    if (role !== "user" && role !== "function" && role !== "tool")
      content.problem("role", '"user" or "model"', content.raw("role"))
    return [...before, ...this.#user(parts, content.extra(dialect))]
  }

  /** The turn of the model that is open. */
  end(): ReadonlyArray<Message> {
    if (this.#turn === undefined) return []
    const message = { role: "assistant" as const, content: this.#turn.parts, ...this.#turnExtra }
    this.#turn = undefined
    this.#turnExtra = {}
    return [message]
  }

  /** Results and words may stand in one content: each result is a message, and what stands between them is one. */
  #user(parts: ReadonlyArray<Fields>, extra: { readonly extra?: Message["extra"] }): ReadonlyArray<Message> {
    const messages: Array<Message> = []
    let words: Array<UserPart> = []
    const close = () => {
      if (words.length > 0) messages.push({ role: "user", content: words, ...extra } as Message)
      words = []
    }
    for (const part of parts) {
      const response = part.inside("functionResponse")
      if (response === undefined) words.push(userPart(part))
      else {
        close()
        messages.push(this.#result(response))
      }
    }
    close()
    return messages
  }

  #assistantPart(part: Fields): AssistantPart {
    const call = part.inside("functionCall")
    if (call === undefined) return assistantPart(part)
    const name = call.required("name")
    const id = call.string("id") ?? `call_${this.#count}`
    this.#count += 1
    this.#unanswered.add(id, name)
    this.#names.set(id, name)
    const given = part.string("thoughtSignature")
    const signature = given === unsigned ? undefined : given
    const written = JSON.stringify(call.object("args") ?? {})
    return Json.compact({ type: "toolCall" as const, id, name, arguments: written, signature, ...part.extra(dialect) })
  }

  #result(response: Fields): Tool {
    const given = response.string("name")
    const toolCallId = response.string("id") ?? this.#unanswered.first(given) ?? given ?? ""
    this.#unanswered.answer(toolCallId)
    const { isError, texts } = ToolResult.read(response.object("response") ?? {})
    const media = response.each("parts").flatMap((part) => mediaOf(part))
    // A name that the call says already is no news.
    const name = given === this.#names.get(toolCallId) || given === toolCallId ? undefined : given
    return Json.compact({
      role: "tool" as const,
      toolCallId,
      name,
      content: [...texts.map((text): Text => ({ type: "text", text })), ...media],
      isError: isError ? true : undefined,
      ...response.extra(dialect)
    })
  }
}

/** Pictures and documents in a result. */
const mediaOf = (part: Fields): Tool["content"] => {
  const read = part.raw("inlineData") === undefined ? Media.file(part) : Media.inline(part)
  return read.type === "audio" ? [Foreign.block(dialect, part.whole())] : [read]
}

const text = (part: Fields): Text => {
  if (part.raw("text") === undefined) return Foreign.block(dialect, part.whole())
  return { type: "text", text: part.required("text"), ...part.extra(dialect) }
}

const userPart = (part: Fields): UserPart => {
  if (part.raw("inlineData") !== undefined) return Media.inline(part)
  return part.raw("fileData") === undefined ? text(part) : Media.file(part)
}

const assistantPart = (part: Fields): AssistantPart => {
  if (part.raw("text") !== undefined && part.boolean("thought") === true) return thought(part)
  const read = userPart(part)
  return read.type === "document" || read.type === "audio" ? Foreign.block(dialect, part.whole()) : read
}

/** A proof may be Google's, or another provider's that this gateway gave out: each takes back its own. */
const thought = (part: Fields): AssistantPart => {
  const signature = part.string("thoughtSignature")
  const text = part.required("text")
  const foreign = Proof.read(signature)
  if (foreign !== undefined) return { type: "reasoning", text, ...foreign, ...part.extra(dialect) }
  return {
    type: "reasoning",
    text,
    ...part.extra(dialect, signature === undefined ? {} : { thoughtSignature: signature })
  }
}

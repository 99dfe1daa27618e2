/**
 * Reads the input items of OpenAI's Responses. Messages, calls and reasoning of the assistant that stand side by side are one turn.
 */
import * as Json from "@orelse/core/domain/Json"
import type { AssistantPart, Message, TextPart, UserPart } from "@orelse/core/domain/Request"
import * as Foreign from "@orelse/core/provider/protocols/Foreign"
import * as Content from "@orelse/core/provider/protocols/openai-chat/Content"
import * as Proof from "@orelse/core/provider/protocols/openai-responses/Proof"
import * as Returned from "@orelse/core/provider/protocols/openai-responses/Returned"
import type { Fields } from "../Fields.ts"

const dialect = "openai-responses"

/** The messages that the items stand for. */
export const read = (items: ReadonlyArray<Fields>): ReadonlyArray<Message> => {
  const out: Array<Message> = []
  let turn: Array<AssistantPart> = []
  const close = () => {
    if (turn.length > 0) out.push({ role: "assistant", content: turn })
    turn = []
  }
  for (const item of items) {
    const message = messageOf(item)
    if (message !== undefined) {
      close()
      out.push(message)
    } else turn.push(...assistantParts(item))
  }
  close()
  return out
}

const typeOf = (item: Fields): Json.Json | undefined =>
  item.raw("type") ?? (item.raw("role") === undefined ? undefined : "message")

/** A message of its own; `undefined` where the item is the assistant's, or known to this format alone. */
const messageOf = (item: Fields): Message | undefined => {
  const type = typeOf(item)
  if (type === "function_call_output") {
    return { role: "tool", toolCallId: item.required("call_id"), content: results(item), ...own(item) }
  }
  if (type !== "message") return undefined
  const role = item.raw("role")
  switch (role) {
    case "user":
      return { role, content: parts(item, "content"), ...own(item) }
    case "system":
      return { role, content: texts(item), ...own(item) }
    case "developer":
      return { role: "system", content: texts(item), developer: true, ...own(item) }
    case "assistant":
      return undefined
    default:
      item.problem("role", `"user", "assistant", "system" or "developer"`, role)
      return { role: "user", content: [] }
  }
}

const assistantParts = (item: Fields): ReadonlyArray<AssistantPart> => {
  const type = typeOf(item)
  switch (type) {
    case "message":
      return said(item)
    case "function_call":
      return [
        Json.compact({
          type: "toolCall" as const,
          id: item.required("call_id"),
          name: item.required("name"),
          arguments: item.string("arguments") ?? "",
          signature: Json.string(Json.at(item.raw("extra_content"), "google", "thought_signature")),
          ...own(item)
        })
      ]
    case "reasoning":
      return reasoning(item)
    default:
      if (typeof type !== "string") item.problem("type", "the type of an item", type)
      if (type === "item_reference" && Returned.isOurs(item.raw("id")))
        item.problem(
          "id",
          "an item that its provider keeps (Orelse keeps none: send items whole, with store: false)",
          item.raw("id")
        )
      return [Foreign.block(dialect, item.whole())]
  }
}

/** What an item says of itself alone; of one that we made, nothing. */
const own = (item: Fields): ReturnType<Fields["extra"]> => {
  if (Returned.isOurs(item.whole()["id"])) for (const key of ["id", "status"]) item.raw(key)
  return item.extra(dialect)
}

const said = (item: Fields): ReadonlyArray<AssistantPart> => {
  const content = item.raw("content")
  const pieces = typeof content === "string" ? [{ type: "text" as const, text: content }] : spoken(item)
  if (pieces === undefined) return [Foreign.block(dialect, item.whole())]
  const mark = own(item).extra?.[dialect]
  return mark === undefined
    ? pieces
    : pieces.map((piece) => ({
        ...piece,
        extra: { [dialect]: { ...Foreign.own(piece, dialect), item: mark } } as NonNullable<AssistantPart["extra"]>
      }))
}

/** The pieces of an assistant's message; `undefined` where one of them is known to this format alone. */
const spoken = (item: Fields): ReadonlyArray<AssistantPart> | undefined => {
  if (!Array.isArray(item.raw("content"))) item.problem("content", "a text or a list of parts", item.raw("content"))
  const pieces = item.each("content").map((piece): AssistantPart | undefined => {
    const type = piece.raw("type")
    if (type === "refusal") return { type, text: piece.required("refusal") }
    return isText(type) ? text(piece) : undefined
  })
  return pieces.every((piece) => piece !== undefined) ? pieces : undefined
}

const isText = (type: unknown): boolean => type === "input_text" || type === "output_text" || type === "text"

/** Empty lists of citations and log probabilities, which answers hold, say nothing. */
const text = (piece: Fields): typeof TextPart.Type => {
  const lists: Record<string, Json.Json> = {}
  for (const key of ["annotations", "logprobs"]) {
    const list = piece.array(key)
    if (key === "annotations" && list !== undefined && list.length > 0) lists[key] = list
  }
  return { type: "text", text: piece.required("text"), ...piece.extra(dialect, lists) }
}

const texts = (item: Fields): ReadonlyArray<typeof TextPart.Type> =>
  parts(item, "content").flatMap((part) => {
    if (part.type === "text") return [part]
    item.problem("content", "a text or text parts", part.type)
    return []
  })

type Result = Extract<Message, { readonly role: "tool" }>["content"]

const results = (item: Fields): Result =>
  parts(item, "output").flatMap((part): Result => {
    if (part.type !== "audio") return [part]
    item.problem("output", "a text or a list of texts, images and files", part.type)
    return []
  })

const parts = (item: Fields, key: string): ReadonlyArray<UserPart> => {
  const content = item.raw(key)
  if (content === undefined || content === "") return []
  if (typeof content === "string") return [{ type: "text", text: content }]
  if (!Array.isArray(content)) item.problem(key, "a text or a list of parts", content)
  return item.each(key).map(partOf)
}

const partOf = (part: Fields): UserPart => {
  const type = part.raw("type")
  if (isText(type)) return text(part)
  if (type === "input_image") return image(part)
  if (type === "input_file") return file(part)
  if (typeof type !== "string") part.problem("type", `"input_text", "input_image" or "input_file"`, type)
  return Foreign.block(dialect, part.whole())
}

const image = (part: Fields): UserPart => {
  const url = part.string("image_url")
  const fileId = part.string("file_id")
  if (url === undefined && fileId === undefined) part.problem("image_url", "a URL, or file_id an id", url)
  return Json.compact({
    type: "image",
    ...(url === undefined ? {} : (Content.dataUrl(url) ?? { url })),
    fileId: url === undefined ? fileId : undefined,
    detail: part.string("detail"),
    ...part.extra(dialect)
  })
}

const file = (part: Fields): UserPart => {
  const data = part.string("file_data")
  const url = part.string("file_url")
  const fileId = part.string("file_id")
  if (data === undefined && url === undefined && fileId === undefined)
    part.problem("file_data", "a data URL, or file_url a URL, or file_id an id", data)
  const inline = data === undefined ? undefined : (Content.dataUrl(data) ?? { mediaType: "application/pdf", data })
  return Json.compact({
    type: "document",
    ...inline,
    url: inline === undefined ? url : undefined,
    fileId: inline === undefined && url === undefined ? fileId : undefined,
    name: part.string("filename"),
    ...part.extra(dialect)
  })
}

/** One part for each summary; the proof, which is the whole item's, stands with the last. Reasoning that a server showed itself stays as it was. */
const reasoning = (item: Fields): ReadonlyArray<AssistantPart> => {
  const proof = Proof.read(item.string("encrypted_content"))
  const shown = item.each("content").map((piece) => piece.string("text") ?? "")
  const summaries = item.each("summary").map((piece) => piece.string("text") ?? "")
  if (shown.length > 0) {
    const { summary, content } = item.whole()
    const kept = { ...own(item).extra?.[dialect], summary: summary ?? [], content }
    const told = summaries.length > 0 ? summaries : shown
    return [{ type: "reasoning", text: told.join("\n\n"), ...proof, ...marked(kept) }]
  }
  const mark = own(item).extra?.[dialect]
  const last = { ...proof, ...(mark === undefined ? {} : marked(mark)) }
  if (summaries.length === 0) return [{ type: "reasoning", text: "", ...last }]
  return summaries.map((text, at) => ({ type: "reasoning", text, ...(at === summaries.length - 1 ? last : {}) }))
}

const marked = (item: Json.JsonObject) => ({
  extra: { [dialect]: { item } } as NonNullable<AssistantPart["extra"]>
})

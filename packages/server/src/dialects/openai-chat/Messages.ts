/**
 * Reads the messages of an OpenAI chat request.
 */
import * as Json from "@orelse/core/domain/Json"
import type { AssistantPart, Message, TextPart, UserPart } from "@orelse/core/domain/Request"
import * as Foreign from "@orelse/core/provider/protocols/Foreign"
import * as Content from "@orelse/core/provider/protocols/openai-chat/Content"
import type { Fields } from "../Fields.ts"

const dialect = "openai-chat"

/** All messages of a request. */
export const read = (messages: ReadonlyArray<Fields>): ReadonlyArray<Message> => {
  const older = new OlderCalls()
  return messages.flatMap((message) => one(message, older))
}

/** Calls of the older form (`function_call`) are known by name alone: a name's first call has it for its id, the next ones a number besides. */
class OlderCalls {
  readonly #counts = new Map<string, number>()

  /** The id of the call that comes next. */
  next(name: string): string {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1)
    return this.latest(name)
  }

  /** The id of the last call: the one that a result answers. */
  latest(name: string): string {
    const count = this.#counts.get(name) ?? 1
    return count === 1 ? name : `${name}_${count}`
  }
}

const one = (fields: Fields, older: OlderCalls): ReadonlyArray<Message> => {
  const role = fields.raw("role")
  const name = fields.string("name")
  switch (role) {
    case "system":
    case "developer":
      return [
        compact({
          role: "system" as const,
          content: texts(fields),
          developer: role === "developer" ? true : undefined,
          name,
          ...fields.extra(dialect)
        })
      ]
    case "user":
      return [compact({ role, content: parts(fields), name, ...fields.extra(dialect) })]
    case "assistant":
      return [compact({ role, content: assistant(fields, older), name, ...fields.extra(dialect) })]
    case "tool":
      return [
        compact({
          role,
          toolCallId: fields.required("tool_call_id"),
          name,
          content: texts(fields),
          ...fields.extra(dialect)
        })
      ]
    case "function":
      // The older form of a tool's result.
      return [
        compact({
          role: "tool" as const,
          toolCallId: older.latest(name ?? ""),
          name,
          content: texts(fields),
          ...fields.extra(dialect)
        })
      ]
    default:
      fields.problem("role", `"system", "developer", "user", "assistant" or "tool"`, role)
      return []
  }
}

const compact = Json.compact

const texts = (fields: Fields): ReadonlyArray<typeof TextPart.Type> =>
  parts(fields).flatMap((part) => {
    if (part.type === "text") return [part]
    fields.problem("content", "a string or text parts", part.type)
    return []
  })

const parts = (fields: Fields): ReadonlyArray<UserPart> => {
  const content = fields.raw("content")
  if (content === undefined || content === "") return []
  if (typeof content === "string") return [{ type: "text", text: content }]
  if (!Array.isArray(content)) fields.problem("content", "a string or a list of parts", content)
  return fields.each("content").map(partOf)
}

const partOf = (part: Fields): UserPart => {
  const type = part.raw("type")
  switch (type) {
    case "text":
      return Json.compact({ type, text: part.required("text"), ...part.extra(dialect) })
    case "image_url":
      return image(part)
    case "input_audio": {
      const audio = part.inside("input_audio")
      return Json.compact({
        type: "audio",
        data: audio?.required("data"),
        format: audio?.string("format"),
        ...part.extra(dialect)
      })
    }
    case "file":
      return file(part)
    default:
      return Foreign.block(dialect, part.whole())
  }
}

/** Some callers give the URL itself instead of an object. */
const image = (part: Fields): UserPart => {
  const direct = part.raw("image_url")
  const inner = typeof direct === "string" ? undefined : part.inside("image_url")
  const url = typeof direct === "string" ? direct : (inner?.required("url") ?? "")
  if (direct === undefined) part.problem("image_url", "an object with a url", direct)
  return Json.compact({
    type: "image",
    ...(Content.dataUrl(url) ?? { url }),
    detail: inner?.string("detail"),
    ...part.extra(dialect)
  })
}

const file = (part: Fields): UserPart => {
  const inner = part.inside("file")
  if (inner === undefined) part.problem("file", "an object", part.raw("file"))
  const data = inner?.string("file_data")
  const inline = data === undefined ? undefined : (Content.dataUrl(data) ?? { mediaType: "application/pdf", data })
  return Json.compact({
    type: "document",
    ...inline,
    fileId: inner?.string("file_id"),
    name: inner?.string("filename"),
    ...part.extra(dialect)
  })
}

/** In the order in which a model makes them: reasoning, words, calls. */
const assistant = (fields: Fields, older: OlderCalls): ReadonlyArray<AssistantPart> => {
  const out: Array<AssistantPart> = [...reasoning(fields)]
  const content = fields.raw("content")
  if (typeof content === "string") {
    if (content !== "") out.push({ type: "text", text: content })
  } else if (content !== undefined) {
    if (!Array.isArray(content)) fields.problem("content", "a string or a list of parts", content)
    for (const part of fields.each("content")) out.push(assistantPart(part))
  }
  const refusal = fields.string("refusal")
  if (refusal !== undefined && refusal !== "") out.push({ type: "refusal", text: refusal })
  for (const call of fields.each("tool_calls")) out.push(toolCall(call))
  const legacy = fields.inside("function_call")
  if (legacy !== undefined) {
    const name = legacy.required("name")
    out.push({ type: "toolCall", id: older.next(name), name, arguments: legacy.required("arguments") })
  }
  return out
}

const assistantPart = (part: Fields): AssistantPart => {
  if (part.raw("type") === "refusal") return { type: "refusal", text: part.required("refusal") }
  return part.raw("type") === "text"
    ? Json.compact({ type: "text", text: part.required("text"), ...part.extra(dialect) })
    : Foreign.block(dialect, part.whole())
}

const toolCall = (call: Fields): AssistantPart => {
  if ((call.raw("type") ?? "function") !== "function") return Foreign.block(dialect, call.whole())
  const made = call.inside("function")
  if (made === undefined) call.problem("function", "an object", call.raw("function"))
  return Json.compact({
    type: "toolCall",
    id: call.required("id"),
    name: made?.required("name") ?? "",
    arguments: made?.string("arguments") ?? "",
    signature: Json.string(Json.at(call.raw("extra_content"), "google", "thought_signature")),
    ...call.extra(dialect)
  })
}

/**
 * Reasoning keeps the field that the caller used for it, so that it goes back under the same. OpenRouter's `reasoning_details` is the one that
 * holds proofs: with the text they prove, or for the text beside them.
 */
const reasoning = (fields: Fields): ReadonlyArray<AssistantPart> => {
  const content = fields.string("reasoning_content")
  const text = content ?? fields.string("reasoning") ?? ""
  const field = content === undefined ? "reasoning" : "reasoning_content"
  const details = fields.each("reasoning_details").flatMap(detail)
  const proof = details.find((part) => part.text === "" && part.signature !== undefined)?.signature
  const own = details.filter((part) => part.text !== "" || part.redacted !== undefined)
  const isTold = own.some((part) => part.text !== "")
  if (isTold || (text === "" && proof === undefined)) return own
  return [Json.compact({ type: "reasoning" as const, text, signature: proof, ...marked(field) }), ...own]
}

type Reasoning = Extract<AssistantPart, { readonly type: "reasoning" }>

const detail = (detail: Fields): ReadonlyArray<Reasoning> => {
  const mark = marked("reasoning_details")
  switch (detail.raw("type")) {
    case "reasoning.encrypted":
      return [{ type: "reasoning", text: "", redacted: detail.string("data") ?? "", ...mark }]
    case "reasoning.text":
      return [
        Json.compact({
          type: "reasoning" as const,
          text: detail.string("text") ?? "",
          signature: detail.string("signature"),
          ...mark
        })
      ]
    default:
      return []
  }
}

const marked = (field: string) => ({ extra: { [dialect]: { field } } })

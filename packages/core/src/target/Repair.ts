/**
 * Ways to mend a request that a target refused, so that the same target can be asked once more.
 *
 * Each repair is a pure function; `undefined` means that it would change nothing. A repair holds for one target of one call, and
 * the answer says which were applied. When one is tried is decided by the disposition table.
 */
import type { Reason } from "../domain/Reason.ts"
import type { Message, Request, UserPart } from "../domain/Request.ts"

type Mend = (request: Request, reason: Reason) => Request | undefined

/** Lowers `maxTokens` to the named ceiling; drops it where none is named. */
const clampMaxTokens: Mend = (request, reason) => {
  if (request.maxTokens === undefined) return undefined
  const ceiling = reason._tag === "OutputLimitExceeded" ? reason.ceiling : undefined
  if (ceiling === undefined || ceiling >= request.maxTokens) return dropMaxTokens(request, reason)
  return { ...request, maxTokens: ceiling }
}

const dropMaxTokens: Mend = (request) => {
  if (request.maxTokens === undefined) return undefined
  const { maxTokens: _, ...rest } = request
  return rest
}

/**
 * Drops the older half of the conversation, cut at the start of a user turn, so that tool calls stay with their results; system
 * messages and the last turn always stay.
 */
const truncateHistory: Mend = (request) => {
  const turns = turnsOf(request.messages.filter((message) => message.role !== "system"))
  if (turns.length < 2) return undefined
  const kept = new Set(turns.slice(Math.ceil(turns.length / 2)).flat())
  return { ...request, messages: request.messages.filter((message) => message.role === "system" || kept.has(message)) }
}

/** Drops the older half of the messages, counted one by one; system messages stay. Tool calls may lose their results: a preset's. */
const halveHistory: Mend = (request) => {
  const own = request.messages.filter((message) => message.role !== "system")
  if (own.length < 2) return undefined
  const dropped = new Set<Message>(own.slice(0, Math.floor(own.length / 2)))
  return { ...request, messages: request.messages.filter((message) => !dropped.has(message)) }
}

/** A turn begins with a user message and holds everything up to the next one. */
const turnsOf = (messages: ReadonlyArray<Message>): Array<Array<Message>> => {
  const turns: Array<Array<Message>> = []
  let previous: Message | undefined
  for (const message of messages) {
    const opens = message.role === "user" && previous?.role !== "user"
    if (opens || turns.length === 0) turns.push([message])
    else turns[turns.length - 1]!.push(message)
    previous = message
  }
  return turns
}

/** Describes the tools in a system message, for a target that cannot take them; tool calls and results become text. */
const describeTools: Mend = (request) => {
  if (request.tools === undefined || request.tools.length === 0) return undefined
  const { tools, toolChoice: _choice, parallelToolCalls: _parallel, ...rest } = request
  const list = tools.map(
    (tool) =>
      `- ${tool.name}: ${tool.description ?? ""} Arguments (JSON Schema): ${JSON.stringify(tool.parameters ?? {})}`
  )
  const text = `You can use these tools. To use one, answer with only a JSON object {"tool": NAME, "arguments": {...}}.\n${list.join("\n")}`
  return { ...rest, messages: [{ role: "system", content: [{ type: "text", text }] }, ...request.messages.map(asText)] }
}

const asText = (message: Message): Message => {
  if (message.role === "tool") {
    const text = message.content.map((part) => (part.type === "text" ? part.text : `[${part.type}]`)).join("\n")
    return {
      role: "user",
      content: [{ type: "text", text: `Result of ${message.name ?? message.toolCallId}: ${text}` }]
    }
  }
  if (message.role !== "assistant") return message
  return {
    ...message,
    content: message.content.map((part) =>
      part.type === "toolCall"
        ? { type: "text", text: `{"tool": ${JSON.stringify(part.name)}, "arguments": ${part.arguments}}` }
        : part
    )
  }
}

/**
 * Moves images of tool results into a user's message behind these, for a format that takes them nowhere else. Where the user speaks next,
 * they come first in that message: some servers take no two of a role in a row, and none takes a message between results of one turn.
 */
const moveImages: Mend = (request) => {
  if (!request.messages.some((message) => message.role === "tool" && message.content.some(isImage))) return undefined
  const messages: Array<Message> = []
  let moved: Array<UserPart> = []
  for (const message of request.messages) {
    if (message.role === "tool") {
      moved.push(...imagesOf(message))
      messages.push(withoutImages(message))
    } else {
      if (moved.length === 0) messages.push(message)
      else if (message.role === "user") messages.push({ ...message, content: [...moved, ...message.content] })
      else messages.push({ role: "user", content: moved }, message)
      moved = []
    }
  }
  if (moved.length > 0) messages.push({ role: "user", content: moved })
  return { ...request, messages }
}

type ToolMessage = Extract<Message, { readonly role: "tool" }>

const isImage = ({ type }: Message["content"][number]): boolean => type === "image"

/** Each result's under its own name: several may stand together. */
const imagesOf = ({ content, name, toolCallId }: ToolMessage): ReadonlyArray<UserPart> => {
  const images = content.filter(isImage)
  const of = name === undefined ? `the tool call ${toolCallId}` : `${name} (the tool call ${toolCallId})`
  return images.length === 0 ? [] : [{ type: "text", text: `From the result of ${of}:` }, ...images]
}

const withoutImages = (message: ToolMessage): ToolMessage => {
  if (!message.content.some(isImage)) return message
  const left = message.content.filter((part) => !isImage(part))
  const note = { type: "text", text: "What it shows is in the user's next message." } as const
  return { ...message, content: [...left, note] }
}

const repairs: Readonly<Record<string, Mend>> = {
  clampMaxTokens,
  dropMaxTokens,
  truncateHistory,
  halveHistory,
  describeTools,
  moveImages
}

/**
 * The mended request, or `undefined` where this repair would change nothing (or is not known).
 *
 * @stability stable
 * @category combinators
 * @since 0.1.0
 */
export const apply = (name: string, request: Request, reason: Reason): Request | undefined =>
  repairs[name]?.(request, reason)

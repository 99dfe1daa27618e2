/**
 * Ids of tool calls for providers that are narrow about them: Anthropic and Bedrock take letters, digits, `_` and `-`, and no id of a call
 * twice; OpenAI's Responses none of more than 64 characters. Kimi's ids hold dots and colons (`functions.get_weather:0`), and a conversation that several providers answered, or whose server
 * numbers the calls of each answer anew, may hold an id twice.
 *
 * An id is made of the one given and of those before it alone, so that a conversation that grows keeps the ids it had (and the provider its
 * cache). Sources: the error `tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'`, docs.aws.amazon.com "ToolUseBlock" (64
 * characters at most), read 2026-11. Mistral's are in `openai-chat/ToolIds.ts`.
 */
import type { Message } from "../../domain/Request.ts"

/** In characters; Bedrock's and OpenAI's. Anthropic names no limit. */
const longest = 64
const fits = /^[a-zA-Z0-9_-]{1,64}$/

/**
 * The conversation with ids that fit, each call's its own; results have that of the call they answer, calls of one id in their order.
 *
 * @stability stable
 * @category combinators
 * @since 0.1.0
 */
export const fit = (messages: ReadonlyArray<Message>): ReadonlyArray<Message> => {
  if (isFit(messages)) return messages
  const ids = new Ids()
  return messages.map((message): Message => {
    if (message.role === "tool") return { ...message, toolCallId: ids.ofResult(message.toolCallId) }
    if (message.role !== "assistant") return message
    const content = message.content.map((part) =>
      part.type === "toolCall" ? { ...part, id: ids.ofCall(part.id) } : part
    )
    return { ...message, content }
  })
}

const isFit = (messages: ReadonlyArray<Message>): boolean => {
  const calls = new Set<string>()
  for (const message of messages) {
    if (message.role === "tool" && !fits.test(message.toolCallId)) return false
    if (message.role !== "assistant") continue
    for (const part of message.content) {
      if (part.type !== "toolCall") continue
      if (!fits.test(part.id) || calls.has(part.id)) return false
      calls.add(part.id)
    }
  }
  return true
}

/** The calls of one given id, in their order. */
interface Same {
  readonly ids: Array<string>
  /** How many of them have their result. */
  answered: number
}

class Ids {
  readonly #taken = new Set<string>()
  readonly #counts = new Map<string, number>()
  readonly #given = new Map<string, Same>()

  ofCall(given: string): string {
    const id = this.#free(cleaned(given))
    this.#taken.add(id)
    const same = this.#given.get(given)
    if (same === undefined) this.#given.set(given, { ids: [id], answered: 0 })
    else same.ids.push(id)
    return id
  }

  ofResult(given: string): string {
    const same = this.#given.get(given)
    if (same === undefined) return cleaned(given)
    if (same.answered < same.ids.length) same.answered += 1
    return same.ids[same.answered - 1]!
  }

  /** Counting goes on where it stopped for the stem: a long conversation of one id costs no more for each. */
  #free(id: string): string {
    if (!this.#taken.has(id)) return id
    const stem = id.slice(0, longest - roomForCount)
    let count = this.#counts.get(stem) ?? 1
    let free = id
    while (this.#taken.has(free)) free = `${stem}_${++count}`
    this.#counts.set(stem, count)
    return free
  }
}

const roomForCount = 8

const cleaned = (id: string): string => id.replace(/[^a-zA-Z0-9_-]/g, "_").slice(0, longest) || "call"

/**
 * A caller of each dialect over its official SDK that asks a streamed question and notes all that it is told, until the end or an error.
 */
import Anthropic from "@anthropic-ai/sdk"
import { GoogleGenAI } from "@google/genai"
import OpenAI from "openai"

/** What a caller was told. Arguments are parsed; usage counts reasoning as output. */
export interface Told {
  readonly text: string
  readonly reasoning: string
  readonly toolCalls: ReadonlyArray<{ readonly id: string; readonly name: string; readonly arguments: unknown }>
  readonly finish: string | undefined
  readonly usage: { readonly input: number; readonly output: number } | undefined
  readonly error: Error | undefined
}

interface Notes {
  text: string
  reasoning: string
  readonly calls: Map<string, { id: string; name: string; arguments: string }>
  finish?: string
  usage?: { input: number; output: number }
}

/** A reader of a dialect. */
export interface Reader {
  readonly dialect: "openai-chat" | "openai-responses" | "anthropic-messages" | "gemini"
  readonly stream: (url: string, model: string) => Promise<Told>
}

const told = async (read: (notes: Notes) => Promise<void>): Promise<Told> => {
  const notes: Notes = { text: "", reasoning: "", calls: new Map() }
  let error: Error | undefined
  try {
    await read(notes)
  } catch (cause) {
    error = cause as Error
  }
  const toolCalls = [...notes.calls.values()].map((call) => ({ ...call, arguments: parsed(call.arguments) }))
  const { finish, reasoning, text, usage } = notes
  return { text, reasoning, toolCalls, finish, usage, error }
}

/** As JSON, where it is whole. */
const parsed = (text: string): unknown => {
  if (text === "") return {}
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const append = (notes: Notes, key: string, piece: { id?: string; name?: string; arguments?: string }): void => {
  const call = notes.calls.get(key) ?? { id: "", name: "", arguments: "" }
  notes.calls.set(key, {
    id: piece.id ?? call.id,
    name: piece.name ?? call.name,
    arguments: call.arguments + (piece.arguments ?? "")
  })
}

const openAiChat: Reader = {
  dialect: "openai-chat",
  stream: (url, model) =>
    told(async (notes) => {
      const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: "caller", maxRetries: 0 })
      const stream = await client.chat.completions.create({
        model,
        stream: true,
        stream_options: { include_usage: true },
        messages: [{ role: "user", content: "hi" }]
      })
      for await (const chunk of stream) {
        if (chunk.usage) notes.usage = { input: chunk.usage.prompt_tokens, output: chunk.usage.completion_tokens }
        const choice = chunk.choices[0]
        if (choice === undefined) continue
        const { content, tool_calls: calls, ...rest } = choice.delta
        notes.text += content ?? ""
        const { reasoning, reasoning_content: thought } = rest as Readonly<Record<string, unknown>>
        notes.reasoning += typeof thought === "string" ? thought : typeof reasoning === "string" ? reasoning : ""
        for (const call of calls ?? []) {
          const { arguments: written, name } = call.function ?? {}
          append(notes, String(call.index), {
            ...(call.id ? { id: call.id } : {}),
            ...(name ? { name } : {}),
            arguments: written ?? ""
          })
        }
        if (choice.finish_reason) notes.finish = choice.finish_reason
      }
    })
}

const openAiResponses: Reader = {
  dialect: "openai-responses",
  stream: (url, model) =>
    told(async (notes) => {
      const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: "caller", maxRetries: 0 })
      const stream = await client.responses.create({ model, stream: true, input: "hi" })
      for await (const event of stream) {
        if (event.type === "response.output_text.delta") notes.text += event.delta
        if (event.type === "response.reasoning_summary_text.delta" || event.type === "response.reasoning_text.delta")
          notes.reasoning += event.delta
        if (event.type === "response.output_item.done" && event.item.type === "function_call")
          append(notes, String(event.output_index), {
            id: event.item.call_id,
            name: event.item.name,
            arguments: event.item.arguments
          })
        if (event.type === "response.failed") throw new Error(event.response.error?.message ?? "failed")
        if (event.type === "error") throw new Error(event.message)
        if (event.type !== "response.completed" && event.type !== "response.incomplete") continue
        const { incomplete_details: details, status, usage } = event.response
        notes.finish = details?.reason ?? status ?? "none"
        if (usage) notes.usage = { input: usage.input_tokens, output: usage.output_tokens }
      }
      if (notes.finish === undefined) throw new Error("the stream ended without its end")
    })
}

const anthropicMessages: Reader = {
  dialect: "anthropic-messages",
  stream: (url, model) =>
    told(async (notes) => {
      const client = new Anthropic({ baseURL: url, apiKey: "caller", maxRetries: 0 })
      const stream = client.messages.stream({ model, max_tokens: 100, messages: [{ role: "user", content: "hi" }] })
      for await (const event of stream) {
        if (event.type === "content_block_start" && event.content_block.type === "tool_use")
          append(notes, String(event.index), { id: event.content_block.id, name: event.content_block.name })
        if (event.type === "content_block_delta") {
          if (event.delta.type === "text_delta") notes.text += event.delta.text
          if (event.delta.type === "thinking_delta") notes.reasoning += event.delta.thinking
          if (event.delta.type === "input_json_delta")
            append(notes, String(event.index), { arguments: event.delta.partial_json })
        }
      }
      const { stop_reason: finish, usage } = await stream.finalMessage()
      if (finish !== null) notes.finish = finish
      const cached = (usage.cache_read_input_tokens ?? 0) + (usage.cache_creation_input_tokens ?? 0)
      notes.usage = { input: usage.input_tokens + cached, output: usage.output_tokens }
    })
}

const gemini: Reader = {
  dialect: "gemini",
  stream: (url, model) =>
    told(async (notes) => {
      const client = new GoogleGenAI({ apiKey: "caller", httpOptions: { baseUrl: url } })
      const stream = await client.models.generateContentStream({ model, contents: "hi" })
      for await (const chunk of stream) {
        const [candidate] = chunk.candidates ?? []
        for (const part of candidate?.content?.parts ?? []) {
          if (part.text !== undefined) notes[part.thought === true ? "reasoning" : "text"] += part.text
          if (part.functionCall === undefined) continue
          const { args, id, name } = part.functionCall
          append(notes, String(notes.calls.size), {
            id: id ?? "",
            name: name ?? "",
            arguments: JSON.stringify(args ?? {})
          })
        }
        if (candidate?.finishReason !== undefined) notes.finish = candidate.finishReason
        if (chunk.promptFeedback?.blockReason !== undefined) notes.finish = chunk.promptFeedback.blockReason
        const usage = chunk.usageMetadata
        if (usage === undefined) continue
        const output = (usage.candidatesTokenCount ?? 0) + (usage.thoughtsTokenCount ?? 0)
        notes.usage = { input: usage.promptTokenCount ?? 0, output }
      }
    })
}

/** Every dialect's reader. */
export const readers: ReadonlyArray<Reader> = [openAiChat, openAiResponses, anthropicMessages, gemini]

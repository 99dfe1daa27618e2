/**
 * A caller of each dialect, over its official SDK: one call, streamed, and what came of it.
 */
import Anthropic from "@anthropic-ai/sdk"
import { ApiError, GoogleGenAI } from "@google/genai"
import OpenAI from "openai"

/** What a caller saw. `error` is what its SDK raised; `status` is set where that was an HTTP error. */
export interface Seen {
  readonly text: string
  readonly finish: string | undefined
  readonly error: Error | undefined
  readonly status: number | undefined
  readonly outputTokens: number | undefined
}

export interface Caller {
  readonly name: string
  /** Which protocol the same dialect's providers speak. */
  readonly protocol: "openai-chat" | "openai-responses" | "anthropic-messages" | "gemini"
  readonly stream: (url: string, model: string, signal?: AbortSignal) => Promise<Seen>
}

const seenOf = async (read: (note: (part: Partial<Seen>) => void) => Promise<void>): Promise<Seen> => {
  let seen: Seen = { text: "", finish: undefined, error: undefined, status: undefined, outputTokens: undefined }
  try {
    await read((part) => (seen = { ...seen, ...part, text: seen.text + (part.text ?? "") }))
  } catch (cause) {
    const error = cause as Error & { readonly status?: number }
    return { ...seen, error, status: error.status }
  }
  return seen
}

const openAiChat: Caller = {
  name: "OpenAI chat",
  protocol: "openai-chat",
  stream: (url, model, signal) =>
    seenOf(async (note) => {
      const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: "caller", maxRetries: 0 })
      const stream = await client.chat.completions.create(
        { model, stream: true, stream_options: { include_usage: true }, messages: [{ role: "user", content: "hi" }] },
        signal === undefined ? {} : { signal }
      )
      for await (const chunk of stream) {
        note({ text: chunk.choices[0]?.delta.content ?? "" })
        const finish = chunk.choices[0]?.finish_reason
        if (typeof finish === "string") note({ finish })
        if (chunk.usage) note({ outputTokens: chunk.usage.completion_tokens })
      }
    })
}

const anthropicMessages: Caller = {
  name: "Anthropic Messages",
  protocol: "anthropic-messages",
  stream: (url, model, signal) =>
    seenOf(async (note) => {
      const client = new Anthropic({ baseURL: url, apiKey: "caller", maxRetries: 0 })
      const stream = await client.messages.create(
        { model, max_tokens: 100, stream: true, messages: [{ role: "user", content: "hi" }] },
        signal === undefined ? {} : { signal }
      )
      for await (const event of stream) {
        if (event.type === "content_block_delta" && event.delta.type === "text_delta") note({ text: event.delta.text })
        if (event.type === "message_delta") {
          note({ finish: event.delta.stop_reason ?? undefined, outputTokens: event.usage.output_tokens })
        }
      }
    })
}

const openAiResponses: Caller = {
  name: "OpenAI Responses",
  protocol: "openai-responses",
  stream: (url, model, signal) =>
    seenOf(async (note) => {
      const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: "caller", maxRetries: 0 })
      const stream = await client.responses.create(
        { model, stream: true, input: "hi" },
        signal === undefined ? {} : { signal }
      )
      for await (const event of stream) {
        if (event.type === "response.output_text.delta") note({ text: event.delta })
        if (event.type === "response.completed" || event.type === "response.incomplete") {
          note({ finish: event.response.status, outputTokens: event.response.usage?.output_tokens })
        }
      }
    })
}

const gemini: Caller = {
  name: "Gemini",
  protocol: "gemini",
  stream: (url, model, signal) =>
    seenOf(async (note) => {
      const client = new GoogleGenAI({ apiKey: "caller", httpOptions: { baseUrl: url } })
      const config = signal === undefined ? {} : { abortSignal: signal }
      let isOpen = false
      try {
        for await (const chunk of await client.models.generateContentStream({ model, contents: "hi", config })) {
          isOpen = true
          note({ text: chunk.text ?? "" })
          const finish = chunk.candidates?.[0]?.finishReason
          if (finish !== undefined) note({ finish })
          const tokens = chunk.usageMetadata?.candidatesTokenCount
          if (tokens !== undefined) note({ outputTokens: tokens })
        }
      } catch (cause) {
        // The SDK gives an error event the status that the event names.
        throw isOpen && cause instanceof ApiError ? new Error(cause.message, { cause }) : cause
      }
    })
}

/** Every dialect's caller. */
export const callers: ReadonlyArray<Caller> = [openAiChat, openAiResponses, anthropicMessages, gemini]

/**
 * A caller of each dialect over its official SDK that asks a question which is not streamed; the sister of `readers.ts`.
 */
import Anthropic from "@anthropic-ai/sdk"
import { GoogleGenAI } from "@google/genai"
import OpenAI from "openai"
import { anthropicSeen, googleSeen, responsesSeen, type Seen } from "../dialects/sdk.ts"
import type { Reader } from "./readers.ts"

type Ask = (url: string, model: string) => Promise<Seen>

const openai = (url: string) => new OpenAI({ baseURL: `${url}/v1`, apiKey: "caller", maxRetries: 0 })
const messages = [{ role: "user" as const, content: "hi" }]

const chat: Ask = async (url, model) => {
  const { choices, usage } = await openai(url).chat.completions.create({ model, messages })
  const { finish_reason: finish, message } = choices[0]!
  const calls = (message.tool_calls ?? []).flatMap((call) => (call.type === "function" ? [call] : []))
  return {
    text: message.content ?? "",
    reasoning: (message as { readonly reasoning_content?: string }).reasoning_content ?? "",
    toolCalls: calls.map(({ function: called, id }) => ({
      id,
      name: called.name,
      arguments: JSON.parse(called.arguments) as unknown
    })),
    finish,
    usage: usage === undefined ? undefined : { input: usage.prompt_tokens, output: usage.completion_tokens }
  }
}

const responses: Ask = async (url, model) => responsesSeen(await openai(url).responses.create({ model, input: "hi" }))

const anthropic: Ask = async (url, model) => {
  const client = new Anthropic({ baseURL: url, apiKey: "caller", maxRetries: 0 })
  return anthropicSeen(await client.messages.create({ model, max_tokens: 9, messages }))
}

const gemini: Ask = async (url, model) => {
  const client = new GoogleGenAI({ apiKey: "caller", httpOptions: { baseUrl: url } })
  return googleSeen([await client.models.generateContent({ model, contents: "hi" })])
}

/** What each dialect's SDK makes of a whole answer. */
export const whole: Readonly<Record<Reader["dialect"], Ask>> = {
  "openai-chat": chat,
  "openai-responses": responses,
  "anthropic-messages": anthropic,
  gemini
}

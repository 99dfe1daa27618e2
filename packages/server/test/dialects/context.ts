/**
 * What tests of dialects share: a call, an answer and an error, and what a dialect writes of them.
 */
import type { Response, StreamPart } from "@orelse/core/domain/Response"
import type { AnswerContext, Dialect, ErrorFacts } from "../../src/dialects/Dialect.ts"

export const context: AnswerContext = {
  callId: "0198c0de-0000-7000-8000-000000000001",
  model: "smart",
  created: 1_790_000_000,
  includeUsage: true,
  request: () => ({ messages: [] })
}

export const facts = (more: Partial<ErrorFacts> = {}): ErrorFacts => ({
  status: 502,
  message: "mine/m (key 1) answered 500",
  code: "provider_error",
  param: null,
  orelse: { callId: context.callId, reason: "ServerError", attempts: [] },
  ...more
})

/** An answer with thoughts, text and tools. */
export const answer: Response = {
  id: "from-elsewhere",
  model: "their-model",
  content: [
    { type: "reasoning", text: "Let me think.", signature: "c2ln" },
    { type: "text", text: "Grüße 👋" },
    { type: "toolCall", id: "call_1", name: "get_weather", arguments: '{"city":"Köln"}' },
    { type: "toolCall", id: "call_2", name: "get_time", arguments: "" }
  ],
  finishReason: "tool_calls",
  rawFinishReason: "tool_use",
  usage: { inputTokens: 100, outputTokens: 20, cachedTokens: 64, cacheWriteTokens: 6, reasoningTokens: 12 }
}

/** A whole stream of these parts. */
export const streamed = (
  dialect: Dialect,
  parts: ReadonlyArray<StreamPart>,
  more: Partial<AnswerContext> = {}
): string => {
  const writer = dialect.writer({ ...context, ...more })
  return parts.map((part) => writer.write(part)).join("") + writer.end()
}

/** A stream that ends in an error, after its first words. */
export const broken = (dialect: Dialect): string => {
  const said = dialect.writer(context).write({ type: "text", index: 0, text: "cut o" })
  return `${said}${dialect.comment}${dialect.errorEvent(facts())}`
}

/**
 * Every inbound dialect: one line a dialect, for what holds of all of them (the tests, the table of `docs/dialects.md`). On which paths each
 * answers stands in `Server.ts` and `http/GeminiCalls.ts`.
 */
import * as AnthropicMessages from "./AnthropicMessages.ts"
import type { Dialect } from "./Dialect.ts"
import * as Gemini from "./Gemini.ts"
import * as OpenAiChat from "./OpenAiChat.ts"
import * as OpenAiResponses from "./OpenAiResponses.ts"

/** The dialects by id. */
export const builtIn: Partial<Readonly<Record<Dialect["id"], Dialect>>> = {
  "openai-chat": OpenAiChat.dialect,
  "openai-responses": OpenAiResponses.dialect,
  "anthropic-messages": AnthropicMessages.dialect,
  gemini: Gemini.dialect
}

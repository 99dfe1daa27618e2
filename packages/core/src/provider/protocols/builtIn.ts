/**
 * Every wire format that Orelse can call: one line a format.
 */
import type { ProtocolId } from "../../domain/Dialect.ts"
import type { Protocol } from "../Protocol.ts"
import * as AnthropicMessages from "./AnthropicMessages.ts"
import * as AzureOpenAi from "./AzureOpenAi.ts"
import * as Gemini from "./Gemini.ts"
import * as BedrockConverse from "./BedrockConverse.ts"
import * as Cohere from "./Cohere.ts"
import * as Ollama from "./Ollama.ts"
import * as OpenAiChat from "./OpenAiChat.ts"
import * as OpenAiResponses from "./OpenAiResponses.ts"

/**
 * The protocols by id.
 *
 * @stability stable
 * @category constants
 * @since 0.1.0
 */
export const builtIn: Readonly<Partial<Record<ProtocolId, Protocol>>> = {
  "openai-chat": OpenAiChat.protocol,
  "openai-responses": OpenAiResponses.protocol,
  "anthropic-messages": AnthropicMessages.protocol,
  gemini: Gemini.protocol,
  "azure-openai": AzureOpenAi.protocol,
  ollama: Ollama.protocol,
  cohere: Cohere.protocol,
  "bedrock-converse": BedrockConverse.protocol
}

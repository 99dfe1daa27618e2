/**
 * The names of wire formats: what a provider speaks (`Protocol`) and what a caller speaks (`Dialect`).
 * Where the two are the same, bytes pass through.
 */

/** Every wire format that a provider may speak. @stability stable @category models @since 0.1.0 */
export const protocolIds = [
  "openai-chat",
  "openai-responses",
  "anthropic-messages",
  "gemini",
  "bedrock-converse",
  "azure-openai",
  "ollama",
  "cohere"
] as const

/** A wire format that a provider speaks. @stability stable @category models @since 0.1.0 */
export type ProtocolId = (typeof protocolIds)[number]

/** What callers of the gateway speak; `library` is a call from Effect code. @stability stable @category models @since 0.1.0 */
export type DialectId = "openai-chat" | "openai-responses" | "anthropic-messages" | "gemini" | "library"

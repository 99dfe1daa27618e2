/**
 * What the configuration needs to know of a provider that it names: one row of the profile table.
 */
import type { ProtocolId } from "../../domain/Dialect.ts"

/** @stability experimental @category models @since 0.1.0 */
export interface Known {
  readonly protocol: ProtocolId
  /** Empty where every account has its own. */
  readonly url: string
  /** Environment variables that hold its key; none where it needs no key. */
  readonly keys: ReadonlyArray<string>
}

const chat = (url: string, ...keys: ReadonlyArray<string>): Known => ({ protocol: "openai-chat", url, keys })

const table: Readonly<Record<string, Known>> = {
  openai: chat("https://api.openai.com/v1", "OPENAI_API_KEY"),
  anthropic: { protocol: "anthropic-messages", url: "https://api.anthropic.com", keys: ["ANTHROPIC_API_KEY"] },
  groq: chat("https://api.groq.com/openai/v1", "GROQ_API_KEY"),
  deepseek: chat("https://api.deepseek.com/v1", "DEEPSEEK_API_KEY"),
  mistral: chat("https://api.mistral.ai/v1", "MISTRAL_API_KEY"),
  openrouter: chat("https://openrouter.ai/api/v1", "OPENROUTER_API_KEY"),
  together: chat("https://api.together.xyz/v1", "TOGETHER_API_KEY"),
  fireworks: chat("https://api.fireworks.ai/inference/v1", "FIREWORKS_API_KEY"),
  xai: chat("https://api.x.ai/v1", "XAI_API_KEY"),
  vllm: chat("http://127.0.0.1:8000/v1"),
  lmstudio: chat("http://127.0.0.1:1234/v1")
}

/** The row of a name. @stability experimental @category getters @since 0.1.0 */
export const of = (name: string): Known | undefined => (Object.hasOwn(table, name) ? table[name] : undefined)

/** Every known name. @stability experimental @category getters @since 0.1.0 */
export const names: ReadonlyArray<string> = Object.keys(table)

/**
 * Which of a caller's headers go on to a provider: what SDKs ask for by header, where the provider has it; and the version of the API that a
 * caller's own words are written in.
 *
 * Which headers there are at all is the gateway's allow-list.
 */
import type { ProtocolId } from "../domain/Dialect.ts"

type Named = Readonly<Record<string, string>>

const none: ReadonlyArray<string> = []
const openai = ["openai-beta"]

const taken: { readonly [P in ProtocolId]: ReadonlyArray<string> } = {
  "openai-chat": openai,
  "openai-responses": openai,
  "azure-openai": openai,
  "anthropic-messages": ["anthropic-beta", "anthropic-version"],
  gemini: none,
  "bedrock-converse": none,
  ollama: none,
  cohere: none
}

/**
 * What crosses over; `undefined` where nothing does.
 *
 * @param written the protocol's own headers, which give way only where the body goes out as it came
 * @stability experimental
 * @category getters
 * @since 0.1.0
 */
export const of = (
  protocol: ProtocolId,
  headers: Named | undefined,
  written: Named,
  isAsItCame: boolean
): Named | undefined => {
  if (headers === undefined) return undefined
  let crossing: Record<string, string> | undefined
  for (const name of taken[protocol]) {
    const value = headers[name]
    const own = written[name]
    if (value === undefined || value === own || (own !== undefined && !isAsItCame)) continue
    ;(crossing ??= {})[name] = value
  }
  return crossing
}

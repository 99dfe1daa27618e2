/**
 * `providers.NAME.url`: what the provider's own SDK takes as its base URL. An address that ends in what the protocol adds is refused, for every
 * call would go where nobody listens, and come back as a model that is not found.
 */
import type { ProtocolId } from "../../domain/Dialect.ts"
import { unsetAt, type Reader } from "./Reader.ts"

/**
 * The url without slashes at its end; empty where it is not set, which is reported or known already.
 *
 * @stability experimental
 * @category decoding
 * @since 0.1.0
 */
export const read = (reader: Reader, id: string, url: string, protocol: ProtocolId): string => {
  const path = ["providers", id, "url"]
  if (unsetAt(reader, path) !== undefined) return ""
  if (url === "") {
    reader.report({
      path: ["providers", id],
      at: "key",
      found: `no url for "${id}"`,
      expected: "the url that the provider's own SDK takes as its base URL"
    })
    return ""
  }
  const wrong = whatIsWrong(URL.parse(url), protocol)
  if (wrong !== undefined) reader.report({ path, at: "value", ...wrong })
  return url.replace(/\/+$/, "")
}

const whatIsWrong = (
  parsed: URL | null,
  protocol: ProtocolId
): { readonly found: string; readonly expected: string } | undefined => {
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    return { found: "no URL", expected: "an http:// or https:// URL" }
  }
  if (parsed.username !== "" || parsed.password !== "") {
    return { found: "a URL with a user or password", expected: "a URL without; keys go under keys:" }
  }
  const pathname = parsed.pathname.replace(/\/+$/, "")
  const twice = added[protocol].find((end) => pathname.endsWith(end))
  if (twice === undefined) return undefined
  return {
    found: `a URL that ends in "${twice}", which the protocol ${protocol} adds itself`,
    expected: "the URL up to there"
  }
}

const ofOpenAi = ["/chat/completions", "/embeddings", "/responses"]

/** What a protocol puts behind the url, from its beginning on; the longer first. */
const added: { readonly [P in ProtocolId]: ReadonlyArray<string> } = {
  "openai-chat": ofOpenAi,
  "openai-responses": ofOpenAi,
  "anthropic-messages": ["/v1/messages", "/v1"],
  gemini: ["/v1beta/models", "/v1beta"],
  "azure-openai": ["/openai/deployments", "/openai/v1", "/openai"],
  "bedrock-converse": ["/model"],
  ollama: ["/api/chat", "/api/embed", "/api"],
  cohere: ["/v2/chat", "/v2/embed", "/v2"]
}

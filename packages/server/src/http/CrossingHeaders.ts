/**
 * The few request headers that cross over to a provider: features that SDKs ask for by header. Everything else stays here:
 * `authorization`, `cookie`, hop-by-hop, `x-forwarded-*`, `sec-*` never cross.
 */
import type { IncomingHttpHeaders } from "node:http"

const allowed = ["anthropic-beta", "anthropic-version", "openai-beta"] as const

const none: Readonly<Record<string, string>> = {}

/** The headers that may cross, lower-cased. */
export const of = (headers: IncomingHttpHeaders): Readonly<Record<string, string>> => {
  let crossing: Record<string, string> | undefined
  for (const name of allowed) {
    const value = headers[name]
    if (typeof value === "string") (crossing ??= {})[name] = value
  }
  return crossing ?? none
}

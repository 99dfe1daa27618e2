/**
 * The keys that a request shows, wherever its SDK puts them: OpenAI's bearer token, Anthropic's `x-api-key`, Gemini's `x-goog-api-key`
 * header or `key` parameter.
 *
 * Several may be there at once (Anthropic's SDK sends both of its own); each is looked at. None of them crosses over to a provider.
 */
import type { IncomingMessage } from "node:http"

/** What is read of a request. @stability experimental @category models @since 0.1.0 */
export type Shown = Pick<IncomingMessage, "headers" | "url">

/** Every key that the request shows, in the order above. @stability experimental @category getters @since 0.1.0 */
export const keys = ({ headers, url }: Shown): ReadonlyArray<string> => {
  const shown: Array<string> = []
  const add = (key: string | null | undefined) => {
    if (key !== undefined && key !== null && key !== "") shown.push(key)
  }
  add(bearer.exec(headers.authorization ?? "")?.[1])
  add(text(headers["x-api-key"]))
  add(text(headers["x-goog-api-key"]))
  const query = url?.indexOf("?") ?? -1
  if (url !== undefined && query >= 0) add(new URLSearchParams(url.slice(query + 1)).get("key"))
  return shown
}

const bearer = /^bearer\s+(\S+)\s*$/i

const text = (value: string | ReadonlyArray<string> | undefined): string | undefined =>
  typeof value === "string" ? value.trim() : value?.[0]?.trim()

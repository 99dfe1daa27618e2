/**
 * Where a protocol's path is found on a provider: the configured url, and how the paths that a protocol writes are put behind it.
 *
 * `url` is what the provider's own SDK takes as its base URL. What each protocol writes starts below that base (`/chat/completions`) or
 * at the host (`/v1/messages`), as its SDK does.
 */

/** @stability experimental @category models @since 0.1.0 */
export interface Endpoint {
  /** Scheme, host and port. */
  readonly origin: string
  readonly path: (written: string) => string
}

/**
 * Reads a url; `undefined` where it is none of http or https.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const make = (url: string): Endpoint | undefined => {
  if (!URL.canParse(url)) return undefined
  const parsed = new URL(url)
  if (parsed.protocol !== "http:" && parsed.protocol !== "https:") return undefined
  const base = parsed.pathname.replace(/\/+$/, "")
  const { search } = parsed
  const path = (written: string) => base + (search === "" ? written : withQuery(written, search.slice(1)))
  return { origin: parsed.origin, path: rememberingLast(path) }
}

/** Most protocols write the same path for every request. */
const rememberingLast = (path: (written: string) => string): ((written: string) => string) => {
  let last = ""
  let made = path(last)
  return (written) => {
    if (written !== last) {
      made = path(written)
      last = written
    }
    return made
  }
}

/** What the url says goes before what the protocol wrote under the same name (`api-version`). */
const withQuery = (written: string, configured: string): string => {
  const at = written.indexOf("?")
  if (at === -1) return `${written}?${configured}`
  const names = new Set(new URLSearchParams(configured).keys())
  const kept = written
    .slice(at + 1)
    .split("&")
    .filter((pair) => !names.has(pair.split("=")[0]!))
  return `${written.slice(0, at)}?${[...kept, configured].join("&")}`
}

/**
 * A name as a piece of a path. Half of a surrogate pair, which a caller's model may hold, has no bytes: it becomes the sign for what cannot be
 * read, and the provider knows no such model.
 *
 * @stability experimental
 * @category conversions
 * @since 0.1.0
 */
export const segment = (name: string): string => encodeURIComponent(name.toWellFormed())

/**
 * What stands before the body of a request: its line, whom it is for, its headers and the body's length.
 *
 * Nothing in it can begin a line of its own: names, values and the path are looked at, the headers once for each list of them.
 */
import { errors } from "undici"

/** Names and values in turn. @stability experimental @category models @since 0.1.0 */
export type Headers = ReadonlyArray<string>

/** They say where a request ends and how its connection goes on: both are ours to say. */
const written = new Set(["connection", "content-length", "expect", "keep-alive", "transfer-encoding", "upgrade"])

/** Of a name, and what stands in no value and in no path (RFC 9110, 5.5 and 5.6.2). @stability experimental @category constants @since 0.1.0 */
export const token = /^[\w!#$%&'*+.^`|~-]+$/
/** @stability experimental @category constants @since 0.1.0 */
export const unspeakable = /[^\t\x20-\x7e\x80-\xff]/
const unspeakableInPath = /[^\x21-\xff]/

/**
 * What writes the heads of requests to one origin.
 *
 * @param authority host and port, for requests whose headers do not name them
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const make = (authority: string): ((path: string, headers: Headers, length: number) => string) => {
  const known = new WeakMap<Headers, string>()
  return (path, headers, length) => {
    if (unspeakableInPath.test(path)) throw new errors.InvalidArgumentError("invalid request path")
    let lines = known.get(headers)
    if (lines === undefined) known.set(headers, (lines = linesOf(authority, headers)))
    return `POST ${path} HTTP/1.1\r\n${lines}content-length: ${length}\r\n\r\n`
  }
}

const linesOf = (authority: string, headers: Headers): string => {
  let host = authority
  let lines = ""
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at]!
    const value = headers[at + 1] ?? ""
    const known = name.toLowerCase()
    if (!token.test(name)) throw new errors.InvalidArgumentError("invalid header key")
    if (written.has(known) || unspeakable.test(value)) throw new errors.InvalidArgumentError(`invalid ${name} header`)
    if (known === "host") host = value
    else lines += `${name}: ${value}\r\n`
  }
  return `host: ${host}\r\nconnection: keep-alive\r\n${lines}`
}

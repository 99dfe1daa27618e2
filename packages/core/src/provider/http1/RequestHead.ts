/**
 * What stands before the body of a request: its line, whom it is for, its headers and the body's length.
 *
 * Nothing in it can begin a line of its own: names, values and the path are looked at, the headers once for each list of them.
 */
import { errors } from "undici"
import * as Field from "./Field.ts"

/** Names and values in turn. @stability experimental @category models @since 0.1.0 */
export type Headers = ReadonlyArray<string>

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
    if (!Field.isName(name)) throw new errors.InvalidArgumentError("invalid header key")
    if (Field.written.has(known) || !Field.isText(value))
      throw new errors.InvalidArgumentError(`invalid ${name} header`)
    if (known === "host") host = value
    else lines += `${name}: ${value}\r\n`
  }
  return `host: ${host}\r\nconnection: keep-alive\r\n${lines}`
}

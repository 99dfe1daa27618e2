/**
 * The head of an answer: its status, its headers, where its body ends, and whether the connection goes on after it (RFC 9112).
 *
 * It is strict where leniency has let one answer be taken for two: a length that is said twice or beside chunks, a line that is folded or ends
 * in a bare line feed, a name with a space.
 */
import { errors } from "undici"
import type { Headers } from "../HttpExchange.ts"
import * as Field from "./Field.ts"

/** @stability experimental @category models @since 0.1.0 */
export interface ResponseHead {
  readonly status: number
  readonly headers: Headers
  /** How many bytes the body has, or what ends it. */
  readonly body: number | "chunks" | "close"
  /** Whether the connection may be used again. */
  readonly stays: boolean
  /** How long the other side keeps an idle connection, in milliseconds, where it says so. */
  readonly idleMs: number | undefined
}

/** The reason's phrase may be left out (RFC 9112, 4). */
const statusLine = new RegExp(`^HTTP/1\\.[01] [1-9]\\d\\d(?: ${Field.text})?$`)

/** An answer that is none. @stability experimental @category constructors @since 0.1.0 */
export const invalid = (what: string): Error =>
  new errors.HTTPParserError(`Response does not match the HTTP/1.1 protocol (${what})`)

/** Throws where the beginning of a head is none: who speaks something else may wait for us. @stability experimental @category decoding @since 0.1.0 */
export const expect = (begun: string): undefined => {
  if (!begun.startsWith(version.slice(0, begun.length)) || bareLineFeed.test(begun)) throw invalid("Invalid head")
}

const version = "HTTP/1."
const bareLineFeed = /(?<!\r)\n/

/** Reads a head, without the blank line that ends it; throws what is wrong with it. @stability experimental @category decoding @since 0.1.0 */
export const read = (text: string): ResponseHead => {
  const line = text.slice(0, lineEnd(text, 0))
  if (!statusLine.test(line)) throw invalid("Invalid status line")
  const status = Number(line.slice(9, 12))
  const headers = headersOf(text, line.length + 2)
  const body = bodyOf(status, headers)
  const connection = listed(headers["connection"])
  const stays = text.charAt(7) === "1" ? !connection.includes("close") : connection.includes("keep-alive")
  if (status < 200 && !stays) throw invalid("Nothing comes after a head that others come after")
  return { status, headers, body, stays: stays && body !== "close", idleMs: idleMsOf(headers["keep-alive"]) }
}

const headersOf = (text: string, begin: number): Headers => {
  const headers: Record<string, string | Array<string>> = {}
  let from = begin
  while (from < text.length) {
    const end = lineEnd(text, from)
    const colon = text.indexOf(":", from)
    const name = text.slice(from, colon).toLowerCase()
    const value = text.slice(pastBlanks(text, colon + 1, end), beforeBlanks(text, end))
    if (colon === -1 || !Field.isName(name)) throw invalid("Invalid header token")
    if (!Field.isText(value)) throw invalid("Invalid header value char")
    add(headers, name, value)
    from = end + 2
  }
  return headers
}

const add = (headers: Record<string, string | Array<string>>, name: string, value: string): void => {
  const had = Object.hasOwn(headers, name) ? headers[name] : undefined
  if (had === undefined) headers[name] = value
  else if (typeof had === "string") headers[name] = [had, value]
  else had.push(value)
}

const lineEnd = (text: string, from: number): number => {
  const end = text.indexOf("\r\n", from)
  return end === -1 ? text.length : end
}

const isBlank = (code: number): boolean => code === 0x20 || code === 0x09

const pastBlanks = (text: string, from: number, end: number): number => {
  let at = from
  while (at < end && isBlank(text.charCodeAt(at))) at++
  return at
}

/** A value never begins before its colon. */
const beforeBlanks = (text: string, end: number): number => {
  let at = end
  while (isBlank(text.charCodeAt(at - 1))) at--
  return at
}

const bodyOf = (status: number, headers: Headers): ResponseHead["body"] => {
  const { "content-length": length, "transfer-encoding": coding } = headers
  if (coding !== undefined && length !== undefined)
    throw invalid("Content-Length can't be present with Transfer-Encoding")
  if (status < 200 || status === 204 || status === 304) return 0
  if (coding !== undefined) return listed(coding).at(-1) === "chunked" ? "chunks" : "close"
  if (length === undefined) return "close"
  if (typeof length !== "string" || !/^\d{1,15}$/.test(length)) throw invalid("Invalid Content-Length")
  return Number(length)
}

const none: ReadonlyArray<string> = []

const listed = (value: Headers[string]): ReadonlyArray<string> =>
  value === undefined
    ? none
    : String(value)
        .toLowerCase()
        .split(",")
        .map((one) => one.trim())

const idleMsOf = (value: Headers[string]): number | undefined => {
  const seconds = value === undefined ? undefined : /timeout=(\d{1,9})/i.exec(String(value))?.[1]
  return seconds === undefined ? undefined : Number(seconds) * 1000
}

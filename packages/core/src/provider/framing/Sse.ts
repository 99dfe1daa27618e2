/**
 * Server-sent events, as the WHATWG living standard cuts them, with the bytes kept.
 *
 * The common case, ASCII with line feeds, is cut in the text of a whole chunk by `indexOf`, without a copy and without a buffer per
 * event. Bytes are looked at once, however they are split.
 */
import { isAscii } from "node:buffer"
import * as Frame from "./Frame.ts"

const lf = 0x0a
const cr = 0x0d

/** A splitter of SSE. @stability experimental @category constructors @since 0.1.0 */
export const make = (): Frame.Splitter => {
  let pending: Buffer | undefined
  /** Where the search for the end of the pending event goes on. */
  let scanned = 0
  /** Pieces not yet joined to `pending`, so that one-byte splits are not quadratic. */
  let pieces: Array<Buffer> = []
  let piecesSize = 0

  const cut = (bytes: Buffer): ReadonlyArray<Frame.Frame> => {
    const out: Array<Frame.Frame> = []
    const start = isAscii(bytes) ? cutText(bytes, bytes.toString("latin1"), out) : cutBytes(bytes, scanned, out)
    pending = start === bytes.length ? undefined : start === 0 ? bytes : bytes.subarray(start)
    scanned = pending === undefined ? 0 : Math.max(0, pending.length - 3)
    if (pending !== undefined && pending.length > Frame.maxEventBytes) {
      out.push(Frame.tooLarge(pending))
      pending = undefined
      scanned = 0
    }
    return out
  }

  /** Cuts ASCII; back to bytes at the first carriage return. */
  const cutText = (bytes: Buffer, text: string, out: Array<Frame.Frame>): number => {
    if (text.includes("\r")) return cutBytes(bytes, scanned, out)
    let start = 0
    for (let end = text.indexOf("\n\n", scanned); end !== -1; end = text.indexOf("\n\n", start)) {
      out.push(parse(text.slice(start, end), bytes, start, end + 2))
      start = end + 2
    }
    return start
  }

  const join = (): Buffer | undefined => {
    if (pieces.length === 0) return pending
    const joined =
      pending === undefined && pieces.length === 1
        ? pieces[0]!
        : Buffer.concat(pending === undefined ? pieces : [pending, ...pieces])
    pieces = []
    piecesSize = 0
    return joined
  }

  return {
    push: (chunk) => {
      if (pending === undefined && pieces.length === 0) return cut(chunk)
      pieces.push(chunk)
      piecesSize += chunk.length
      const size = (pending?.length ?? 0) + piecesSize
      if (!mayEnd(chunk) && size < Frame.maxEventBytes) return []
      return cut(join()!)
    },
    end: () => {
      const rest = join()
      pending = undefined
      return rest === undefined || rest.length === 0 ? [] : [parseTail(rest)]
    }
  }
}

/** An event can only end where there is a line end. */
const mayEnd = (chunk: Buffer): boolean => chunk.includes(lf) || chunk.includes(cr)

/** Cuts at every blank line, whatever its line ends; returns where the last event ended. */
const cutBytes = (bytes: Buffer, scanned: number, out: Array<Frame.Frame>): number => {
  let start = 0
  let from = scanned
  for (;;) {
    const end = endOfEvent(bytes, from)
    if (end === -1) return start
    out.push(parseLines(bytes.toString("utf8", start, end), bytes, start, end))
    start = end
    from = end
  }
}

/**
 * The offset after the blank line that ends the event which begins before `from`; -1 where it has not come. A CR at the very end waits:
 * an LF may follow it.
 */
const endOfEvent = (bytes: Buffer, from: number): number => {
  let at = from
  for (;;) {
    const line = nextLineEnd(bytes, at)
    if (line === -1) return -1
    const after = afterLineEnd(bytes, line)
    if (after === -1 || after >= bytes.length) return -1
    const next = bytes[after]
    if (next === lf) return after + 1
    if (next === cr) {
      if (after + 1 >= bytes.length) return -1
      return bytes[after + 1] === lf ? after + 2 : after + 1
    }
    at = after
  }
}

const nextLineEnd = (bytes: Buffer, from: number): number => {
  const feed = bytes.indexOf(lf, from)
  const until = feed === -1 ? bytes.length : feed
  const carriage = until === from ? -1 : bytes.subarray(from, until).indexOf(cr)
  return carriage === -1 ? feed : from + carriage
}

const afterLineEnd = (bytes: Buffer, at: number): number => {
  if (bytes[at] === lf) return at + 1
  if (at + 1 >= bytes.length) return -1
  return bytes[at + 1] === lf ? at + 2 : at + 1
}

const dataPrefix = "data: "
const eventPrefix = "event: "

/** One event without its blank line. The two shapes that nearly all have are read without splitting. */
const parse = (text: string, bytes: Buffer, start: number, end: number): Frame.Frame => {
  const line = text.indexOf("\n")
  if (line === -1) {
    if (text.slice(0, dataPrefix.length) === dataPrefix)
      return Frame.make("event", undefined, text.slice(dataPrefix.length), bytes, start, end)
  } else if (text.slice(0, eventPrefix.length) === eventPrefix && text.indexOf("\n", line + 1) === -1) {
    const from = line + 1 + dataPrefix.length
    if (text.slice(line + 1, from) === dataPrefix)
      return Frame.make("event", text.slice(eventPrefix.length, line), text.slice(from), bytes, start, end)
  }
  return parseLines(text, bytes, start, end)
}

const parseLines = (text: string, bytes: Buffer, start: number, end: number): Frame.Frame => {
  let event: string | undefined
  let data: string | undefined
  for (const line of (text.charCodeAt(0) === 0xfeff ? text.slice(1) : text).split(/\r\n|\n|\r/)) {
    const colon = line.indexOf(":")
    if (colon === 0 || line === "") continue
    const field = colon === -1 ? line : line.slice(0, colon)
    const value = colon === -1 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1)
    if (field === "data") data = data === undefined ? value : `${data}\n${value}`
    else if (field === "event") event = value
  }
  return Frame.make(data === undefined ? "comment" : "event", event, data ?? "", bytes, start, end)
}

/** What stands after the last blank line: an event that was not closed, or a JSON error that a proxy wrote behind the stream. */
const parseTail = (bytes: Buffer): Frame.Frame => {
  const frame = parseLines(bytes.toString("utf8"), bytes, 0, bytes.length)
  if (frame.kind === "event") return frame
  const text = bytes.toString("utf8").trim()
  const isJson = text.startsWith("{") || text.startsWith("[")
  return isJson ? Frame.make("event", undefined, text, bytes, 0, bytes.length) : frame
}

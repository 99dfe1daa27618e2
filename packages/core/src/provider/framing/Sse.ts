/**
 * Server-sent events, as the WHATWG living standard cuts them, with the bytes kept.
 *
 * The common case, whole events that end in two line feeds, is found by `indexOf` and copied nowhere. Bytes are scanned once, however
 * they are split.
 */
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

  const frames = (bytes: Buffer): ReadonlyArray<Frame.Frame> => {
    const out: Array<Frame.Frame> = []
    let start = 0
    let from = scanned
    for (;;) {
      const end = endOfEvent(bytes, from)
      if (end === -1) break
      out.push(parse(bytes.subarray(start, end)))
      start = end
      from = end
    }
    pending = start === bytes.length ? undefined : start === 0 ? bytes : bytes.subarray(start)
    scanned = pending === undefined ? 0 : Math.max(0, pending.length - 3)
    if (pending !== undefined && pending.length > Frame.maxEventBytes) {
      out.push(Frame.tooLarge(pending))
      pending = undefined
      scanned = 0
    }
    return out
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
      if (pending === undefined && pieces.length === 0) return frames(chunk)
      pieces.push(chunk)
      piecesSize += chunk.length
      const size = (pending?.length ?? 0) + piecesSize
      if (!mayEnd(chunk) && size < Frame.maxEventBytes) return []
      return frames(join()!)
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
  const carriage = hasCarriage(bytes, from, feed)
  return carriage === -1 ? feed : carriage
}

/** The first CR before the next LF. */
const hasCarriage = (bytes: Buffer, from: number, feed: number): number => {
  const until = feed === -1 ? bytes.length : feed
  if (until === from) return -1
  // Mostly a CR stands right before its LF, or nowhere.
  if (feed > from && bytes[feed - 1] === cr && bytes.indexOf(cr, from) === feed - 1) return feed - 1
  const found = bytes.subarray(from, until).indexOf(cr)
  return found === -1 ? -1 : from + found
}

const afterLineEnd = (bytes: Buffer, at: number): number => {
  if (bytes[at] === lf) return at + 1
  if (at + 1 >= bytes.length) return -1
  return bytes[at + 1] === lf ? at + 2 : at + 1
}

const prefix = "data: "

/** One event. The shape that nearly all have, a single `data:` line, is read without splitting. */
const parse = (raw: Buffer): Frame.Frame => {
  const text = raw.toString("utf8")
  if (text.startsWith(prefix) && text.endsWith("\n\n")) {
    const end = text.length - 2
    if (text.indexOf("\n") === end && text.indexOf("\r") === -1)
      return { kind: "event", event: undefined, data: text.slice(prefix.length, end), raw }
  }
  return parseLines(text, raw)
}

const parseLines = (text: string, raw: Buffer): Frame.Frame => {
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
  return data === undefined ? { kind: "comment", event, data: "", raw } : { kind: "event", event, data, raw }
}

/** What stands after the last blank line: an event that was not closed, or a JSON error that a proxy wrote behind the stream. */
const parseTail = (raw: Buffer): Frame.Frame => {
  const frame = parseLines(raw.toString("utf8"), raw)
  if (frame.kind === "event") return frame
  const text = raw.toString("utf8").trim()
  return text.startsWith("{") || text.startsWith("[") ? { kind: "event", event: undefined, data: text, raw } : frame
}

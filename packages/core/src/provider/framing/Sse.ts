/**
 * Server-sent events, as the WHATWG living standard cuts them, with the bytes kept.
 *
 * The common case, ASCII with line feeds, is cut in the text of a whole chunk by `indexOf`, without a copy and without a buffer per
 * event. Bytes are looked at once, however they are split.
 */
import { isAscii } from "node:buffer"
import * as Frame from "./Frame.ts"
import { Pending } from "./Pending.ts"

const lf = 0x0a
const cr = 0x0d

/** An event's beginning that is longer goes on as bytes: a text is put together anew each time that it is searched. */
const longText = 64 * 1024

/** A splitter of SSE. @stability experimental @category constructors @since 0.1.0 */
export const make = (): Frame.Splitter => {
  /** The beginning of an event, while all of it is ASCII. */
  let text = ""
  /** The same, once it is long, or holds other bytes or carriage returns. */
  const pending = new Pending()
  /** Where the search for the event's end goes on. */
  let scanned = 0

  const cutText = (): ReadonlyArray<Frame.Frame> => {
    const out: Array<Frame.Frame> = []
    let start = 0
    let from = scanned
    for (;;) {
      const line = text.indexOf("\n", from)
      if (line === -1) break
      const end = text.charCodeAt(line + 1) === lf ? line : text.indexOf("\n\n", line)
      if (end === -1) break
      out.push(parse(text, start, from === start ? line : text.indexOf("\n", start), end))
      start = end + 2
      from = start
    }
    text = text.slice(start)
    scanned = Math.max(0, text.length - 1)
    return text.length > Frame.maxEventBytes ? tooLarge(out) : out
  }

  const cutPending = (): ReadonlyArray<Frame.Frame> => {
    const out: Array<Frame.Frame> = []
    pending.cut(cutBytes(pending.bytes, scanned, out))
    scanned = Math.max(0, pending.size - 3)
    return pending.size > Frame.maxEventBytes ? tooLarge(out) : out
  }

  /** All that waits. */
  const rest = (): Buffer => {
    const bytes = pending.size > 0 ? pending.bytes : Buffer.from(text, "latin1")
    text = ""
    pending.cut(pending.size)
    return bytes
  }

  const tooLarge = (out: Array<Frame.Frame>): ReadonlyArray<Frame.Frame> => {
    out.push(Frame.tooLarge(rest()))
    scanned = 0
    return out
  }

  /** From here on the pending event is bytes. */
  const pushBytes = (chunk: Buffer): ReadonlyArray<Frame.Frame> => {
    const isFirst = text === "" && pending.size === 0
    if (text !== "") pending.push(Buffer.from(text, "latin1"))
    text = ""
    pending.push(chunk)
    return isFirst || mayEnd(chunk) || pending.size > Frame.maxEventBytes ? cutPending() : []
  }

  return {
    push: (chunk) => {
      const isText = pending.size === 0 && text.length <= longText && isAscii(chunk) && !chunk.includes(cr)
      if (!isText) return pushBytes(chunk)
      const isFirst = text === ""
      text += chunk.toString("latin1")
      return isFirst || mayEnd(chunk) || text.length > Frame.maxEventBytes ? cutText() : []
    },
    end: () => {
      const bytes = rest()
      return bytes.length === 0 ? [] : [parseTail(bytes)]
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

/** The event from `start` to `end`, where its blank line is; its first line ends at `line`. The two shapes that nearly all have are read in place. */
const parse = (text: string, start: number, line: number, end: number): Frame.Frame => {
  const isOne = line === end
  if (isOne || (stands(eventPrefix, text, start) && text.indexOf("\n", line + 1) === end)) {
    const at = isOne ? start : line + 1
    const data = at + dataPrefix.length
    if (end > data && stands(dataPrefix, text, at)) {
      const event = isOne ? undefined : text.slice(start + eventPrefix.length, line)
      return Frame.make("event", event, text.slice(data, end), text, start, end + 2)
    }
  }
  return parseLines(text.slice(start, end), text, start, end + 2)
}

/** Whether it stands there; for a few characters cheaper than a slice. */
const stands = (prefix: string, text: string, at: number): boolean => {
  for (let index = 0; index < prefix.length; index++)
    if (text.charCodeAt(at + index) !== prefix.charCodeAt(index)) return false
  return true
}

const parseLines = (text: string, source: Buffer | string, start: number, end: number): Frame.Frame => {
  let event: string | undefined
  let data: string | undefined
  for (const line of (text.charCodeAt(0) === 0xfeff ? text.slice(1) : text).split(/\r\n|\n|\r/)) {
    const colon = line.indexOf(":")
    if (colon === 0 || line === "") continue
    const field = colon === -1 ? line : line.slice(0, colon)
    const value = colon === -1 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1)
    if (field === "data") data = data === undefined ? value : `${data}\n${value}`
    else if (field === "event") event = value
    else if (field === "error" && data === undefined) {
      // llama.cpp's server names the field after what it holds.
      event = "error"
      data = value
    }
  }
  // An event without data keeps a line awake, and says no more than a comment.
  return Frame.make(data === undefined || data === "" ? "comment" : "event", event, data ?? "", source, start, end)
}

/**
 * What stands after the last blank line: an event that was not closed, or a JSON error that a proxy wrote behind the stream. The event gets
 * the blank line that it lacks: without it those whom it is passed on to would drop it, or take it for one with what follows.
 */
const parseTail = (bytes: Buffer): Frame.Frame => {
  const text = bytes.toString("utf8")
  const frame = parseLines(text, bytes, 0, bytes.length)
  if (frame.kind === "event") {
    const closed = Buffer.concat([bytes, Buffer.from(missing(text))])
    return Frame.whole("event", frame.event, frame.data, closed)
  }
  const json = text.trim()
  const isJson = json.startsWith("{") || json.startsWith("[")
  return isJson ? Frame.whole("event", undefined, json, bytes) : frame
}

/** What is missing to a blank line, in the line ends that the text has. */
const missing = (text: string): string => {
  const ending = text.includes("\r\n") ? "\r\n" : text.includes("\r") ? "\r" : "\n"
  return text.endsWith(ending) ? ending : ending + ending
}

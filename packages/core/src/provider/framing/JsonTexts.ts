/**
 * A JSON array whose elements come one by one, or a single JSON object: each element, or the object, is an event.
 *
 * The bytes between elements (`[`, `,`, `]`, white space) belong to the frame after them, or to a last comment.
 */
import * as Frame from "./Frame.ts"
import { Pending } from "./Pending.ts"

const quote = 0x22
const backslash = 0x5c

/** A splitter of JSON texts. @stability experimental @category constructors @since 0.1.0 */
export const make = (): Frame.Splitter => {
  const pending = new Pending()
  let at = 0
  let depth = 0
  let inString = false
  let escaped = false
  let textStart = -1

  const step = (byte: number): boolean => {
    if (inString) {
      if (escaped) escaped = false
      else if (byte === backslash) escaped = true
      else if (byte === quote) inString = false
      return false
    }
    if (byte === quote) inString = true
    else if (byte === 0x7b) {
      if (depth === 0) textStart = at
      depth += 1
    } else if (byte === 0x7d) {
      depth -= 1
      return depth === 0
    }
    return false
  }

  const scan = (bytes: Buffer): ReadonlyArray<Frame.Frame> => {
    const out: Array<Frame.Frame> = []
    let start = 0
    while (at < bytes.length) {
      const closes = step(bytes[at]!)
      at += 1
      if (!closes) continue
      out.push(Frame.make("event", undefined, bytes.toString("utf8", textStart, at), bytes, start, at))
      start = at
    }
    if (bytes.length - start > Frame.maxEventBytes) {
      out.push(Frame.tooLarge(bytes.subarray(start)))
      start = bytes.length
    }
    pending.cut(start)
    at -= start
    textStart -= start
    return out
  }

  return {
    push: (chunk) => {
      pending.push(chunk)
      return scan(pending.bytes)
    },
    end: () => {
      const { bytes } = pending
      if (bytes.length === 0) return []
      const text = bytes.toString("utf8").trim()
      const isRest = depth === 0 && /^[\],\s]*$/.test(text)
      return [Frame.whole(isRest ? "comment" : "event", undefined, isRest ? "" : text, bytes)]
    }
  }
}

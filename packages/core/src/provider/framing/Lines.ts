/**
 * Newline-delimited JSON: a line is an event.
 */
import * as Frame from "./Frame.ts"

/** A splitter of lines. @stability experimental @category constructors @since 0.1.0 */
export const make = (): Frame.Splitter => {
  let pieces: Array<Buffer> = []
  let size = 0

  const take = (bytes: Buffer): ReadonlyArray<Frame.Frame> => {
    const out: Array<Frame.Frame> = []
    let start = 0
    for (let end = bytes.indexOf(0x0a); end !== -1; end = bytes.indexOf(0x0a, start)) {
      out.push(parse(bytes.subarray(start, end + 1)))
      start = end + 1
    }
    pieces = start === bytes.length ? [] : [bytes.subarray(start)]
    size = bytes.length - start
    return out
  }

  return {
    push: (lent) => {
      const chunk = Buffer.from(lent)
      pieces.push(chunk)
      size += chunk.length
      if (chunk.includes(0x0a)) return take(pieces.length === 1 ? chunk : Buffer.concat(pieces))
      if (size <= Frame.maxEventBytes) return []
      const raw = Buffer.concat(pieces)
      pieces = []
      size = 0
      return [Frame.tooLarge(raw)]
    },
    end: () => (size === 0 ? [] : [parse(Buffer.concat(pieces))])
  }
}

const parse = (raw: Buffer): Frame.Frame => {
  const data = raw.toString("utf8").trim()
  return Frame.whole(data === "" ? "comment" : "event", undefined, data, raw)
}

/**
 * AWS event stream (`application/vnd.amazon.eventstream`): length-prefixed messages with headers and checksums.
 *
 * Messages are cut by their length prefix and decoded by AWS's own codec. An exception becomes an event named `exception:TYPE`.
 */
import { EventStreamCodec } from "@smithy/eventstream-codec"
import * as Frame from "./Frame.ts"

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes).toString("utf8"),
  (text) => Buffer.from(text, "utf8")
)

/** A splitter of AWS messages. @stability experimental @category constructors @since 0.1.0 */
export const make = (): Frame.Splitter => {
  let pieces: Array<Buffer> = []
  let size = 0
  /** Bytes needed before the next message can be whole. */
  let needed = 4
  return {
    push: (lent) => {
      const chunk = Buffer.from(lent)
      pieces.push(chunk)
      size += chunk.length
      if (size < needed) return []
      let bytes = pieces.length === 1 ? chunk : Buffer.concat(pieces)
      const out: Array<Frame.Frame> = []
      while (bytes.length >= 4) {
        needed = bytes.readUInt32BE(0)
        if (needed > Frame.maxEventBytes || needed < 16) {
          out.push(Frame.tooLarge(bytes))
          bytes = Buffer.alloc(0)
          break
        }
        if (bytes.length < needed) break
        out.push(parse(bytes.subarray(0, needed)))
        bytes = bytes.subarray(needed)
        needed = 4
      }
      pieces = bytes.length === 0 ? [] : [bytes]
      size = bytes.length
      return out
    },
    end: () => (size === 0 ? [] : [Frame.tooLarge(Buffer.concat(pieces))])
  }
}

const parse = (raw: Buffer): Frame.Frame => {
  try {
    const { body, headers } = codec.decode(raw)
    const text = (name: string): string | undefined => {
      const value = headers[name]?.value
      return typeof value === "string" ? value : undefined
    }
    const exception =
      text(":exception-type") ?? (text(":message-type") === "error" ? (text(":error-code") ?? "error") : undefined)
    const event = exception === undefined ? text(":event-type") : `exception:${exception}`
    return Frame.whole("event", event, Buffer.from(body).toString("utf8"), raw)
  } catch {
    return Frame.whole("event", "orelse:malformed", "", raw)
  }
}

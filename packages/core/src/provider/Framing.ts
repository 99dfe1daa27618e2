/**
 * How the bytes of a stream are cut into events: SSE, NDJSON, a JSON array, AWS event stream.
 *
 * Each frame keeps the exact bytes it came in, so that an unchanged dialect passes on as it came; several frames of one chunk lie side
 * by side without a copy. It reads no meaning into an event. Why this is not `effect`'s `Sse`: `docs/decisions/0011-own-sse-splitter.md`.
 */
import * as AwsEventStream from "./framing/AwsEventStream.ts"
import * as JsonTexts from "./framing/JsonTexts.ts"
import * as Lines from "./framing/Lines.ts"
import * as Sse from "./framing/Sse.ts"
import type { Splitter } from "./framing/Frame.ts"
import type { FramingId } from "./Protocol.ts"

export { at, maxEventBytes, raw } from "./framing/Frame.ts"
export type { Frame, Place, Splitter } from "./framing/Frame.ts"

/**
 * A splitter. What is announced as SSE and begins with `[` or `{` is cut as JSON texts: Gemini without `alt=sse`, and providers that answer
 * a stream with one whole body.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const make = (framing: FramingId): Splitter => {
  switch (framing) {
    case "sse":
      return sseOrJson()
    case "ndjson":
      return Lines.make()
    case "aws-event-stream":
      return AwsEventStream.make()
  }
}

const sseOrJson = (): Splitter => {
  let chosen: Splitter | undefined
  let isJson = false
  /** White space that came alone, as some send it to keep a line awake before one whole body. */
  let blank: Buffer | undefined
  return {
    push: (lent) => {
      if (chosen !== undefined) return chosen.push(lent)
      const chunk = blank === undefined ? lent : Buffer.concat([blank, lent])
      const first = chunk.find(isSaid)
      if (first === undefined) {
        blank = Buffer.from(chunk)
        return []
      }
      blank = undefined
      isJson = first === 0x5b || first === 0x7b
      chosen = isJson ? JsonTexts.make() : Sse.make()
      return chosen.push(chunk)
    },
    end: () => chosen?.end() ?? [],
    isJson: () => isJson
  }
}

/** A byte that is neither white space nor of a byte order mark. */
const isSaid = (byte: number): boolean => byte > 0x20 && byte !== 0xef && byte !== 0xbb && byte !== 0xbf

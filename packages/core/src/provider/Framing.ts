/**
 * How the bytes of a stream are cut into events: SSE, NDJSON, a JSON array, AWS event stream.
 *
 * Each frame keeps the exact bytes it came in, so that an unchanged dialect passes on as it came; several frames of one chunk lie side
 * by side without a copy. It reads no meaning into an event. Why this is not `effect`'s `Sse`: `docs/decisions/0002-own-sse-splitter.md`.
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
  return {
    push: (chunk) => {
      if (chosen === undefined) {
        const first = firstByte(chunk)
        isJson = first === 0x5b || first === 0x7b
        chosen = isJson ? JsonTexts.make() : Sse.make()
      }
      return chosen.push(chunk)
    },
    end: () => chosen?.end() ?? [],
    isJson: () => isJson
  }
}

/** The first byte that is not white space. */
const firstByte = (chunk: Buffer): number | undefined => chunk.find((byte) => byte > 0x20)

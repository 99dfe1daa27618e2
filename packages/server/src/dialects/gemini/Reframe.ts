/**
 * Gives a stream of Gemini's in the frame that the caller asked for: server-sent events (`alt=sse`), or one JSON array.
 *
 * The texts of the events stay as they are. Events that are asked for and come as events go out byte for byte; only a provider that does
 * not heed `alt=sse` (Vertex answers with an array) is framed anew.
 */
import * as Framing from "@orelse/core/provider/Framing"
import type { Reframer } from "../Dialect.ts"

/** Into an array. */
export const toArray = (): Reframer => {
  const splitter = Framing.make("sse")
  let count = 0
  const write = (frames: ReadonlyArray<Framing.Frame>): string => {
    let out = ""
    for (const frame of frames) {
      if (frame.kind !== "event") continue
      out += `${count === 0 ? "[" : ",\r\n"}${frame.data}`
      count += 1
    }
    return out
  }
  return {
    write: (bytes) => write(splitter.push(bytes)),
    end: () => `${write(splitter.end())}${count === 0 ? "[" : ""}]`
  }
}

/** Into events. */
export const toEvents = (): Reframer => {
  let splitter: Framing.Splitter | undefined
  let isEvents = false
  const write = (frames: ReadonlyArray<Framing.Frame>): string =>
    frames.map((frame) => (frame.kind === "event" ? `data: ${oneLine(frame.data)}\n\n` : "")).join("")
  return {
    write: (bytes) => {
      if (isEvents) return bytes
      if (splitter === undefined) {
        const first = bytes.find((byte) => byte > 0x20)
        if (first === undefined) return bytes
        isEvents = first !== 0x5b && first !== 0x7b
        if (isEvents) return bytes
        splitter = Framing.make("sse")
      }
      return write(splitter.push(bytes))
    },
    end: () => (splitter === undefined ? "" : write(splitter.end()))
  }
}

/** Line ends stand only between the tokens of a JSON text, never in them. */
const oneLine = (json: string): string => json.replace(/[\r\n]+/g, " ")

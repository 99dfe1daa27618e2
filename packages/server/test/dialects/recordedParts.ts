/**
 * The recorded streams of real providers, read by a protocol.
 */
import type { StreamPart } from "@orelse/core/domain/Response"
import * as Usage from "@orelse/core/domain/Usage"
import * as Framing from "@orelse/core/provider/Framing"
import type { Protocol } from "@orelse/core/provider/Protocol"
import * as Recordings from "../support/recordings.ts"

/** The recordings in a format that ended by themselves and well. */
export const whole = (protocol: string): ReadonlyArray<Recordings.Recording> =>
  Recordings.all.filter(
    (one) => one.protocol === protocol && one.expected.truncated !== true && one.expected.error === null
  )

/** What the protocol reads of it. */
export const parts = (protocol: Protocol, recording: Recordings.Recording): ReadonlyArray<StreamPart> => {
  const splitter = Framing.make(protocol.framing)
  const reader = protocol.reader()
  const frames = [...splitter.push(Recordings.bytesOf(recording)), ...splitter.end()]
  return frames.flatMap((frame) => {
    const read = frame.kind === "event" ? reader.read(frame) : []
    if (read === "malformed") throw new Error(`${recording.file} holds a malformed event: ${frame.data}`)
    return read
  })
}

/** The usage that the parts come to. */
export const usage = (parts: ReadonlyArray<StreamPart>): Usage.Usage | undefined =>
  parts.reduce<Usage.Usage | undefined>(
    (sum, part) => (part.type === "usage" ? Usage.merge(sum, part.usage) : sum),
    undefined
  )

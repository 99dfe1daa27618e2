/**
 * The recorded streams of real providers, read by a protocol. The recordings lie with core's tests.
 */
import type { Json } from "@orelse/core/domain/Json"
import type { StreamPart } from "@orelse/core/domain/Response"
import * as Usage from "@orelse/core/domain/Usage"
import * as Framing from "@orelse/core/provider/Framing"
import type { Protocol } from "@orelse/core/provider/Protocol"
import { readFileSync } from "node:fs"

const folder = new URL("../../../core/test/fixtures/streams/", import.meta.url)

export interface Recording {
  readonly file: string
  /** The wire format, in the manifest's own words. */
  readonly protocol: string
  readonly expected: {
    readonly text: string
    readonly reasoning: string
    readonly refusal?: string | null
    readonly tool_calls: ReadonlyArray<{
      readonly id: string | null
      readonly name: string
      readonly arguments_json: Json
    }>
    readonly finish_reason_norm: string | null
    readonly error: Json
    readonly truncated?: boolean
  }
}

const manifest = JSON.parse(readFileSync(new URL("manifest.json", folder), "utf8")) as ReadonlyArray<Recording>

/** The recordings in a format that ended by themselves and well. */
export const whole = (protocol: string): ReadonlyArray<Recording> =>
  manifest.filter((one) => one.protocol === protocol && one.expected.truncated !== true && one.expected.error === null)

/** What the protocol reads of it. */
export const parts = (protocol: Protocol, recording: Recording): ReadonlyArray<StreamPart> => {
  const splitter = Framing.make(protocol.framing)
  const reader = protocol.reader()
  const frames = [...splitter.push(readFileSync(new URL(recording.file, folder))), ...splitter.end()]
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

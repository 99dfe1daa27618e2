/**
 * Writes events as AWS frames them, exceptions as exceptions.
 */
import { EventStreamCodec } from "@smithy/eventstream-codec"
import type { WireEvent } from "../../src/provider/Protocol.ts"

const codec = new EventStreamCodec(
  (input) => Buffer.from(input as Uint8Array).toString("utf8"),
  (text) => Buffer.from(text)
)

const exception = "exception:"

const headersOf = (event: string) => {
  const isException = event.startsWith(exception)
  const name = isException ? event.slice(exception.length) : event
  const text = (value: string) => ({ type: "string" as const, value })
  return {
    [isException ? ":exception-type" : ":event-type"]: text(name),
    ":content-type": text("application/json"),
    ":message-type": text(isException ? "exception" : "event")
  }
}

/** The frames, one after the other. */
export const bytes = (events: ReadonlyArray<WireEvent>): Buffer =>
  Buffer.concat(
    events.map((event) => codec.encode({ headers: headersOf(event.event ?? "unnamed"), body: Buffer.from(event.data) }))
  )

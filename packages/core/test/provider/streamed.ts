/**
 * Runs the bytes of a stream through `StreamBody` as an attempt does, with a caller that takes all at once.
 */
import { MalformedResponse, type Reason } from "../../src/domain/Reason.ts"
import type { StreamPart } from "../../src/domain/Response.ts"
import * as Framing from "../../src/provider/Framing.ts"
import type { Protocol } from "../../src/provider/Protocol.ts"
import { StreamBody, type Options } from "../../src/provider/StreamBody.ts"

/** How a stream went. */
export interface Streamed {
  /** What a caller of the same dialect got. */
  readonly bytes: string
  /** What a caller of another dialect got. */
  readonly parts: ReadonlyArray<StreamPart>
  /** Why it ended; `undefined` for a whole answer. */
  readonly reason: Reason | undefined
  readonly committed: boolean
}

/** As an attempt has it, where nobody listens. */
export const options = (protocol: Protocol): Options => ({
  splitter: Framing.make(protocol.framing),
  reader: protocol.reader(),
  trace: { usage: undefined, finishReason: undefined },
  commit: { on: "firstContent", maxEvents: 16 },
  hideUsage: false,
  now: () => 0,
  classify: (message) => new MalformedResponse({ message }),
  pause: () => undefined,
  resume: () => undefined,
  guard: (work) => work(),
  onHeldBack: () => undefined,
  onCommit: () => undefined,
  onFailure: () => undefined
})

/** @param broken how the connection broke; it ended cleanly where this is left out */
export const streamed = (
  protocol: Protocol,
  chunks: ReadonlyArray<Buffer>,
  { broken, wants = "parts" }: { readonly broken?: string; readonly wants?: "bytes" | "parts" } = {}
): Streamed => {
  let bytes = ""
  const parts: Array<StreamPart> = []
  let ended: { readonly reason: Reason | undefined } | undefined
  let committed = false
  const sink = {
    bytes: { wants: "bytes", write: (more: Buffer | string) => (bytes += more.toString()) !== "", onReady: () => {} },
    parts: { wants: "parts", write: (more: ReadonlyArray<StreamPart>) => parts.push(...more) >= 0, onReady: () => {} }
  } as const
  const body = new StreamBody({
    ...options(protocol),
    onCommit: () => {
      committed = true
      body.run(sink[wants], (end) => (ended = end))
    },
    onFailure: (reason) => (ended = { reason })
  })
  for (const chunk of chunks) body.push(chunk)
  if (broken === undefined) body.close()
  else body.broke(broken)
  if (ended === undefined) throw new Error("the stream has not ended")
  return { bytes, parts, reason: ended.reason, committed }
}

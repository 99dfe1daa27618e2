/**
 * Folds an answer, streamed or whole, into one plain value, so that tests can compare what different formats said.
 */
import type { Response, StreamPart } from "../../src/domain/Response.ts"
import * as Usage from "../../src/domain/Usage.ts"
import * as Framing from "../../src/provider/Framing.ts"
import type { Protocol } from "../../src/provider/Protocol.ts"

export interface Folded {
  readonly text: string
  readonly reasoning: string
  readonly refusal: string
  readonly signatures: ReadonlyArray<string>
  readonly redacted: ReadonlyArray<string>
  readonly toolCalls: ReadonlyArray<{ readonly id: string; readonly name: string; readonly arguments: string }>
  readonly images: number
  readonly finishReason: string | undefined
  readonly rawFinishReason: string | undefined
  readonly usage: Usage.Usage | undefined
  readonly error: string | undefined
}

/** What a stream's parts come to. Nothing after an error counts, as in `StreamBody`. */
export const parts = (all: ReadonlyArray<StreamPart>): Folded => {
  const texts = { text: "", reasoning: "", refusal: "" }
  const signatures = new Map<number, string>()
  const redacted: Array<string> = []
  const calls = new Map<number, { id: string; name: string; arguments: string }>()
  let images = 0
  let finish: Extract<StreamPart, { readonly type: "finish" }> | undefined
  let usage: Usage.Usage | undefined
  let error: string | undefined
  for (const part of all) {
    if (error !== undefined) break
    if (part.type === "text" || part.type === "refusal" || part.type === "reasoning") texts[part.type] += part.text
    if (part.type === "reasoning") {
      if (part.signature !== undefined) signatures.set(part.index, (signatures.get(part.index) ?? "") + part.signature)
      if (part.redacted !== undefined) redacted.push(part.redacted)
    }
    if (part.type === "toolCallStart") calls.set(part.index, { id: part.id, name: part.name, arguments: "" })
    if (part.type === "toolCallDelta") calls.get(part.index)!.arguments += part.arguments
    if (part.type === "image") images += 1
    if (part.type === "finish") finish = part
    if (part.type === "usage") usage = Usage.merge(usage, part.usage)
    if (part.type === "error") error = part.body
  }
  return {
    ...texts,
    signatures: [...signatures.values()],
    redacted,
    toolCalls: [...calls.values()],
    images,
    finishReason: finish?.reason,
    rawFinishReason: finish?.raw,
    usage,
    error
  }
}

/** What a whole answer comes to. */
export const response = (answer: Response): Folded => {
  const texts = { text: "", reasoning: "", refusal: "" }
  const signatures: Array<string> = []
  const redacted: Array<string> = []
  const toolCalls: Array<Folded["toolCalls"][number]> = []
  let images = 0
  for (const part of answer.content) {
    if (part.type === "text" || part.type === "refusal" || part.type === "reasoning") texts[part.type] += part.text
    if (part.type === "reasoning" && part.signature !== undefined) signatures.push(part.signature)
    if (part.type === "reasoning" && part.redacted !== undefined) redacted.push(part.redacted)
    if (part.type === "toolCall") toolCalls.push({ id: part.id, name: part.name, arguments: part.arguments })
    if (part.type === "image") images += 1
  }
  return {
    ...texts,
    signatures,
    redacted,
    toolCalls,
    images,
    finishReason: answer.finishReason,
    rawFinishReason: answer.rawFinishReason,
    usage: answer.usage,
    error: undefined
  }
}

/** How a stream was read. */
export interface Read {
  readonly parts: ReadonlyArray<StreamPart>
  readonly malformed: number
  readonly isComplete: boolean
  readonly isTerminated: boolean
}

/**
 * Reads the bytes of a stream as the engine does: cut into events, each given to the protocol's reader.
 *
 * @param cuts byte offsets at which the network is to cut, ascending
 */
export const read = (protocol: Protocol, bytes: Buffer, cuts: ReadonlyArray<number> = []): Read => {
  const splitter = Framing.make(protocol.framing)
  const reader = protocol.reader()
  const all: Array<StreamPart> = []
  let malformed = 0
  const take = (frames: ReturnType<typeof splitter.push>, isTail = false) => {
    for (const frame of frames) {
      if (frame.kind !== "event") continue
      const read = reader.read(frame)
      // What is left at the end may be half an event: a cut, not a malformed answer.
      if (read === "malformed") malformed += isTail ? 0 : 1
      else all.push(...read)
    }
  }
  let from = 0
  for (const cut of [...cuts, bytes.length]) {
    take(splitter.push(bytes.subarray(from, cut)))
    from = cut
  }
  take(splitter.end(), true)
  return { parts: all, malformed, isComplete: reader.isComplete(), isTerminated: reader.isTerminated() }
}

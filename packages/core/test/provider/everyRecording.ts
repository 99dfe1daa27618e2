/**
 * Reads any recording of the manifest with the protocol that speaks its format.
 */
import { EventStreamCodec } from "@smithy/eventstream-codec"
import type { ProtocolId } from "../../src/domain/Dialect.ts"
import * as Json from "../../src/domain/Json.ts"
import type { Protocol } from "../../src/provider/Protocol.ts"
import { builtIn } from "../../src/provider/protocols/builtIn.ts"
import * as Fold from "./fold.ts"
import * as Recorded from "./recorded.ts"

/** Whose a format of the manifest is. */
const speakers: Readonly<Record<string, ProtocolId>> = {
  openai_chat: "openai-chat",
  responses: "openai-responses",
  anthropic: "anthropic-messages",
  anthropic_complete: "anthropic-messages",
  bedrock_anthropic: "anthropic-messages",
  gemini: "gemini",
  gemini_array: "gemini",
  gemini_json: "gemini",
  bedrock_converse: "bedrock-converse",
  ollama: "ollama",
  cohere: "cohere"
}

/** The protocol of a recording: that of its provider where the provider has its own. */
export const protocolOf = (recording: Recorded.Recording): Protocol | undefined => {
  if (recording.provider === "azure") return builtIn["azure-openai"]
  const id = speakers[recording.protocol]
  return id === undefined ? undefined : builtIn[id]
}

/** Recorded as one whole body, not as a stream. */
export const isWhole = (recording: Recorded.Recording): boolean => recording.protocol === "gemini_json"

/** The bytes as the protocol of the recording takes them. */
export const bytesOf = (recording: Recorded.Recording): Buffer => {
  const bytes = Recorded.bytes(recording)
  return recording.protocol === "bedrock_anthropic" ? unpacked(bytes) : bytes
}

/** What a recording folds to. */
export const fold = (recording: Recorded.Recording, protocol: Protocol): Fold.Folded => {
  const bytes = bytesOf(recording)
  if (!isWhole(recording)) return Fold.parts(Fold.read(protocol, bytes).parts)
  const answer = protocol.decode(Json.parseObject(bytes.toString()) ?? {})
  if (answer === undefined) throw new Error(`${recording.file} is no answer of ${protocol.id}`)
  return Fold.response(answer)
}

/** Bedrock's `invoke` packs each event of Anthropic's as base64 into a frame of AWS: unpacked, they are Anthropic's own. */
const unpacked = (bytes: Buffer): Buffer => {
  const codec = new EventStreamCodec(
    (input) => Buffer.from(input as Uint8Array).toString("utf8"),
    (text) => Buffer.from(text)
  )
  const events: Array<string> = []
  for (let at = 0; at < bytes.length;) {
    const length = bytes.readUInt32BE(at)
    const { body } = codec.decode(bytes.subarray(at, at + length))
    const inner = Json.string(Json.at(Json.parse(Buffer.from(body).toString("utf8")), "bytes"))
    if (inner !== undefined) events.push(`data: ${Buffer.from(inner, "base64").toString("utf8")}\n\n`)
    at += length
  }
  return Buffer.from(events.join(""))
}

/** The calls without what the wire leaves open: who numbers a call that has no id, and spaces in arguments. */
export const callsOf = (recording: Recorded.Recording, folded: Fold.Folded) => {
  const named = recording.expected.tool_calls.map((call) => call.id)
  return folded.toolCalls.map(({ arguments: written, id, name }, at) => ({
    id: named[at] === null && id.startsWith("call_") ? null : id,
    name,
    arguments: written.trim() === "" ? {} : (Json.parse(written) ?? written)
  }))
}

/** The calls that the manifest expects; of a call that was cut, its text as far as it came. */
export const expectedCalls = ({ expected }: Recorded.Recording) =>
  expected.tool_calls.map(({ arguments: written, arguments_json: parsed, id, name }) => ({
    id,
    name,
    arguments: parsed ?? (written === "" ? {} : written)
  }))

/** Formats that send the arguments of a call as text. */
const withTexts = new Set(["openai_chat", "responses", "anthropic", "bedrock_anthropic"])

/** Arguments to the letter, where the format has letters; Anthropic sends none for an empty object. */
export const writtenOf = (recording: Recorded.Recording, folded: Fold.Folded) => {
  if (!withTexts.has(recording.protocol)) return []
  const empty = speakers[recording.protocol] === "anthropic-messages" ? "{}" : ""
  return folded.toolCalls.map((call) => (call.arguments === "" ? empty : call.arguments))
}

/** The arguments that are expected, to the letter. */
export const expectedWritten = ({ expected, protocol }: Recorded.Recording) =>
  withTexts.has(protocol) ? expected.tool_calls.map((call) => call.arguments) : []

/** The provider's own word for the end of its answer. Of an answer of Responses that failed the manifest says its status there. */
export const expectedReason = ({ expected }: Recorded.Recording): string | null =>
  expected.finish_reason === "failed" ? null : (expected.incomplete_reason ?? expected.finish_reason)

/** Whether the stream said that nothing more can come; `undefined` where the manifest does not know. */
export const isTerminated = ({ expected, protocol }: Recorded.Recording): boolean | undefined => {
  if (protocol === "openai_chat") return expected.done_marker
  if (protocol === "responses") return expected.error === null
  if (protocol.startsWith("gemini")) return false
  return speakers[protocol] === "anthropic-messages" ? (expected.terminal_event ?? false) : undefined
}

/** The counts that the manifest knows of; its input leaves the cache out where Anthropic speaks. */
export const usageOf = (recording: Recorded.Recording, { usage }: Fold.Folded) => {
  const norm = recording.expected.usage_norm
  if (usage === undefined || norm === null) return usage
  const all: Readonly<Record<string, number | undefined>> = {
    input:
      norm["input_with_cache"] === undefined
        ? usage.inputTokens
        : (usage.inputTokens ?? 0) - (usage.cachedTokens ?? 0) - (usage.cacheWriteTokens ?? 0),
    output: usage.outputTokens,
    total: usage.totalTokens,
    cached: usage.cachedTokens,
    cache_write: usage.cacheWriteTokens,
    input_with_cache: usage.inputTokens,
    reasoning: usage.reasoningTokens
  }
  return Object.fromEntries(known(norm).map(([name]) => [name, all[name] ?? null]))
}

/** Counts that are neutral: what a maker bills or shows beside them is its own. */
const known = (norm: Readonly<Record<string, number | null>>) =>
  Object.entries(norm).filter(([name]) => !name.startsWith("billed") && name !== "output_visible")

/** The counts that are expected. */
export const expectedUsage = ({ expected: { usage_norm: norm } }: Recorded.Recording) =>
  norm === null ? undefined : Object.fromEntries(known(norm))

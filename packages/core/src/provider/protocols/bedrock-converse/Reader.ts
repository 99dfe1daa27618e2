/**
 * Reads a stream of Converse: typed events with numbered blocks; `messageStop` says why, `metadata` after it what was used.
 *
 * Not every model opens its blocks: a text may begin with its first piece. What goes wrong is an exception in a frame of its own. Frames of
 * the older InvokeModel hold a maker's own events: those of Anthropic's models are read by Anthropic's reader, Amazon's are like Converse's.
 */
import * as Json from "../../../domain/Json.ts"
import type { StreamPart } from "../../../domain/Response.ts"
import type { StreamReader, WireEvent } from "../../Protocol.ts"
import * as AnthropicReader from "../anthropic-messages/Reader.ts"
import { GivenNothing } from "../GivenNothing.ts"
import * as Answer from "./Answer.ts"
import * as Finish from "./Finish.ts"
import * as Usage from "./Usage.ts"

const nothing: ReadonlyArray<StreamPart> = []

const novas: ReadonlySet<string> = new Set([
  "messageStart",
  "contentBlockStart",
  "contentBlockDelta",
  "contentBlockStop",
  "messageStop",
  "metadata"
])

/** A reader for one stream. @stability stable @category constructors @since 0.1.0 */
export const make = (): StreamReader => new Reader()

class Reader implements StreamReader {
  #stopped = false
  #told = false
  /** Reads what InvokeModel packs. */
  #packed: StreamReader | undefined
  /** Bedrock's number of a block, with its kind, to ours. */
  readonly #blocks = new Map<string, number>()
  readonly #bare = new GivenNothing()

  readonly read = (event: WireEvent): ReadonlyArray<StreamPart> | "malformed" => {
    const body = Json.parseObject(event.data)
    if (event.event?.startsWith("exception:") === true) return [{ type: "error", body: event.data, event: event.event }]
    if (body === undefined) return "malformed"
    switch (event.event) {
      case "messageStart":
        return [{ type: "start" }]
      case "contentBlockStart":
        return this.#open(body)
      case "contentBlockDelta":
        return this.#delta(body)
      case "contentBlockStop":
        this.#bare.close(this.#blocks.get(keyOf(body, "tool")))
        return nothing
      case "messageStop":
        return this.#stop(body)
      case "metadata":
        return this.#tell(body)
      case "chunk":
        return this.#unpack(body)
      default:
        return nothing
    }
  }

  readonly isComplete = (): boolean => this.#packed?.isComplete() ?? this.#stopped

  readonly isTerminated = (): boolean => this.#packed?.isTerminated() ?? (this.#stopped && this.#told)

  #unpack(body: Json.JsonObject): ReadonlyArray<StreamPart> | "malformed" {
    const data = Buffer.from(Json.string(body["bytes"]) ?? "", "base64").toString("utf8")
    // Nova's own events are those of Converse, each under its name.
    const [name, inner] = Object.entries(Json.parseObject(data) ?? {})[0] ?? []
    if (name !== undefined && novas.has(name)) return this.read({ event: name, data: JSON.stringify(inner) })
    this.#packed ??= AnthropicReader.make()
    return this.#packed.read({ event: undefined, data })
  }

  #open(body: Json.JsonObject): ReadonlyArray<StreamPart> {
    const call = Json.object(Json.at(body, "start", "toolUse"))
    if (call === undefined) return nothing
    const due = this.#bare.next()
    const index = this.#index(body, "tool")
    this.#bare.open(index)
    const id = Json.string(call["toolUseId"]) || `call_${index}`
    return [...due, { type: "toolCallStart", index, id, name: Json.string(call["name"]) ?? "" }]
  }

  #delta(body: Json.JsonObject): ReadonlyArray<StreamPart> {
    const delta = Json.object(body["delta"])
    const text = Json.string(delta?.["text"])
    if (text) return [{ type: "text", index: this.#index(body, "text"), text }]
    const written = Json.string(Json.at(delta, "toolUse", "input"))
    if (written) return this.#arguments(body, written)
    const reasoning = Json.object(delta?.["reasoningContent"])
    if (reasoning !== undefined) return this.#reasoning(body, reasoning)
    const citation = delta?.["citation"]
    return citation === undefined
      ? nothing
      : [{ type: "extra", dialect: "bedrock-converse", fields: { delta: { citation } } }]
  }

  /** Pieces of a call that was never opened belong to nothing. */
  #arguments(body: Json.JsonObject, written: string): ReadonlyArray<StreamPart> {
    const index = this.#blocks.get(keyOf(body, "tool"))
    if (index === undefined) return nothing
    this.#bare.give(index)
    return [{ type: "toolCallDelta", index, arguments: written }]
  }

  #reasoning(body: Json.JsonObject, reasoning: Json.JsonObject): ReadonlyArray<StreamPart> {
    const text = Json.string(reasoning["text"]) ?? ""
    const signature = Json.string(reasoning["signature"]) || undefined
    const redacted = Json.string(reasoning["redactedContent"]) || undefined
    if (text === "" && signature === undefined && redacted === undefined) return nothing
    const index = this.#index(body, "reasoning")
    return [Json.compact({ type: "reasoning" as const, index, text, signature, redacted })]
  }

  #stop(body: Json.JsonObject): ReadonlyArray<StreamPart> {
    this.#stopped = true
    const raw = Json.string(body["stopReason"]) || undefined
    if (raw === undefined) return nothing
    const stopSequence = Finish.sequenceOf(body["additionalModelResponseFields"])
    return [Json.compact({ type: "finish" as const, reason: Finish.read(raw), raw, stopSequence })]
  }

  #tell(body: Json.JsonObject): ReadonlyArray<StreamPart> {
    this.#told = true
    const usage = Usage.of(body)
    const fields = Answer.unknownFields(body)
    return [
      ...(usage === undefined ? nothing : [{ type: "usage" as const, usage }]),
      ...(fields === undefined ? nothing : [{ type: "extra" as const, dialect: "bedrock-converse", fields }])
    ]
  }

  #index(body: Json.JsonObject, kind: string): number {
    const key = keyOf(body, kind)
    const index = this.#blocks.get(key) ?? this.#blocks.size
    this.#blocks.set(key, index)
    return index
  }
}

const keyOf = (body: Json.JsonObject, kind: string): string => `${Json.number(body["contentBlockIndex"]) ?? 0} ${kind}`

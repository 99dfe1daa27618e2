/**
 * Reads a stream of Anthropic's Messages, and of its older text completions (`completion` events).
 *
 * Blocks that only Anthropic knows (its own tools and their results) and citations come as `extra`; events that are not known are
 * skipped, as its versioning policy asks of clients.
 */
import * as Json from "../../../domain/Json.ts"
import type { StreamPart } from "../../../domain/Response.ts"
import type { StreamReader, WireEvent } from "../../Protocol.ts"
import { GivenNothing } from "../GivenNothing.ts"
import * as Whole from "../Whole.ts"
import * as Answer from "./Answer.ts"
import * as Finish from "./Finish.ts"
import * as Usage from "./Usage.ts"

const nothing: ReadonlyArray<StreamPart> = []
const ping: ReadonlyArray<StreamPart> = [{ type: "ping" }]

/** A reader for one stream. @stability stable @category constructors @since 0.1.0 */
export const make = (): StreamReader => new Reader()

class Reader implements StreamReader {
  #stopped = false
  /** A text completion has no terminator. */
  #completed = false
  #usage: Json.JsonObject = {}
  /** Anthropic's block index to ours, for the blocks that have a neutral shape. */
  readonly #blocks = new Map<number, number>()
  /** Blocks that only Anthropic knows. */
  readonly #foreignBlocks = new Set<number>()
  #next = 0
  /** Inputs that came whole with the start of their block, by our number of it: they count where no pieces come. */
  readonly #inputs = new Map<number, string>()
  readonly #bare = new GivenNothing()

  readonly read = (event: WireEvent): ReadonlyArray<StreamPart> | "malformed" => {
    const body = Json.parseObject(event.data)
    // Gateways that speak OpenAI's format too send its end behind Anthropic's.
    if (body === undefined) return event.data.trim() === "[DONE]" ? nothing : "malformed"
    switch (body["type"]) {
      case "content_block_delta":
        return this.#delta(body)
      case "content_block_start":
        return [...this.#bare.next(), ...this.#blockStart(body)]
      case "message_start":
        return this.#messageStart(body)
      case "message_delta":
        return this.#messageDelta(body)
      case "message_stop":
        this.#stopped = true
        return this.#wholeInputs()
      case "content_block_stop":
        this.#bare.close(this.#blocks.get(Json.number(body["index"]) ?? 0))
        return this.#wholeInputs()
      case "ping":
        return ping
      case "error":
        return [{ type: "error", body: event.data }]
      case "completion":
        return this.#completion(body)
      case "message":
        return this.#whole(body)
      case undefined:
        // Bedrock's frames hold text completions without a type.
        return typeof body["completion"] === "string" ? this.#completion(body) : this.#other(body, event)
      default:
        return this.#other(body, event)
    }
  }

  #other(body: Json.JsonObject, event: WireEvent): ReadonlyArray<StreamPart> {
    return event.event === "error" || Json.object(body["error"]) !== undefined
      ? [{ type: "error", body: event.data }]
      : nothing
  }

  /** Whoever speaks this format ends it with `message_stop`; what ends before is cut, and its clients say so. */
  readonly isComplete = (): boolean => this.#stopped || this.#completed

  readonly isTerminated = (): boolean => this.#stopped

  #messageStart(body: Json.JsonObject): ReadonlyArray<StreamPart> {
    const message = Json.object(body["message"]) ?? {}
    const start = Json.compact({
      type: "start" as const,
      id: Json.string(message["id"]),
      model: Json.string(message["model"])
    })
    const begun = Json.array(message["content"]).flatMap((block) => Answer.partOf(Json.object(block)))
    return [start, ...this.#used(message["usage"]), ...begun.flatMap((part) => Whole.partsOf(part, this.#next++))]
  }

  /** Later reports hold less than the first: what they leave out stays. */
  #used(value: Json.Json | undefined): ReadonlyArray<StreamPart> {
    const given = Json.object(value)
    if (given === undefined) return nothing
    const said = Object.entries(given).filter(([, field]) => field !== null)
    this.#usage = { ...this.#usage, ...Object.fromEntries(said) }
    const usage = Usage.read(this.#usage)
    return usage === undefined ? nothing : [{ type: "usage", usage }]
  }

  #blockStart(body: Json.JsonObject): ReadonlyArray<StreamPart> {
    const block = Json.object(body["content_block"]) ?? {}
    const at = Json.number(body["index"]) ?? 0
    switch (block["type"]) {
      case "text": {
        const index = this.#open(at)
        const text = Json.string(block["text"]) ?? ""
        return text === "" ? nothing : [{ type: "text", index, text }]
      }
      case "thinking":
        return this.#thinkingStart(at, block)
      case "redacted_thinking":
        return [{ type: "reasoning", index: this.#open(at), text: "", redacted: Json.string(block["data"]) ?? "" }]
      case "tool_use":
        return this.#toolStart(at, block)
      default:
        this.#foreignBlocks.add(at)
        return this.#foreign(body)
    }
  }

  #thinkingStart(at: number, block: Json.JsonObject): ReadonlyArray<StreamPart> {
    const index = this.#open(at)
    const text = Json.string(block["thinking"]) ?? ""
    const signature = Json.string(block["signature"]) || undefined
    if (text === "" && signature === undefined) return nothing
    return [Json.compact({ type: "reasoning" as const, index, text, signature })]
  }

  #toolStart(at: number, block: Json.JsonObject): ReadonlyArray<StreamPart> {
    const index = this.#open(at)
    const input = Json.object(block["input"])
    if (input !== undefined && Object.keys(input).length > 0) this.#inputs.set(index, JSON.stringify(input))
    else this.#bare.open(index)
    return [
      { type: "toolCallStart", index, id: Json.string(block["id"]) ?? "", name: Json.string(block["name"]) ?? "" }
    ]
  }

  #wholeInputs(): ReadonlyArray<StreamPart> {
    if (this.#inputs.size === 0) return nothing
    const parts = [...this.#inputs].map(([index, input]): StreamPart => ({
      type: "toolCallDelta",
      index,
      arguments: input
    }))
    this.#inputs.clear()
    return parts
  }

  #delta(body: Json.JsonObject): ReadonlyArray<StreamPart> {
    const delta = Json.object(body["delta"])
    const index = this.#indexOf(Json.number(body["index"]) ?? 0, delta?.["type"])
    if (delta === undefined || index === undefined) return this.#foreign(body)
    switch (delta["type"]) {
      case "text_delta":
        return [{ type: "text", index, text: Json.string(delta["text"]) ?? "" }]
      case "thinking_delta":
        return [{ type: "reasoning", index, text: Json.string(delta["thinking"]) ?? "" }]
      case "signature_delta":
        return [{ type: "reasoning", index, text: "", signature: Json.string(delta["signature"]) ?? "" }]
      case "input_json_delta": {
        const written = Json.string(delta["partial_json"]) ?? ""
        if (written === "") return nothing
        this.#inputs.delete(index)
        this.#bare.give(index)
        return [{ type: "toolCallDelta", index, arguments: written }]
      }
      default:
        return this.#foreign(body)
    }
  }

  /** Our number of a block. Some servers never say that a text begins. */
  #indexOf(at: number, type: Json.Json | undefined): number | undefined {
    const known = this.#blocks.get(at)
    if (known !== undefined || this.#foreignBlocks.has(at)) return known
    return type === "text_delta" || type === "thinking_delta" ? this.#open(at) : undefined
  }

  #foreign(body: Json.JsonObject): ReadonlyArray<StreamPart> {
    return [{ type: "extra", dialect: "anthropic-messages", fields: body }]
  }

  #messageDelta(body: Json.JsonObject): ReadonlyArray<StreamPart> {
    const parts = [...this.#wholeInputs(), ...this.#used(body["usage"])]
    const raw = Json.string(Json.at(body, "delta", "stop_reason"))
    if (raw !== undefined)
      parts.push(
        Json.compact({
          type: "finish" as const,
          reason: Finish.read(raw),
          raw,
          stopSequence: Json.string(Json.at(body, "delta", "stop_sequence"))
        })
      )
    const { delta, ...beside } = body
    const fields = Answer.unknownFields({ ...beside, ...Json.object(delta) })
    if (fields !== undefined) parts.push({ type: "extra", dialect: "anthropic-messages", fields })
    return parts
  }

  #completion(body: Json.JsonObject): ReadonlyArray<StreamPart> {
    const parts: Array<StreamPart> = []
    if (this.#next === 0) {
      this.#open(0)
      parts.push(
        Json.compact({ type: "start" as const, id: Json.string(body["id"]), model: Json.string(body["model"]) })
      )
    }
    const text = Json.string(body["completion"]) ?? ""
    if (text !== "") parts.push({ type: "text", index: 0, text })
    const raw = Json.string(body["stop_reason"])
    if (raw !== undefined) {
      this.#completed = true
      parts.push(
        Json.compact({
          type: "finish" as const,
          reason: Finish.read(raw),
          raw,
          stopSequence: Json.string(body["stop"])
        })
      )
    }
    return parts
  }

  /** A server that does not stream answers with one whole message. */
  #whole(body: Json.JsonObject): ReadonlyArray<StreamPart> {
    const response = Answer.decode(body)
    if (response === undefined) return nothing
    this.#stopped = true
    return Whole.parts(response)
  }

  #open(at: number): number {
    const index = this.#next++
    this.#blocks.set(at, index)
    return index
  }
}

/**
 * Reads a stream of Cohere: typed events, content and tool calls each numbered from 0.
 *
 * The plan before a tool call and citations are gathered and given at the end, under Cohere's names.
 */
import * as Json from "../../../domain/Json.ts"
import type { StreamPart } from "../../../domain/Response.ts"
import type { StreamReader, WireEvent } from "../../Protocol.ts"
import * as Whole from "../Whole.ts"
import * as Answer from "./Answer.ts"
import * as Finish from "./Finish.ts"
import * as Usage from "./Usage.ts"

const nothing: ReadonlyArray<StreamPart> = []

/** A reader for one stream. @stability stable @category constructors @since 0.1.0 */
export const make = (): StreamReader => new Reader()

class Reader implements StreamReader {
  #ended = false
  #block: "none" | "text" | "reasoning" = "none"
  #index = -1
  /** Cohere's number of a tool call to ours. */
  readonly #calls = new Map<number, number>()
  #plan = ""
  readonly #citations: Array<Json.Json> = []

  readonly read = (event: WireEvent): ReadonlyArray<StreamPart> | "malformed" => {
    if (event.data === "[DONE]") return nothing
    const body = Json.parseObject(event.data)
    if (body === undefined) return "malformed"
    const message = Json.object(Json.at(body, "delta", "message"))
    switch (body["type"]) {
      case "message-start":
        return [Json.compact({ type: "start" as const, id: Json.string(body["id"]) || undefined })]
      case "content-start":
        this.#block = "none"
        return this.#content(message)
      case "content-delta":
        return this.#content(message)
      case "tool-plan-delta":
        this.#plan += Json.string(message?.["tool_plan"]) ?? ""
        return nothing
      case "tool-call-start":
        return this.#callStart(body, message)
      case "tool-call-delta":
        return this.#callDelta(body, message)
      case "citation-start":
        if (message?.["citations"] !== undefined) this.#citations.push(message["citations"])
        return nothing
      case "message-end":
        return this.#end(body, event.data)
      default:
        return isError(event, body) ? [{ type: "error", body: event.data }] : this.#whole(body, event.data)
    }
  }

  readonly isComplete = (): boolean => this.#ended

  readonly isTerminated = (): boolean => this.#ended

  #content(message: Json.JsonObject | undefined): ReadonlyArray<StreamPart> {
    const content = message?.["content"]
    const thinking = Json.string(Json.at(content, "thinking"))
    if (thinking) return [{ type: "reasoning", index: this.#open("reasoning"), text: thinking }]
    const text = Json.string(Json.at(content, "text"))
    return text ? [{ type: "text", index: this.#open("text"), text }] : nothing
  }

  #callStart(body: Json.JsonObject, message: Json.JsonObject | undefined): ReadonlyArray<StreamPart> {
    this.#block = "none"
    this.#index += 1
    this.#calls.set(Json.number(body["index"]) ?? this.#calls.size, this.#index)
    const call = message?.["tool_calls"]
    const start: StreamPart = {
      type: "toolCallStart",
      index: this.#index,
      id: Json.string(Json.at(call, "id")) || `call_${this.#index}`,
      name: Json.string(Json.at(call, "function", "name")) ?? ""
    }
    return [start, ...this.#callDelta(body, message)]
  }

  #callDelta(body: Json.JsonObject, message: Json.JsonObject | undefined): ReadonlyArray<StreamPart> {
    const index = this.#calls.get(Json.number(body["index"]) ?? this.#calls.size - 1)
    const written = Json.string(Json.at(message?.["tool_calls"], "function", "arguments"))
    return index === undefined || !written
      ? nothing
      : [{ type: "toolCallDelta", index, arguments: Answer.argumentsOf(written) }]
  }

  /** What was used comes first, where it ended in an error: nothing after the error is read. */
  #end(body: Json.JsonObject, data: string): ReadonlyArray<StreamPart> {
    const delta = Json.object(body["delta"])
    const usage = Usage.read(delta?.["usage"])
    const used: ReadonlyArray<StreamPart> = usage === undefined ? nothing : [{ type: "usage", usage }]
    const raw = Json.string(delta?.["finish_reason"]) || undefined
    if (Json.string(delta?.["error"]) || Finish.isFailure(raw)) return [...used, { type: "error", body: data }]
    this.#ended = true
    const finish: ReadonlyArray<StreamPart> =
      raw === undefined ? nothing : [{ type: "finish", reason: Finish.read(raw), raw }]
    const fields = Answer.fieldsOf(this.#plan, this.#citations)
    return [
      ...finish,
      ...used,
      ...(fields === undefined ? nothing : [{ type: "extra" as const, dialect: "cohere", fields }])
    ]
  }

  /** A server that does not stream answers with one whole message. */
  #whole(body: Json.JsonObject, data: string): ReadonlyArray<StreamPart> {
    const response = body["type"] === undefined ? Answer.decode(body) : undefined
    if (response === undefined) return nothing
    if (Finish.isFailure(response.rawFinishReason)) return [{ type: "error", body: data }]
    this.#ended = true
    return Whole.parts(response)
  }

  #open(block: "text" | "reasoning"): number {
    if (this.#block !== block) {
      this.#block = block
      this.#index += 1
    }
    return this.#index
  }
}

/** An error in the place of an event: `{"message": "..."}`, as in the body of an HTTP error. */
const isError = (event: WireEvent, body: Json.JsonObject): boolean =>
  event.event === "error" ||
  body["type"] === "error" ||
  (body["error"] !== undefined && body["error"] !== null) ||
  (body["type"] === undefined && typeof body["message"] === "string")

/**
 * Reads a stream of Ollama: each line a piece of the message, the last one with `done`, why, and what was used.
 */
import * as Exact from "../../../domain/Exact.ts"
import * as Json from "../../../domain/Json.ts"
import type { StreamPart } from "../../../domain/Response.ts"
import type { StreamReader, WireEvent } from "../../Protocol.ts"
import * as CallId from "../CallId.ts"
import * as Finish from "./Finish.ts"
import * as Pieces from "./Pieces.ts"
import * as Usage from "./Usage.ts"

/** A reader for one stream. @stability stable @category constructors @since 0.1.0 */
export const make = (): StreamReader => new Reader()

class Reader implements StreamReader {
  #started = false
  #done = false
  #calls = 0
  /** When the answer was begun. */
  #made: string | undefined
  #block: "none" | "text" | "reasoning" | "tool" = "none"
  #index = -1

  readonly read = (event: WireEvent): ReadonlyArray<StreamPart> | "malformed" => {
    const line = event.data.includes('"tool_calls"') ? Exact.parseObject(event.data) : Json.parseObject(event.data)
    if (line === undefined) return "malformed"
    if (line["error"] !== undefined && line["error"] !== null) return [{ type: "error", body: event.data }]
    const parts: Array<StreamPart> = []
    const piece = Pieces.of(line)
    if (piece !== undefined) {
      if (!this.#started) parts.push(this.#start(line))
      this.#piece(piece, Pieces.logprobs(line), parts)
    }
    if (line["done"] === true) this.#finish(line, parts)
    return parts
  }

  readonly isComplete = (): boolean => this.#done

  readonly isTerminated = (): boolean => this.#done

  #start(line: Json.JsonObject): StreamPart {
    this.#started = true
    this.#made = Json.string(line["created_at"])
    const model = Json.string(line["model"]) || undefined
    return Json.compact({ type: "start" as const, model, created: Pieces.created(line) })
  }

  #piece(
    piece: Pieces.Piece,
    logprobs: { readonly content: ReadonlyArray<Json.Json> } | undefined,
    parts: Array<StreamPart>
  ): void {
    if (piece.thinking !== "") {
      parts.push({ type: "reasoning", index: this.#open("reasoning"), text: piece.thinking })
    }
    if (piece.text !== "") {
      parts.push(Json.compact({ type: "text" as const, index: this.#open("text"), text: piece.text, logprobs }))
    }
    for (const call of piece.calls) {
      this.#block = "tool"
      const index = ++this.#index
      parts.push({ type: "toolCallStart", index, id: CallId.make(call.id, this.#made, this.#calls++), name: call.name })
      parts.push({ type: "toolCallDelta", index, arguments: call.arguments })
    }
  }

  #finish(line: Json.JsonObject, parts: Array<StreamPart>): void {
    this.#done = true
    const raw = Json.string(line["done_reason"]) || undefined
    const hasReason = raw !== undefined || this.#index >= 0
    if (hasReason) parts.push(Json.compact({ type: "finish" as const, reason: Finish.read(raw, this.#calls > 0), raw }))
    const usage = Usage.of(line)
    if (usage !== undefined) parts.push({ type: "usage", usage })
    const fields = Pieces.unknownFields(line)
    if (fields !== undefined) parts.push({ type: "extra", dialect: "ollama", fields })
  }

  #open(block: "text" | "reasoning"): number {
    if (this.#block !== block) {
      this.#block = block
      this.#index += 1
    }
    return this.#index
  }
}

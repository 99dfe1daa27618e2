/**
 * Reads a stream of Gemini, whose events are whole answers with a piece of the content each.
 *
 * There is no terminator, and some servers say `STOP` in every chunk: a stream is complete once any finish reason of each of its answers was
 * seen, and the last one counts. Function calls come whole, or in pieces where the caller asked for that. A prompt that was refused is an answer without candidates.
 */
import * as Exact from "../../../domain/Exact.ts"
import * as Json from "../../../domain/Json.ts"
import type { AssistantPart } from "../../../domain/Request.ts"
import type { FinishReason, StreamPart } from "../../../domain/Response.ts"
import type { StreamReader, WireEvent } from "../../Protocol.ts"
import * as CallId from "../CallId.ts"
import { OtherAnswers } from "../OtherAnswers.ts"
import * as Answer from "./Answer.ts"
import * as Finish from "./Finish.ts"
import * as Logprobs from "./Logprobs.ts"
import { PartialCall } from "./PartialCall.ts"
import * as Usage from "./Usage.ts"

const nothing: ReadonlyArray<StreamPart> = []

/** A reader for one stream. @stability stable @category constructors @since 0.1.0 */
export const make = (): StreamReader => new Reader()

type Block = "text" | "reasoning" | "other"
type Picture = Extract<AssistantPart, { readonly type: "image" }>

class Reader implements StreamReader {
  #started = false
  #finish: { readonly reason: FinishReason; readonly raw: string | undefined } | undefined
  #block: Block = "other"
  #index = -1
  #calls = 0
  #id: string | undefined
  readonly #others = new OtherAnswers()
  /** The call whose arguments are coming. */
  #partial: PartialCall | undefined
  /** The last picture that the model thought in, for an answer that has no other. */
  #draft: Picture | undefined
  #hasPicture = false

  readonly read = (event: WireEvent): ReadonlyArray<StreamPart> | "malformed" => {
    const body = event.data.includes('"functionCall"') ? Exact.parseObject(event.data) : Json.parseObject(event.data)
    if (body === undefined) return event.data.trim() === "[DONE]" ? nothing : "malformed"
    if (event.event === "error" || isSet(body["error"])) return this.#failed(body, event.data)
    const candidate = Answer.candidateOf(body)
    const blocked = Answer.blockReason(body)
    const usage = Usage.of(body)
    const parts: Array<StreamPart> = []
    if (candidate !== undefined || blocked !== undefined || usage !== undefined) this.#start(body, parts)
    if (candidate !== undefined) this.#content(candidate, parts)
    const candidates = Json.array(body["candidates"])
    if (candidates.length > 1 || candidate === undefined) this.#beside(candidates, parts)
    if (usage !== undefined) parts.push({ type: "usage", usage })
    const raw = Answer.finishOf(candidate)
    if (raw !== undefined) this.#endCall(parts)
    if (raw !== undefined && this.#draft !== undefined) this.#endDraft(this.#draft, parts)
    if (raw !== undefined) this.#finished(Finish.read(raw, this.#said()), raw, parts)
    else if (blocked !== undefined && this.#finish === undefined) this.#finished("content_filter", undefined, parts)
    if (this.#finish !== undefined || isCiting(candidate)) this.#extra(body, candidate ?? {}, parts)
    return parts
  }

  readonly isComplete = (): boolean => this.#finish !== undefined && this.#others.haveEnded

  readonly isTerminated = (): boolean => false

  #said(): "calls" | "anything" | "nothing" {
    if (this.#calls > 0) return "calls"
    return this.#index >= 0 ? "anything" : "nothing"
  }

  /** What the event says beside its error comes first: nothing after the error is read. */
  #failed(body: Json.JsonObject, data: string): ReadonlyArray<StreamPart> {
    const usage = Usage.of(body)
    const error: StreamPart = { type: "error", body: data }
    return usage === undefined ? [error] : [{ type: "usage", usage }, error]
  }

  #start(body: Json.JsonObject, parts: Array<StreamPart>): void {
    if (this.#started) return
    this.#started = true
    this.#id = Json.string(body["responseId"])
    parts.push(
      Json.compact({
        type: "start" as const,
        id: this.#id,
        model: Json.string(body["modelVersion"]),
        created: Answer.createdOf(body)
      })
    )
  }

  #beside(candidates: ReadonlyArray<Json.Json>, parts: Array<StreamPart>): void {
    for (const item of candidates) {
      const candidate = Json.object(item)
      const index = Json.number(candidate?.["index"]) ?? 0
      if (candidate === undefined || index === 0) continue
      const pieces = Json.array(Json.at(candidate, "content", "parts"))
      const texts = pieces.map((piece) => Json.string(Json.at(piece, "text")))
      const saysMore = texts.includes(undefined)
      this.#others.take(index, texts.join(""), saysMore, Answer.finishOf(candidate) !== undefined, parts)
    }
  }

  #content(candidate: Json.JsonObject, parts: Array<StreamPart>): void {
    let logprobs = Logprobs.read(candidate["logprobsResult"])
    for (const item of Json.array(Json.at(candidate, "content", "parts"))) {
      const call = Json.object(Json.at(item, "functionCall"))
      if (call !== undefined && this.#piece(call, item, parts)) continue
      const part = Answer.partOf(Json.object(item) ?? {}, this.#id, this.#calls)
      if (part === undefined) continue
      if (part.type === "text" && part.text !== "" && logprobs !== undefined) {
        parts.push({ type: "text", index: this.#open("text"), text: part.text, logprobs })
        logprobs = undefined
      } else this.#part(part, Json.object(item)!, parts)
    }
  }

  /** A piece of a call; `false` where it is a whole one. */
  #piece(call: Json.JsonObject, item: Json.Json, parts: Array<StreamPart>): boolean {
    const isNew = Boolean(Json.string(call["name"]))
    if (isNew) this.#endCall(parts)
    const goesOn = call["willContinue"] === true
    if (isNew && !goesOn && call["partialArgs"] === undefined) return false
    if (isNew) this.#openCall(call, item, parts)
    this.#partial?.add(call)
    if (!goesOn) this.#endCall(parts)
    return true
  }

  #openCall(call: Json.JsonObject, item: Json.Json, parts: Array<StreamPart>): void {
    const index = this.#open("other")
    const id = CallId.make(call["id"], this.#id, this.#calls)
    const signature = Json.string(Json.at(item, "thoughtSignature")) || undefined
    this.#calls += 1
    this.#partial = new PartialCall(index)
    const name = Json.string(call["name"]) ?? ""
    parts.push(Json.compact({ type: "toolCallStart" as const, index, id, name, signature }))
  }

  #endCall(parts: Array<StreamPart>): void {
    if (this.#partial === undefined) return
    parts.push({ type: "toolCallDelta", index: this.#partial.index, arguments: this.#partial.text })
    this.#partial = undefined
  }

  #part(part: NonNullable<ReturnType<typeof Answer.partOf>>, raw: Json.JsonObject, parts: Array<StreamPart>): void {
    switch (part.type) {
      case "text":
      case "reasoning":
        if (part.text !== "") parts.push({ type: part.type, index: this.#open(part.type), text: part.text })
        if (part.extra !== undefined) parts.push({ type: "extra", dialect: "gemini", fields: { part: raw } })
        return
      case "toolCall": {
        const { id, name, signature } = part
        const index = this.#open("other")
        this.#calls += 1
        parts.push(Json.compact({ type: "toolCallStart" as const, index, id, name, signature }))
        parts.push({ type: "toolCallDelta", index, arguments: part.arguments })
        return
      }
      case "image":
        if (Answer.isDraft(part, raw)) this.#draft = part
        else this.#picture(part, parts)
        return
      case "refusal":
        return
    }
  }

  #picture({ data = "", mediaType = "image/png" }: Picture, parts: Array<StreamPart>): void {
    this.#hasPicture = true
    parts.push({ type: "image", index: this.#open("other"), mediaType, data })
  }

  #endDraft(draft: Picture, parts: Array<StreamPart>): void {
    this.#draft = undefined
    if (!this.#hasPicture) this.#picture(draft, parts)
  }

  #finished(reason: FinishReason, raw: string | undefined, parts: Array<StreamPart>): void {
    if (this.#finish?.reason === reason && this.#finish.raw === raw) return
    this.#finish = { reason, raw }
    parts.push(Json.compact({ type: "finish" as const, reason, raw }))
  }

  /** Ratings are whole in the last chunks, and sources in the last that has them. */
  #extra(body: Json.JsonObject, candidate: Json.JsonObject, parts: Array<StreamPart>): void {
    const fields = Answer.unknownFields(body, candidate)
    if (fields !== undefined) parts.push({ type: "extra", dialect: "gemini", fields })
  }

  /** Texts go on in the block that is open; everything else is a block of its own. */
  #open(block: Block): number {
    if (block === "other" || this.#block !== block) this.#index += 1
    this.#block = block
    return this.#index
  }
}

/** Whether a chunk names sources: they need not come with the last. */
const isCiting = (candidate: Json.JsonObject | undefined): boolean =>
  candidate !== undefined &&
  (candidate["groundingMetadata"] ?? candidate["citationMetadata"] ?? candidate["urlContextMetadata"]) !== undefined

const isSet = (value: Json.Json | undefined): boolean => value !== undefined && value !== null && value !== false

/**
 * Reads a stream of OpenAI's Responses.
 *
 * What comes in pieces is read in pieces. What a server sends only whole (an item without deltas, an answer that is all in its last event,
 * encrypted reasoning) is read off the event that holds it. Events that are not known are skipped, as OpenAI asks of clients.
 */
import * as Json from "../../../domain/Json.ts"
import type { StreamPart } from "../../../domain/Response.ts"
import type { StreamReader, WireEvent } from "../../Protocol.ts"
import * as Whole from "../Whole.ts"
import * as Answer from "./Answer.ts"
import * as Finish from "./Finish.ts"
import * as Proof from "./Proof.ts"
import * as Usage from "./Usage.ts"

const dialect = "openai-responses"
const nothing: ReadonlyArray<StreamPart> = []

type Kind = "text" | "refusal" | "reasoning"

/** What is known of an output item. */
interface Item {
  /** Our number of its tool call. */
  call: number | undefined
  /** Whether any of its content came in pieces. */
  inPieces: boolean
  /** Whether it was said whole: what comes under its number after that is another, for servers that number every item alike. */
  isDone: boolean
}

/** What an item adds to the answer. */
type Sort = "message" | "function_call" | "reasoning"

/** A reader for one stream. @stability stable @category constructors @since 0.1.0 */
export const make = (): StreamReader => new Reader()

class Reader implements StreamReader {
  #started = false
  #ended = false
  #hasToolCalls = false
  /** Our number of the next block. */
  #next = 0
  readonly #items = new Map<number, Item>()
  readonly #seen = new Set<Sort>()
  /** The block that is open, by item and place in it, and its number. */
  #block = ""
  #index = -1
  /** All that were opened. */
  readonly #blocks = new Set<string>()

  readonly read = (event: WireEvent): ReadonlyArray<StreamPart> | "malformed" => {
    // It stands behind the end. Before it, clients would take it for one and see no error after it.
    if (event.data.trim() === "[DONE]") return this.#ended ? nothing : "malformed"
    const body = Json.parseObject(event.data)
    if (body === undefined) return "malformed"
    switch (body["type"]) {
      case "response.output_text.delta":
        return this.#delta("text", body, body["content_index"])
      case "response.refusal.delta":
        return this.#delta("refusal", body, body["content_index"])
      case "response.reasoning_summary_text.delta":
        return this.#delta("reasoning", body, body["summary_index"])
      case "response.reasoning_text.delta":
        return this.#delta("reasoning", body, body["content_index"])
      case "response.output_text.done":
        return this.#whole("text", body, body["text"])
      case "response.refusal.done":
        return this.#whole("refusal", body, body["refusal"])
      case "response.function_call_arguments.delta":
        return this.#arguments(body, body["delta"])
      case "response.function_call_arguments.done":
        return this.#item(placeOf(body)).inPieces ? nothing : this.#arguments(body, body["arguments"])
      case "response.output_item.added":
        return this.#added(body)
      case "response.output_item.done":
        return this.#done(body)
      case "response.created":
      case "response.queued":
      case "response.in_progress":
        return this.#start(Json.object(body["response"]) ?? {})
      case "response.completed":
      case "response.incomplete":
      case "response.done":
        return this.#finished({ status: body["type"].slice("response.".length), ...Json.object(body["response"]) })
      case "response.output_text.annotation.added":
        return [{ type: "extra", dialect, fields: body }]
      case "error":
      case "response.failed":
        return this.#failed(body, event.data)
      default:
        return this.#other(body, event)
    }
  }

  readonly isComplete = (): boolean => this.#ended

  readonly isTerminated = (): boolean => this.#ended

  #start(response: Json.JsonObject): ReadonlyArray<StreamPart> {
    if (this.#started) return nothing
    this.#started = true
    return [
      Json.compact({
        type: "start" as const,
        id: Json.string(response["id"]) || undefined,
        model: Json.string(response["model"]) || undefined,
        created: Json.number(response["created_at"]) || undefined
      })
    ]
  }

  #delta(kind: Kind, body: Json.JsonObject, place: Json.Json | undefined): ReadonlyArray<StreamPart> {
    const text = Json.string(body["delta"]) ?? ""
    if (text === "") return nothing
    const at = placeOf(body)
    this.#item(at).inPieces = true
    this.#seen.add(kind === "reasoning" ? kind : "message")
    const index = this.#open(blockOf(kind, body, place))
    const logprobs = kind === "text" ? Answer.logprobs(Json.array(body["logprobs"])) : undefined
    return [logprobs === undefined ? { type: kind, index, text } : { type: "text", index, text, logprobs }]
  }

  /** What was used comes first: nothing after the error is read. */
  #failed(body: Json.JsonObject, data: string): ReadonlyArray<StreamPart> {
    const usage = Usage.of(Json.object(body["response"]) ?? {})
    const error: StreamPart = { type: "error", body: data }
    return usage === undefined ? [error] : [{ type: "usage", usage }, error]
  }

  /** A text of which no piece came. */
  #whole(kind: "text" | "refusal", body: Json.JsonObject, said: Json.Json | undefined): ReadonlyArray<StreamPart> {
    if (this.#blocks.has(blockOf(kind, body, body["content_index"]))) return nothing
    return this.#delta(kind, { ...body, delta: said ?? "" }, body["content_index"])
  }

  #added(body: Json.JsonObject): ReadonlyArray<StreamPart> {
    const item = Json.object(body["item"]) ?? {}
    if (!isCall(item)) return nothing
    const at = placeOf(body)
    return this.#item(at).call === undefined ? this.#callStart(at, item) : nothing
  }

  #callStart(at: number, item: Json.JsonObject): ReadonlyArray<StreamPart> {
    this.#hasToolCalls = true
    this.#seen.add("function_call")
    this.#block = ""
    const index = this.#next++
    this.#item(at).call = index
    return [{ type: "toolCallStart", index, id: Answer.callIdOf(item), name: Json.string(item["name"]) ?? "" }]
  }

  #arguments(body: Json.JsonObject, written: Json.Json | undefined): ReadonlyArray<StreamPart> {
    const item = this.#item(placeOf(body))
    if (typeof written !== "string" || written === "" || item.call === undefined) return nothing
    item.inPieces = true
    return [{ type: "toolCallDelta", index: item.call, arguments: written }]
  }

  /** An item is whole: what of it did not come in pieces comes now. */
  #done(body: Json.JsonObject): ReadonlyArray<StreamPart> {
    const item = Json.object(body["item"]) ?? {}
    const at = placeOf(body)
    const known = this.#item(at)
    const inPieces = known.inPieces
    if (isCall(item)) {
      const start = known.call === undefined ? this.#callStart(at, item) : nothing
      const rest = inPieces ? nothing : this.#arguments(body, Answer.argumentsOf(item))
      known.isDone = true
      return [...start, ...rest]
    }
    known.isDone = true
    this.#seen.add(item["type"] as Sort)
    if (item["type"] === "reasoning" && inPieces) return this.#proof(at, item)
    return inPieces ? nothing : this.#parts(item)
  }

  #proof(at: number, item: Json.JsonObject): ReadonlyArray<StreamPart> {
    const proof = Proof.read(Json.string(item["encrypted_content"]))
    if (proof.signature === undefined && proof.redacted === undefined) return nothing
    const index = this.#block.startsWith(`reasoning ${at} `) ? this.#index : this.#open(`reasoning ${at} proof`)
    return [{ type: "reasoning", index, text: "", ...proof }]
  }

  /** The parts of a whole item, each in a block of its own. */
  #parts(item: Json.JsonObject): ReadonlyArray<StreamPart> {
    return Answer.partsOf(item).flatMap((part): ReadonlyArray<StreamPart> => {
      if (part.type === "text" && part.text === "") return [{ type: "extra", dialect, fields: { item } }]
      this.#block = ""
      return Whole.partsOf(part, this.#next++)
    })
  }

  #finished(response: Json.JsonObject): ReadonlyArray<StreamPart> {
    this.#ended = true
    const start = this.#start(response)
    const late = this.#unsaid(response["output"])
    const usage = Usage.of(response)
    const finish = Finish.read(response, this.#hasToolCalls)
    const fields = Answer.unknownFields(response)
    return [
      ...start,
      ...late,
      ...(usage === undefined ? [] : [{ type: "usage" as const, usage }]),
      ...(finish === undefined ? [] : [{ type: "finish" as const, ...finish }]),
      ...(fields === undefined ? [] : [{ type: "extra" as const, dialect, fields }])
    ]
  }

  /** The items of a sort of which nothing came before the whole answer. */
  #unsaid(output: Json.Json | undefined): ReadonlyArray<StreamPart> {
    const seen: ReadonlySet<unknown> = this.#seen
    const isNew = (type: unknown): boolean => this.#items.size === 0 || (sorts.has(type) && !seen.has(type))
    const rest = Json.array(output).filter((item) => isNew(Json.at(item, "type")))
    const from = Math.max(-1, ...this.#items.keys()) + 1
    return rest.flatMap((item, at) => this.#done({ item, output_index: from + at }))
  }

  /** An error in the place of an event, a server that does not stream, or an event that is not known. */
  #other(body: Json.JsonObject, event: WireEvent): ReadonlyArray<StreamPart> {
    const error = body["error"]
    const isResponse = body["object"] === "response" && Array.isArray(body["output"])
    if (event.event === "error" || body["status"] === "failed") return [{ type: "error", body: event.data }]
    if (isResponse) return this.#finished(body)
    const isError = typeof body["type"] !== "string" && error !== undefined && error !== null && error !== false
    return isError ? [{ type: "error", body: event.data }] : nothing
  }

  #item(at: number): Item {
    let item = this.#items.get(at)
    if (item === undefined || item.isDone) {
      item = { call: undefined, inPieces: false, isDone: false }
      this.#items.set(at, item)
    }
    return item
  }

  #open(block: string): number {
    if (this.#block !== block) {
      this.#block = block
      this.#blocks.add(block)
      this.#index = this.#next++
    }
    return this.#index
  }
}

const placeOf = (body: Json.JsonObject): number => Json.number(body["output_index"]) ?? 0

const blockOf = (kind: Kind, body: Json.JsonObject, place: Json.Json | undefined): string =>
  `${kind} ${placeOf(body)} ${Json.number(place) ?? 0}`

const isCall = (item: Json.JsonObject): boolean => item["type"] === "function_call"

const sorts: ReadonlySet<unknown> = new Set(["message", "function_call"])

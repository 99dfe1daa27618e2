/**
 * Reads a stream of OpenAI chat chunks as its many speakers send them.
 *
 * Leniencies, each with a recording in the tests: no `[DONE]`; no finish reason; empty ids; tool calls whole, in pieces, without index or with
 * an empty name in later pieces; usage in the last chunk, in every chunk, in the choice or in `x_groq`; reasoning under four names; chunks with
 * empty choices; sources in the piece or in the choice; an error in the place of a chunk or inside one; the text completions of before chat.
 */
import * as Json from "../../../domain/Json.ts"
import type { FinishReason, StreamPart } from "../../../domain/Response.ts"
import type { StreamReader, WireEvent } from "../../Protocol.ts"
import { OtherAnswers } from "../OtherAnswers.ts"
import * as Whole from "../Whole.ts"
import * as Content from "./Content.ts"
import * as Finish from "./Finish.ts"
import { ToolCalls } from "./ToolCalls.ts"
import * as Usage from "./Usage.ts"

const nothing: ReadonlyArray<StreamPart> = []

type Block = "none" | "text" | "reasoning" | "refusal" | "tool"

/** A reader for one stream. @stability stable @category constructors @since 0.1.0 */
export const make = (): StreamReader => new Reader()

class Reader implements StreamReader {
  #started = false
  #done = false
  #finish: FinishReason | undefined
  #block: Block = "none"
  /** Index of the block that is open; the next one gets the next number. */
  #index = -1
  #id: string | undefined
  readonly #calls = new ToolCalls(
    () => {
      this.#block = "tool"
      return ++this.#index
    },
    () => this.#id
  )
  readonly #others = new OtherAnswers()
  readonly #annotations: Array<Json.Json> = []
  /** Reasoning was seen as plain text. */
  #isPlain = false

  readonly read = (event: WireEvent): ReadonlyArray<StreamPart> | "malformed" => {
    const { data } = event
    if (data === "[DONE]") {
      this.#done = true
      return this.#rest()
    }
    const chunk = Json.parseObject(data)
    if (chunk === undefined)
      return data.trim() === "[DONE]" ? this.read({ event: event.event, data: "[DONE]" }) : "malformed"
    if (event.event === "error" || isError(chunk)) return this.#failed(chunk, data)
    return this.#chunk(chunk, data)
  }

  /** Where it says of one answer how that ended, each that has begun has to end so; `[DONE]` alone ends what never says. */
  readonly isComplete = (): boolean =>
    this.#finish === undefined ? this.#done && !this.#others.someHaveEnded : this.#others.haveEnded

  readonly isTerminated = (): boolean => this.#done

  /** Of servers that give no finish reason. */
  #rest(): ReadonlyArray<StreamPart> {
    const parts: Array<StreamPart> = []
    this.#calls.end(parts)
    return parts.length === 0 ? nothing : parts
  }

  /** What the chunk says beside its error (what was used, above all) comes first: nothing after the error is read. */
  #failed(chunk: Json.JsonObject, data: string): ReadonlyArray<StreamPart> {
    const usage = Usage.of(chunk)
    const error: StreamPart = { type: "error", body: data }
    return usage === undefined ? [error] : [{ type: "usage", usage }, error]
  }

  #chunk(chunk: Json.JsonObject, data: string): ReadonlyArray<StreamPart> {
    const choices = Json.array(chunk["choices"])
    const parts: Array<StreamPart> = []
    const choice = Content.choiceOf(choices)
    if (choice !== undefined) {
      if (!this.#started) parts.push(this.#start(chunk))
      this.#delta(deltaOf(choice), choice, parts)
      const raw = Finish.said(choice)
      if (raw !== undefined) {
        if (Finish.isFailure(raw)) return [...parts, ...this.#failed(chunk, data)]
        this.#finished(raw, parts)
      }
    }
    if (choices.length > 1 || choice === undefined) this.#beside(choices, parts)
    const usage = chunk["usage"] === null && choice?.["usage"] === undefined ? undefined : Usage.of(chunk)
    if (usage !== undefined) parts.push({ type: "usage", usage })
    if (choice === undefined ? usage === undefined : this.#finish !== undefined) {
      const fields = Content.unknownFields(chunk)
      if (fields !== undefined) parts.push({ type: "extra", dialect: "openai-chat", fields })
    }
    return parts
  }

  #beside(choices: ReadonlyArray<Json.Json>, parts: Array<StreamPart>): void {
    for (const item of choices) {
      const choice = Json.object(item)
      const index = Json.number(choice?.["index"]) ?? 0
      if (choice === undefined || index === 0) continue
      const delta = deltaOf(choice)
      this.#others.take(index, Content.textOf(delta) ?? "", saysMore(delta), Finish.said(choice) !== undefined, parts)
    }
  }

  #start(chunk: Json.JsonObject): StreamPart {
    this.#started = true
    this.#id = Json.string(chunk["id"]) || undefined
    return Json.compact({
      type: "start" as const,
      id: this.#id,
      model: Json.string(chunk["model"]) || undefined,
      created: Json.number(chunk["created"]) || undefined
    })
  }

  #delta(delta: Json.JsonObject, choice: Json.JsonObject, parts: Array<StreamPart>): void {
    const content = delta["content"]
    const reasoning = this.#reasoning(delta)
    if (reasoning !== "") {
      parts.push({ type: "reasoning", index: this.#open("reasoning"), text: reasoning })
    }
    for (const signed of Content.signatures(delta["reasoning_details"])) {
      parts.push({ type: "reasoning", index: this.#open("reasoning"), text: "", ...signed })
    }
    const said = Content.textOf(delta)
    if (said !== undefined) {
      if (said !== "")
        parts.push(withLogprobs({ type: "text", index: this.#open("text"), text: said }, choice["logprobs"]))
    } else if (Array.isArray(content)) this.#pieces(content, parts)
    const refusal = delta["refusal"]
    if (typeof refusal === "string" && refusal !== "") {
      parts.push({ type: "refusal", index: this.#open("refusal"), text: refusal })
    }
    const calls = delta["tool_calls"]
    if (Array.isArray(calls)) for (const call of calls) this.#calls.add(Json.object(call), parts)
    const legacy = Content.legacyCall(delta)
    if (legacy !== undefined) this.#calls.add({ index: 0, function: legacy }, parts)
    this.#images(delta["images"], parts)
    this.#cited(delta["annotations"] ?? choice["annotations"], parts)
  }

  /** Some cite beside the words, others behind them: all that was cited so far is said, as a whole answer has it. */
  #cited(annotations: Json.Json | undefined, parts: Array<StreamPart>): void {
    const more = Json.array(annotations)
    if (more.length === 0) return
    this.#annotations.push(...more)
    const message = { annotations: [...this.#annotations] }
    parts.push({ type: "extra", dialect: "openai-chat", fields: { message } })
  }

  /** Details count only where no plain text ever came. */
  #reasoning(delta: Json.JsonObject): string {
    const plain = Content.reasoning(delta)
    if (plain !== "") this.#isPlain = true
    return this.#isPlain ? plain : Content.detailedReasoning(delta)
  }

  /** Reasoning models of Mistral and Databricks send content as a list of thinking and text pieces. */
  #pieces(content: ReadonlyArray<Json.Json>, parts: Array<StreamPart>): void {
    for (const piece of Content.pieces(content)) parts.push({ ...piece, index: this.#open(piece.type) })
    this.#images(content, parts)
  }

  #images(images: unknown, parts: Array<StreamPart>): void {
    for (const image of Content.images(images)) {
      this.#block = "none"
      this.#index += 1
      parts.push(...Whole.partsOf({ type: "image", ...image }, this.#index))
    }
  }

  #finished(raw: string, parts: Array<StreamPart>): void {
    this.#calls.end(parts)
    const reason = Finish.read(raw, !this.#calls.isEmpty)
    if (this.#finish === reason) return
    this.#finish = reason
    parts.push({ type: "finish", reason, raw })
  }

  #open(block: Block): number {
    if (this.#block !== block) {
      this.#block = block
      this.#index += 1
    }
    return this.#index
  }
}

/** What a choice adds. Text completions have their text beside where chat has its message. */
const deltaOf = (choice: Json.JsonObject): Json.JsonObject =>
  Json.object(choice["delta"]) ?? Json.object(choice["message"]) ?? Json.compact({ content: choice["text"] })

/** Whether a delta holds anything beside a role and texts that are empty. */
const saysMore = (delta: Json.JsonObject): boolean => {
  for (const key in delta) {
    const value = delta[key]
    const isNothing =
      value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0)
    if (key !== "role" && !isNothing) return true
  }
  return false
}

const withLogprobs = (part: StreamPart & { type: "text" }, logprobs: Json.Json | undefined): StreamPart =>
  Json.object(logprobs) !== undefined && Json.at(logprobs, "content") !== null ? { ...part, logprobs: logprobs! } : part

/** An error in the place of a chunk (`{"error"}`, `{"object":"error"}`, `{"type":"error"}`, a bare `message`, `detail` or `error_msg`), or beside its choices. */
const isError = (chunk: Json.JsonObject): boolean => {
  const { base_resp: minimax, choices, error } = chunk
  if (minimax !== undefined && (Json.number(Json.at(minimax, "status_code")) ?? 0) !== 0) return true
  if (choices !== undefined)
    return (
      isSaid(error) ||
      Json.object(Json.at(choices, 0, "error")) !== undefined ||
      (chunk["x_groq"] !== undefined && isSaid(Json.at(chunk["x_groq"], "error")))
    )
  return (
    isSaid(error) ||
    Json.object(error) !== undefined ||
    chunk["object"] === "error" ||
    chunk["type"] === "error" ||
    Json.array(chunk["errors"]).length > 0 ||
    typeof (chunk["message"] ?? chunk["detail"] ?? chunk["error_msg"]) === "string"
  )
}

/** Some write an empty error beside each piece. */
const isSaid = (error: Json.Json | undefined): boolean =>
  typeof error === "object" && error !== null ? Object.keys(error).length > 0 : Boolean(error)

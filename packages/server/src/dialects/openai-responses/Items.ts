/**
 * The items of an answer while they are written: each gives the events of its growth, and is the whole item in the end.
 */
import * as Json from "@orelse/core/domain/Json"
import * as Proof from "@orelse/core/provider/protocols/openai-responses/Proof"
import { Gathered } from "../Gathered.ts"

/** Writes one event from its type and the text of its fields. */
export type Emit = (type: string, fields: string) => string

/** Where an item stands in the answer. */
interface Place {
  readonly emit: Emit
  readonly id: string
  /** Its number in the answer. */
  readonly at: number
}

/** How an item ended: whole, or cut with its answer. */
export type Ended = "completed" | "incomplete"

/** An item that is open. */
export interface Item {
  /** The item as it is now. */
  readonly json: () => Json.JsonObject
  /** The events that end it. */
  readonly close: (ended: Ended) => string
}

const text = JSON.stringify

const added = ({ at, emit }: Pick<Place, "emit" | "at">, item: Json.JsonObject): string =>
  emit("response.output_item.added", `"output_index":${at},"item":${text(item)}`)

const done = ({ at, emit }: Pick<Place, "emit" | "at">, item: Json.JsonObject): string =>
  emit("response.output_item.done", `"output_index":${at},"item":${text(item)}`)

type Words = "text" | "refusal"

/** A message: its parts are texts and refusals, each with its own deltas. */
export class Message implements Item {
  readonly #place: Place
  readonly #parts: Array<Json.JsonObject> = []
  #status: Ended | "in_progress" = "in_progress"
  #kind: Words = "text"
  /** The provider's block that is being written; -1 for none. */
  #source = -1
  #said = new Gathered()
  #logprobs: Array<Json.Json> = []
  #head = ""

  constructor(place: Place) {
    this.#place = place
  }

  readonly open = (): string => added(this.#place, this.json())

  readonly say = (kind: Words, source: number, words: string, logprobs: ReadonlyArray<Json.Json>): string => {
    const begun = this.#source === source && this.#kind === kind ? "" : this.#end() + this.#begin(kind, source)
    this.#said.add(words)
    if (logprobs.length > 0) this.#logprobs.push(...logprobs)
    const { emit } = this.#place
    const delta = `${this.#head},"delta":${text(words)}`
    if (kind === "refusal") return begun + emit("response.refusal.delta", delta)
    return `${begun}${emit("response.output_text.delta", `${delta},"logprobs":${text(logprobs)}`)}`
  }

  readonly close = (ended: Ended): string => {
    const last = this.#end()
    this.#status = ended
    return last + done(this.#place, this.json())
  }

  readonly json = (): Json.JsonObject => ({
    id: this.#place.id,
    type: "message",
    status: this.#status,
    role: "assistant",
    content: this.#source === -1 ? this.#parts : [...this.#parts, this.#part()]
  })

  #begin(kind: Words, source: number): string {
    const { at, emit, id } = this.#place
    this.#kind = kind
    this.#source = source
    this.#said = new Gathered()
    this.#logprobs = []
    this.#head = `"item_id":${text(id)},"output_index":${at},"content_index":${this.#parts.length}`
    return emit("response.content_part.added", `${this.#head},"part":${text(this.#part())}`)
  }

  #end(): string {
    if (this.#source === -1) return ""
    const { emit } = this.#place
    const part = this.#part()
    const whole =
      this.#kind === "refusal"
        ? emit("response.refusal.done", `${this.#head},"refusal":${text(this.#said.text())}`)
        : emit(
            "response.output_text.done",
            `${this.#head},"text":${text(this.#said.text())},"logprobs":${text(this.#logprobs)}`
          )
    this.#parts.push(part)
    this.#source = -1
    return whole + emit("response.content_part.done", `${this.#head},"part":${text(part)}`)
  }

  #part(): Json.JsonObject {
    if (this.#kind === "refusal") return { type: "refusal", refusal: this.#said.text() }
    return { type: "output_text", text: this.#said.text(), annotations: [], logprobs: this.#logprobs }
  }
}

/** A piece of reasoning: its summaries, one for each of the provider's blocks, and the proof that ends it. */
export class Thought implements Item {
  readonly #place: Place
  readonly #summary: Array<Json.JsonObject> = []
  #source = -1
  #said = new Gathered()
  #head = ""
  #proof: { signature?: string; redacted?: string } = {}

  constructor(place: Place) {
    this.#place = place
  }

  readonly open = (): string => added(this.#place, this.json())

  /** Whether the provider's block goes on in this item: after a proof only the block that it proves. */
  readonly takes = (source: number): boolean => Proof.write(this.#proof) === undefined || this.#source === source

  readonly think = (source: number, words: string): string => {
    if (words === "") return ""
    const begun = !this.#said.isEmpty && this.#source === source ? "" : this.#end() + this.#begin(source)
    this.#said.add(words)
    const { emit } = this.#place
    return begun + emit("response.reasoning_summary_text.delta", `${this.#head},"delta":${text(words)}`)
  }

  readonly prove = (source: number, proof: { readonly signature?: string; readonly redacted?: string }): void => {
    this.#source = source
    if (proof.redacted !== undefined) this.#proof = { redacted: proof.redacted }
    else if (proof.signature !== undefined) this.#proof = { signature: (this.#proof.signature ?? "") + proof.signature }
  }

  readonly close = (): string => this.#end() + done(this.#place, this.json())

  readonly json = (): Json.JsonObject =>
    Json.compact({
      id: this.#place.id,
      type: "reasoning",
      summary: this.#said.isEmpty ? this.#summary : [...this.#summary, this.#part()],
      encrypted_content: Proof.write(this.#proof)
    })

  #begin(source: number): string {
    const { at, emit, id } = this.#place
    this.#source = source
    this.#head = `"item_id":${text(id)},"output_index":${at},"summary_index":${this.#summary.length}`
    return emit("response.reasoning_summary_part.added", `${this.#head},"part":${text(this.#part())}`)
  }

  #end(): string {
    if (this.#said.isEmpty) return ""
    const { emit } = this.#place
    const part = this.#part()
    const whole = emit("response.reasoning_summary_text.done", `${this.#head},"text":${text(this.#said.text())}`)
    this.#summary.push(part)
    this.#said = new Gathered()
    return whole + emit("response.reasoning_summary_part.done", `${this.#head},"part":${text(part)}`)
  }

  #part(): Json.JsonObject {
    return { type: "summary_text", text: this.#said.text() }
  }
}

/** A call of a function. */
export class Call implements Item {
  readonly #place: Place
  readonly #callId: string
  readonly #name: string
  /** Google's proof of the reasoning behind the call, in the place that its OpenAI format has for it. */
  readonly #signature: string | undefined
  readonly #arguments = new Gathered()
  #status: Ended | "in_progress" = "in_progress"

  constructor(place: Place, callId: string, name: string, signature: string | undefined) {
    this.#place = place
    this.#callId = callId
    this.#name = name
    this.#signature = signature
  }

  readonly open = (): string => added(this.#place, this.json())

  readonly argue = (written: string): string => {
    this.#arguments.add(written)
    const { at, emit, id } = this.#place
    const fields = `"item_id":${text(id)},"output_index":${at},"delta":${text(written)}`
    return emit("response.function_call_arguments.delta", fields)
  }

  /** Whether the arguments are whole. */
  readonly isWhole = (): boolean => Json.parseObject(this.#arguments.text()) !== undefined

  readonly close = (ended: Ended): string => {
    const { at, emit, id } = this.#place
    // Callers parse what a tool is given, be it nothing.
    const nothing = ended === "completed" && this.#arguments.isEmpty ? this.argue("{}") : ""
    this.#status = ended
    const fields = `"item_id":${text(id)},"output_index":${at},"name":${text(this.#name)},"arguments":${text(this.#arguments.text())}`
    return nothing + emit("response.function_call_arguments.done", fields) + done(this.#place, this.json())
  }

  readonly json = (): Json.JsonObject =>
    Json.compact({
      id: this.#place.id,
      type: "function_call",
      status: this.#status,
      call_id: this.#callId,
      name: this.#name,
      arguments: this.#arguments.text(),
      extra_content: this.#signature === undefined ? undefined : { google: { thought_signature: this.#signature } }
    })
}

/** An item that only this format knows, whole and as its provider gave it: a call of a custom tool, a search. */
export class Own implements Item {
  readonly #place: Pick<Place, "emit" | "at">
  readonly #item: Json.JsonObject

  constructor(place: Pick<Place, "emit" | "at">, item: Json.JsonObject) {
    this.#place = place
    this.#item = item
  }

  readonly open = (): string => added(this.#place, this.#item)

  readonly close = (): string => done(this.#place, this.#item)

  readonly json = (): Json.JsonObject => this.#item
}

/** A picture that the model made, whole. */
export class Picture implements Item {
  readonly #place: Place
  readonly #data: string
  readonly #mediaType: string

  constructor(place: Place, data: string, mediaType: string) {
    this.#place = place
    this.#data = data
    this.#mediaType = mediaType
  }

  readonly open = (): string => added(this.#place, { ...this.json(), status: "in_progress", result: null })

  readonly close = (): string => done(this.#place, this.json())

  readonly json = (): Json.JsonObject => ({
    id: this.#place.id,
    type: "image_generation_call",
    status: "completed",
    output_format: this.#mediaType.replace(/^image\//, ""),
    result: this.#data
  })
}

/**
 * Writes a stream as the events of OpenAI's Responses, numbered in their order. The last one holds the whole answer.
 */
import * as Json from "@orelse/core/domain/Json"
import type { StreamPart } from "@orelse/core/domain/Response"
import * as Usage from "@orelse/core/domain/Usage"
import type { AnswerContext, ErrorFacts, StreamWriter } from "../Dialect.ts"
import * as Extras from "../Extras.ts"
import * as Body from "./Body.ts"
import * as Event from "./Event.ts"
import * as Ids from "./Ids.ts"
import { Output } from "./Output.ts"

export const make = (context: AnswerContext): StreamWriter => new Writer(context)

class Writer implements StreamWriter {
  readonly #context: AnswerContext
  readonly #asked: Json.JsonObject
  readonly #output: Output
  readonly #extras = new Extras.Gathered("openai-responses")
  #sequence = 0
  #answer: { readonly id: string; readonly created: number } | undefined
  #usage: Usage.Usage | undefined
  #finish: (StreamPart & { readonly type: "finish" }) | undefined

  constructor(context: AnswerContext) {
    this.#context = context
    this.#asked = Body.asked(context.request())
    this.#output = new Output(this.#emit, context)
  }

  readonly write = (part: StreamPart): string => {
    switch (part.type) {
      case "start":
        return this.#start(part)
      case "text":
      case "refusal":
      case "reasoning":
      case "toolCallStart":
      case "toolCallDelta":
      case "image":
        return this.#first() + this.#output.write(part)
      case "usage":
        this.#usage = Usage.merge(this.#usage, part.usage)
        return ""
      case "finish":
        this.#finish = part
        return ""
      case "extra":
        return this.#extra(part)
      case "error":
      case "otherAnswer":
      case "ping":
        return ""
    }
  }

  readonly end = (): string => {
    const ending = Body.ending(this.#finish?.reason, this.#finish?.raw)
    const closed = this.#first() + this.#output.close(ending.status === "completed" ? "completed" : "incomplete")
    return closed + this.#last(ending)
  }

  /** What has been said stays said: the items are as far as they came. */
  readonly error = (facts: ErrorFacts): string => {
    const event = this.#first() + this.#emit("error", Body.errorFields(facts))
    return event + this.#last(Body.failedBy(facts))
  }

  readonly #emit = (type: string, fields: string): string => Event.write(type, this.#sequence++, fields)

  #start(part: StreamPart & { type: "start" }): string {
    if (this.#answer !== undefined) return ""
    this.#answer = { id: Ids.response(part.id, this.#context), created: part.created ?? this.#context.created }
    const begun = this.#response(Body.running)
    return this.#emit("response.created", begun) + this.#emit("response.in_progress", begun)
  }

  /** The first events, where none has been written. */
  #first(): string {
    return this.#answer === undefined ? this.#start({ type: "start" }) : ""
  }

  /** An item of a provider's that speaks this format too, whose answer is written anew. */
  #extra(part: StreamPart & { type: "extra" }): string {
    const item = part.dialect === "openai-responses" ? Json.object(part.fields["item"]) : undefined
    if (item !== undefined && part.fields["type"] === undefined) return this.#first() + this.#output.own(item)
    this.#extras.add(part)
    return ""
  }

  #last(ending: Body.Ending): string {
    return this.#emit(`response.${ending.status}`, this.#response(ending))
  }

  #response(ending: Body.Ending): string {
    const used = ending.status === "in_progress" ? undefined : this.#usage
    const body = Body.write(this.#answer!, ending, this.#output.items(), used, this.#context.model, this.#asked)
    return `"response":${JSON.stringify(ending.status === "in_progress" ? body : this.#extras.beside(body))}`
  }
}

/**
 * Writes a stream as Gemini's events: each a whole answer with one piece of the content; finish reason and usage in the last.
 *
 * Gemini gives a call whole, so a call waits until its arguments are, and its place is kept before what came after it.
 */
import * as Json from "@orelse/core/domain/Json"
import type { StreamPart } from "@orelse/core/domain/Response"
import * as Usage from "@orelse/core/domain/Usage"
import { Arguments } from "../Arguments.ts"
import type { AnswerContext, StreamWriter } from "../Dialect.ts"
import * as Extras from "../Extras.ts"
import * as Answer from "./Answer.ts"

export const make = (context: AnswerContext): StreamWriter => new Writer(context)

interface Call {
  readonly id: string
  readonly name: string
  readonly signature: string | undefined
  arguments: string
  readonly come: Arguments
}

class Writer implements StreamWriter {
  readonly #context: AnswerContext
  #id: string | undefined
  #tail = ""
  /** Calls that are not yet written, by the provider's index. */
  readonly #calls = new Map<number, Call>()
  readonly #extras = new Extras.Gathered("gemini")
  #usage: Usage.Usage | undefined
  #finish: (StreamPart & { readonly type: "finish" }) | undefined

  constructor(context: AnswerContext) {
    this.#context = context
  }

  readonly write = (part: StreamPart): string => {
    switch (part.type) {
      case "start":
        this.#id ??= part.id
        return ""
      case "text":
        if (part.text === "") return ""
        return part.logprobs === undefined
          ? this.#text(part.text)
          : this.#chunk([{ text: part.text }], { logprobsResult: Answer.logprobs(part.logprobs) })
      case "refusal":
        return part.text === "" ? "" : this.#text(part.text)
      case "reasoning":
        return this.#parts(Answer.reasoning(part))
      case "toolCallStart":
        this.#calls.set(part.index, {
          id: part.id,
          name: part.name,
          signature: part.signature,
          arguments: "",
          come: new Arguments()
        })
        return ""
      case "toolCallDelta":
        this.#argue(part.index, part.arguments)
        return ""
      case "image":
        return this.#parts([Answer.image(part.mediaType, part.url === undefined ? part.data : undefined, part.url)])
      case "usage":
        this.#usage = Usage.merge(this.#usage, part.usage)
        return ""
      case "finish":
        this.#finish = part
        return ""
      case "extra":
        this.#extras.add(part)
        return ""
      case "error":
      case "otherAnswer":
      case "ping":
        return ""
    }
  }

  readonly end = (): string => {
    const calls = [...this.#calls.values()].map(Answer.call)
    this.#calls.clear()
    const finish = this.#finish
    const candidate = {
      content: { role: "model", parts: calls.length === 0 ? [{ text: "" }] : calls },
      finishReason: Answer.finishReason(finish?.reason, finish?.raw),
      index: 0
    }
    const usage = this.#usage === undefined ? {} : { usageMetadata: Answer.usage(this.#usage) }
    const body = { candidates: [candidate], ...usage, ...this.#names() }
    return event(JSON.stringify(this.#extras.beside(body)))
  }

  /** The common case: one `JSON.stringify` a piece. */
  #text(text: string): string {
    if (this.#tail === "") this.#tail = `}],"role":"model"},"index":0}],${JSON.stringify(this.#names()).slice(1)}`
    return `${this.#whole()}data: {"candidates":[{"content":{"parts":[{"text":${JSON.stringify(text)}${this.#tail}\n\n`
  }

  #parts(parts: ReadonlyArray<Json.JsonObject>): string {
    return parts.length === 0 ? "" : this.#chunk(parts, {})
  }

  #chunk(parts: ReadonlyArray<Json.JsonObject>, more: Json.JsonObject): string {
    const candidate = Json.compact({ content: { parts, role: "model" }, index: 0, ...more })
    return this.#whole() + event(JSON.stringify({ candidates: [candidate], ...this.#names() }))
  }

  #argue(index: number, written: string): void {
    const call = this.#calls.get(index)
    if (call === undefined) return
    call.arguments += written
    call.come.add(written)
  }

  /** The calls before this piece, as far as their arguments are whole. */
  #whole(): string {
    if (this.#calls.size === 0) return ""
    const parts: Array<Json.JsonObject> = []
    for (const [index, call] of this.#calls) {
      if (!call.come.isWhole) break
      this.#calls.delete(index)
      parts.push(Answer.call(call))
    }
    return this.#parts(parts)
  }

  #names() {
    return { modelVersion: this.#context.model, responseId: this.#id ?? this.#context.callId }
  }
}

const event = (data: string): string => `data: ${data}\n\n`

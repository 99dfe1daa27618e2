/**
 * Writes a stream as Anthropic's events: one block open at a time, stop reason and usage at the end.
 *
 * A provider may write several tool calls at once, and words between the pieces of one. Blocks are written one after the other, and none is
 * opened again: what comes before the arguments of the open call are whole waits for them.
 */
import type { StreamPart } from "@orelse/core/domain/Response"
import * as Usage from "@orelse/core/domain/Usage"
import { Arguments } from "../Arguments.ts"
import type { AnswerContext, StreamWriter } from "../Dialect.ts"
import * as Extras from "../Extras.ts"
import * as Answer from "./Answer.ts"

export const make = (context: AnswerContext): StreamWriter => new Writer(context)

type Kind = "text" | "thinking" | "tool"

type Content = StreamPart & {
  readonly type: "text" | "refusal" | "reasoning" | "image" | "toolCallStart" | "toolCallDelta"
}

type Finish = StreamPart & { readonly type: "finish" }

class Writer implements StreamWriter {
  readonly #context: AnswerContext
  #started = false
  /** The block that is open: its kind, and the provider's index of it. */
  #kind: Kind | undefined
  #source = -1
  /** Our own numbers. */
  #index = -1
  #arguments = new Arguments()
  /** What waits for the arguments of the open call, in the order in which it came. */
  #waiting: Array<Content> = []
  readonly #extras = new Extras.Gathered("anthropic-messages")
  #usage: Usage.Usage | undefined
  #finish: Finish | undefined

  constructor(context: AnswerContext) {
    this.#context = context
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
        return this.#inTurn(part) + this.#advance()
      case "usage":
        this.#usage = Usage.merge(this.#usage, part.usage)
        return ""
      case "finish":
        this.#finish = part
        return ""
      case "ping":
        return this.#started ? event("ping", '{"type":"ping"}') : ""
      case "extra":
        this.#extras.add(part)
        return ""
      case "error":
      case "otherAnswer":
        return ""
    }
  }

  readonly end = (): string => {
    const closed = this.#first() + this.#rest()
    const finish = this.#finish
    const delta = {
      stop_reason: Answer.stopReason(finish?.reason, finish?.raw, finish?.stopSequence),
      stop_sequence: finish?.stopSequence ?? null
    }
    const body = this.#extras.beside({ type: "message_delta", delta, usage: Answer.usage(this.#usage ?? {}) })
    return `${closed}${event("message_delta", JSON.stringify(body))}${event("message_stop", '{"type":"message_stop"}')}`
  }

  #start(part: StreamPart & { type: "start" }): string {
    if (this.#started) return ""
    this.#started = true
    const message = {
      id: Answer.idOf(part.id, this.#context),
      type: "message",
      role: "assistant",
      model: this.#context.model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: Answer.usage(this.#usage ?? {})
    }
    return event("message_start", JSON.stringify({ type: "message_start", message }))
  }

  #first(): string {
    return this.#started ? "" : this.#start({ type: "start" })
  }

  /** Makes sure that such a block is open. */
  #open(kind: Kind, source: number): string {
    if (this.#kind === kind && this.#source === source) return ""
    const block = kind === "text" ? '{"type":"text","text":""}' : '{"type":"thinking","thinking":"","signature":""}'
    return this.#begin(kind, source, block)
  }

  #begin(kind: Kind, source: number, block: string): string {
    const closed = this.#first() + this.#stop()
    this.#kind = kind
    this.#source = source
    this.#index += 1
    this.#arguments = new Arguments()
    return `${closed}${event("content_block_start", `{"type":"content_block_start","index":${this.#index},"content_block":${block}}`)}`
  }

  #stop(): string {
    if (this.#kind === undefined) return ""
    this.#kind = undefined
    return event("content_block_stop", `{"type":"content_block_stop","index":${this.#index}}`)
  }

  /** Writes the part, or lets it wait for its turn. */
  #inTurn(part: Content): string {
    if (!this.#waits(part)) return this.#content(part)
    this.#waiting.push(part)
    return ""
  }

  #waits(part: Content): boolean {
    if (this.#kind !== "tool" || (part.type === "toolCallDelta" && part.index === this.#source)) return false
    return this.#waiting.length > 0 || !this.#arguments.isWhole
  }

  /** Writes what has waited, as far as no open call holds it up. */
  #advance(): string {
    let out = ""
    while (this.#waiting.length > 0 && (this.#kind !== "tool" || this.#arguments.isWhole)) {
      const waited = this.#waiting
      this.#waiting = []
      for (const part of waited) out += this.#inTurn(part)
    }
    return out
  }

  /** Closes the open block, and writes what waited for it: no more arguments come. */
  #rest(): string {
    let out = this.#stop()
    while (this.#waiting.length > 0) out += this.#advance() + this.#stop()
    return out
  }

  #content(part: Content): string {
    switch (part.type) {
      case "text":
      case "refusal":
        return this.#text(part.index, part.text)
      case "image":
        return this.#text(part.index, Answer.picture(part.mediaType, part.data, part.url))
      case "reasoning":
        return this.#reasoning(part)
      case "toolCallStart": {
        const { id, index, name } = part
        return this.#begin("tool", index, JSON.stringify({ type: "tool_use", id, name, input: {} }))
      }
      case "toolCallDelta":
        return this.#argue(part.index, part.arguments)
    }
  }

  #text(source: number, text: string): string {
    if (text === "") return ""
    return `${this.#open("text", source)}${this.#delta(`{"type":"text_delta","text":${JSON.stringify(text)}}`)}`
  }

  #delta(delta: string): string {
    return event("content_block_delta", `{"type":"content_block_delta","index":${this.#index},"delta":${delta}}`)
  }

  #reasoning(part: StreamPart & { type: "reasoning" }): string {
    if (part.redacted !== undefined) {
      return (
        this.#begin("thinking", part.index, JSON.stringify({ type: "redacted_thinking", data: part.redacted })) +
        this.#stop()
      )
    }
    if (part.text === "" && part.signature === undefined) return ""
    // The block is opened before its first delta is numbered.
    const opened = this.#open("thinking", part.index)
    const shown =
      part.text === "" ? "" : this.#delta(`{"type":"thinking_delta","thinking":${JSON.stringify(part.text)}}`)
    const proof =
      part.signature === undefined
        ? ""
        : this.#delta(JSON.stringify({ type: "signature_delta", signature: part.signature }))
    return opened + shown + proof
  }

  /** Nothing follows arguments that are whole but blanks. */
  #argue(source: number, written: string): string {
    if (written === "" || this.#kind !== "tool" || this.#source !== source) return ""
    this.#arguments.add(written)
    return this.#delta(`{"type":"input_json_delta","partial_json":${JSON.stringify(written)}}`)
  }
}

const event = (name: string, data: string): string => `event: ${name}\ndata: ${data}\n\n`
